"""An organisation becomes a member, or ends being one; the history of both stays."""

from datetime import date

from sqlalchemy import and_, or_, select, update

from registration.core import audit, clock
from registration.core.db import db, transaction
from registration.organisations import rules
from registration.organisations.errors import MembershipEndsTooSoon, MembershipOverlaps, NotMember
from registration.organisations.models import Membership, Organisation
from registration.organisations.operations.directory import lock_row


def begin_membership(organisation: Organisation, *, since_on: date, by: str) -> Membership:
    """Let an organisation be a member from a day on, which may be to come.

    Raises MembershipOverlaps. Locks the organisation.
    """
    with transaction() as session:
        lock_row(session, organisation)
        periods = periods_of(organisation)
        if rules.overlaps((since_on, None), periods):
            raise MembershipOverlaps
        begun = Membership(organisation_id=organisation.id, since_on=since_on)
        session.add(begun)
        organisation.is_member = rules.is_member_on(clock.local_now().date(), [*periods, (since_on, None)])
        audit.record(organisation, "membership_begun", by=by, after={"since_on": since_on.isoformat()})
    return begun


def end_membership(organisation: Organisation, *, until_on: date, reason: str, by: str) -> None:
    """Let the membership of an organisation end with a day, which may be to come.

    Raises NotMember, MembershipEndsTooSoon. Locks the organisation.
    """
    with transaction() as session:
        lock_row(session, organisation)
        is_open = (Membership.organisation_id == organisation.id) & Membership.until_on.is_(None)
        membership = session.scalar(select(Membership).where(is_open))
        if membership is None:
            raise NotMember
        if membership.since_on and until_on < membership.since_on:
            raise MembershipEndsTooSoon
        membership.until_on, membership.reason = until_on, reason
        session.flush()
        organisation.is_member = rules.is_member_on(clock.local_now().date(), periods_of(organisation))
        audit.record(
            organisation, "membership_ended", by=by, after={"until_on": until_on.isoformat(), "reason": reason}
        )


def keep_membership_in_step() -> int:
    """Write beside every organisation whether it is a member today; return how many have changed since yesterday."""
    today = clock.local_now().date()
    holds = and_(
        Membership.organisation_id == Organisation.id,
        or_(Membership.since_on.is_(None), Membership.since_on <= today),
        or_(Membership.until_on.is_(None), Membership.until_on >= today),
    )
    is_member = select(Membership.id).where(holds).exists()
    with transaction() as session:
        changed = select(Organisation.id).where(Organisation.is_member != is_member)
        ids = session.scalars(changed).all()
        if ids:
            session.execute(
                update(Organisation).where(Organisation.id.in_(ids)).values(is_member=~Organisation.is_member),
                execution_options={"synchronize_session": False},
            )
    return len(ids)


def periods_of(organisation: Organisation) -> list[rules.Period]:
    """Return the times of membership of an organisation."""
    of_it = select(Membership.since_on, Membership.until_on).where(Membership.organisation_id == organisation.id)
    return [(since, until) for since, until in db.session.execute(of_it)]
