"""Reads of memberships: who is a member since when, and who was one."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, func, select

from registration.core import clock
from registration.core.db import db
from registration.organisations.models import Membership, Organisation


class Member(NamedTuple):
    """An organisation and one of its times of membership."""

    organisation: Organisation
    membership: Membership


def list_members(*, former: bool = False, page: int, page_size: int) -> list[Member]:
    """Return one page of the members of today and to come, or of the memberships that are over, in Czech order."""
    listed = _members(former).order_by(
        Organisation.sort_key, Organisation.name, Organisation.id, Membership.since_on, Membership.id
    )
    return [Member(*row) for row in db.session.execute(listed.offset((page - 1) * page_size).limit(page_size))]


def count_members(*, former: bool = False) -> int:
    """Return how many memberships go on, or are over."""
    return db.session.scalar(select(func.count()).select_from(_members(former).subquery())) or 0


def list_memberships(organisation: Organisation) -> list[Membership]:
    """Return the times of membership of an organisation, the latest first."""
    of_it = select(Membership).where(Membership.organisation_id == organisation.id)
    by_age = sorted(db.session.scalars(of_it), key=lambda each: (each.since_on or date.min, each.id))
    return by_age[::-1]


def members_since(organisations: Sequence[Organisation]) -> dict[int, date | None]:
    """Return since when organisations are members, by their ids; None where nobody has written it down."""
    ids = [each.id for each in organisations if each.is_member]
    going_on = select(Membership).where(Membership.organisation_id.in_(ids), ~_is_over())
    return {each.organisation_id: each.since_on for each in db.session.scalars(going_on)}


def _members(former: bool) -> Select[Organisation, Membership]:
    pairs = select(Organisation, Membership).join(Membership, Membership.organisation_id == Organisation.id)
    return pairs.where(_is_over() if former else ~_is_over())


def _is_over() -> ColumnElement[bool]:
    return func.coalesce(Membership.until_on, date.max) < clock.local_now().date()
