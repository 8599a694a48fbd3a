"""A season at the desk: the demo with everything that fills a page of the back office, and where to find it."""

import io
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Self

from flask import Flask
from PIL import Image
from sqlalchemy import select

from registration import demo
from registration.accounts.models import RoleName, User
from registration.accounts.operations import create_account, invite, join_team
from registration.app import create_app
from registration.certificates.models import CertificateRule
from registration.certificates.operations import issue_certificates, issue_to_speakers, replace, revoke
from registration.certificates.speaking import Teaching, add_speaker
from registration.checkin import operations as checkin
from registration.checkin.models import AttendanceEntry, Source
from registration.checkin.rules import Right, ScanKind
from registration.core import clock, settings
from registration.core.db import db
from registration.core.sheets import read_rows
from registration.events.models import Event, QuestionKind, TicketType, Visibility
from registration.events.operations import add_question, create_event, publish, set_picture
from registration.events.operations.questions import WantedChoice, Wording
from registration.events.queries import get_event, list_questions
from registration.events.templates import find_template
from registration.mail.bounces import Bounce
from registration.mail.models import MessageState, OutboxMessage
from registration.mail.operations import record_bounce
from registration.mail.rules import Verdict
from registration.organisations.models import MembershipApplication, Organisation
from registration.organisations.operations import (
    Applicant,
    add_organisation,
    approve,
    begin_membership,
    confirm_application,
    end_membership,
    refuse,
    send_application,
    upload_list,
)
from registration.printing.operations import keep_file
from registration.printing.operations import request as print_job
from registration.signups import operations as signups
from registration.signups.annotations import BulkKind
from registration.signups.forms.imported import read_people
from registration.signups.importing.columns import guess
from registration.signups.importing.models import Import
from registration.signups.messaging import GroupMessage, GroupMessageKind
from registration.signups.models import Registration, RegistrationStatus
from registration.signups.operations import bulk, desk, importing, messaging
from registration.signups.operations.by_hand import WhenFull, add_by_hand
from tests.server import Server

ACADEMY = "setkani-sekce-ai-v-praxi-manazera"
FULL = "library-advocacy-v-praxi"
MEETING = "online-setkani-sekce"
BY = demo.STAFF_EMAIL
PEOPLE = """Jméno;Příjmení;E-mail;Knihovna;Strava
Žofie;Žďárská;zofie@ukazka.example;Městská knihovna Horní Lhota;bez lepku
Řehoř;Řehák;rehor@ukazka.example;;
Bez;Adresy;bez-zavinace;;
"""
LIBRARIES = """Název;Město;IČO;Sigla
Městská knihovna Horní Lhota;Horní Lhota;00000019;
Obecní knihovna Vyšší Zálesí nad Divokou Orlicí;Vyšší Zálesí;;
Knihovna s chybou;Kdesi;123;
"""


@dataclass(frozen=True)
class Season:
    """Where things are: the numbers that stand in addresses."""

    person: int
    cancelled: int
    waiting: int
    rule: int
    question: int
    ticket_type: int
    letter: int
    returned_letter: int
    draft: int
    sent_message: int
    people_new: int
    people_mapped: int
    people_done: int
    library: int
    duplicate: int
    libraries: int
    application: int
    decided_application: int
    colleague: int
    invited: int
    speaker: int
    print_job: int
    record_print: int
    unpublished: str

    @classmethod
    def nowhere(cls) -> Self:
        """Return numbers of nothing, for who only asks which pages there are."""
        return cls(**{each.name: 0 for each in fields(cls)})  # type: ignore[arg-type]  # a slug among them


@contextmanager
def beside(server: Server) -> Iterator[Flask]:
    """Give an application on the database of a running demo, at its time."""
    app = create_app(settings.from_environment(server.environment))
    with app.app_context(), app.test_request_context():
        demo.refresh_clock()
        yield app
        db.session.remove()
        db.engine.dispose()
    clock.shift(timedelta(0))


def play(server: Server) -> Season:
    """Live through the season up to the day after the academy."""
    with beside(server):
        academy = get_event(ACADEMY)
        people = list(db.session.scalars(select(Registration).where(Registration.event_id == academy.id)))
        question = _prepare(academy)
        unpublished = _make_events()
        _work_with_people(academy, people)
        _open_doors(academy, people[0])
        libraries = _keep_directory()
        applications = _hear_applications()
        colleagues = _invite_colleagues(academy)
        messages = _write_messages(academy)
        letter, returned = _get_letters_back(academy)
        demo.travel(demo.stops()[-1].moment)
        rule = _issue_certificates(academy)
        meeting = get_event(MEETING)
        imports = [_people_file(meeting, is_mapped=number > 0) for number in range(3)]
        _bring_in(imports[-1])
        waits = Registration.status == RegistrationStatus.WAITING
        waiting = db.session.scalars(select(Registration.id).where(waits).limit(1)).one()
        return Season(
            person=people[0].id,
            cancelled=people[1].id,
            waiting=waiting,
            rule=rule.id,
            question=question,
            ticket_type=_ticket_type(academy).id,
            letter=letter,
            returned_letter=returned,
            draft=messages[0].id,
            sent_message=messages[1].id,
            people_new=imports[0].id,
            people_mapped=imports[1].id,
            people_done=imports[2].id,
            library=libraries[0].id,
            duplicate=libraries[1].id,
            libraries=_upload_libraries(),
            application=applications[0].id,
            decided_application=applications[1].id,
            colleague=colleagues[0].id,
            invited=colleagues[1].id,
            speaker=_thank_speakers(academy),
            print_job=_print(academy),
            record_print=_print_record(libraries[0]),
            unpublished=unpublished.slug,
        )


def _prepare(academy: Event) -> int:
    """Give the academy a picture and questions."""
    picture = io.BytesIO()
    Image.new("RGB", (1600, 900), "#0b4a36").save(picture, "JPEG")
    set_picture(academy, picture.getvalue(), alt="Čtenáři ve studovně", by=BY)
    diets = [WantedChoice("Vše"), WantedChoice("Bez masa", capacity=10), WantedChoice("Bez lepku")]
    wording = Wording("Co budete jíst?", QuestionKind.CHOICE, help="Oběd je v ceně.", choices=diets)
    question = add_question(academy, wording, by=BY)
    add_question(academy, Wording("Co si chcete odnést?", QuestionKind.LONG_TEXT), by=BY)
    return question.id


def _print(academy: Event) -> int:
    """Have something printed that has come out of the printer."""
    job = print_job("sheets", parameters={}, files=2, title="Jmenovky", by=BY, event_id=academy.id)
    for position in (1, 2):
        keep_file(job.id, position, name=f"jmenovky-{position}.pdf", pdf=b"%PDF-1.7")
    return job.id


def _print_record(library: Organisation) -> int:
    """Have a training record printed that has come out of the printer."""
    parameters = {"library": library.id, "year": 2025, "language": "cs", "files": 1}
    job = print_job("training_record", parameters=parameters, files=1, title="Vzdělávání", by=BY)
    keep_file(job.id, 1, name="vzdelavani-2025.pdf", pdf=b"%PDF-1.7")
    return job.id


def _make_events() -> Event:
    """Make events that not everybody sees; return the draft, which nobody does."""
    for key, title, visibility in (
        ("workshop", "Jak mluvit se zřizovatelem", Visibility.LINK_ONLY),
        ("valna-hromada", "Setkání členských knihoven", Visibility.MEMBERS),
        ("konference", "Knihovna pro všechny: společná konference o dostupnosti, vzdělávání a důvěře", None),
    ):
        template = find_template(key)
        assert template
        event = create_event(template, title=title, first_on=date(2025, 10, 7), city="Olomouc", by=BY)
        if visibility:
            publish(event, visibility=visibility, by=BY)
    return event


def _work_with_people(academy: Event, people: list[Registration]) -> None:
    """Do what the desk does all day: notes, tags, cancellations, a change of mind, somebody by telephone."""
    first, second, third = people[:3]
    desk.add_note(first, "Volala, že přijede až vlakem v 10.20.\nMísto u dveří.", by=BY)
    desk.tag(people[:4], "host", by=BY)
    desk.tag([first], "bezbariérový přístup", by=BY)
    signups.cancel([second], by=BY, reason="Onemocněl.")
    wanted = bulk.Wanted(kind=BulkKind.TAG, tag="jídlo zajištěno")
    bulk.do_to_many(academy, wanted, ids=[each.id for each in people[4:9]], by=BY)
    substitute = signups.Person(
        title_before="PhDr.",
        given_name="Květoslava",
        family_name="Zapletalová-Hrušková",
        title_after="Ph.D.",
        email="kveta@ukazka.example",
        ticket_type=third.ticket_type.code,
    )
    signups.substitute(third, person=substitute, by=BY)
    address = "konstantin@ukazka.example"
    guest = signups.Person(
        given_name="Konstantin Maxmilián", family_name="d’Artagnan", email=address, ticket_type="OBOJI"
    )
    orderer = signups.Orderer(name="Konstantin d’Artagnan", email=address, organisation="Krajská knihovna")
    hand = WhenFull(over_capacity=True, reason="slíbeno")
    add_by_hand(academy.id, orderer=orderer, person=guest, language="cs", by=BY, when_full=hand)


def _open_doors(academy: Event, person: Registration) -> None:
    """Pair two phones, one of which has sent something after its access was taken away."""
    code = checkin.make_pairing_code(academy, rights=list(Right), most_doors=2, by=BY)
    _, revoked = (checkin.pair(code.secret, label=label) for label in ("Hlavní vchod", "Zadní vchod u šatny, Eva"))
    checkin.revoke(revoked, by=BY)
    scan = checkin.SentScan(
        nonce=str(uuid.uuid4()),
        session_id=academy.sessions[0].id,
        kind=ScanKind.IN,
        source=Source.SCAN,
        scanned_at=clock.now(),
        person_id=person.id,
    )
    checkin.take_scans(revoked.token, checkin.Contact(now=clock.now(), list_age_s=None, waiting=3), [scan])


def _keep_directory() -> list[Organisation]:
    """Add two libraries that may be one, and a member that was and one that is."""
    first = add_organisation(name="Městská knihovna Bystrá nad Jizerou", town="Bystrá", is_member=True, by=BY)
    double = add_organisation(name="Knihovna města Bystrá nad Jizerou", town="Bystrá", by=BY)
    past = add_organisation(name="Obecní knihovna Dolní Zálesí", town="Dolní Zálesí", by=BY)
    begin_membership(past, since_on=date(2020, 1, 1), by=BY)
    end_membership(past, until_on=date(2024, 12, 31), reason="Knihovna byla zrušena.", by=BY)
    return [first, double]


def _upload_libraries() -> int:
    return upload_list(read_rows(io.BytesIO(LIBRARIES.encode())), file_name="adresar-2025.csv", by=BY).id


def _people_file(event: Event, *, is_mapped: bool = True) -> Import:
    table = read_rows(io.BytesIO(PEOPLE.encode()))
    questions = {question.code: question.label for question in list_questions(event.id)}
    columns = guess(table.header, questions=questions)
    kept = importing.keep_file(event, table=table, file_name="prihlasky-z-knihovny.csv", columns=columns, by=BY)
    if is_mapped:
        importing.map_columns(kept, columns=kept.columns, ticket_type=event.ticket_types[0].code)
    return kept


def _bring_in(kept: Import) -> None:
    questions = list_questions(kept.event_id)
    people, faults = read_people(kept, ticket_types=kept.event.ticket_types, questions=questions)
    count = len(importing.plan_import(kept, people=people, faults=faults).placed)
    importing.import_people(kept, people=people, faults=faults, expected_count=count, tells=False, by=BY)


def _hear_applications() -> list[MembershipApplication]:
    """Let four libraries apply: one waits, one was approved, one refused, one has not confirmed."""
    made = []
    for number, town in enumerate(("Horní Lhota", "Nové Zálesí", "Stará Ves", "Lhotka pod Horami")):
        applicant = Applicant(
            name=f"Ada Žďárská {number}",
            email=f"ada{number}@ukazka.example",
            position="ředitelka",
            organisation=f"Městská knihovna {town}",
            town=town,
            may_be_listed=True,
            note="Rádi bychom pořádali setkání i u nás.",
        )
        send_application(applicant, language="cs", submission_key=f"season-{number}")
        made.append(db.session.scalars(select(MembershipApplication).order_by(MembershipApplication.id.desc())).first())
    applications = [each for each in made if each]
    for each in applications[:3]:
        confirm_application(each)
    approve(applications[1], organisation=None, by=BY)
    refuse(applications[2], reason="Sekce sdružuje knihovny s profesionálním pracovištěm.", by=BY)
    return applications


def _invite_colleagues(academy: Event) -> list[User]:
    """Have a colleague who works here and one who has not answered the invitation."""
    email = "kveta@demo.example"
    roles = [RoleName.ORGANIZER, RoleName.DOOR]
    create_account(email, password=demo.STAFF_PASSWORD, roles=roles, name="Květoslava Zapletalová-Hrušková", by=BY)
    join_team(email, event_id=academy.id, by=BY)
    invited = {"name": "Pavel Hora", "roles": roles, "event_ids": [academy.id], "language": "cs"}
    invite("pavel@demo.example", by=BY, **invited)  # type: ignore[arg-type]
    return list(db.session.scalars(select(User).order_by(User.id.desc()).limit(2)))[::-1]


def _write_messages(academy: Event) -> list[GroupMessage]:
    body = "Dobrý den, {jmeno},\n\npřijďte k **hlavnímu vchodu**.\n\n- občerstvení od 9 hodin\n- začínáme v 10\n"
    draft = messaging.write_draft(
        academy,
        kind=GroupMessageKind.INVITATION,
        subject="Podzimní pokračování akademie",
        body=body,
        recipients={"stav": ["confirmed"], "stitek": "host"},
        by=BY,
    )
    sent = messaging.write_draft(
        academy, kind=GroupMessageKind.INFORMATION, subject="Kudy do knihovny", body=body, recipients={}, by=BY
    )
    messaging.send(sent, by=BY)
    return [draft, sent]


def _get_letters_back(event: Event) -> tuple[int, int]:
    """Return two letters of an event that were sent; the second came back."""
    is_sent = OutboxMessage.state == MessageState.SENT
    of_event = OutboxMessage.event_id == event.id
    letters = db.session.scalars(select(OutboxMessage).where(is_sent, of_event).order_by(OutboxMessage.id).limit(2))
    sent, returned = letters
    reason = "550 5.1.1 <mailbox> User unknown in virtual mailbox table"
    record_bounce(Bounce(returned.recipient, Verdict.REFUSED, "5.1.1", reason, returned.message_id))
    return sent.id, returned.id


def _issue_certificates(academy: Event) -> CertificateRule:
    """Take one arrival back and issue everything; one certificate was wrong, another is replaced."""
    with_entry = db.session.scalars(select(AttendanceEntry).order_by(AttendanceEntry.id).limit(1)).one()
    checkin.undo(with_entry, by=BY, reason="Spletená jména.")
    rules = db.session.scalars(select(CertificateRule).where(CertificateRule.event_id == academy.id)).all()
    issued = issue_certificates(rules[0], by=BY)
    revoke(issued[0], reason="Vydáno omylem.", by=BY)
    replace(issued[1], reason="Chybělo jméno knihovny.", by=BY)
    return rules[0]


def _thank_speakers(academy: Event) -> int:
    """Confirm to one speaker that they taught; another has not been thanked yet."""
    academy = get_event(academy.slug)
    taught = {academy.sessions[0].id: 90}
    jan = add_speaker(academy, Teaching("Ing. Jan Žďárský, Ph.D.", taught, email="jan@lektor.example"), by=BY)
    issue_to_speakers(academy, by=BY)
    add_speaker(academy, Teaching("Eva Nováková", taught), by=BY)
    return jan.id


def _ticket_type(event: Event) -> TicketType:
    return event.ticket_types[0]
