"""Letters to a person about their own place. `version` is that of the ticket code: it tells whose place it was."""

from collections.abc import Sequence

from registration.core import clock
from registration.mail.composition import Content, address
from registration.signups import queries
from registration.signups.letters.content import LIVE, Attachments, about, find_person, to_person
from registration.signups.models import CancellationKind, Registration, RegistrationStatus


def place_confirmed(registration: int, version: int) -> Content | None:
    """Write of a place; also to whoever comes in somebody else's."""
    person = find_person(registration, version, {RegistrationStatus.CONFIRMED})
    return to_person(person, _ticket_and_calendar(person)) if person else None


def place_waiting(registration: int, version: int) -> Content | None:
    """Write of the place in the waiting list, and of what will happen."""
    person = find_person(registration, version, {RegistrationStatus.WAITING})
    return to_person(person) if person else None


def place_applied(registration: int, version: int) -> Content | None:
    """Write that the organizer has yet to approve."""
    person = find_person(registration, version, {RegistrationStatus.APPLIED})
    return to_person(person) if person else None


def place_offered(registration: int, version: int) -> Content | None:
    """Write that a place is held, and until when."""
    person = find_person(registration, version, {RegistrationStatus.OFFERED})
    if person is None or person.offer is None or person.offer.expires_at <= clock.now():
        return None
    return to_person(
        person,
        deadline=clock.to_local(person.offer.expires_at),
        answer_page=address(f"/u/{person.link_token}/nabidka"),
    )


def place_promoted(registration: int, version: int, lost: Sequence[str] = ()) -> Content | None:
    """Write of a place that has come from the waiting list; `lost` are choices that were full meanwhile."""
    person = find_person(registration, version, {RegistrationStatus.CONFIRMED})
    if person is None:
        return None
    return to_person(person, _ticket_and_calendar(person), lost=lost, answers_page=_answers_page(person))


def place_lapsed(registration: int, version: int) -> Content | None:
    """Write that the place that was held went to somebody else."""
    person = find_person(registration, version, {RegistrationStatus.CANCELLED})
    return to_person(person) if person else None


def place_refused(registration: int, version: int, reason: str = "") -> Content | None:
    """Write that the organizer did not approve."""
    person = find_person(registration, version, {RegistrationStatus.CANCELLED})
    return to_person(person, reason=reason, programme_page=address("/")) if person else None


def place_changed(registration: int, version: int, is_moved: bool = False) -> Content | None:
    """Write of another ticket type, or of other answers."""
    person = find_person(registration, version, LIVE)
    if person is None:
        return None
    attachments = _ticket_and_calendar(person) if person.is_confirmed else []
    if person.is_confirmed and is_moved:
        attachments.append({"kind": "dropped_calendar", "id": person.id})
    return to_person(person, attachments, is_moved=is_moved)


def place_cancelled(registration: int, version: int) -> Content | None:
    """Write that the place, or the wait for one, is over."""
    person = find_person(registration, version, {RegistrationStatus.CANCELLED})
    if person is None:
        return None
    is_declined = person.cancellation is not None and person.cancellation.kind is CancellationKind.DECLINED
    had_place = person.confirmed_at is not None
    return to_person(person, _no_dates(person, had_place), had_place=had_place, is_declined=is_declined)


def place_passed_on(registration: int, previous_name: str, version_before: int, keeps_dates: bool) -> Content | None:
    """Write whoever came before; of the one who comes now nothing is said, and no link is theirs any more."""
    person = queries.find_registration(registration)
    if person is None or person.ticket_version <= version_before:
        return None
    had_place = person.confirmed_at is not None
    return about(
        person.event,
        person.ticket_type.sessions,
        _no_dates(person, had_place and not keeps_dates),
        previous_name=previous_name,
        shelf_mark=person.shelf_mark,
        had_place=had_place,
        keeps_dates=keeps_dates,
    )


def event_cancelled(registration: int, version: int, reason: str = "") -> Content | None:
    """Write that the event does not take place."""
    person = find_person(registration, version, set(RegistrationStatus))
    if person is None or person.event.cancelled_at is None:
        return None
    had_place = person.confirmed_at is not None
    attachments = _no_dates(person, had_place)
    return to_person(person, attachments, had_place=had_place, reason=reason, programme_page=address("/"))


def _ticket_and_calendar(person: Registration) -> list[dict[str, object]]:
    return [{"kind": "ticket", "id": person.id}, {"kind": "person_calendar", "id": person.id}]


def _no_dates(person: Registration, had_dates: bool) -> Attachments:
    return [{"kind": "cancelled_calendar", "id": person.id}] if had_dates else []


def _answers_page(person: Registration) -> str:
    return address(f"/u/{person.link_token}/zmena")
