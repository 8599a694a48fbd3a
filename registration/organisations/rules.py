"""Decisions about the directory, on plain values: what identifies an organisation, how names are searched and told
apart, who looks like a duplicate, who is a member, how long applications are kept.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

import email_validator
from stdnum.cz import dic

from registration.core import czech

UNCONFIRMED_DAYS = 7  # after an application was sent and its link was never opened
REFUSED_DAYS = 365  # after an application was refused
IMPORT_HOURS = 24  # after a list was uploaded and nobody confirmed it

_ICO_LENGTH = 8
_WORD = re.compile(r"[^\W_]+")
_SIGLA = re.compile(r"[A-Z]{3}[0-9]{3}")
_DIC = re.compile(r"CZ[0-9]{8,10}")
_POSTCODE = re.compile(r"[0-9]{5}")
_DATA_BOX = re.compile(r"[a-z0-9]{7}")
# Words that say what an organisation is, not which: without them little is left that two could share by chance.
_COMMON_WORDS = frozenset(
    (
        "a",
        "cr",
        "i",
        "knihovna",
        "mesta",
        "mestska",
        "mistni",
        "o",
        "obce",
        "obecni",
        "organizace",
        "p",
        "prispevkova",
        "s",
        "v",
        "z",
    )
)

_CROWD = 40

Period = tuple[date | None, date | None]


def read_ico(typed: str) -> str | None:
    """Return an IČO in its eight digits, `89605` as `00089605`; None when nothing was typed.

    Raises ValueError when it is not a number of up to eight digits, or its check digit is wrong.
    """
    if not typed.strip():
        return None
    ico = padded_ico(typed)
    # Not `dic.validate`, which takes the birth numbers of self-employed people too.
    if ico is None or dic.calc_check_digit_legal(ico[:-1]) != ico[-1]:
        raise ValueError(typed)
    return ico


def padded_ico(typed: str) -> str | None:
    """Return digits as an IČO has them, without spaces and with zeros in front; None for anything else."""
    digits = typed_digits(typed)
    return digits.zfill(_ICO_LENGTH) if digits and len(digits) <= _ICO_LENGTH else None


def typed_digits(typed: str) -> str | None:
    """Return the digits of a number typed with or without spaces; None when there is anything else."""
    digits = "".join(typed.split())
    return digits if digits.isascii() and digits.isdigit() else None


def read_sigla(typed: str) -> str | None:
    """Return a sigla, the mark of a library in the National Library's directory, `aba 001` as `ABA001`.

    None when nothing was typed. Raises ValueError.
    """
    return _read(_SIGLA, "".join(typed.split()).upper())


def read_dic(typed: str) -> str | None:
    """Return a tax number, None when nothing was typed. Raises ValueError."""
    return _read(_DIC, "".join(typed.split()).upper())


def read_data_box(typed: str) -> str | None:
    """Return the mark of a data box, None when nothing was typed. Raises ValueError."""
    return _read(_DATA_BOX, "".join(typed.split()).lower())


def read_postcode(typed: str) -> str:
    """Return a postcode as it is printed, `60200` as `602 00`; empty when nothing was typed. Raises ValueError."""
    digits = _read(_POSTCODE, "".join(typed.split()))
    return f"{digits[:3]} {digits[3:]}" if digits else ""


def read_email(typed: str) -> str:
    """Return an e-mail address, empty when nothing was typed. Raises ValueError."""
    if not typed.strip():
        return ""
    # Letters with diacritics before the @ would need SMTPUTF8 all the way, which few mail servers speak.
    return email_validator.validate_email(typed.strip(), check_deliverability=False, allow_smtputf8=False).normalized


def folded(words: str) -> str:
    """Return words as the directory searches them: no diacritics, case or punctuation, single spaces."""
    return " ".join(_WORD.findall(czech.fold(words)))


def label(name: str, town: str) -> str:
    """Return what tells an organisation from its namesakes: the town is added where the name does not say it."""
    says_town = f" {folded(town)} " in f" {folded(name)} "
    return name if says_town or not town else f"{name}, {town}"


def is_member_on(day: date, periods: Iterable[Period]) -> bool:
    """Say whether one of these times of membership holds on a day; None is without beginning, or without end."""
    return any((since or day) <= day <= (until or day) for since, until in periods)


def overlaps(period: Period, others: Iterable[Period]) -> bool:
    """Say whether a time of membership has a day in common with others."""
    since, until = period
    return any(
        (since or date.min) <= (other_until or date.max) and (other_since or date.min) <= (until or date.max)
        for other_since, other_until in others
    )


def share_ico(sigla: str | None, other_sigla: str | None) -> bool:
    """Say whether two organisations may have one IČO: parts of one body that have a sigla each."""
    return bool(sigla and other_sigla and sigla != other_sigla)


class Listed(NamedTuple):
    """What tells organisations apart, for the search for duplicates."""

    id: int
    folded_name: str
    folded_town: str
    ico: str | None
    sigla: str | None


class Likeness(StrEnum):
    """Why two organisations may be one, the surest first."""

    SAME_ICO = "same_ico"
    SAME_NAME = "same_name"
    SIMILAR_NAME = "similar_name"


def likely_duplicates(listed: Iterable[Listed]) -> dict[tuple[int, int], Likeness]:
    """Return the pairs of ids that may be one organisation entered twice, each with the surest reason.

    Whoever has different siglas was told apart by the National Library. Towns must agree where both are known, since
    the same name in two towns is two libraries. Takes time that grows with the number, not with its square.
    """
    everybody = list(listed)
    found: dict[tuple[int, int], Likeness] = {}
    for reason, marks, is_like in (
        (Likeness.SAME_ICO, _by_ico, lambda one, other: True),
        (Likeness.SAME_NAME, _by_name, _is_in_one_town),
        (Likeness.SIMILAR_NAME, _by_spelling, _is_in_one_town),
    ):
        for one, other in _pairs(everybody, marks):
            if not share_ico(one.sigla, other.sigla) and is_like(one, other):
                found.setdefault((min(one.id, other.id), max(one.id, other.id)), reason)
    return found


def last_unconfirmed_to_go(now: datetime) -> datetime:
    """Return the instant up to which applications have waited long enough for their confirmation."""
    return now - timedelta(days=UNCONFIRMED_DAYS)


def last_refusal_to_forget(now: datetime) -> datetime:
    """Return the instant up to which refused applications have been kept long enough."""
    return now - timedelta(days=REFUSED_DAYS)


def last_import_to_go(now: datetime) -> datetime:
    """Return the instant up to which uploaded lists have waited long enough."""
    return now - timedelta(hours=IMPORT_HOURS)


def _read(shape: re.Pattern[str], tidied: str) -> str | None:
    if not tidied:
        return None
    if not shape.fullmatch(tidied):
        raise ValueError(tidied)
    return tidied


def _by_ico(one: Listed) -> Iterator[Hashable]:
    if one.ico:
        yield one.ico


def _by_name(one: Listed) -> Iterator[Hashable]:
    yield one.folded_name


def _by_spelling(one: Listed) -> Iterator[Hashable]:
    """Give the words that say which library it is, in any order, and the same with any one letter left out."""
    said = f"{one.folded_name} {one.folded_town}".split()
    telling = " ".join(sorted({word for word in said if word not in _COMMON_WORDS}))
    if telling:
        yield telling
        for position in range(len(telling)):
            yield telling[:position] + telling[position + 1 :]


def _is_in_one_town(one: Listed, other: Listed) -> bool:
    return one.folded_town == other.folded_town or not (one.folded_town and other.folded_town)


def _pairs(
    everybody: Iterable[Listed], marks: Callable[[Listed], Iterator[Hashable]]
) -> Iterator[tuple[Listed, Listed]]:
    """Give those who share a mark, two by two; of a mark that a crowd shares nothing follows."""
    by_mark: dict[Hashable, list[Listed]] = defaultdict(list)
    for each in everybody:
        for mark in set(marks(each)):
            by_mark[mark].append(each)
    for alike in by_mark.values():
        if len(alike) <= _CROWD:
            yield from ((one, other) for place, one in enumerate(alike) for other in alike[place + 1 :])
