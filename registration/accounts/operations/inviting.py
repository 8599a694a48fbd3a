"""Inviting people to the staff: an account without a password, and a letter with the link that gives it one."""

import uuid
from collections.abc import Collection
from datetime import timedelta

from flask_security.utils import hash_password
from sqlalchemy import select
from sqlalchemy.orm import Session

from registration.accounts import mails
from registration.accounts.errors import InvitationAccepted, InvitationOver, NoRole, UserExists
from registration.accounts.models import Invitation, RoleName, User
from registration.accounts.operations.making import check_password, normalised, roles_of, set_team
from registration.accounts.queries import find_invitation, stored_hash
from registration.core import audit, clock
from registration.core.db import transaction

VALID_FOR = timedelta(days=7)


def invite(
    email: str, *, name: str, roles: Collection[RoleName], event_ids: Collection[int], language: str, by: str
) -> Invitation:
    """Let somebody join the staff, and write them. Raises EmailInvalid, UserExists, NoRole."""
    email = normalised(email)
    if not roles:
        raise NoRole
    with transaction() as session:
        if session.scalar(select(User).where(User.email == email)) is not None:
            raise UserExists
        user = User(
            email=email, name=name, active=False, fs_uniquifier=uuid.uuid4().hex, roles=roles_of(session, roles)
        )
        session.add(user)
        session.flush()
        set_team(session, user, event_ids, by=by)
        invited = {"email": email, "name": name, "roles": sorted(roles), "events": sorted(event_ids)}
        audit.record(user, "invited", by=by, after=invited)
        return _send(session, user, language=language, by=by)


def invite_again(user: User, *, language: str, by: str) -> Invitation:
    """Write once more; links sent before end. Raises InvitationAccepted."""
    with transaction() as session:
        _refuse_accepted(session, user)
        user.fs_uniquifier = uuid.uuid4().hex
        audit.record(user, "invited", by=by)
        return _send(session, user, language=language, by=by)


def withdraw_invitation(user: User, *, by: str) -> None:
    """Take an invitation back, and with it all that is known of the person. Raises InvitationAccepted."""
    with transaction() as session:
        _refuse_accepted(session, user)
        before = {"email": user.email, "name": user.name, "roles": sorted(user.role_names)}
        audit.record(user, "invitation_withdrawn", by=by, before=before)
        user.roles = []
        session.flush()
        session.delete(user)


def accept_invitation(token: str, *, name: str, password: str) -> User:
    """Give an account its name and password. Raises PasswordTooShort, InvitationOver. Locks the account."""
    check_password(password)
    with transaction() as session:
        ours = Invitation.token_hash == stored_hash(token)
        session.execute(select(User.id).join(Invitation, Invitation.user_id == User.id).where(ours).with_for_update())
        invitation = find_invitation(token)
        if invitation is None:
            raise InvitationOver
        user = invitation.user
        invitation.accepted_at = clock.now()
        user.name, user.password, user.active = name, hash_password(password), True
        user.fs_uniquifier = uuid.uuid4().hex
        audit.record(user, "invitation_accepted", by=user.email)
    return user


def _refuse_accepted(session: Session, user: User) -> None:
    session.refresh(user, with_for_update=True)
    if user.password is not None:
        raise InvitationAccepted


def _send(session: Session, user: User, *, language: str, by: str) -> Invitation:
    now = clock.now()
    invitation = Invitation(user=user, invited_at=now, expires_at=now + VALID_FOR, by=by)
    session.add(invitation)
    session.flush()
    invitation.token_hash = stored_hash(invitation.token)
    mails.staff_invitation(invitation, language=language)
    return invitation
