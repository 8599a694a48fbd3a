"""Decides what would become of the people of a file: a place, the waiting list, or left out and why.

The event must be locked. It is the organizer who imports, so opening times, approval, invitations and limits of
libraries are theirs to know; capacity holds for everybody, and nobody overtakes those who wait.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from sqlalchemy import select

from registration.core.db import db
from registration.core.i18n import gettext
from registration.events.models import QuestionScope
from registration.events.offered import Offered, OfferedType
from registration.events.queries import list_questions
from registration.events.questions import Asked, Choice, Value, chosen
from registration.organisations.models import Organisation
from registration.organisations.queries import find_organisation
from registration.signups import rows
from registration.signups.errors import AlreadySignedUp, UnknownTicketType
from registration.signups.importing.columns import QUESTION, Column
from registration.signups.importing.people import Fault, Incoming, Placed, Plan
from registration.signups.models import Registration, RegistrationStatus
from registration.signups.operations.waiting_list import heads
from registration.signups.rules import Group, Room


def plan(offered: Offered, people: Iterable[Incoming], faults: Sequence[Fault], *, names: Mapping[str, str]) -> Plan:
    """Return what would become of these people; `faults` are those of the other rows, `names` those of columns."""
    planner = _Planner(offered, names)
    for person in people:
        planner.add(person)
    return Plan(planner.placed, sorted([*faults, *planner.faults], key=lambda fault: fault.number))


class _Planner:
    """Takes people in one after another while there is room."""

    def __init__(self, offered: Offered, names: Mapping[str, str]) -> None:
        self.offered = offered
        self.names = names
        self.placed: list[Placed] = []
        self.faults: list[Fault] = []
        self.room = Room(offered.free)
        if offered.event.waiting:
            for _, group in heads(offered):
                self.room.hold_back(group)
        self.questions = list_questions(offered.id)
        self.left = {choice.id: choice.left for question in self.questions for choice in question.choices}
        self.known = _known_keys(offered.id)
        self.row_of: dict[str, int] = {}
        self.find_organisation = cache(_find_organisation)

    def add(self, person: Incoming) -> None:
        key = rows.person_key(person.given_name, person.family_name, person.email)
        ticket_type = self.offered.find(person.ticket_type)
        repetition = self._repetition(key)
        if repetition:
            self._refuse(person, Column.EMAIL, person.email, repetition)
        elif ticket_type is None:
            self._refuse(person, Column.TICKET_TYPE, person.ticket_type, UnknownTicketType().message)
        else:
            self._place(person, key, ticket_type)

    def _place(self, person: Incoming, key: str, ticket_type: OfferedType) -> None:
        group = Group(ticket_type.id, ticket_type.places, 1)
        has_place = self.room.count_for(group) == 1
        if not has_place and not self.offered.waits:
            sentence = gettext("There is no place left, and the event has no waiting list.")
            self._refuse(person, Column.TICKET_TYPE, person.ticket_type, sentence)
            return
        wanted = list(self._choices(person, has_place=has_place))
        full = next(((question, choice) for question, choice in wanted if self.left[choice.id] == 0), None)
        if full:
            sentence = gettext("“%(choice)s” is already full; please choose something else.", choice=full[1].label)
            self._refuse(person, f"{QUESTION}{full[0].code}", full[1].label, sentence)
            return
        for _, choice in wanted:
            left = self.left[choice.id]
            self.left[choice.id] = None if left is None else left - 1
        self.room.allot(group)
        self.row_of[key] = person.number
        status = RegistrationStatus.CONFIRMED if has_place else RegistrationStatus.WAITING
        self.placed.append(self._placed(person, key, status))

    def _placed(self, person: Incoming, key: str, status: RegistrationStatus) -> Placed:
        found = self.find_organisation(person.ico, person.organisation)
        return Placed(
            person,
            key,
            status,
            organisation_name=found.label if found else person.organisation,
            organisation_id=found.id if found else None,
            is_member=found is not None and found.is_member,
        )

    def _repetition(self, key: str) -> str:
        if key in self.row_of:
            return gettext("This person is in the file twice, first in row %(row)d.", row=self.row_of[key])
        return AlreadySignedUp().message if key in self.known else ""

    def _choices(self, person: Incoming, *, has_place: bool) -> Iterable[tuple[Asked, Choice]]:
        """Give the choices a person would take; whoever waits takes those of the order only."""
        for question in self.questions:
            is_of_order = question.scope == QuestionScope.ORDER
            value: Value | None = (person.order_answers if is_of_order else person.answers).get(question.code)
            if has_place or is_of_order:
                yield from ((question, choice) for choice in chosen(question, value))

    def _refuse(self, person: Incoming, meaning: str, value: str, sentence: str) -> None:
        self.faults.append(Fault(person.number, self.names.get(meaning, ""), value, sentence))


def _known_keys(event_id: int) -> set[str]:
    keys = select(Registration.person_key).where(
        Registration.event_id == event_id,
        Registration.person_key.is_not(None),
        Registration.status != RegistrationStatus.CANCELLED,
    )
    return {key for key in db.session.scalars(keys) if key}


def _find_organisation(ico: str, name: str) -> Organisation | None:
    """Return the organisation of an IČO, else of a name; one query for each that is different."""
    found = find_organisation(ico) if ico else None
    return found or (find_organisation(name) if name else None)
