"""Letters to people about one of the sessions they go to."""

from datetime import date, time

from registration.core import clock
from registration.events.models import Session
from registration.mail.composition import Content, address
from registration.signups import rules
from registration.signups.letters.content import find_person, to_person
from registration.signups.models import Registration, RegistrationStatus


def session_changed(
    registration: int,
    version: int,
    session: int,
    day_before: str,
    start_before: str,
    end_before: str,
    venue_before: str,
) -> Content | None:
    """Write of the new time or place; the old ones are wall times, ISO."""
    person, changed = _find_going(registration, version, session)
    if person is None or changed is None:
        return None
    day, start, end = date.fromisoformat(day_before), time.fromisoformat(start_before), time.fromisoformat(end_before)
    if (changed.day, changed.start_time, changed.end_time, changed.venue) == (day, start, end, venue_before):
        return None  # changed back meanwhile
    return to_person(
        person,
        [{"kind": "person_calendar", "id": person.id}],
        changed=changed,
        day_before=day,
        start_before=start,
        end_before=end,
        venue_before=venue_before,
    )


def session_reminder(registration: int, version: int, session: int) -> Content | None:
    """Write shortly before a session: with the ticket, or with the way into the meeting."""
    person, coming = _find_going(registration, version, session)
    if person is None or coming is None or coming.starts_at_utc <= clock.now():
        return None
    return to_person(
        person,
        [] if coming.is_online else [{"kind": "ticket", "id": person.id}],
        sessions=[coming],
        session=coming,
        join_page=address(f"/u/{person.link_token}/pripojit/{coming.code}") if coming.join_url else "",
        cancel_page=address(f"/u/{person.link_token}/odhlaseni"),
        opens_at=clock.to_local(coming.starts_at_utc - rules.JOINING_OPENS_BEFORE),
    )


def _find_going(registration: int, version: int, session: int) -> tuple[Registration | None, Session | None]:
    """Return a person with a place and the session, which is None when they do not go there any more."""
    person = find_person(registration, version, {RegistrationStatus.CONFIRMED})
    sessions = person.ticket_type.sessions if person else []
    return person, next((each for each in sessions if each.id == session), None)
