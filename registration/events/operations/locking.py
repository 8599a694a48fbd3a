"""What the verbs about an event share: its lock, its numbers, and that nobody else has changed what one saw."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import select, update

from registration.core.db import transaction
from registration.events.errors import ChangedMeanwhile
from registration.events.facts import Facts, fingerprint
from registration.events.models import Event


def lock_event(event_id: int) -> None:
    """Make others wait who write about the same event; the first lock of whatever touches several of its rows."""
    with transaction() as session:
        session.execute(select(Event.id).where(Event.id == event_id).with_for_update())


@contextmanager
def as_seen(event: Event, seen: str, facts: Callable[[], Facts]) -> Iterator[None]:
    """Do something only if the facts are still what somebody saw, by their fingerprint; empty asks for nothing.

    Raises ChangedMeanwhile. Locks the event.
    """
    with transaction() as session:
        lock_event(event.id)
        session.expire_all()
        if seen and seen != fingerprint(facts()):
            raise ChangedMeanwhile
        yield


def next_certificate_numbers(event_id: int, count: int) -> range:
    """Return so many of the event's certificate numbers that nobody has had. Locks the event row."""
    with transaction() as session:
        last: int = session.execute(
            update(Event)
            .where(Event.id == event_id)
            .values(certificate_count=Event.certificate_count + count)
            .returning(Event.certificate_count)
            .execution_options(synchronize_session=False)
        ).scalar_one()
        return range(last - count + 1, last + 1)
