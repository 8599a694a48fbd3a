"""An organisation is added to the directory, its entry is changed."""

import logging
from datetime import date
from typing import Any, Unpack

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from registration.core import audit, clock
from registration.core.db import db, lock_table, transaction
from registration.organisations.entries import Entry, said, stored
from registration.organisations.errors import IcoTaken, OrganisationExists, SiglaTaken
from registration.organisations.models import Membership, MembershipApplication, Organisation

log = logging.getLogger(__name__)


def add_organisation(
    *, by: str, is_member: bool = False, member_since: date | None = None, **entry: Unpack[Entry]
) -> Organisation:
    """Add an organisation to the directory, as a member since that day or since today.

    Raises WrongIco, WrongSigla, WrongDic, WrongDataBox, WrongPostcode, OrganisationExists, IcoTaken, SiglaTaken.
    Locks the directory.
    """
    with transaction() as session:
        lock_directory(session)
        values = stored(entry)
        refuse_namesakes(values)
        organisation = Organisation(**values)
        session.add(organisation)
        session.flush()
        audit.record(organisation, "added", by=by, after=said(organisation))
        if is_member:
            since = member_since or clock.local_now().date()
            session.add(Membership(organisation_id=organisation.id, since_on=since))
            organisation.is_member = since <= clock.local_now().date()
            audit.record(organisation, "membership_begun", by=by, after={"since_on": since.isoformat()})
        log.info("Organisation %s is added, says %s.", organisation.id, by)
    return organisation


def change_organisation(organisation: Organisation, *, by: str, **entry: Unpack[Entry]) -> Organisation:
    """Change the whole entry of an organisation; orders keep the name they were sent with.

    Raises what add_organisation does. Locks the directory.
    """
    with transaction() as session:
        lock_directory(session)
        values = stored(entry)
        refuse_namesakes(values, besides=organisation.id)
        change_entry(organisation, values, by=by)
        log.info("Organisation %s is changed, says %s.", organisation.id, by)
    return organisation


def lock_directory(session: Session) -> None:
    """Let one change happen at a time, so that two people cannot add the same library; reading goes on."""
    lock_table(session, Organisation)


def lock_row(session: Session, row: Organisation | MembershipApplication) -> None:
    """Lock a row and read it anew: in two steps, as PostgreSQL locks nothing in an outer join it may have come by."""
    table = type(row)
    session.execute(select(table.id).where(table.id == row.id).with_for_update())
    session.refresh(row)


def change_entry(organisation: Organisation, values: dict[str, Any], *, by: str) -> None:
    """Write stored values into a row and say so in the log; inside a transaction."""
    before = said(organisation)
    for column, value in values.items():
        setattr(organisation, column, value)
    after = said(organisation)
    if before["contact_email"] != after["contact_email"]:
        organisation.kill_training_link()  # whoever reads the old mailbox is not to see more
    if before != after:
        audit.record(organisation, "changed", by=by, before=before, after=after)


def refuse_namesakes(values: dict[str, Any], besides: int = 0) -> None:
    """Raise OrganisationExists, IcoTaken or SiglaTaken when another organisation has what must be its own."""
    name_and_town = (
        Organisation.folded_name == values["folded_name"],
        Organisation.folded_town == values["folded_town"],
    )
    if namesake := _another(besides, *name_and_town):
        raise OrganisationExists(namesake)
    sigla, ico = values["sigla"], values["ico"]
    if sigla and (owner := _another(besides, Organisation.sigla == sigla)):
        raise SiglaTaken(owner)
    may_share = Organisation.sigla.is_not(None) if sigla else Organisation.id == besides
    if ico and (owner := _another(besides, Organisation.ico == ico, ~may_share)):
        raise IcoTaken(owner)


def _another(besides: int, *conditions: ColumnElement[bool]) -> Organisation | None:
    is_live = Organisation.merged_into_id.is_(None)
    return db.session.scalar(select(Organisation).where(Organisation.id != besides, is_live, *conditions).limit(1))
