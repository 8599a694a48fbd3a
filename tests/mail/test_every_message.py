"""Every kind of message in both languages, as it goes out: whole, readable, and honest about what it is."""

import re
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default

import html5lib
import pytest

from registration.certificates.mails import certificates_issued
from registration.certificates.models import Certificate, Content, PaperLanguage
from registration.certificates.queries import list_rules
from registration.certificates.speaking import Teaching, add_speaker
from registration.core import clock, i18n
from registration.core.db import db, transaction
from registration.events.models import Event
from registration.mail.delivery import post_office
from registration.mail.models import OutboxMessage
from registration.organisations import mails as membership
from registration.organisations.models import Decision, MembershipApplication
from registration.organisations.operations import add_organisation
from registration.records import mails as records
from registration.signups import mails
from registration.signups.letters import WRITERS
from registration.signups.messaging import GroupMessageKind
from registration.signups.models import Registration
from registration.signups.operations import messaging
from tests.mail import mail_server, world
from tests.mail.world import ADA, APPLIED, CANCELLED, CONFIRMED, OFFERED, WAITING

ADDRESS = re.compile(r"https?://[^\s<>\"]+")
NO_CONTENT: Content = {}  # type: ignore[typeddict-item]  # the message does not look into the paper
CYRIL = world.Who("Cyril", "Ivan", "cyril@ukazka.example")


Letters = dict[str, list[EmailMessage]]
_read_before: dict[tuple[str, str], Letters] = {}  # there are tickets among them, which take their time


@pytest.fixture(params=["cs", "en"])
def letters(request: pytest.FixtureRequest, academy: Event) -> Letters:
    """Give what people get, by kind, read back from the bytes that are sent."""
    language = request.param
    key = (db.engine.dialect.name, language)
    if key not in _read_before:
        write_everything(academy, language)
        received: Letters = {}
        for row in world.messages():
            received.setdefault(row.kind, []).append(read(row))
        _read_before[key] = received
    return _read_before[key]


@pytest.fixture
def everything(letters: Letters) -> list[EmailMessage]:
    return [letter for of_kind in letters.values() for letter in of_kind]


def read(row: OutboxMessage) -> EmailMessage:
    composed = post_office.compose(row)
    assert composed is not None, row.kind
    return BytesParser(policy=default).parsebytes(post_office.as_bytes(row, composed))


def write_everything(event: Event, language: str) -> None:
    """Write of everything that can befall an order."""
    academy_day, online = world.session_of(event, "ai-brno"), world.session_of(event, "ai-online-1")
    for status in (CONFIRMED, WAITING, APPLIED):
        order = world.order(event, world.ada(status), world.bob(status), language=language)
        told = [mails.Told(each.id, 1, each.email, each.status) for each in order.registrations]
        with transaction():
            mails.signed_up(
                event_id=order.event_id, order_id=order.id, orderer_email=ADA, language=language, people=told
            )
    orders = {
        status: world.order(event, world.bob(status), world.bob(status, given_name="Eva"), language=language)
        for status in (CONFIRMED, OFFERED, CANCELLED)
    }
    people = {status: order.registrations for status, order in orders.items()}
    replaced = world.order(event, world.bob(), language=language)
    world.pass_on(replaced.registrations[0], CYRIL)
    with transaction():
        people[CANCELLED][0].confirmed_at = world.SIGNED_UP_AT
        online.join_url = "https://zoom.example/j/1"
        event.cancelled_at = clock.now()
        lost = {people[CONFIRMED][0].id: ["oběd ve středu"]}
        mails.promoted(orders[CONFIRMED], people[CONFIRMED], lost=lost)
        mails.offered(orders[OFFERED], people[OFFERED])
        for tell in (mails.lapsed, mails.cancelled):
            tell(orders[CANCELLED], people[CANCELLED])
        mails.refused(orders[CANCELLED], people[CANCELLED], reason="Jen pro vedoucí")
        mails.moved(orders[CONFIRMED], people[CONFIRMED][0])
        mails.answers_changed(orders[CONFIRMED], people[CONFIRMED][0])
        mails.substituted(
            replaced, replaced.registrations[0], previous_name="Bob Řehák", previous_email=world.BOB, previous_version=1
        )
        mails.event_cancelled([orders[CONFIRMED]], reason="Nemoc lektora")
        later = timedelta(days=1)
        before = mails.SessionBefore(academy_day.starts_at + later, academy_day.ends_at + later, "Sál")
        mails.session_changed(academy_day, people[CONFIRMED][:1], before=before)
        for session in (academy_day, online):
            mails.reminders(session, people[CONFIRMED][:1], minutes_before=60)
        mails.links(ADA, language=language)
        certificates_issued([certificate(people[CONFIRMED][0]), confirmation(event, language)])
        write_to_group(event, people[CONFIRMED][0])
    write_about_membership(language)
    write_about_records(language)


def write_about_membership(language: str) -> None:
    """Write of everything that can become of an application for membership."""
    library = add_organisation(name="Městská knihovna v Horní Lhotě", town="Horní Lhota", by="olga")
    for decision, reason in ((None, ""), (Decision.APPROVED, ""), (Decision.REFUSED, "Není to knihovna.")):
        application = MembershipApplication(
            name="Ada Žďárská",
            email=ADA,
            organisation=library,
            organisation_name=library.label,
            language=language,
            sent_at=clock.now(),
        )
        with transaction() as session:
            session.add(application)
            session.flush()
            if decision is None:
                membership.application_sent(application)
                continue
            membership.application_known(application)
            application.confirmed_at = application.decided_at = clock.now()
            application.decision, application.reason = decision, reason
            membership.application_decided(application)
    with transaction() as session:
        waiting = MembershipApplication(
            name="Bob", email=ADA, organisation_name="Knihovna", sent_at=clock.now(), confirmed_at=clock.now()
        )
        session.add(waiting)
        session.flush()
        membership.application_known(waiting)
        membership.application_confirmed(waiting)


def write_about_records(language: str) -> None:
    """Send a library the link of its training record, asked for and in January."""
    library = add_organisation(name="Knihovna Přehledová", town="Lhota", contact_email=ADA, by="olga")
    with transaction():
        records.record_asked(library, year=2025, language=language)
        records.record_of_year(library, year=2025, language=language)


def write_to_group(event: Event, person: Registration) -> None:
    body = "## Co s sebou\n\n* průkaz\n* [mapa]({stranka})\n\n> {jmeno}, {termin}\n\nVaše stránka: {odkaz}"
    message = messaging.write_draft(
        event,
        kind=GroupMessageKind.INFORMATION,
        subject="{akce}: " + "co s sebou " * 8,
        body=body,
        recipients={},
        by="olga",
    )
    mails.group_message(message, [person], invited=None)


def certificate(registration: Registration) -> Certificate:
    rule = list_rules(registration.event)[-1]
    issued = Certificate(
        number="2025/SAI/0042",
        rule=rule,
        registration=registration,
        issued_at=datetime(2025, 4, 17, 9, 0, tzinfo=UTC),
        issued_on=date(2025, 4, 17),
        issued_by="olga",
        content=NO_CONTENT,
        minutes=480,
    )
    db.session.add(issued)
    db.session.flush()
    return issued


def confirmation(event: Event, language: str) -> Certificate:
    """Return the paper of somebody who taught at an event."""
    taught = {event.sessions[0].id: 90}
    teaching = Teaching("Jan Žďárský", taught, email=ADA, language=PaperLanguage(language))
    speaker = add_speaker(event, teaching, by="olga")
    issued = Certificate(
        number=f"2025/SAI/00{speaker.id}",
        speaker=speaker,
        issued_at=datetime(2025, 4, 17, 9, 0, tzinfo=UTC),
        issued_on=date(2025, 4, 17),
        issued_by="olga",
        content=NO_CONTENT,
        minutes=90,
    )
    db.session.add(issued)
    db.session.flush()
    return issued


def language_of(letter: EmailMessage) -> str:
    [language] = re.findall(r'<html lang="(\w+)"', html_of(letter))
    return str(language)


def text_of(letter: EmailMessage) -> str:
    return mail_server.plain_text(letter).replace("\r\n", "\n")


def html_of(letter: EmailMessage) -> str:
    part = letter.get_body(("html",))
    assert part is not None
    return str(part.get_content())


def visible(html: str) -> str:
    body = html5lib.parse(html, namespaceHTMLElements=False).find("body")
    assert body is not None
    return " ".join(body.itertext())


def test_there_is_one_of_every_kind(letters: Letters) -> None:
    of_papers = ["certificate_issued", "speaker_confirmed"]
    written = [writer.__name__ for writer in WRITERS]
    assert sorted(letters) == sorted([*of_papers, *membership.KINDS, *records.KINDS, *written])
    assert set(letters) <= set(post_office.kinds)


def test_each_goes_to_one_person_from_a_machine_and_is_no_bulk_mail(everything: list[EmailMessage]) -> None:
    for letter in everything:
        assert len(letter["To"].addresses) == 1
        assert letter["Cc"] is None
        assert letter["Bcc"] is None
        assert letter["Auto-Submitted"] == "auto-generated"
        assert letter["Reply-To"] == "sekce@sdruk.example"
        assert not [name for name in letter if name.lower().startswith(("list-", "precedence"))]


def test_no_line_is_longer_than_mail_allows(everything: list[EmailMessage]) -> None:
    for letter in everything:
        assert max(len(line) for line in letter.as_bytes().splitlines()) <= 998  # RFC 5321 4.5.3.1.6
        prose = [line for line in text_of(letter).splitlines() if not ADDRESS.search(line)]
        assert max(map(len, prose)) <= 78


def test_nothing_is_left_to_be_filled_in(everything: list[EmailMessage]) -> None:
    for letter in everything:
        for said in (letter["Subject"], text_of(letter), visible(html_of(letter))):
            assert not re.search(r"%\(|%[sd]|{[{%]|[%}]}|\bNone\b|Undefined|LazyString|<b>|&\w+;", said), said
            assert "()" not in said
        assert "\n\n\n" not in text_of(letter)


def test_text_and_html_say_the_same(everything: list[EmailMessage]) -> None:
    for letter in everything:
        text, html = (
            set(re.findall(r"\w+", ADDRESS.sub("", part))) for part in (text_of(letter), visible(html_of(letter)))
        )
        button = "If the button does not work, the address of the page is:"
        with i18n.in_language(language_of(letter)):
            only_html = {*re.findall(r"\w+", i18n.gettext(button))}
        assert text - html == set(), letter["Subject"]
        assert html - text <= only_html, letter["Subject"]


def test_html_is_what_browsers_expect(everything: list[EmailMessage]) -> None:
    for letter in everything:
        html5lib.HTMLParser(strict=True).parse(html_of(letter))
        assert f"<title>{letter['Subject']}</title>" in html_of(letter)
        assert html_of(letter).count("<h1 ") == 1


def test_links_are_whole_and_lead_to_the_readers_language(everything: list[EmailMessage]) -> None:
    for letter in everything:
        beginning = "http://localhost/en/" if language_of(letter) == "en" else "http://localhost/"
        in_text, in_html = ADDRESS.findall(text_of(letter)), re.findall(r'href="([^"]+)"', html_of(letter))
        assert in_text
        assert set(in_text) == set(in_html)
        for address in in_text:
            assert address.startswith(beginning)
            assert beginning == "http://localhost/en/" or not address.startswith("http://localhost/en/")


def test_each_speaks_one_language_and_is_kind(everything: list[EmailMessage]) -> None:
    for letter in everything:
        with i18n.in_language(language_of(letter)):
            assert i18n.gettext("Hello,") in text_of(letter)
        other = "cs" if language_of(letter) == "en" else "en"
        with i18n.in_language(other):
            assert f"\n{i18n.gettext('Hello,')}\n" not in text_of(letter)
        assert not re.search(r"\b(klikněte|Vážen|spam)", text_of(letter))
        assert "!!" not in text_of(letter)


def test_files_are_named_and_open(everything: list[EmailMessage]) -> None:
    for letter in everything:
        for part in letter.iter_attachments():
            name, content = part.get_filename() or "", part.get_payload(decode=True)
            assert isinstance(content, bytes)
            assert re.fullmatch(r"[a-z0-9-]+\.(ics|pdf)", name)
            assert content.startswith(b"%PDF-" if name.endswith("pdf") else b"BEGIN:VCALENDAR\r\n")


@pytest.mark.parametrize(
    ("count", "heading"),
    [(1, "Místo je potvrzené"), (2, "2 místa jsou potvrzená"), (5, "5 míst je potvrzeno")],
)
def test_number_of_places_is_said_in_the_right_form(academy: Event, count: int, heading: str) -> None:
    order = world.order(academy, *[world.bob(email=f"{number}@ukazka.example") for number in range(count)])
    with transaction():
        mails.signed_up(event_id=order.event_id, order_id=order.id, orderer_email=ADA, language="cs", people=[])
    text = world.said("order_received").text.replace("\u00a0", " ")
    assert f"\n{heading}\n{'-' * len(heading)}\n" in text
