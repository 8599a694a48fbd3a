"""Reads of people of the staff."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from registration.accounts.errors import PersonNotFound
from registration.accounts.models import Invitation, RoleName, SignIn, TeamMember, User
from registration.core import clock, czech, tokens
from registration.core.db import Base, db

_SEE_ALL_EVENTS = {RoleName.ADMINISTRATOR, RoleName.ACCOUNTANT}


@dataclass(frozen=True)
class Person:
    """A row of the list of people."""

    user: User
    last_sign_in_at: datetime | None
    event_count: int
    invitation: Invitation | None  # the latest, of somebody who has not accepted yet


def list_people() -> list[Person]:
    """Return everybody of the staff in Czech order, with what the list says of them."""
    users = db.session.scalars(select(User).options(selectinload(User.roles), selectinload(User.webauthn))).all()
    sign_ins = dict(db.session.execute(select(SignIn.user_id, func.max(SignIn.at)).group_by(SignIn.user_id)).all())
    teams = dict(db.session.execute(select(TeamMember.user_id, func.count()).group_by(TeamMember.user_id)).all())
    invitations = {each.user_id: each for each in db.session.scalars(select(Invitation).order_by(Invitation.id))}
    people = [
        Person(
            user=user,
            last_sign_in_at=sign_ins.get(user.id),
            event_count=teams.get(user.id, 0),
            invitation=invitations.get(user.id) if user.password is None else None,
        )
        for user in users
    ]
    return sorted(people, key=lambda person: czech.sort_key(person.user.label))


def get_person(user_id: int) -> User:
    """Return a person of the staff. Raises PersonNotFound."""
    user = db.session.get(User, user_id)
    if user is None:
        raise PersonNotFound
    return user


def find_person(email: str) -> User | None:
    """Return the person with this address."""
    return db.session.scalar(select(User).where(User.email == email))


def find_latest_invitation(user: User) -> Invitation | None:
    """Return the invitation that somebody has got last."""
    return db.session.scalar(
        select(Invitation).where(Invitation.user_id == user.id).order_by(Invitation.id.desc()).limit(1)
    )


def find_invitation(token: str) -> Invitation | None:
    """Return the invitation of a link that still holds."""
    found = db.session.scalar(
        select(Invitation).where(Invitation.token_hash == stored_hash(token)).options(joinedload(Invitation.user))
    )
    if found is None or found.accepted_at is not None or found.expires_at <= clock.now():
        return None
    return found if tokens.is_same(token, found.token) else None


def stored_hash(token: str) -> str:
    """Return what the database keeps of the link of an invitation."""
    return tokens.stored_hash("staff-invitation", token)


def list_sign_ins(user: User, *, limit: int) -> Sequence[SignIn]:
    """Return when and from where somebody signed in, the latest first."""
    theirs = select(SignIn).where(SignIn.user_id == user.id)
    return db.session.scalars(theirs.order_by(SignIn.at.desc(), SignIn.id.desc()).limit(limit)).all()


def list_team(event_id: int) -> Sequence[User]:
    """Return who works with an event."""
    members = select(User).join(TeamMember, TeamMember.user_id == User.id).where(TeamMember.event_id == event_id)
    return db.session.scalars(members.order_by(User.email)).all()


def event_ids_of(user: User) -> set[int]:
    """Return the ids of the events on whose team somebody is."""
    return set(db.session.scalars(select(TeamMember.event_id).where(TeamMember.user_id == user.id)))


def team_event_ids(user: User) -> set[int] | None:
    """Return the ids of the events a person works with; None for those who see all."""
    return None if user.role_names & _SEE_ALL_EVENTS else event_ids_of(user)


def is_on_team(user: User, slug: str) -> bool:
    """Say whether a person works with the event at this address."""
    events, old = (Base.metadata.tables[name] for name in ("event", "event_old_slug"))  # of a room above this one
    once = select(old.c.event_id).where(old.c.slug == slug)
    ours = (
        select(TeamMember.id)
        .join(events, events.c.id == TeamMember.event_id)
        .where(TeamMember.user_id == user.id, or_(events.c.slug == slug, events.c.id.in_(once)))
    )
    return db.session.scalar(ours) is not None
