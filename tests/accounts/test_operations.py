"""Accounts of the staff: making, inviting, changing."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from registration.accounts.errors import (
    EmailInvalid,
    InvitationAccepted,
    InvitationOver,
    LastAdministrator,
    NoRole,
    PasswordTooShort,
    UserExists,
)
from registration.accounts.models import Invitation, RoleName, SignIn, TeamMember, User, WebAuthn
from registration.accounts.operations import (
    accept_invitation,
    change_person,
    create_account,
    deactivate,
    invite,
    invite_again,
    join_team,
    note_sign_in,
    note_use,
    reactivate,
    remove_second_factors,
    rename,
    sign_out_everywhere,
    withdraw_invitation,
)
from registration.accounts.operations.noting import KEPT_FOR
from registration.accounts.queries import find_latest_invitation, find_person, list_sign_ins, list_team, team_event_ids
from registration.core import clock, tokens
from registration.core.audit import AuditEntry
from registration.core.db import db, transaction
from registration.events.models import Event
from tests import factories

PASSWORD = "olga-likes-libraries"


def make(email: str, *, password: str) -> User:
    return create_account(email, password=password, roles=[RoleName.ORGANIZER], by="test")


def invited(email: str = "pavel@sekce.example") -> Invitation:
    return invite(email, name="Pavel", roles={RoleName.DOOR}, event_ids=[], language="cs", by="olga")


def last_entry() -> AuditEntry:
    return db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()


def test_password_is_kept_as_an_argon2_hash(app: Flask) -> None:
    user = make("olga@x.example", password=PASSWORD)
    assert user.password is not None
    assert user.password.startswith("$argon2id$")


def test_address_has_one_account(app: Flask) -> None:
    make("olga@x.example", password=PASSWORD)
    with pytest.raises(UserExists):
        make("olga@x.example", password="another-good-password")


def test_address_is_the_same_whatever_its_capitals(app: Flask) -> None:
    assert make(" Olga@X.example ", password=PASSWORD).email == "olga@x.example"
    with pytest.raises(UserExists):
        make("OLGA@x.example", password=PASSWORD)


def test_what_is_no_address_gets_no_account(app: Flask) -> None:
    with pytest.raises(EmailInvalid):
        make("olga", password=PASSWORD)


def test_short_password_is_refused(app: Flask) -> None:
    with pytest.raises(PasswordTooShort):
        make("olga@x.example", password="eleven char")


def test_command_line_makes_the_first_administrator(app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=["create-admin", "olga@x.example", "--password", PASSWORD])
    assert result.exit_code == 0, result.output
    olga = find_person("olga@x.example")
    assert olga
    assert olga.role_names == {RoleName.ADMINISTRATOR}
    assert team_event_ids(olga) is None
    assert last_entry().by == "command line"


def test_whoever_makes_an_event_is_on_its_team_once(academy: Event) -> None:
    olena = factories.organizer("olena@sekce.example")
    for _ in range(2):
        join_team("olena@sekce.example", event_id=academy.id, by="olena@sekce.example")
    join_team("import", event_id=academy.id, by="import")
    assert team_event_ids(olena) == {academy.id}
    assert list(list_team(academy.id)) == [olena]


def test_organizers_and_people_at_the_door_see_events_of_their_teams_only(academy: Event) -> None:
    assert team_event_ids(factories.doorkeeper(academy)) == {academy.id}
    assert team_event_ids(factories.organizer("olena@sekce.example")) == set()
    assert team_event_ids(factories.accountant()) is None


def test_team_is_gone_with_its_event(app: Flask) -> None:
    event = factories.workshop()
    factories.doorkeeper(event)
    with transaction() as session:
        for each in event.ticket_types:
            session.delete(each)
        for part in event.sessions:
            session.delete(part)
        session.delete(event)
    assert db.session.scalars(select(TeamMember)).all() == []


def test_invitation_is_found_by_a_hash_and_dies_with_the_sign_ins(app: Flask) -> None:
    invitation = invited()
    assert invitation.token_hash == tokens.stored_hash("staff-invitation", invitation.token)
    before = invitation.token
    with transaction():
        invitation.user.fs_uniquifier = "other"
    with pytest.raises(InvitationOver):
        accept_invitation(before, name="Pavel", password=PASSWORD)


def test_nobody_is_invited_twice_or_without_a_role(app: Flask) -> None:
    invited()
    with pytest.raises(UserExists):
        invited("PAVEL@sekce.example")
    with pytest.raises(NoRole):
        invite("eva@sekce.example", name="Eva", roles=set(), event_ids=[], language="cs", by="olga")


def test_invited_person_cannot_be_activated_without_a_password(app: Flask) -> None:
    with pytest.raises(InvitationOver):
        reactivate(invited().user, by="olga")


def test_latest_invitation_counts(app: Flask) -> None:
    invitation = invited()
    assert find_latest_invitation(invitation.user) is invitation
    assert find_latest_invitation(factories.olga()) is None


def test_one_of_two_administrators_may_go(app: Flask) -> None:
    olga = factories.olga()
    ema = factories.staff("ema@sekce.example", RoleName.ADMINISTRATOR)
    deactivate(olga, by="ema@sekce.example")
    with pytest.raises(LastAdministrator):
        deactivate(ema, by="ema@sekce.example")
    with pytest.raises(LastAdministrator):
        change_person(ema, name="Ema", roles={RoleName.DOOR}, event_ids=[], by="ema@sekce.example")


def test_administrator_who_is_blocked_may_lose_the_role(app: Flask) -> None:
    olga = factories.olga()
    factories.staff("ema@sekce.example", RoleName.ADMINISTRATOR)
    deactivate(olga, by="ema@sekce.example")
    change_person(olga, name="Olga", roles={RoleName.ORGANIZER}, event_ids=[], by="ema@sekce.example")
    assert olga.role_names == {RoleName.ORGANIZER}


def test_change_of_nothing_is_not_written_down(app: Flask) -> None:
    olga = factories.olga()
    change_person(olga, name="", roles=olga.role_names, event_ids=[], by="olga")
    assert last_entry().action == "created"


def test_change_needs_a_role(app: Flask) -> None:
    with pytest.raises(NoRole):
        change_person(factories.olga(), name="Olga", roles=set(), event_ids=[], by="olga")


def test_change_of_roles_is_written_down_with_both_values(app: Flask) -> None:
    olena = factories.organizer("olena@sekce.example")
    change_person(olena, name="", roles={RoleName.DOOR}, event_ids=[], by="olga@sekce.example")
    entry = last_entry()
    assert (entry.action, entry.by) == ("changed", "olga@sekce.example")
    assert (entry.before, entry.after) == ({"roles": ["organizer"]}, {"roles": ["door"]})


def test_command_line_lets_in_who_has_lost_the_second_factor(app: Flask) -> None:
    olga = factories.olga()
    with transaction():
        olga.tf_primary_method, olga.tf_totp_secret = "authenticator", "secret"
    run = app.test_cli_runner().invoke
    result = run(args=["let-in-again", f" {olga.email.upper()} "])
    assert result.exit_code == 0, result.output
    assert "/zapomenute-heslo" in result.output
    db.session.expire_all()
    left: list[object] = [olga.tf_primary_method, olga.tf_totp_secret]
    assert left == [None, None]
    assert (last_entry().action, last_entry().by) == ("second_factors_removed", "command line")
    assert run(args=["let-in-again", "nobody@x.example"]).exit_code == 1


def test_lost_phone_is_forgotten(app: Flask) -> None:
    olga = factories.olga()
    with transaction() as session:
        olga.tf_primary_method, olga.tf_totp_secret, olga.mf_recovery_codes = "authenticator", "secret", ["code"]
        session.add(
            WebAuthn(
                user_id=olga.id,
                name="telefon",
                credential_id=b"1",
                public_key=b"2",
                backup_state=False,
                device_type="single_device",
                lastuse_datetime=clock.now().replace(tzinfo=None),
                usage="first",
            )
        )
    remove_second_factors(olga, by="ema")
    db.session.expire_all()
    left: list[object] = [olga.tf_primary_method, olga.tf_totp_secret, olga.mf_recovery_codes, olga.webauthn]
    assert left == [None, None, [], []]
    assert last_entry().before == {"second_factor": "authenticator", "passkeys": ["telefon"]}


def test_sign_ins_are_kept_for_half_a_year(app: Flask) -> None:
    olga = factories.olga()
    note_sign_in(olga, address="192.0.2.1", means="password")
    with transaction() as session:
        session.scalars(select(SignIn)).one().at -= KEPT_FOR + timedelta(minutes=1)
    note_sign_in(olga, address="192.0.2.2", means="webauthn")
    assert [each.address for each in list_sign_ins(olga, limit=10)] == ["192.0.2.2"]


def test_invited_person_joins_once_with_a_name_and_a_password(academy: Event) -> None:
    invitation = invite(
        "pavel@sekce.example", name="P.", roles={RoleName.DOOR}, event_ids=[academy.id], language="cs", by="olga"
    )
    user = accept_invitation(invitation.token, name="Pavel Nový", password=PASSWORD)
    assert (user.name, user.active, last_entry().action) == ("Pavel Nový", True, "invitation_accepted")
    assert team_event_ids(user) == {academy.id}
    with pytest.raises(InvitationOver):
        accept_invitation(invitation.token, name="Pavel", password=PASSWORD)
    with pytest.raises(InvitationAccepted):
        withdraw_invitation(user, by="olga")


def test_new_invitation_ends_the_one_before(app: Flask) -> None:
    first = invited()
    before = first.token
    again = invite_again(first.user, language="cs", by="olga")
    with pytest.raises(InvitationOver):
        accept_invitation(before, name="Pavel", password=PASSWORD)
    assert accept_invitation(again.token, name="Pavel", password=PASSWORD).active


def test_withdrawn_invitation_leaves_nobody(app: Flask) -> None:
    invitation = invited()
    token = invitation.token
    withdraw_invitation(invitation.user, by="olga")
    with pytest.raises(InvitationOver):
        accept_invitation(token, name="Pavel", password=PASSWORD)
    assert db.session.scalars(select(User)).all() == []
    assert last_entry().before["email"] == "pavel@sekce.example"


def test_person_is_renamed_blocked_let_in_again_and_signed_out(academy: Event) -> None:
    user = factories.organizer("pavel@sekce.example", academy)
    rename(user, "Pavel Nový", by="olga")
    rename(user, "Pavel Nový", by="olga")
    assert (last_entry().action, last_entry().after) == ("changed", {"name": "Pavel Nový"})
    deactivate(user, by="olga")
    reactivate(user, by="olga")
    assert user.active
    before = user.fs_uniquifier
    sign_out_everywhere(user, by="olga")
    assert user.fs_uniquifier != before
    for events in ([academy.id], []):
        change_person(user, name="Pavel", roles=[RoleName.ORGANIZER], event_ids=events, by="olga")
        assert team_event_ids(user) == set(events)


def test_what_somebody_changes_of_their_own_is_written_down(app: Flask) -> None:
    user = make("olga@x.example", password=PASSWORD)
    with transaction():
        note_use(user, "password_changed", means="form")
    entry = last_entry()
    assert (entry.action, entry.by, entry.after) == ("password_changed", "olga@x.example", {"means": "form"})
