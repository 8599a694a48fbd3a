"""Reads for those who check papers: by the file itself, and which no longer hold."""

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from registration.certificates.models import Certificate, Revocation
from registration.core.db import db


def find_by_fingerprint(sha256: str) -> Certificate | None:
    """Return the certificate whose PDF has this SHA-256, in hexadecimal."""
    return db.session.scalar(
        select(Certificate)
        .where(Certificate.pdf_sha256 == sha256)
        .options(joinedload(Certificate.revocation).joinedload(Revocation.replaced_by))
    )


def list_void_ids(first: int, last: int) -> Sequence[int]:
    """Return the ids from first to last of certificates that were revoked, replaced or erased."""
    return db.session.scalars(
        select(Certificate.id)
        .where(Certificate.id.between(first, last))
        .where(or_(Certificate.revocation.has(), Certificate.erased_at.is_not(None)))
    ).all()
