"""The verbs of the directory: an organisation is added, its entry is changed."""

import logging
from typing import NotRequired, TypedDict, Unpack

from sqlalchemy import ColumnElement, select, text
from sqlalchemy.orm import Session

from registration.core.db import db, transaction
from registration.organisations import rules
from registration.organisations.errors import IcoTaken, OrganisationExists, WrongIco
from registration.organisations.models import Organisation

log = logging.getLogger(__name__)

_LONGEST_NAME = 200
_LONGEST_TOWN = 100


class Entry(TypedDict):
    """What the directory says of an organisation, as typed; the payer where another pays, such as its town."""

    name: str
    town: NotRequired[str]
    ico: NotRequired[str]
    is_member: NotRequired[bool]
    payer_name: NotRequired[str]
    payer_ico: NotRequired[str]


def add_organisation(*, by: str, **entry: Unpack[Entry]) -> Organisation:
    """Add an organisation to the directory.

    Raises WrongIco, OrganisationExists, IcoTaken. Locks the directory.
    """
    with transaction() as session:
        _lock_directory(session)
        organisation = Organisation(**_checked(entry))
        session.add(organisation)
        session.flush()
        log.info("Organisation %s is added, says %s.", organisation.id, by)
    return organisation


def change_organisation(organisation: Organisation, *, by: str, **entry: Unpack[Entry]) -> Organisation:
    """Change the whole entry of an organisation; orders keep the name they were sent with.

    Raises WrongIco, OrganisationExists, IcoTaken. Locks the directory.
    """
    with transaction() as session:
        _lock_directory(session)
        for column, value in _checked(entry, besides=organisation.id).items():
            setattr(organisation, column, value)
        log.info("Organisation %s is changed, says %s.", organisation.id, by)
    return organisation


def _lock_directory(session: Session) -> None:
    """Let one change happen at a time, so that two people cannot add the same library; reading goes on.

    On SQLite a transaction is alone from its beginning.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("LOCK TABLE organisation IN SHARE ROW EXCLUSIVE MODE"))


def _checked(entry: Entry, besides: int = 0) -> dict[str, object]:
    """Return an entry as it is stored, unless an organisation other than `besides` has its name or IČO."""
    name, town = _tidy(entry["name"]), _tidy(entry.get("town", ""))
    folded_name, folded_town = rules.folded(name)[:_LONGEST_NAME], rules.folded(town)[:_LONGEST_TOWN]
    ico, payer_ico = _ico(entry.get("ico", "")), _ico(entry.get("payer_ico", ""))
    namesake = _another(besides, Organisation.folded_name == folded_name, Organisation.folded_town == folded_town)
    if namesake:
        raise OrganisationExists(namesake)
    if ico and (owner := _another(besides, Organisation.ico == ico)):
        raise IcoTaken(owner)
    return {
        "name": name,
        "town": town,
        "folded_name": folded_name,
        "folded_town": folded_town,
        "ico": ico,
        "is_member": entry.get("is_member", False),
        "payer_name": _tidy(entry.get("payer_name", "")) or None,
        "payer_ico": payer_ico,
    }


def _another(besides: int, *conditions: ColumnElement[bool]) -> Organisation | None:
    return db.session.scalar(select(Organisation).where(Organisation.id != besides, *conditions).limit(1))


def _ico(typed: str) -> str | None:
    try:
        return rules.read_ico(typed)
    except ValueError:
        raise WrongIco from None


def _tidy(words: str) -> str:
    """Return words with single spaces between them."""
    return " ".join(words.split())
