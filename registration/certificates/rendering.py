"""The papers of certificates: each is drawn once, by the worker or at the first download."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import select, update

from registration.certificates import documents, queries
from registration.certificates.errors import CertificateErased
from registration.certificates.models import Certificate, Content
from registration.core import pdf, seal, settings, tokens
from registration.core.db import db, transaction

RENDERING = "render_certificates"  # the task that draws those that wait


def render(certificate: Certificate) -> bytes:
    """Return the certificate's PDF; the first call makes it, and from then on it never changes.

    It is drawn outside of any transaction, since that takes long: of two who draw at once, the first to store wins.
    Raises CertificateErased.
    """
    if certificate.erased_at is not None:
        raise CertificateErased
    stored = db.session.scalar(select(Certificate.pdf).where(Certificate.id == certificate.id))
    if stored is not None:
        return stored
    id_, content = certificate.id, certificate.content
    pictures = queries.pictures_of(content)
    db.session.rollback()
    return keep(id_, pdf.draw(_paper(id_, content, pictures)))


def draw_each(certificate_ids: Sequence[int], presses: pdf.Presses) -> Iterator[tuple[int, bytes | Exception]]:
    """Yield the id of each certificate that has no PDF yet, with one to be kept or with why there is none."""
    is_waiting = (Certificate.pdf_sha256.is_(None), Certificate.erased_at.is_(None))
    wanted = select(Certificate.id, Certificate.content).where(Certificate.id.in_(certificate_ids), *is_waiting)
    rows = db.session.execute(wanted.order_by(Certificate.id)).all()
    albums: dict[tuple[str | None, ...], Mapping[str, bytes]] = {}  # most papers show the same pictures
    papers = []
    for id_, content in rows:
        shown = (content.get("signature"), content.get("logo"))
        if shown not in albums:
            albums[shown] = queries.pictures_of(content)
        papers.append(_paper(id_, content, albums[shown]))
    db.session.rollback()
    for number, drawn in pdf.draw_each(papers, presses):
        yield rows[number].id, drawn


def keep(certificate_id: int, drawn: bytes) -> bytes:
    """Store a paper that was drawn, sealed where there is a key, and return what is stored.

    The first to store wins; of a person who was erased meanwhile nothing is kept.
    """
    paper = seal.seal(drawn)
    with transaction() as session:
        session.execute(
            update(Certificate)
            .where(Certificate.id == certificate_id, Certificate.pdf.is_(None), Certificate.erased_at.is_(None))
            .values(pdf=paper, pdf_sha256=hashlib.sha256(paper).hexdigest())
            .execution_options(synchronize_session=False)
        )
        return session.scalars(select(Certificate.pdf).where(Certificate.id == certificate_id)).one() or paper


def _paper(certificate_id: int, content: Content, pictures: Mapping[str, bytes]) -> pdf.Paper:
    code = tokens.certificate_code(certificate_id)
    address = f"{settings.current().base_url}/overeni/{code}"
    return documents.certificate_paper(content, code=code, verify_address=address, pictures=pictures)
