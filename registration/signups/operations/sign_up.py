"""An order is made: places for those who get one, a place in line for the others."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from registration.core import clock, tokens
from registration.core.db import transaction
from registration.core.prepared import pipelined
from registration.events import offered as places
from registration.events.models import Audience
from registration.events.offered import Offered, OfferedType, lock_offered
from registration.events.questions import Value
from registration.events.rules import SignUpState
from registration.organisations.queries import Recognised, recognise
from registration.signups import answers, mails, rows, rules
from registration.signups.errors import (
    AlreadySignedUp,
    InvitationNeeded,
    MembersOnly,
    OrganisationLimitReached,
    SignUpNotOpen,
    TicketTypeFull,
    TwiceInOrder,
    UnknownTicketType,
)
from registration.signups.models import RegistrationStatus
from registration.signups.operations.waiting_list import heads
from registration.signups.rules import Group, Room

_OPEN = {SignUpState.OPEN, SignUpState.FULL}  # full is decided place by place


@dataclass(frozen=True, kw_only=True)
class Orderer:
    """Who sends the order, for which library, with the answers to what is asked once."""

    name: str
    email: str
    organisation: str = ""
    answers: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Person:
    """One of the people an order is for; `ticket_type` is a code, `answers` are by question code."""

    given_name: str
    family_name: str
    email: str
    ticket_type: str
    title_before: str = ""
    title_after: str = ""
    answers: Mapping[str, Value] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Return what tells that two are the same person."""
        return rows.person_key(self.given_name, self.family_name, self.email)


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """What an orderer wants when there is not room for all."""

    takes_fewer: bool = False  # some places are better than none
    may_wait: bool = True
    invitation: str = ""


@dataclass(frozen=True)
class Receipt:
    """What is left of a sent form: the order it has made."""

    order_id: int
    link_version: int = 1

    @property
    def link_token(self) -> str:
        """Return the secret part of `/p/<token>`."""
        return tokens.link_token("order", self.order_id, self.link_version)


class _SentBefore(Exception):  # noqa: N818 - not an error: the double click's way out of the transaction
    def __init__(self, receipt: Receipt) -> None:
        self.receipt = receipt


def sign_up(
    event_id: int,
    *,
    orderer: Orderer,
    people: Sequence[Person],
    language: str,
    submission_key: str | None = None,
    wishes: Wishes | None = None,
) -> Receipt:
    """Make an order, and write everybody about it; the same form sent twice makes one.

    Whoever finds no place joins the waiting list, unless the event has none or the order does not want to: then
    nobody gets anything. Raises SignUpNotOpen, UnknownTicketType, TicketTypeFull, AlreadySignedUp, TwiceInOrder,
    MembersOnly, InvitationNeeded, OrganisationLimitReached, ChoiceFull. Locks the event.
    """
    try:
        with transaction():
            offered = lock_offered(event_id, with_order_number=True)
            return _Form(offered, orderer, people, language, submission_key, wishes or Wishes()).accept()
    except _SentBefore as before:
        return before.receipt


@dataclass
class _Form:
    """A sent form on its way to becoming an order of a locked event."""

    offered: Offered
    orderer: Orderer
    people: Sequence[Person]
    language: str
    submission_key: str | None
    wishes: Wishes

    def accept(self) -> Receipt:
        keys = self._refuse_known_people()
        if self.offered.state not in _OPEN:
            raise SignUpNotOpen(self.offered.state, self.offered.event.sign_up_opens_at)
        organisation = recognise(self.orderer.organisation) if self.orderer.organisation else None
        chosen = self._chosen_ticket_types(organisation)
        self._refuse_too_many(organisation)
        now = clock.now()
        with pipelined():
            statuses = self._statuses(chosen)
            order_id = self._write_order(organisation, now)
            entries = self._join_waiting_lists(order_id, chosen, statuses, now)
            ids = rows.insert_registrations(
                [
                    self._person_row(order_id, position, keys[position], chosen[position], organisation)
                    | self._status_row(statuses[position], entries.get(chosen[position].id), now)
                    for position in range(len(self.people))
                ]
            )
            self._tell(order_id, ids, statuses)
        self._write_answers(order_id, ids, statuses)
        return Receipt(order_id)

    def _chosen_ticket_types(self, organisation: Recognised | None) -> list[OfferedType]:
        found = [self.offered.find(person.ticket_type) for person in self.people]
        unknown = [position for position, each in enumerate(found) if each is None]
        if unknown:
            raise UnknownTicketType(unknown)
        chosen = [each for each in found if each is not None]
        is_member = organisation is not None and organisation.is_member
        for_members = self._positions_for(chosen, Audience.MEMBERS)
        if for_members and not is_member:
            raise MembersOnly(for_members)
        uninvited = [
            position
            for position in self._positions_for(chosen, Audience.INVITED)
            if not is_invitation(self.wishes.invitation, chosen[position].id)
        ]
        if uninvited:
            raise InvitationNeeded(uninvited)
        return chosen

    def _positions_for(self, chosen: Sequence[OfferedType], audience: Audience) -> list[int]:
        return [position for position, each in enumerate(chosen) if each.audience == audience]

    def _refuse_known_people(self) -> list[str]:
        keys = [person.key for person in self.people]
        twice = [position for position, key in enumerate(keys) if key in keys[:position]]
        if twice:
            raise TwiceInOrder(twice)
        known = rows.known_people(self.offered.id, keys)
        if known:
            self._refuse_repetition()
            raise AlreadySignedUp([position for position, key in enumerate(keys) if key in known])
        return keys

    def _refuse_repetition(self) -> None:
        """Lead a form that was sent before to its order; then its people are known already."""
        before = rows.find_submitted(self.submission_key) if self.submission_key else None
        if before is not None:
            raise _SentBefore(Receipt(*before))

    def _refuse_too_many(self, organisation: Recognised | None) -> None:
        limit = self.offered.event.organisation_limit
        name = self._name_of(organisation)
        if limit is None or not name:
            return
        organisation_id = organisation.id if organisation else None
        there = rows.count_colleagues(self.offered.id, organisation_id=organisation_id, organisation_name=name)
        if there + len(self.people) > limit:
            raise OrganisationLimitReached(limit)

    def _name_of(self, organisation: Recognised | None) -> str:
        """Return the organisation as the directory calls it, else as it was typed."""
        return organisation.label if organisation else self.orderer.organisation

    def _statuses(self, chosen: Sequence[OfferedType]) -> list[RegistrationStatus]:
        """Return who gets a place, and take those places."""
        if self.offered.event.needs_approval:
            return [RegistrationStatus.APPLIED] * len(chosen)
        room = Room(self.offered.free)
        if self.offered.event.waiting:
            for _, group in heads(self.offered):
                room.hold_back(group)
        sizes = Counter(each.id for each in chosen)
        allotted = {
            each.id: room.allot(Group(each.id, each.places, sizes[each.id], self.wishes.takes_fewer))
            for each in dict.fromkeys(chosen)
        }
        waiting = [each for each in sizes if allotted[each] < sizes[each]]
        if waiting and not (self.offered.waits and self.wishes.may_wait):
            raise TicketTypeFull([position for position, each in enumerate(chosen) if each.id in waiting])
        taken = Counter(place for each in dict.fromkeys(chosen) for place in each.places * allotted[each.id])
        places.book({place: count for place, count in taken.items() if count})
        return [
            RegistrationStatus.CONFIRMED
            if chosen[:position].count(each) < allotted[each.id]
            else RegistrationStatus.WAITING
            for position, each in enumerate(chosen)
        ]

    def _write_order(self, organisation: Recognised | None, now: datetime) -> int:
        return rows.insert_order(
            {
                "event_id": self.offered.id,
                "number": self.offered.event.order_count,
                "orderer_name": self.orderer.name,
                "orderer_email": self.orderer.email,
                "organisation_id": organisation.id if organisation else None,
                "organisation_name": self._name_of(organisation),
                "language": self.language,
                "submission_key": self.submission_key,
                "created_at": now,
            }
        )

    def _join_waiting_lists(
        self,
        order_id: int,
        chosen: Sequence[OfferedType],
        statuses: Sequence[RegistrationStatus],
        now: datetime,
    ) -> dict[int, int]:
        """Return the waiting-list entries of the order by ticket type id."""
        waiting = Counter(
            each.id for each, status in zip(chosen, statuses, strict=True) if status is RegistrationStatus.WAITING
        )
        for ticket_type_id, count in sorted(waiting.items()):
            places.wait(self.offered.id, ticket_type_id, count)
        return {
            ticket_type_id: rows.insert_entry(
                order_id=order_id,
                ticket_type_id=ticket_type_id,
                takes_fewer=self.wishes.takes_fewer,
                joined_at=now,
            )
            for ticket_type_id in waiting
        }

    def _person_row(
        self, order_id: int, position: int, key: str, ticket_type: OfferedType, organisation: Recognised | None
    ) -> dict[str, object]:
        person = self.people[position]
        return {
            "order_id": order_id,
            "event_id": self.offered.id,
            "ticket_type_id": ticket_type.id,
            "position": position + 1,
            "title_before": person.title_before,
            "given_name": person.given_name,
            "family_name": person.family_name,
            "title_after": person.title_after,
            "email": person.email,
            "organisation_name": self._name_of(organisation),
            "person_key": key,
            "price_haler": rules.price(
                member_haler=ticket_type.price_member_haler,
                other_haler=ticket_type.price_other_haler,
                is_member=organisation is not None and organisation.is_member,
            ),
        }

    def _status_row(self, status: RegistrationStatus, entry_id: int | None, now: datetime) -> dict[str, object]:
        return {
            "status": status,
            "confirmed_at": now if status is RegistrationStatus.CONFIRMED else None,
            "waiting_entry_id": entry_id if status is RegistrationStatus.WAITING else None,
        }

    def _tell(self, order_id: int, ids: Sequence[int], statuses: Sequence[RegistrationStatus]) -> None:
        told = [
            mails.Told(registration_id=id_, version=1, email=person.email, status=status)
            for id_, person, status in zip(ids, self.people, statuses, strict=True)
        ]
        mails.signed_up(
            event_id=self.offered.id,
            order_id=order_id,
            orderer_email=self.orderer.email,
            language=self.language,
            people=told,
        )

    def _write_answers(self, order_id: int, ids: Sequence[int], statuses: Sequence[RegistrationStatus]) -> None:
        given = [
            answers.Given(order_id, registration_id, position, person.answers, status.holds_place)
            for position, (registration_id, person, status) in enumerate(zip(ids, self.people, statuses, strict=True))
        ]
        given.append(answers.Given(order_id, None, None, self.orderer.answers, holds_place=True))
        answers.write(self.offered, [each for each in given if each.values])


def is_invitation(token: str, ticket_type_id: int) -> bool:
    """Say whether a token is the invitation to a ticket type."""
    return tokens.is_same(token, tokens.invitation_token(ticket_type_id))
