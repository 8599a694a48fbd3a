"""Reads of applications for membership."""

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import joinedload

from registration.core import tokens
from registration.core.db import db
from registration.organisations.errors import ApplicationNotFound
from registration.organisations.models import Decision, MembershipApplication


def application_token(application: MembershipApplication) -> str:
    """Return the secret part of the link that confirms an application."""
    return tokens.link_token("application", application.id, 1)


def find_application(token: str) -> MembershipApplication | None:
    """Return the application of a link."""
    is_meant = MembershipApplication.link_hash == tokens.stored_hash("application", token)
    return db.session.scalar(select(MembershipApplication).where(is_meant))


def get_application(application_id: int) -> MembershipApplication:
    """Return a confirmed application. Raises ApplicationNotFound."""
    found = db.session.get(MembershipApplication, application_id)
    if found is None or found.confirmed_at is None:
        raise ApplicationNotFound
    return found


def list_applications(decision: Decision | None, *, page: int, page_size: int) -> list[MembershipApplication]:
    """Return one page of confirmed applications that wait for a decision, or were decided so; the latest first."""
    listed = (
        select(MembershipApplication)
        .where(MembershipApplication.confirmed_at.is_not(None), _is(decision))
        .options(joinedload(MembershipApplication.organisation))
        .order_by(MembershipApplication.confirmed_at.desc(), MembershipApplication.id.desc())
    )
    return list(db.session.scalars(listed.offset((page - 1) * page_size).limit(page_size)))


def count_applications(decision: Decision | None = None) -> int:
    """Return how many confirmed applications wait for a decision, or were decided so."""
    counted = select(func.count()).select_from(MembershipApplication)
    return db.session.scalar(counted.where(MembershipApplication.confirmed_at.is_not(None), _is(decision))) or 0


def list_contacts() -> list[MembershipApplication]:
    """Return the people whose application was approved, by name."""
    approved = select(MembershipApplication).where(MembershipApplication.decision == Decision.APPROVED)
    with_library = approved.options(joinedload(MembershipApplication.organisation))
    return list(db.session.scalars(with_library.order_by(MembershipApplication.name, MembershipApplication.id)))


def _is(decision: Decision | None) -> ColumnElement[bool]:
    return MembershipApplication.decision.is_(None) if decision is None else MembershipApplication.decision == decision
