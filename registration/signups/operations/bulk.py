"""The same is done to many people at once, and is remembered, so that it can be taken back for a while.

Letters of what can be taken back wait as long, see `registration.mail.outbox`: nobody reads of what was not meant.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from registration.core import clock
from registration.core.db import transaction
from registration.core.errors import Refusal
from registration.events.models import Event
from registration.events.offered import lock_offered
from registration.mail.outbox import HeldBack
from registration.signups.annotations import UNDO_FOR, BulkAction, BulkKind
from registration.signups.errors import AlreadyCancelled, NobodyChosen, TooManyAtOnce
from registration.signups.models import Registration, RegistrationStatus
from registration.signups.operations import desk
from registration.signups.operations.approval import approve
from registration.signups.operations.cancelling import cancel
from registration.signups.operations.holding import those_in

# How many wait while one locks the event: places take a dozen statements each, a word takes one.
_MOST_PLACES, _MOST_WORDS = 500, 5000
_OF_WORDS = {BulkKind.TAG, BulkKind.UNTAG, BulkKind.RESEND}


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is to be done, with what it takes: the code of a ticket type, a tag, a reason for the cancelled."""

    kind: BulkKind
    ticket_type: str = ""
    tag: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Outcome:
    """What came of it: how many people it was done to, and why not to the others."""

    action: BulkAction
    done_count: int
    left: list[tuple[Registration, Refusal]]


def most_at_once(kind: BulkKind) -> int:
    """Return to how many people something can be done at once."""
    return _MOST_WORDS if kind in _OF_WORDS else _MOST_PLACES


def do_to_many(event: Event, wanted: Wanted, *, ids: Collection[int], by: str) -> Outcome:
    """Do something to these people of an event, except to those to whom it cannot be done.

    Raises NobodyChosen, TooManyAtOnce, TagNotAWord. Locks the event.
    """
    if not ids:
        raise NobodyChosen
    if len(ids) > most_at_once(wanted.kind):
        raise TooManyAtOnce(most_at_once(wanted.kind))
    with transaction() as session:
        event_id = lock_offered(event.id).id
        people = session.scalars(_chosen(event_id, ids)).all()
        action = BulkAction(
            event_id=event_id,
            kind=wanted.kind,
            done_at=clock.now(),
            done_by=by,
            undo_until=clock.system_now() + UNDO_FOR if wanted.kind.can_be_undone else None,
            details={"tag": wanted.tag, "ticket_type": wanted.ticket_type},
        )
        session.add(action)
        session.flush()
        before = {each.id: _as_it_is(each) for each in people}
        done, left = _DEEDS[wanted.kind](people, wanted, action, by)
        action.before = [before[each.id] for each in done]
    return Outcome(action, len(done), left)


Deed = tuple[list[Registration], list[tuple[Registration, Refusal]]]


def _chosen(event_id: int, ids: Collection[int]) -> Any:
    return (
        select(Registration)
        .where(Registration.event_id == event_id, Registration.id.in_(ids), Registration.erased_at.is_(None))
        .options(joinedload(Registration.order))
        .order_by(Registration.id)
    )


def _as_it_is(registration: Registration) -> dict[str, Any]:
    return {
        "id": registration.id,
        "status": registration.status.value,
        "ticket_type_id": registration.ticket_type_id,
        "price_haler": registration.price_haler,
    }


def _cancel(people: Sequence[Registration], wanted: Wanted, action: BulkAction, by: str) -> Deed:
    done = those_in(people)
    if done:
        cancel(done, by=by, reason=wanted.reason, held=_held(action))
    return done, [(each, AlreadyCancelled()) for each in people if each not in done]


def _move(people: Sequence[Registration], wanted: Wanted, action: BulkAction, by: str) -> Deed:
    others = [each for each in people if each.ticket_type.code != wanted.ticket_type]
    return _one_by_one(others, lambda each: desk.move(each, code=wanted.ticket_type, by=by, held=_held(action, each)))


def _approve(people: Sequence[Registration], wanted: Wanted, action: BulkAction, by: str) -> Deed:
    # Whoever sent their order first gets a place first.
    line = sorted(people, key=lambda each: (each.order.created_at, each.order_id, each.position))
    return _one_by_one(line, lambda each: approve(each, by=by, held=_held(action, each)))


def _tag(people: Sequence[Registration], wanted: Wanted, action: BulkAction, by: str) -> Deed:
    new = desk.tag(people, wanted.tag, by=by) if people else []
    return [each for each in people if each.id in new], []


def _untag(people: Sequence[Registration], wanted: Wanted, action: BulkAction, by: str) -> Deed:
    had = desk.untag(people, wanted.tag, by=by) if people else []
    return [each for each in people if each.id in had], []


def _resend(people: Sequence[Registration], wanted: Wanted, action: BulkAction, by: str) -> Deed:
    live = [each for each in people if each.status is not RegistrationStatus.CANCELLED]
    done = desk.resend(live, by=by) if live else []
    return done, [(each, AlreadyCancelled()) for each in people if each not in done]


_DEEDS: dict[BulkKind, Callable[[Sequence[Registration], Wanted, BulkAction, str], Deed]] = {
    BulkKind.CANCEL: _cancel,
    BulkKind.MOVE: _move,
    BulkKind.APPROVE: _approve,
    BulkKind.TAG: _tag,
    BulkKind.UNTAG: _untag,
    BulkKind.RESEND: _resend,
}


def _one_by_one(people: Sequence[Registration], deed: Callable[[Registration], object]) -> Deed:
    done: list[Registration] = []
    left: list[tuple[Registration, Refusal]] = []
    for each in people:
        try:
            deed(each)
        except Refusal as refusal:
            left.append((each, refusal))
        else:
            done.append(each)
    return done, left


def _held(action: BulkAction, registration: Registration | None = None) -> HeldBack:
    """Let letters wait as long as what they tell of can be taken back."""
    until = action.undo_until or clock.system_now()
    return HeldBack(until, f"{action.letters_key}{registration.id if registration else 0}:")
