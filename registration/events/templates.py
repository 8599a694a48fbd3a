"""What events of a kind usually have: parts, ticket types, questions. A draft made of it is there to be changed.

Everything is written in the language of the page it is made on.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from registration.core.i18n import gettext, in_language, language
from registration.events.models import (
    Audience,
    EventKind,
    Format,
    Question,
    QuestionChoice,
    QuestionKind,
    QuestionScope,
    Session,
    Visibility,
)
from registration.organisations.models import AddressForm
from registration.organisations.queries import get_association

_TWO_WEEKS = 14


@dataclass(frozen=True)
class SessionDraft:
    """A part; `title` empty means that it is called as the event."""

    code: str
    title: str = ""
    day: int = 0  # after the first
    start: time = time(9, 0)
    end: time = time(16, 0)
    format: Format = Format.IN_PERSON
    credited_minutes: int = 0

    def session(self, first_on: date, *, title: str) -> Session:
        """Return it as a part of an event that begins that day."""
        day = first_on + timedelta(days=self.day)
        return Session(
            code=self.code,
            title=f"{title} – {self.title}" if self.title else title,
            format=self.format,
            starts_at=datetime.combine(day, self.start),
            ends_at=datetime.combine(day, self.end),
            credited_minutes=self.credited_minutes,
        )


@dataclass(frozen=True)
class TicketTypeDraft:
    """A ticket type; without session codes it admits to all parts."""

    code: str
    title: str
    sessions: tuple[str, ...] | None = None
    audience: Audience = Audience.EVERYONE


@dataclass(frozen=True)
class QuestionDraft:
    """A question with its answers to choose from."""

    code: str
    kind: QuestionKind
    label: str
    help: str = ""
    choices: tuple[str, ...] = ()
    delete_after_days: int | None = None
    scope: QuestionScope = QuestionScope.PERSON

    def question(self, position: int) -> Question:
        """Return it as a question of an event."""
        return Question(
            code=self.code,
            position=position,
            scope=self.scope,
            kind=self.kind,
            label=self.label,
            help=self.help,
            delete_after_days=self.delete_after_days,
            choices=[
                QuestionChoice(code=f"volba_{number}", label=label, position=number)
                for number, label in enumerate(self.choices, start=1)
            ],
        )


@dataclass(frozen=True)
class Template:
    """A kind of event to begin with."""

    key: str
    name: str
    summary: str
    kind: EventKind
    sessions: Sequence[SessionDraft]
    ticket_types: Sequence[TicketTypeDraft]
    questions: Sequence[QuestionDraft] = ()
    visibility: Visibility = Visibility.LISTED
    is_online: bool = False
    # Of the certificate: how many parts are enough, None for all of them, and whether the first must not be missed.
    certificate_minimum: int | None = None
    needs_first: bool = field(default=False)


def list_templates() -> list[Template]:
    """Return the templates in the order they are offered, worded in the current language."""
    return [make() for make in _TEMPLATES.values()]


def find_template(key: str) -> Template | None:
    """Return a template by its key; what it asks attendees, it asks as the association addresses them."""
    make = _TEMPLATES.get(key)
    is_familiar = get_association().address_form is AddressForm.TYKANI
    with in_language(language(), is_familiar=is_familiar):
        return make() if make else None


def _meeting() -> Template:
    return Template(
        key="setkani",
        name=gettext("Meeting"),
        summary=gettext("One day, one part in person, free of charge."),
        kind=EventKind.MEETING,
        sessions=[SessionDraft("setkani", start=time(10, 0), end=time(15, 0))],
        ticket_types=[_attendance()],
    )


def _online() -> Template:
    return Template(
        key="online",
        name=gettext("Online meeting"),
        summary=gettext("Two hours online; the link goes to those who have signed up."),
        kind=EventKind.MEETING,
        sessions=[SessionDraft("online", end=time(11, 0), format=Format.ONLINE)],
        ticket_types=[_attendance()],
        is_online=True,
    )


def _workshop() -> Template:
    return Template(
        key="workshop",
        name=gettext("Workshop"),
        summary=gettext("One day in person, 6 hours on the certificate, a question about food."),
        kind=EventKind.WORKSHOP,
        sessions=[SessionDraft("workshop", credited_minutes=360)],
        ticket_types=[_attendance()],
        questions=[_food()],
    )


def _academy() -> Template:
    return Template(
        key="akademie",
        name=gettext("Academy"),
        summary=gettext("One day in person and two online workshops, one certificate for them together."),
        kind=EventKind.PROGRAMME,
        sessions=[
            SessionDraft("zive", gettext("in person"), credited_minutes=360),
            _online_workshop("online-1", gettext("1st online workshop"), _TWO_WEEKS // 2),
            _online_workshop("online-2", gettext("2nd online workshop"), _TWO_WEEKS + _TWO_WEEKS // 2),
        ],
        ticket_types=[TicketTypeDraft("CELA", gettext("The whole academy"))],
        questions=[
            _food(),
            QuestionDraft("ocekavani", QuestionKind.LONG_TEXT, gettext("What do you expect of the academy?")),
        ],
        certificate_minimum=2,
        needs_first=True,
    )


def _conference() -> Template:
    days = ("den-1", "den-2", "den-3")
    names = (gettext("1st day"), gettext("2nd day"), gettext("3rd day"))
    return Template(
        key="konference",
        name=gettext("Conference"),
        summary=gettext("Three days with a ticket for all of them and one for each, questions about food and lunches."),
        kind=EventKind.CONFERENCE,
        sessions=[
            SessionDraft(code, name, number, credited_minutes=360)
            for number, (code, name) in enumerate(zip(days, names, strict=True))
        ],
        ticket_types=[
            TicketTypeDraft("CELA", gettext("The whole conference")),
            *(
                TicketTypeDraft(f"DEN{number}", name, (code,))
                for number, (code, name) in enumerate(zip(days, names, strict=True), 1)
            ),
        ],
        questions=[
            _food(),
            QuestionDraft("obedy", QuestionKind.CHOICES, gettext("Lunches"), choices=names),
        ],
        certificate_minimum=1,
    )


def _assembly() -> Template:
    return Template(
        key="valna-hromada",
        name=gettext("General assembly"),
        summary=gettext("Half a day for members; no hours, people get a confirmation of attendance."),
        kind=EventKind.ASSEMBLY,
        sessions=[SessionDraft("jednani", start=time(10, 0), end=time(14, 0))],
        ticket_types=[
            TicketTypeDraft("ZASTUPCE", gettext("Representative of a member"), audience=Audience.MEMBERS),
            TicketTypeDraft("HOST", gettext("Guest without a vote"), audience=Audience.INVITED),
        ],
        visibility=Visibility.MEMBERS,
    )


_TEMPLATES: dict[str, Callable[[], Template]] = {
    "setkani": _meeting,
    "workshop": _workshop,
    "akademie": _academy,
    "konference": _conference,
    "valna-hromada": _assembly,
    "online": _online,
}


def _attendance() -> TicketTypeDraft:
    return TicketTypeDraft("UCAST", gettext("Attendance"))


def _online_workshop(code: str, title: str, day: int) -> SessionDraft:
    return SessionDraft(code, title, day, end=time(11, 0), format=Format.ONLINE, credited_minutes=120)


def _food() -> QuestionDraft:
    return QuestionDraft(
        "strava",
        QuestionKind.CHOICE,
        gettext("What food do you need?"),
        help=gettext("Optional; please give no reason."),
        choices=(gettext("ordinary"), gettext("vegetarian"), gettext("vegan"), gettext("gluten-free")),
        delete_after_days=_TWO_WEEKS,
    )
