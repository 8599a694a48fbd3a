"""The sessions somebody goes to, and the days that name them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from registration.events import rules
from registration.events.models import Event, Session


@dataclass(frozen=True)
class Itinerary:
    """The sessions somebody goes to, with the days and the place that name them on papers and in mails."""

    event: Event
    sessions: list[Session]
    first_on: date | None
    last_on: date | None
    online_days: list[date]  # further days, online

    @property
    def place(self) -> str:
        """Return `Brno, Knihovna v Brně`: the town and the first venue, or where the event meets online."""
        venues = [session.venue for session in self.sessions if session.venue and not session.is_online]
        return ", ".join(part for part in (self.event.city, *venues[:1]) if part) or self.event.platform


def itinerary(event: Event, sessions: Iterable[Session]) -> Itinerary:
    """Return some sessions of an event by time, each once, with the days that lead; without any the event's days."""
    chosen = sorted(set(sessions), key=lambda session: (session.starts_at, session.id))
    days = [(session.day, session.is_online) for session in chosen]
    first_on, last_on, online_days = event.first_on, event.last_on, list[date]()
    if days:
        first_on, last_on, online_days = rules.leading_days(days, days[0][0], days[-1][0])
    return Itinerary(event, chosen, first_on, last_on, online_days)
