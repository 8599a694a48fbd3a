"""What the columns of a file mean, on plain values: guessed from their names, checked before anything is read."""

import re
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

from registration.core import czech
from registration.signups.importing.errors import ColumnsMissing, ColumnTwice

QUESTION = "q_"  # before the code of a question, as in the names of form fields
_WORD = re.compile(r"[^\W_]+")
_TITLE = re.compile(r"\w+\.(?:\w+\.)*")  # Ing., Ph.D., MgA.; not an initial


class Column(StrEnum):
    """What a column can mean besides the answer to a question."""

    NOTHING = ""
    NAME = "name"  # given name first, titles around
    NAME_REVERSED = "name_reversed"  # surname first
    TITLE_BEFORE = "title_before"
    GIVEN_NAME = "given_name"
    FAMILY_NAME = "family_name"
    TITLE_AFTER = "title_after"
    EMAIL = "email"
    ORGANISATION = "organisation"
    ICO = "ico"
    TICKET_TYPE = "ticket_type"
    NOTE = "note"


_CALLED = {
    Column.NAME: "jméno a příjmení|celé jméno|účastník|full name|name and surname|attendee",
    Column.NAME_REVERSED: "příjmení a jméno|příjmení jméno|surname and given name|last name first name",
    Column.TITLE_BEFORE: "titul|tituly|titul před|titul před jménem|tituly před jménem|title|title before",
    Column.GIVEN_NAME: "jméno|křestní jméno|given name|first name|firstname|name",
    Column.FAMILY_NAME: "příjmení|surname|family name|last name|lastname",
    Column.TITLE_AFTER: "titul za|titul za jménem|tituly za jménem|title after",
    Column.EMAIL: "e-mail|email|mail|e-mailová adresa|emailová adresa|email address|kontakt",
    Column.ORGANISATION: "knihovna|organizace|instituce|název knihovny|název organizace|zaměstnavatel"
    "|knihovna nebo jiná organizace|library|organisation|organization|institution|company",
    Column.ICO: "IČO|IČ|IČO knihovny|IČO organizace|company number|registration number",
    Column.TICKET_TYPE: "varianta|varianta účasti|typ vstupenky|vstupenka|ticket type|ticket",
    Column.NOTE: "poznámka|poznámky|note|notes|remark",
}


def guess(header: Sequence[str], *, questions: Mapping[str, str], before: Mapping[str, str] | None = None) -> list[str]:
    """Return what each column means, nothing where its name does not tell; no two mean the same.

    `questions` are labels by code, `before` is what columns of these names meant last time.
    """
    known = _known(questions)
    possible = {*Column, *known.values()}
    found: list[str] = []
    for name in header:
        meaning = (before or {}).get(name)
        if meaning is None or meaning not in possible:
            meaning = known.get(_folded(name), "")
        found.append("" if meaning in found else meaning)
    return _without_halves(found)


def refuse_impossible(columns: Iterable[str]) -> None:
    """Refuse columns from which nobody could be signed up. Raises ColumnTwice, ColumnsMissing."""
    chosen = [each for each in columns if each]
    for each in chosen:
        if chosen.count(each) > 1:
            raise ColumnTwice(each)
    has_name = Column.NAME in chosen or Column.NAME_REVERSED in chosen
    if not has_name and not {Column.GIVEN_NAME, Column.FAMILY_NAME} <= set(chosen):
        raise ColumnsMissing(Column.FAMILY_NAME)
    if Column.EMAIL not in chosen:
        raise ColumnsMissing(Column.EMAIL)


def split_name(written: str, *, is_reversed: bool) -> dict[str, str]:
    """Return the parts of a name written in one cell: `Ing. Jan Žďárský, Ph.D.`, or `Žďárský Jan, Ing., Ph.D.`.

    Of a reversed name the first word is the surname, of the other the last one.
    """
    name, *titles = [part.strip() for part in written.split(",")]
    words = name.split()
    before = []
    while len(words) > 1 and _TITLE.fullmatch(words[0]):
        before.append(words.pop(0))
    if is_reversed:
        # In a list, what belongs before the name stands behind it too; what people write after it has a dot inside.
        before += [title for title in titles if title.count(".") == 1]
        titles = [title for title in titles if title.count(".") != 1]
        words = [*words[1:], *words[:1]]
    return {
        Column.TITLE_BEFORE: " ".join(before),
        Column.GIVEN_NAME: " ".join(words[:-1]),
        Column.FAMILY_NAME: " ".join(words[-1:]),
        Column.TITLE_AFTER: ", ".join(filter(None, titles)),
    }


def _known(questions: Mapping[str, str]) -> dict[str, str]:
    """Return meanings by the folded names of columns; our own words are stronger than an organizer's question."""
    asked = {_folded(words): f"{QUESTION}{code}" for code, label in questions.items() for words in (code, label)}
    return asked | {_folded(name): meaning for meaning, names in _CALLED.items() for name in names.split("|")}


def _without_halves(found: list[str]) -> list[str]:
    """Take `Jméno` alone, without a surname beside it, for the whole name."""
    if Column.GIVEN_NAME in found and Column.FAMILY_NAME not in found and Column.NAME not in found:
        return [Column.NAME if each == Column.GIVEN_NAME else each for each in found]
    return found


def _folded(name: str) -> str:
    return " ".join(_WORD.findall(czech.fold(name)))
