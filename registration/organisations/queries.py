"""Reads of the directory and of the association."""

from sqlalchemy import select

from registration.core import czech
from registration.core.db import db
from registration.organisations.models import Association, Organisation


def get_association() -> Association:
    """Return who runs this installation; a nameless default before anybody has said so."""
    association = db.session.get(Association, 1)
    return association or Association(
        id=1,
        name="Prezence",
        purpose="",
        seat="",
        ico="",
        contact_email="",
        signatory_name="",
        signatory_function="",
    )


def find_organisation(name: str) -> Organisation | None:
    """Return the organisation of this name, whatever the diacritics, case and spaces of the typed one."""
    folded = czech.fold(" ".join(name.split()))
    return db.session.scalar(select(Organisation).where(Organisation.folded_name == folded).order_by(Organisation.id))


def list_names() -> list[str]:
    """Return the names in the directory in Czech order, to choose from."""
    return sorted(db.session.scalars(select(Organisation.name)), key=czech.sort_key)
