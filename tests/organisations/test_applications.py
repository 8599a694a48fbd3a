"""Applications for membership: what they become, who is told, what is forgotten."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from registration.core import clock
from registration.core.audit import AuditEntry
from registration.core.clock import PRAGUE
from registration.core.db import db, transaction
from registration.mail.composition import Composed
from registration.mail.delivery import post_office
from registration.mail.models import OutboxMessage
from registration.organisations import queries
from registration.organisations.errors import AlreadyDecided, ApplicationNotFound, OrganisationExists
from registration.organisations.models import Association, Decision, MembershipApplication, Organisation
from registration.organisations.operations import (
    Applicant,
    add_organisation,
    approve,
    begin_membership,
    confirm_application,
    erase_application,
    forget_applications,
    refuse,
    send_application,
)

BY = "olga@sekce.example"
ADA = Applicant(
    name="Ada Žďárská",
    email="ada@hornilhota.example",
    position="ředitelka",
    organisation="Městská knihovna Horní Lhota",
    town="Horní Lhota",
    ico="19",
    may_be_listed=True,
    note="Těším se.",
)


@pytest.fixture(autouse=True)
def association(app: Flask, at_demo_day: None) -> None:
    with transaction() as session:
        session.add(Association(id=1, name="Sekce", contact_email="sekce@sdruk.example"))


def sent(applicant: Applicant = ADA, key: str = "1") -> MembershipApplication:
    """Send an application and return the latest one."""
    send_application(applicant, language="cs", submission_key=key)
    return everything()[-1]


def confirmed(applicant: Applicant = ADA, key: str = "1") -> MembershipApplication:
    application = sent(applicant, key)
    confirm_application(application)
    return application


def everything() -> list[MembershipApplication]:
    db.session.rollback()
    db.session.expire_all()
    return list(db.session.scalars(select(MembershipApplication).order_by(MembershipApplication.id)))


def messages() -> list[tuple[str, str]]:
    db.session.rollback()
    rows = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))
    return [(row.kind, row.recipient) for row in rows]


def last_said() -> Composed | None:
    row = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id.desc())).first()
    assert row
    return post_office.compose(row)


def test_application_counts_once_it_is_confirmed(app: Flask) -> None:
    application = sent()
    with pytest.raises(ApplicationNotFound):
        queries.get_application(application.id)
    assert queries.count_applications() == 0
    assert messages() == [("application_sent", ADA.email)]
    confirm_application(application)
    confirm_application(application)
    assert queries.get_application(application.id) == application
    assert queries.count_applications() == 1
    assert messages()[1:] == [("application_confirmed", "sekce@sdruk.example")]


def test_link_in_the_message_leads_to_the_application(app: Flask) -> None:
    application = sent()
    token = queries.application_token(application)
    said = last_said()
    assert said
    assert f"/clenstvi/{token}" in said.text
    assert queries.find_application(token) == application
    assert queries.find_application(token + "x") is None
    assert application.link_hash != token


def test_everything_is_kept_as_it_was_written(app: Flask) -> None:
    application = sent()
    assert (application.name, application.position, application.note, application.may_be_listed) == (
        "Ada Žďárská",
        "ředitelka",
        "Těším se.",
        True,
    )
    assert (application.organisation_name, application.town, application.ico) == (
        "Městská knihovna Horní Lhota",
        "Horní Lhota",
        "00000019",
    )
    assert application.organisation is None


@pytest.mark.parametrize(
    "typed",
    [
        {"organisation": "mestska knihovna horni lhota", "town": "", "ico": ""},
        {"organisation": "Městská knihovna Horní Lhota, Horní Lhota", "town": "", "ico": ""},
        {"organisation": "Naše knihovna", "town": "", "ico": "19"},
    ],
)
def test_library_of_the_directory_is_recognised(app: Flask, typed: dict[str, str]) -> None:
    library = add_organisation(name="Městská knihovna Horní Lhota", town="Horní Lhota", ico="19", by=BY)
    applicant = replace(ADA, **typed)  # type: ignore[arg-type]  # texts only
    assert sent(applicant).organisation == library


def test_old_link_never_leads_to_somebody_else(app: Flask) -> None:
    """SQLite gives the number of the last deleted row out again, unless it is told not to."""
    first = sent()
    old_link = queries.application_token(first)
    confirm_application(first)
    erase_application(first, by=BY)
    sent(replace(ADA, email="bob@hornilhota.example"), key="2")
    assert queries.find_application(old_link) is None


def test_same_form_sent_twice_counts_once(app: Flask) -> None:
    sent()
    sent()
    assert len(everything()) == len(messages()) == 1


def test_second_form_takes_the_place_of_an_unconfirmed_one(app: Flask) -> None:
    first_id = sent().id
    second = sent(replace(ADA, name="Ada Nová"), key="2")
    assert [each.name for each in everything()] == ["Ada Nová"]
    assert second.id != first_id
    assert len(messages()) == 2
    gone = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).first()
    assert gone
    assert post_office.compose(gone) is None  # the old link is not sent any more


def test_whoever_is_known_already_is_told_by_mail_only(app: Flask) -> None:
    application = confirmed()
    sent(replace(ADA, email=ADA.email.upper()), key="2")
    assert len(everything()) == 1
    assert messages()[-1] == ("application_known", ADA.email)
    waiting = last_said()
    approve(application, organisation=None, by=BY)
    sent(replace(ADA, organisation="městská knihovna horní lhota"), key="3")
    assert messages()[-1] == ("application_known", ADA.email)
    approved = last_said()
    assert waiting
    assert approved
    assert waiting.text != approved.text


def test_somebody_else_of_the_same_library_applies_too(app: Flask) -> None:
    confirmed()
    sent(replace(ADA, email="bob@hornilhota.example"), key="2")
    assert messages()[-1] == ("application_sent", "bob@hornilhota.example")
    sent(replace(ADA, organisation="Jiná knihovna", ico=""), key="3")
    assert messages()[-1] == ("application_sent", ADA.email)


def test_refused_person_may_apply_again(app: Flask) -> None:
    refuse(confirmed(), reason="Není to knihovna.", by=BY)
    sent(key="2")
    assert len(everything()) == 2


def test_nobody_is_told_where_the_association_has_no_address(app: Flask) -> None:
    with transaction() as session:
        session.get_one(Association, 1).contact_email = ""
    confirmed()
    assert messages() == [("application_sent", ADA.email)]


def test_approved_library_is_added_and_a_member(app: Flask) -> None:
    application = confirmed()
    library = approve(application, organisation=None, by=BY)
    assert (library.label, library.ico, library.is_member) == ("Městská knihovna Horní Lhota", "00000019", True)
    assert [each.since_on for each in queries.list_memberships(library)] == [clock.local_now().date()]
    [found] = queries.list_contacts()
    assert (found.organisation, found.decision, found.decided_by) == (library, Decision.APPROVED, BY)
    assert messages()[-1] == ("application_decided", ADA.email)


def test_library_of_the_directory_becomes_a_member(app: Flask) -> None:
    library = add_organisation(name="Knihovna", by=BY)
    approve(confirmed(), organisation=library, by=BY)
    db.session.expire_all()
    assert library.is_member


def test_member_stays_one(app: Flask) -> None:
    library = add_organisation(name="Knihovna", is_member=True, by=BY)
    later = add_organisation(name="Knihovna od příště", by=BY)
    begin_membership(later, since_on=clock.local_now().date() + timedelta(days=9), by=BY)
    approve(confirmed(), organisation=library, by=BY)
    approve(confirmed(replace(ADA, organisation="Od příště", ico=""), key="2"), organisation=later, by=BY)
    assert [len(queries.list_memberships(each)) for each in (library, later)] == [1, 1]


def test_library_that_is_there_already_is_not_added(app: Flask) -> None:
    application = confirmed()
    add_organisation(name="Městská knihovna Horní Lhota", town="Horní Lhota", by=BY)
    with pytest.raises(OrganisationExists):
        approve(application, organisation=None, by=BY)
    assert everything()[0].decision is None


def test_application_is_decided_once(app: Flask) -> None:
    application = confirmed()
    refuse(application, reason="Není to knihovna.", by=BY)
    with pytest.raises(AlreadyDecided):
        approve(application, organisation=None, by=BY)
    with pytest.raises(AlreadyDecided):
        refuse(application, reason="x", by=BY)
    said = last_said()
    assert said
    assert "Není to knihovna." in said.text
    assert db.session.scalars(select(Organisation)).all() == []


def test_decision_is_in_the_log(app: Flask) -> None:
    application = confirmed()
    refuse(application, reason="Není to knihovna.", by=BY)
    [entry] = db.session.scalars(select(AuditEntry).where(AuditEntry.subject_kind == "membership_application"))
    assert (entry.action, entry.by, entry.subject_id) == ("refused", BY, application.id)


def test_erased_application_leaves_nothing(app: Flask) -> None:
    application = confirmed()
    other = confirmed(replace(ADA, email="bob@hornilhota.example"), key="2")
    approve(application, organisation=None, by=BY)
    erase_application(application, by=BY)
    assert everything() == [other]
    assert messages() == [("application_sent", other.email), ("application_confirmed", "sekce@sdruk.example")]
    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "erased")).all()
    assert [(each.before, each.after) for each in entries] == [({}, {})]
    assert queries.list_all_organisations()[0].is_member


def test_what_nobody_confirms_goes_after_seven_days(app: Flask, travel: Callable[[datetime], None]) -> None:
    sent()
    confirmed(replace(ADA, email="bob@hornilhota.example"), key="2")
    travel(datetime(2025, 3, 17, 8, 59, tzinfo=PRAGUE))
    assert forget_applications() == 0
    travel(datetime(2025, 3, 17, 9, 1, tzinfo=PRAGUE))
    assert forget_applications() == 1
    assert forget_applications() == 0
    assert [each.email for each in everything()] == ["bob@hornilhota.example"]


def test_refused_applications_go_after_a_year(app: Flask, travel: Callable[[datetime], None]) -> None:
    refuse(confirmed(), reason="Není to knihovna.", by=BY)
    approve(confirmed(replace(ADA, email="bob@hornilhota.example"), key="2"), organisation=None, by=BY)
    travel(datetime(2026, 3, 10, 8, tzinfo=PRAGUE))
    assert forget_applications() == 0
    travel(datetime(2026, 3, 10, 10, tzinfo=PRAGUE))
    assert forget_applications() == 1
    assert [each.email for each in everything()] == ["bob@hornilhota.example"]


def test_messages_that_are_not_true_any_more_are_not_sent(app: Flask) -> None:
    application = confirmed()
    rows = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all()
    assert post_office.compose(rows[0]) is None  # confirmed meanwhile
    assert post_office.compose(rows[1]) is not None
    refuse(application, reason="x", by=BY)
    assert post_office.compose(rows[1]) is None  # decided meanwhile
