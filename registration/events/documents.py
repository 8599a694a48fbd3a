"""Calendar files: one VEVENT per session, times in their zone, UIDs that never change."""

from collections.abc import Iterable
from datetime import date, timedelta

import icalendar

from registration.core import clock, settings
from registration.events.models import Event, Session
from registration.organisations.queries import get_association

MIME_TYPE = "text/calendar; charset=utf-8; method=PUBLISH"
CANCEL_MIME_TYPE = "text/calendar; charset=utf-8; method=CANCEL"


def event_calendar(event: Event) -> bytes:
    """Return the calendar file of an event: its sessions, or its days when no times are set."""
    return _calendar([event], name=event.title)


def programme_calendar(events: Iterable[Event], *, name: str) -> bytes:
    """Return the calendar of the whole programme, for subscribing."""
    return _calendar(events, name=name)


def sessions_calendar(sessions: Iterable[Session], *, name: str) -> bytes:
    """Return the calendar file of the sessions one has signed up for; their events must be loaded."""
    calendar = _empty_calendar(name)
    for session in sessions:
        calendar.add_component(_of_session(session))
    return _finished(_from_association(calendar))


def cancelled_sessions_calendar(sessions: Iterable[Session], *, name: str) -> bytes:
    """Return the file that takes sessions out of the calendar of somebody who does not go there any more.

    The same UIDs, and a SEQUENCE above that of the file they came by (RFC 5546 3.2.5).
    """
    calendar = _empty_calendar(name, method="CANCEL")
    for session in sessions:
        calendar.add_component(_of_session(session, is_off=True))
    return _finished(_from_association(calendar))


def _calendar(events: Iterable[Event], *, name: str) -> bytes:
    calendar = _empty_calendar(name)
    for event in events:
        for component in [_of_session(session) for session in event.sessions] or _of_days(event):
            calendar.add_component(component)
    return _finished(calendar)


def _empty_calendar(name: str, *, method: str = "PUBLISH") -> icalendar.Calendar:
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Prezence//cs")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add("x-wr-calname", icalendar.vText(name))  # a word of its own, which icalendar would not escape
    return calendar


def _from_association(calendar: icalendar.Calendar) -> icalendar.Calendar:
    """Say who sends a file that goes to one person; without that some programs do not believe a cancellation."""
    association = get_association()
    if association.contact_email:
        organizer = icalendar.vCalAddress(f"mailto:{association.contact_email}")
        organizer.params["CN"] = association.name
        for component in calendar.events:
            component.add("organizer", organizer)
    return calendar


def _finished(calendar: icalendar.Calendar) -> bytes:
    # Without bounds every change of time since 1970 would be listed.
    years = [component.start.year for component in calendar.events] or [clock.now().year]
    calendar.add_missing_timezones(date(min(years), 1, 1), date(max(years) + 1, 12, 31))
    content: bytes = calendar.to_ical()
    return content


def _of_session(session: Session, *, is_off: bool = False) -> icalendar.Event:
    event = session.event
    component = icalendar.Event()
    component.add("uid", f"{event.calendar_key}.{session.code}@{settings.current().host_name}")
    component.add("dtstart", clock.to_local(session.starts_at_utc))
    component.add("dtend", clock.to_local(session.ends_at_utc))
    component.add("summary", session.title if session.title == event.title else f"{session.title} ({event.title})")
    component.add("location", "online" if session.is_online else ", ".join(filter(None, [session.venue, event.city])))
    return _completed(component, event, session.sequence + is_off, is_off=is_off)


def _of_days(event: Event) -> list[icalendar.Event]:
    if event.first_on is None or event.last_on is None:
        return []
    component = icalendar.Event()
    component.add("uid", f"{event.calendar_key}@{settings.current().host_name}")
    component.add("dtstart", event.first_on)
    component.add("dtend", event.last_on + timedelta(days=1))  # RFC 5545 3.6.1: the end is not included
    component.add("summary", event.title)
    component.add("location", event.city or event.platform)
    return [_completed(component, event, 0 if event.cancelled_at is None else 1)]


def _completed(component: icalendar.Event, event: Event, sequence: int, *, is_off: bool = False) -> icalendar.Event:
    component.add("url", f"{settings.current().base_url}/akce/{event.slug}")
    component.add("sequence", sequence)
    component.add("dtstamp", clock.now())
    if is_off or event.cancelled_at is not None:
        component.add("status", "CANCELLED")  # RFC 5545 3.8.1.11; whoever subscribes sees it struck out
    return component
