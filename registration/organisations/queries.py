"""Reads of the directory and of the association."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true

from registration.core import czech
from registration.core.db import db
from registration.organisations import rules
from registration.organisations.errors import OrganisationNotFound
from registration.organisations.models import Association, Organisation

_SHORTEST_SEARCH = 2
# Of a name that many libraries share, the one without a town comes first; from the others nobody could choose.
_NAMESAKES = 20
_MOST_COMMAS = 5


def get_association() -> Association:
    """Return who runs this installation; a nameless default before anybody has said so."""
    association = db.session.get(Association, 1)
    return association or Association(
        id=1,
        name="Prezence",
        purpose="",
        seat="",
        ico="",
        contact_email="",
        signatory_name="",
        signatory_function="",
    )


def get_organisation(organisation_id: int) -> Organisation:
    """Return the organisation of this id. Raises OrganisationNotFound."""
    organisation = db.session.get(Organisation, organisation_id)
    if organisation is None:
        raise OrganisationNotFound
    return organisation


def find_organisation(typed: str) -> Organisation | None:
    """Return the organisation that is meant by a label, a name alone or an IČO, whatever its diacritics and case.

    None when nobody or more than one can be meant. One indexed query, since every order asks.
    """
    ico = rules.padded_ico(typed)
    if ico is not None:
        return _only(db.session.scalars(select(Organisation).where(Organisation.ico == ico)).all())
    if not rules.folded(typed):
        return None
    return _meant(" ".join(typed.split()), db.session.scalars(_namesakes(typed)).all())


def suggest(typed: str, *, limit: int = 8) -> list[Organisation]:
    """Return organisations for what was typed so far, at least two letters or digits, in Czech order.

    Where there are many more, they are the first ones of the alphabet without diacritics: sorting thousands the
    Czech way at every key pressed would cost more than it is worth.
    """
    if len(rules.folded(typed)) < _SHORTEST_SEARCH:
        return []
    by_name = select(Organisation).order_by(Organisation.folded_name, Organisation.folded_town)
    found = db.session.scalars(by_name.where(_is_found_by(typed)).limit(3 * limit))
    return sorted(found, key=lambda each: czech.sort_key(each.label))[:limit]


def list_organisations(typed: str = "", *, page: int, page_size: int) -> list[Organisation]:
    """Return one page of the organisations found by what was typed, of all when nothing was, in Czech order."""
    # SQLite knows no Czech, so the order of all is made here, but of their names only.
    names = db.session.execute(
        select(Organisation.id, Organisation.name, Organisation.town).where(_is_found_by(typed))
    ).all()
    in_order = sorted(names, key=lambda row: czech.sort_key(f"{row.name} {row.town}"))
    ids = [row.id for row in in_order[(page - 1) * page_size : page * page_size]]
    found = {each.id: each for each in db.session.scalars(select(Organisation).where(Organisation.id.in_(ids)))}
    return [found[id_] for id_ in ids]


def count_organisations(typed: str = "") -> int:
    """Return how many organisations are found by what was typed."""
    return db.session.scalar(select(func.count()).select_from(Organisation).where(_is_found_by(typed))) or 0


def _namesakes(typed: str) -> Select[Organisation]:
    """Return the statement for organisations whose name was typed, alone or with a comma and the town."""
    parts = typed.split(",", _MOST_COMMAS)
    readings = [(",".join(parts[:count]), ",".join(parts[count:])) for count in range(1, len(parts))]
    with_town = [
        and_(Organisation.folded_name == rules.folded(name), Organisation.folded_town == rules.folded(town))
        for name, town in readings
    ]
    is_named = or_(Organisation.folded_name == rules.folded(typed), *with_town)
    return select(Organisation).where(is_named).order_by(Organisation.folded_town, Organisation.id).limit(_NAMESAKES)


def _meant(typed: str, namesakes: Sequence[Organisation]) -> Organisation | None:
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


def _only(found: Sequence[Organisation]) -> Organisation | None:
    return found[0] if len(found) == 1 else None


def _is_found_by(typed: str) -> ColumnElement[bool]:
    """Return the condition that each typed word begins a word of name or town, or that the IČO begins so."""
    words = " " + Organisation.folded_name + " " + Organisation.folded_town
    by_length = sorted(set(rules.folded(typed).split()), key=len, reverse=True)  # a long word decides soonest
    is_named = and_(true(), *(words.like(f"% {word}%") for word in by_length))
    digits = rules.typed_digits(typed)
    if digits is None:
        return is_named
    without_zeros = func.ltrim(Organisation.ico, "0")
    return or_(is_named, Organisation.ico.startswith(digits), without_zeros.startswith(digits))
