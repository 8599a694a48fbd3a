"""What a list of libraries would do to the directory, row by row: what is new, what changes, what is wrong."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any

from registration.core.errors import Refusal
from registration.organisations import rules
from registration.organisations.errors import IcoTaken, NameMissing, OrganisationExists, TwiceInList
from registration.organisations.import_columns import Row
from registration.organisations.models import Organisation

Key = tuple[str, str]


class Outcome(StrEnum):
    """What becomes of a row."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    WRONG = "wrong"


@dataclass
class Line:
    """A row and what becomes of it; `changes` are (before, after) by field."""

    row: Row
    outcome: Outcome
    organisation: Organisation | None = None
    changes: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    begins_membership: bool = False
    problem: Refusal | None = None


def plan(rows: Iterable[Row], organisations: Sequence[Organisation], *, once_members: Collection[int]) -> list[Line]:
    """Return what becomes of each row, in their order.

    A row means the organisation of its sigla; else of its IČO, where siglas do not tell them apart; else of its name
    and town. Only what a row says is changed, never a membership: it begins one for whoever never was a member.
    """
    listed = list(rows)
    directory = _Directory(organisations)
    meant = _match([row for row in listed if row.problem is None], directory)
    for row in listed:
        if row.number in meant and row.values.get("sigla"):
            directory.sigla_of[meant[row.number].id] = row.values["sigla"]
    seen: dict[object, int] = {}
    return [_line(row, meant.get(row.number), directory, seen, once_members) for row in listed]


class _Directory:
    """Organisations by what they are found by."""

    def __init__(self, organisations: Sequence[Organisation]) -> None:
        self.by_sigla = {each.sigla: each for each in organisations if each.sigla}
        self.sigla_of = {each.id: each.sigla for each in organisations}  # once the list is taken over
        self.by_ico: dict[str, list[Organisation]] = defaultdict(list)
        self.by_name: dict[Key, Organisation] = {}
        self.namesakes: dict[str, list[Organisation]] = defaultdict(list)
        for each in organisations:
            self.by_name[each.folded_name, each.folded_town] = each
            self.namesakes[each.folded_name].append(each)
            if each.ico:
                self.by_ico[each.ico].append(each)

    def named(self, row: Row) -> Organisation | None:
        """Return the organisation of a row's name and town; where one of them says no town, of its name alone."""
        if not row.folded_town:
            found = self.namesakes.get(row.folded_name, [])
            return found[0] if len(found) == 1 else None
        return self.by_name.get((row.folded_name, row.folded_town)) or self.by_name.get((row.folded_name, ""))


def _match(rows: Sequence[Row], directory: _Directory) -> dict[int, Organisation]:
    """Return whom rows mean, by their numbers."""
    meant: dict[int, Organisation] = {}
    for row in rows:
        if found := directory.by_sigla.get(row.values.get("sigla", "")):
            meant[row.number] = found
    for row, found in _by_ico(rows, directory, meant):
        meant[row.number] = found
    taken = {each.id for each in meant.values()}
    for row in rows:
        named = directory.named(row) if row.number not in meant and row.folded_name else None
        if named and named.id not in taken and not rules.share_ico(row.values.get("sigla"), named.sigla):
            meant[row.number] = named
            taken.add(named.id)
    return meant


def _by_ico(
    rows: Sequence[Row], directory: _Directory, meant: dict[int, Organisation]
) -> Iterator[tuple[Row, Organisation]]:
    """Give rows and the organisations of their IČO; parts of one body share it, so those named most alike pair."""
    asking: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        ico = row.values.get("ico")
        if row.number not in meant and ico in directory.by_ico:
            asking[ico].append(row)
    taken = {each.id for each in meant.values()}
    for ico, group in asking.items():
        pairs = [
            (SequenceMatcher(None, row.folded_name, each.folded_name).ratio(), -row.number, row, each)
            for row in group
            for each in directory.by_ico[ico]
            if each.id not in taken and not rules.share_ico(row.values.get("sigla"), each.sigla)
        ]
        done: set[int] = set()
        for _, _, row, each in sorted(pairs, key=lambda pair: pair[:2], reverse=True):
            if row.number not in done and each.id not in taken:
                done.add(row.number)
                taken.add(each.id)
                yield row, each


def _line(
    row: Row,
    organisation: Organisation | None,
    directory: _Directory,
    seen: dict[object, int],
    once_members: Collection[int],
) -> Line:
    begins = row.is_member and (organisation is None or organisation.id not in once_members)
    problem = row.problem or _problem(row, organisation, directory, seen)
    if problem:
        return Line(row, Outcome.WRONG, organisation, problem=problem)
    if organisation is None:
        return Line(
            row,
            Outcome.NEW,
            changes={name: (None, value) for name, value in row.values.items()},
            begins_membership=begins,
        )
    changes = {
        name: (before, value) for name, value in row.values.items() if (before := getattr(organisation, name)) != value
    }
    outcome = Outcome.CHANGED if changes or begins else Outcome.SAME
    return Line(row, outcome, organisation, changes, begins)


def _problem(
    row: Row, organisation: Organisation | None, directory: _Directory, seen: dict[object, int]
) -> Refusal | None:
    """Return why a row cannot be taken over: somebody else has its name or number, or an earlier row means the same."""
    if organisation is None and not row.values.get("name"):
        return NameMissing()
    name = row.folded_name or (organisation.folded_name if organisation else "")
    town = row.folded_town or (organisation.folded_town if organisation else "")
    marks: list[object] = [("name", name, town)]
    if sigla := row.values.get("sigla"):
        marks.append(("sigla", sigla))
    elif organisation is None and (ico := row.values.get("ico")):
        marks.append(("ico", ico))
    if organisation:
        marks.append(("organisation", organisation.id))
    for mark in marks:
        if mark in seen:
            return TwiceInList(seen[mark])
    seen.update(dict.fromkeys(marks, row.number))
    return _taken(row, organisation, (name, town), directory)


def _taken(row: Row, organisation: Organisation | None, key: Key, directory: _Directory) -> Refusal | None:
    ours = organisation.id if organisation else 0
    namesake = directory.by_name.get(key)
    if namesake and namesake.id != ours:
        return OrganisationExists(namesake)
    sigla = row.values.get("sigla") or (organisation.sigla if organisation else None)
    for each in directory.by_ico.get(row.values.get("ico", ""), []):
        if each.id != ours and not rules.share_ico(sigla, directory.sigla_of[each.id]):
            return IcoTaken(each)
    return None
