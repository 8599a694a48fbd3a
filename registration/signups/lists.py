"""A page of the back office's list of registrations, loaded by as many statements however long it is."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from registration.core.db import db
from registration.events.models import Event, TicketType
from registration.signups.annotations import BulkAction, Note, Tag
from registration.signups.filtering import Filter, count_matching, select_registrations
from registration.signups.models import Answer, Order, Registration, RegistrationStatus

PAGE_SIZE = 100
ANSWER = "odpoved-"  # what the name of a question's column begins with
DEFAULT_COLUMNS = ("knihovna", "varianta", "prihlaseno", "ucast", "stitky")
COLUMNS = ("cislo", "knihovna", "varianta", "email", "prihlaseno", "cena", "ucast", "stitky", "poznamky")


@dataclass(frozen=True)
class Page:
    """Some of the registrations a filter finds, with what the columns show of them, by registration id."""

    number: int  # from 1
    total: int  # of all pages together
    registrations: Sequence[Registration]
    tags: dict[int, list[str]] = field(default_factory=dict)
    notes: dict[int, list[Note]] = field(default_factory=dict)
    answers: dict[int, dict[int, str]] = field(default_factory=dict)  # and by question id

    @property
    def count(self) -> int:
        """Return how many pages there are, at least one."""
        return max(-(-self.total // PAGE_SIZE), 1)

    @property
    def first(self) -> int:
        """Return the number of the first registration on the page within the whole list."""
        return (self.number - 1) * PAGE_SIZE + 1

    @property
    def last(self) -> int:
        """Return the number of the last one."""
        return self.first + len(self.registrations) - 1


def get_page(event: Event, chosen: Filter, *, number: int, columns: Iterable[str]) -> Page:
    """Return a page of the list; a number beyond the end is the last page."""
    total = count_matching(event, chosen)
    number = min(max(number, 1), max(-(-total // PAGE_SIZE), 1))
    found = db.session.scalars(
        select_registrations(event, chosen)
        .options(
            joinedload(Registration.order).joinedload(Order.organisation),
            joinedload(Registration.ticket_type).selectinload(TicketType.sessions),
        )
        .limit(PAGE_SIZE)
        .offset((number - 1) * PAGE_SIZE)
    ).all()
    ids = [each.id for each in found]
    wanted = set(columns)
    asked = [int(each.removeprefix(ANSWER)) for each in wanted if each.startswith(ANSWER)]
    return Page(
        number=number,
        total=total,
        registrations=found,
        tags=tags_of(ids) if "stitky" in wanted else {},
        notes=notes_of(ids) if "poznamky" in wanted else {},
        answers=_answers_of(found, asked) if asked else {},
    )


def list_some(event: Event, ids: Sequence[int]) -> Sequence[Registration]:
    """Return these registrations of an event by surname, with what a short list shows of them."""
    return db.session.scalars(
        select(Registration)
        .where(Registration.event_id == event.id, Registration.id.in_(ids), Registration.erased_at.is_(None))
        .options(joinedload(Registration.ticket_type))
        .order_by(Registration.sort_key, Registration.id)
    ).all()


def tags_of(ids: Sequence[int]) -> dict[int, list[str]]:
    """Return the tags of some registrations, each list by the alphabet of the database."""
    found = defaultdict[int, list[str]](list)
    statement = select(Tag.registration_id, Tag.word).where(Tag.registration_id.in_(ids)).order_by(Tag.word)
    for registration_id, word in db.session.execute(statement):
        found[registration_id].append(word)
    return found


def notes_of(ids: Sequence[int]) -> dict[int, list[Note]]:
    """Return the notes beside some registrations, the latest first."""
    found = defaultdict[int, list[Note]](list)
    for note in db.session.scalars(select(Note).where(Note.registration_id.in_(ids)).order_by(Note.id.desc())):
        found[note.registration_id].append(note)
    return found


def find_note(registration: Registration, note_id: int) -> Note | None:
    """Return one of the notes beside a registration, or None."""
    return db.session.scalar(select(Note).where(Note.id == note_id, Note.registration_id == registration.id))


def list_tags(event: Event) -> list[tuple[str, int]]:
    """Return the tags in use in an event, and how many registrations have each."""
    statement = (
        select(Tag.word, func.count())
        .join(Registration, Registration.id == Tag.registration_id)
        .where(Registration.event_id == event.id)
        .group_by(Tag.word)
        .order_by(Tag.word)
    )
    return [(word, count) for word, count in db.session.execute(statement)]


def count_by_status(event: Event) -> dict[RegistrationStatus, int]:
    """Return how many registrations of an event stand how."""
    statement = (
        select(Registration.status, func.count()).where(Registration.event_id == event.id).group_by(Registration.status)
    )
    return dict.fromkeys(RegistrationStatus, 0) | dict(iter(db.session.execute(statement)))


def find_bulk_action(event: Event, action_id: int) -> BulkAction | None:
    """Return what was done to many registrations of this event, or None."""
    return db.session.scalar(select(BulkAction).where(BulkAction.id == action_id, BulkAction.event_id == event.id))


def find_undoable(event: Event, *, by: str) -> BulkAction | None:
    """Return the last thing somebody has done to many, if it can still be taken back."""
    last = (
        select(BulkAction)
        .where(BulkAction.event_id == event.id, BulkAction.done_by == by, BulkAction.undo_until.is_not(None))
        .order_by(BulkAction.id.desc())
        .limit(1)
    )
    action = db.session.scalar(last)
    return action if action is not None and action.can_be_undone() and action.before else None


def _answers_of(registrations: Sequence[Registration], question_ids: Sequence[int]) -> dict[int, dict[int, str]]:
    """Return what people have answered to some questions, or their orderers for all."""
    orders = {each.id: each.order_id for each in registrations}
    found = defaultdict[int, dict[int, str]](dict)
    for_all = defaultdict[int, dict[int, str]](dict)
    statement = select(Answer.registration_id, Answer.order_id, Answer.question_id, Answer.shown).where(
        Answer.order_id.in_(set(orders.values())), Answer.question_id.in_(question_ids)
    )
    for registration_id, order_id, question_id, shown in db.session.execute(statement):
        if registration_id is None:
            for_all[order_id][question_id] = shown
        else:
            found[registration_id][question_id] = shown
    return {id_: {**for_all[order_id], **found[id_]} for id_, order_id in orders.items()}
