"""Reads of training records: what the ledger and the people themselves say about a year.

Only attended sessions with credited minutes count, each in the year of its day. A person is whoever signed up with the
same name and e-mail address; somebody else with the same address is somebody else. What people declare belongs to the
library they attended for last in that year: before and after, another one has its own record.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from sqlalchemy import select

from registration.core import czech
from registration.core.db import db
from registration.core.i18n import gettext, show_date_list, show_date_range
from registration.events.models import Format
from registration.organisations.models import Organisation
from registration.records import rules
from registration.records.models import DeclaredTraining
from registration.records.queries.attended import (
    AttendedRow,
    attended_in,
    attended_keys,
    in_year,
    is_of_library,
    numbers_of,
)
from registration.records.queries.declared import declared_by_person, list_declared
from registration.records.queries.libraries import get_settings, threshold_hours, written_to
from registration.records.rules import FormRows
from registration.signups.models import Registration

ONLINE = ""  # in place of a town


@dataclass(frozen=True)
class Line:
    """One training of one person: an event of ours, or what they declare."""

    title: str
    days: Sequence[date]
    places: Sequence[str]  # towns, ONLINE among them
    minutes: int
    numbers: Sequence[str] = ()  # of certificates that hold
    organizer: str = ""  # of declared training
    declared_id: int | None = None

    @property
    def is_declared(self) -> bool:
        """Say whether only the person says so."""
        return self.declared_id is not None

    @property
    def when(self) -> str:
        """Return the days: `25.–26. 3. 2025`, `2. a 16. 4. 2025`."""
        if rules.is_run(self.days):
            return show_date_range(self.days[0], self.days[-1])
        return show_date_list(list(self.days))

    @property
    def place(self) -> str:
        """Return where it was: `Brno, online`; of declared training nobody knows."""
        return ", ".join(place or gettext("online") for place in self.places)


@dataclass(frozen=True)
class PersonRecord:
    """One person's year."""

    name: str
    list_name: str
    sort_key: str
    lines: Sequence[Line]  # by their days

    @property
    def minutes(self) -> int:
        """Return all training together."""
        return sum(line.minutes for line in self.lines)

    @property
    def declared_minutes(self) -> int:
        """Return what of it only the person says."""
        return sum(line.minutes for line in self.lines if line.is_declared)

    @property
    def credited_minutes(self) -> int:
        """Return what of it our ledger says."""
        return self.minutes - self.declared_minutes


@dataclass(frozen=True)
class Record:
    """The year of a library's people, in Czech order, or of one person; and what the yearly form asks for."""

    subject: str  # whose it is
    year: int
    threshold_hours: int
    people: Sequence[PersonRecord]
    library: Organisation | None = None  # None is a person's own

    @property
    def rows(self) -> FormRows:
        """Return the three numbers of the form."""
        return rules.form_rows([each.minutes for each in self.people], threshold_hours=self.threshold_hours)

    @property
    def declared_minutes(self) -> int:
        """Return what only the people themselves say."""
        return sum(each.declared_minutes for each in self.people)


@dataclass(frozen=True)
class LibraryYear:
    """The three numbers of one library, and whether it was written to."""

    library: Organisation
    threshold_hours: int
    rows: FormRows
    is_written_to: bool


@dataclass(frozen=True)
class AssociationYear:
    """What all people of all libraries attended in a year."""

    year: int
    threshold_hours: int
    libraries: Sequence[LibraryYear]  # in Czech order
    others: FormRows  # people of no library of the directory
    total: FormRows  # each person once, measured by the threshold of large libraries


def read_person(registration: Registration, year: int) -> Record:
    """Return the year of the person who has this registration, joined with their other ones."""
    key, order = registration.person_key, registration.order
    is_of_theirs = registration.organisation_name == order.organisation_name
    attended = attended_in(year, Registration.person_key == key)
    declared = list_declared(registration, year)
    numbers = numbers_of(year, Registration.person_key == key)
    lines = _lines(attended, declared, numbers)
    return Record(
        subject=registration.name,
        year=year,
        threshold_hours=threshold_hours(order.organisation if is_of_theirs else None, get_settings()),
        people=[PersonRecord(registration.name, registration.list_name, registration.sort_key, lines)],
    )


def read_library(library: Organisation, year: int) -> Record:
    """Return the year of a library: its own people and nobody else; the same number of queries for any crowd."""
    theirs = is_of_library(library.id)
    known = attended_keys(year, theirs)
    people = Registration.person_key.in_(known)
    by_person = _by_person(attended_in(year, people))
    declared = declared_by_person(in_year(DeclaredTraining.held_on, year), DeclaredTraining.person_key.in_(known))
    numbers = numbers_of(year, theirs)
    records = []
    for key, attended in by_person.items():
        own = [row for row in attended if row.library_id == library.id]
        is_theirs_still = attended[-1].library_id == library.id
        records.append(_person(own, declared.get(key, []) if is_theirs_still else [], numbers))
    return Record(
        subject=library.label,
        library=library,
        year=year,
        threshold_hours=threshold_hours(library, get_settings()),
        people=sorted(records, key=lambda record: (record.sort_key, record.name)),
    )


def read_association(year: int) -> AssociationYear:
    """Return the year of all libraries; people count once for each library, and once in the total."""
    settings = get_settings()
    declared = declared_by_person(in_year(DeclaredTraining.held_on, year))
    minutes: dict[int | None, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    total: dict[str, int] = {}
    for key, attended in _by_person(attended_in(year)).items():
        declared_minutes = sum(each.minutes for each in declared.get(key, []))
        minutes[attended[-1].library_id][key] += declared_minutes
        for row in attended:
            minutes[row.library_id][key] += row.credited_minutes
        total[key] = declared_minutes + sum(row.credited_minutes for row in attended)
    others = rules.form_rows(minutes.pop(None, {}).values(), threshold_hours=settings.threshold_hours)
    told = written_to(year)
    found = db.session.scalars(
        select(Organisation).where(Organisation.id.in_(list(minutes))).order_by(Organisation.sort_key, Organisation.id)
    )
    libraries = [
        LibraryYear(
            each,
            asked := threshold_hours(each, settings),
            rules.form_rows(minutes[each.id].values(), threshold_hours=asked),
            each.id in told,
        )
        for each in found
    ]
    all_rows = rules.form_rows(total.values(), threshold_hours=settings.threshold_hours)
    return AssociationYear(year, settings.threshold_hours, libraries, others, all_rows)


def _by_person(attended: Iterable[AttendedRow]) -> dict[str, list[AttendedRow]]:
    by_person: dict[str, list[AttendedRow]] = defaultdict(list)
    for row in attended:
        by_person[row.person_key].append(row)
    return by_person


def _person(
    attended: Sequence[AttendedRow], declared: Sequence[DeclaredTraining], numbers: dict[int | None, list[str]]
) -> PersonRecord:
    """Return a person as they were called last."""
    row = attended[-1]
    titles = [title for title in (row.title_before, row.title_after) if title]
    return PersonRecord(
        name=czech.person_name(row.title_before, row.given_name, row.family_name, row.title_after),
        list_name=", ".join([f"{row.family_name} {row.given_name}", *titles]),
        sort_key=row.sort_key,
        lines=_lines(attended, declared, numbers),
    )


def _lines(
    attended: Sequence[AttendedRow], declared: Iterable[DeclaredTraining], numbers: dict[int | None, list[str]]
) -> list[Line]:
    """Return one line for each event and one for each declared training, by their first days."""
    by_event = groupby(sorted(attended, key=lambda row: row.registration_id), key=lambda row: row.registration_id)
    lines = [_line(list(rows), numbers.get(registration_id, [])) for registration_id, rows in by_event]
    lines += [
        Line(each.title, [each.held_on], [], each.minutes, organizer=each.organizer, declared_id=each.id)
        for each in declared
    ]
    return sorted(lines, key=lambda line: (line.days[0], line.is_declared))


def _line(rows: Sequence[AttendedRow], numbers: Sequence[str]) -> Line:
    places = dict.fromkeys(ONLINE if row.format is Format.ONLINE else row.city for row in rows)
    return Line(
        title=rows[0].title,
        days=list(dict.fromkeys(row.starts_at.date() for row in rows)),
        places=list(places),
        minutes=sum(row.credited_minutes for row in rows),
        numbers=numbers,
    )
