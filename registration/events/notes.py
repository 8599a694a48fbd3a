"""What else happens on some days: public holidays, other events of the association. A note, never a refusal."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import holidays

from registration.core import i18n
from registration.events import queries
from registration.events.models import Event

_LANGUAGES = {"cs": "cs", "en": "en_US"}


@dataclass(frozen=True)
class Notes:
    """What is worth knowing of some days."""

    holidays: list[tuple[date, str]]
    events: list[tuple[date, Event]]

    def __bool__(self) -> bool:
        return bool(self.holidays or self.events)


def notes_on(days: Iterable[date], *, besides: int | None = None) -> Notes:
    """Return the holidays and the other events on these days; `besides` is the id of the event that is asked about."""
    wanted = sorted(set(days))
    return Notes(list_holidays(wanted), queries.list_events_on(wanted, besides=besides))


def list_holidays(days: Iterable[date]) -> list[tuple[date, str]]:
    """Return those of the days that are public holidays in Czechia (zák. 245/2000 Sb.), with their names."""
    wanted = sorted(set(days))
    named = holidays.country_holidays(
        "CZ", years={day.year for day in wanted}, language=_LANGUAGES.get(i18n.language(), "cs")
    )
    return [(day, str(named[day])) for day in wanted if day in named]
