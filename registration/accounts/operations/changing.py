"""Changing people of the staff: their roles and events, whether they may sign in at all."""

import uuid
from collections.abc import Collection

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from registration.accounts.errors import InvitationOver, LastAdministrator, NoRole
from registration.accounts.models import Role, RoleName, TeamMember, User
from registration.accounts.operations.making import roles_of, set_team
from registration.core import audit
from registration.core.db import transaction


def change_person(user: User, *, name: str, roles: Collection[RoleName], event_ids: Collection[int], by: str) -> None:
    """Change who somebody is and what they work with. Raises NoRole, LastAdministrator."""
    if not roles:
        raise NoRole
    with transaction() as session:
        if RoleName.ADMINISTRATOR not in roles:
            _refuse_last_administrator(session, user)
        session.refresh(user)
        before = _of(session, user)
        user.name, user.roles = name, roles_of(session, roles)
        set_team(session, user, event_ids, by=by)
        session.flush()
        after = _of(session, user)
        if before != after:
            audit.record(user, "changed", by=by, before=before, after=after)


def rename(user: User, name: str, *, by: str) -> None:
    """Change how somebody is called."""
    with transaction() as session:
        session.refresh(user)
        if user.name != name:
            audit.record(user, "changed", by=by, before={"name": user.name}, after={"name": name})
            user.name = name


def deactivate(user: User, *, by: str) -> None:
    """Let somebody sign in no more, and end what they are signed in to. Raises LastAdministrator."""
    with transaction() as session:
        _refuse_last_administrator(session, user)
        session.refresh(user)
        user.active = False
        user.fs_uniquifier = uuid.uuid4().hex
        audit.record(user, "deactivated", by=by, before={"active": True}, after={"active": False})


def reactivate(user: User, *, by: str) -> None:
    """Let somebody sign in again. Raises InvitationOver for somebody who never accepted one: invite them again."""
    with transaction() as session:
        session.refresh(user)
        if user.password is None:
            raise InvitationOver
        user.active = True
        audit.record(user, "reactivated", by=by, before={"active": False}, after={"active": True})


def sign_out_everywhere(user: User, *, by: str) -> None:
    """End everything somebody is signed in to, on every device."""
    with transaction() as session:
        session.refresh(user)
        user.fs_uniquifier = uuid.uuid4().hex
        audit.record(user, "signed_out_everywhere", by=by)


def remove_second_factors(user: User, *, by: str) -> None:
    """Forget the authenticator, its recovery codes and the passkeys of somebody who has lost them; end sign-ins."""
    with transaction() as session:
        session.refresh(user)
        before = {"second_factor": user.tf_primary_method, "passkeys": [each.name for each in user.webauthn]}
        user.tf_primary_method = user.tf_totp_secret = None
        user.mf_recovery_codes = []
        for passkey in list(user.webauthn):
            session.delete(passkey)
        user.fs_uniquifier = uuid.uuid4().hex
        audit.record(
            user, "second_factors_removed", by=by, before=before, after={"second_factor": None, "passkeys": []}
        )


def _of(session: Session, user: User) -> dict[str, object]:
    team = session.scalars(select(TeamMember.event_id).where(TeamMember.user_id == user.id))
    return {"name": user.name, "roles": sorted(user.role_names), "events": sorted(team)}


def _refuse_last_administrator(session: Session, user: User) -> None:
    """Raise LastAdministrator if there would be none left. Locks the role, so that two cannot oust each other."""
    administrators = select(Role).where(Role.name == RoleName.ADMINISTRATOR)
    role = session.scalar(administrators.with_for_update())
    is_one = role is not None and role in user.roles and user.active
    others = exists().where(User.id != user.id, User.active, User.roles.any(Role.name == RoleName.ADMINISTRATOR))
    if is_one and not session.scalar(select(others)):
        raise LastAdministrator
