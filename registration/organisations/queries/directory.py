"""Finding organisations, and listing them."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, bindparam, func, or_, select, true

from registration.core.db import db
from registration.core.prepared import Prepared
from registration.organisations import rules
from registration.organisations.errors import OrganisationNotFound
from registration.organisations.models import Organisation

_SHORTEST_SEARCH = 2
# Of a name that many libraries share, the one without a town comes first; from the others nobody could choose.
_NAMESAKES = 20
_MOST_COMMAS = 5
_SIGLA = re.compile(r"[A-Za-z]{3}[0-9]{1,3}")
_IS_LIVE = Organisation.merged_into_id.is_(None)
# Built once: every sign-up asks.
_own: Any = Organisation.__table__
_other = _own.alias("kept")
_candidate = select(
    *(_own.c[name] for name in ("name", "town", "folded_name", "folded_town", "merged_into_id")),
    *(
        func.coalesce(_other.c[name], _own.c[name]).label(f"kept_{name}")
        for name in ("id", "name", "town", "is_member")
    ),
).select_from(_own.outerjoin(_other, _other.c.id == _own.c.merged_into_id))
_by_ico = Prepared(_candidate.where(_own.c.ico == bindparam("ico")))
_by_name = [  # by the number of commas that may stand before the town
    Prepared(
        _candidate.where(
            or_(
                _own.c.folded_name == bindparam("name"),
                *(
                    and_(
                        _own.c.folded_name == bindparam(f"name_{count}"),
                        _own.c.folded_town == bindparam(f"town_{count}"),
                    )
                    for count in range(1, commas + 1)
                ),
            )
        )
        .order_by(_own.c.folded_town, _own.c.id)
        .limit(_NAMESAKES)
    )
    for commas in range(_MOST_COMMAS + 1)
]
_IN_CZECH_ORDER = (Organisation.sort_key, Organisation.name, Organisation.id)


def get_organisation(organisation_id: int) -> Organisation:
    """Return the organisation of this id. Raises OrganisationNotFound."""
    organisation = db.session.get(Organisation, organisation_id)
    if organisation is None:
        raise OrganisationNotFound
    return organisation


class Recognised(NamedTuple):
    """The little that an order has to know of an organisation."""

    id: int
    name: str
    town: str
    is_member: bool

    @property
    def label(self) -> str:
        """Return the name as it is chosen from a list, with the town where the name does not say it."""
        return rules.label(self.name, self.town)


class _Candidate(NamedTuple):
    """An organisation that may be meant, and which one is kept in its place where it was merged."""

    name: str
    town: str
    folded_name: str
    folded_town: str
    merged_into_id: int | None
    kept: Recognised

    @property
    def label(self) -> str:
        return rules.label(self.name, self.town)


def find_organisation(typed: str) -> Organisation | None:
    """Return the organisation that is meant by what was typed; see `recognise`."""
    recognised = recognise(typed)
    return db.session.get_one(Organisation, recognised.id) if recognised else None


def recognise(typed: str) -> Recognised | None:
    """Return who is meant by a label, a name alone or an IČO, whatever its diacritics and case.

    None when nobody or more than one can be meant. What only a merged duplicate is called means the one that is kept.
    One indexed query, since every order asks.
    """
    ico = rules.padded_ico(typed)
    if ico is not None:
        return _kept(_only, _candidates(_by_ico, {"ico": ico}))
    if not rules.folded(typed):
        return None
    tidied = " ".join(typed.split())
    return _kept(lambda found: _meant(tidied, found), _namesakes(typed))


def suggest(typed: str, *, limit: int = 8) -> list[Organisation]:
    """Return organisations for what was typed so far, at least two letters or digits, in Czech order."""
    if len(rules.folded(typed)) < _SHORTEST_SEARCH:
        return []
    found = select(Organisation).where(_is_found_by(typed), _IS_LIVE)
    return list(db.session.scalars(found.order_by(*_IN_CZECH_ORDER).limit(limit)))


@dataclass(frozen=True)
class Filter:
    """Which organisations of the directory somebody wants to see."""

    typed: str = ""
    town: str = ""
    is_member: bool | None = None


EVERYBODY = Filter()


def list_organisations(wanted: Filter = EVERYBODY, *, page: int, page_size: int) -> list[Organisation]:
    """Return one page of the organisations that are wanted, in Czech order."""
    listed = select(Organisation).where(*_conditions(wanted)).order_by(*_IN_CZECH_ORDER)
    return list(db.session.scalars(listed.offset((page - 1) * page_size).limit(page_size)))


def count_organisations(wanted: Filter = EVERYBODY) -> int:
    """Return how many organisations are wanted."""
    return db.session.scalar(select(func.count()).select_from(Organisation).where(*_conditions(wanted))) or 0


def list_all_organisations(wanted: Filter = EVERYBODY) -> list[Organisation]:
    """Return all organisations that are wanted, in Czech order."""
    return list(db.session.scalars(select(Organisation).where(*_conditions(wanted)).order_by(*_IN_CZECH_ORDER)))


def list_merged_into(organisation: Organisation) -> list[Organisation]:
    """Return the duplicates that lead to an organisation, the latest merge first."""
    merged = select(Organisation).where(Organisation.merged_into_id == organisation.id)
    return list(db.session.scalars(merged.order_by(Organisation.merged_at.desc(), Organisation.id)))


def _conditions(wanted: Filter) -> list[ColumnElement[bool]]:
    conditions = [_IS_LIVE, _is_found_by(wanted.typed)]
    if wanted.town:
        conditions.append(Organisation.folded_town.startswith(rules.folded(wanted.town), autoescape=True))
    if wanted.is_member is not None:
        conditions.append(Organisation.is_member == wanted.is_member)
    return conditions


def _kept(
    choose: Callable[[Sequence[_Candidate]], _Candidate | None], found: Sequence[_Candidate]
) -> Recognised | None:
    """Choose among those of today; where there are none, among merged duplicates, each standing for its kept one."""
    live = [each for each in found if each.merged_into_id is None]
    chosen = choose(live or found)
    return chosen and chosen.kept


def _namesakes(typed: str) -> list[_Candidate]:
    """Return those whose name was typed, alone or with a comma and the town."""
    parts = typed.split(",", _MOST_COMMAS)
    values = {"name": rules.folded(typed)}
    for count in range(1, len(parts)):
        values[f"name_{count}"] = rules.folded(",".join(parts[:count]))
        values[f"town_{count}"] = rules.folded(",".join(parts[count:]))
    return _candidates(_by_name[len(parts) - 1], values)


def _candidates(statement: Prepared, values: Mapping[str, str]) -> list[_Candidate]:
    return [_Candidate._make([*row[:5], Recognised(*row[5:])]) for row in statement.rows(values)]


def _meant(typed: str, namesakes: Sequence[_Candidate]) -> _Candidate | None:
    """Return the only one whose label was typed exactly, or else loosely, or else its name alone."""
    folded = rules.folded(typed)
    for is_meant in (
        lambda each: each.label == typed,
        lambda each: folded in {rules.folded(each.label), f"{each.folded_name} {each.folded_town}"},
        lambda each: each.folded_name == folded,
    ):
        found = [each for each in namesakes if is_meant(each)]
        if found:
            return _only(found)
    return None


def _only(found: Sequence[_Candidate]) -> _Candidate | None:
    return found[0] if len(found) == 1 else None


def _is_found_by(typed: str) -> ColumnElement[bool]:
    """Return the condition that each typed word begins a word of name or town, or that the IČO or sigla begins so."""
    words = " " + Organisation.folded_name + " " + Organisation.folded_town
    by_length = sorted(set(rules.folded(typed).split()), key=len, reverse=True)  # a long word decides soonest
    is_named = and_(true(), *(words.like(f"% {word}%") for word in by_length))
    digits = rules.typed_digits(typed)
    if digits is None:
        is_sigla = _SIGLA.fullmatch(typed.strip())
        return or_(is_named, Organisation.sigla.startswith(typed.strip().upper())) if is_sigla else is_named
    without_zeros = func.ltrim(Organisation.ico, "0")
    return or_(is_named, Organisation.ico.startswith(digits), without_zeros.startswith(digits))
