"""Decisions about the directory, on plain values: what an IČO is, how names are searched and told apart."""

import re

from stdnum.cz import dic

from registration.core import czech

_ICO_LENGTH = 8
_WORD = re.compile(r"[^\W_]+")


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


def folded(words: str) -> str:
    """Return words as the directory searches them: no diacritics, case or punctuation, single spaces."""
    return " ".join(_WORD.findall(czech.fold(words)))


def label(name: str, town: str) -> str:
    """Return what tells an organisation from its namesakes: the town is added where the name does not say it."""
    says_town = f" {folded(town)} " in f" {folded(name)} "
    return name if says_town or not town else f"{name}, {town}"
