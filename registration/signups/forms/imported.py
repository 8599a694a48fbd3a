"""The rows of a file read with the eyes of the sign-up form: what would be refused there is a fault of the row here."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import StringField

from registration.core import czech
from registration.core.i18n import gettext
from registration.events.models import QuestionScope, TicketType
from registration.events.questions import NO, YES, Asked, read_all
from registration.organisations import rules as organisations
from registration.organisations.errors import WrongIco
from registration.signups.annotations import LONGEST_NOTE
from registration.signups.errors import UnknownTicketType
from registration.signups.forms.fields import at_most, is_unreadable, plain_words, tidy
from registration.signups.forms.people import PersonDetails
from registration.signups.importing.columns import QUESTION, Column, split_name
from registration.signups.importing.models import Import
from registration.signups.importing.people import Fault, Incoming

_FORMULA = ("=", "@", "+", "#")  # the last of these begins what is left of a broken formula: #N/A, #REF!
_SEVERAL = re.compile(r"[;,\n]")
_YES = {"ano", "a", "yes", "y", "1", "true", "pravda", "x"}
_NO = {"ne", "n", "no", "0", "false", "nepravda"}


class _PersonOfRow(PersonDetails):
    """Who a row says somebody is."""

    organisation = StringField(validators=[at_most(200), plain_words], filters=[tidy])


_PARTS = ("title_before", "given_name", "family_name", "title_after", "email", "organisation")


class _Reader:
    """Knows what the columns of one file mean, and what the event offers and asks."""

    def __init__(self, kept: Import, ticket_types: Iterable[TicketType], questions: Sequence[Asked]) -> None:
        self.columns = kept.columns
        self.names = kept.names
        self.default_type = kept.ticket_type
        self.codes = {_folded(each.title): each.code for each in ticket_types}
        self.codes |= {_folded(code): code for code in self.codes.values()}
        self.questions = [_as_far_as_asked(each, self.names) for each in questions]
        self.form = _PersonOfRow()  # one for all rows: to make it takes as long as to ask it
        self.faults: list[Fault] = []

    def read(self, number: int, row: Sequence[str]) -> Incoming | None:
        """Return the person of a row; None where something is wrong with it, which the faults then say."""
        cells = {meaning: cell for meaning, cell in zip(self.columns, row, strict=True) if meaning}
        count_before = len(self.faults)
        details = self._details(number, cells)
        ticket_type = self._ticket_type(number, cells)
        ico = self._ico(number, cells)
        answers = self._answers(number, cells, QuestionScope.PERSON)
        order_answers = self._answers(number, cells, QuestionScope.ORDER)
        if len(self.faults) > count_before:
            return None
        note = cells.get(Column.NOTE, "")[:LONGEST_NOTE]
        return Incoming(
            number=number,
            ticket_type=ticket_type,
            ico=ico,
            note=note,
            answers=answers,
            order_answers=order_answers,
            **details,
        )

    def _details(self, number: int, cells: Mapping[str, str]) -> dict[str, str]:
        typed = {**cells, **_split(cells)}
        form = self.form
        form.process(MultiDict({name: typed.get(name, "") for name in _PARTS}))
        form.validate()
        for field in form:
            if not field.errors and (field.data or "").startswith(_FORMULA):
                field.errors = [gettext("This is a formula, or what is left of one.")]
            if field.errors:
                self._refuse(number, self._column_of(field.name), cells, field.errors[0])
        return {name: value or "" for name, value in form.data.items()}

    def _column_of(self, name: str) -> str:
        """Return the column a part of a name came from."""
        if name in self.names:
            return name
        return next((each for each in (Column.NAME, Column.NAME_REVERSED) if each in self.names), name)

    def _ticket_type(self, number: int, cells: Mapping[str, str]) -> str:
        written = cells.get(Column.TICKET_TYPE, "")
        code = self.codes.get(_folded(written)) if written else self.default_type
        if not code:
            sentence = UnknownTicketType().message if written else gettext("The ticket type is missing.")
            self._refuse(number, Column.TICKET_TYPE, cells, sentence)
        return code or ""

    def _ico(self, number: int, cells: Mapping[str, str]) -> str:
        try:
            return organisations.read_ico(cells.get(Column.ICO, "")) or ""
        except ValueError:
            self._refuse(number, Column.ICO, cells, WrongIco().message)
            return ""

    def _answers(self, number: int, cells: Mapping[str, str], scope: QuestionScope) -> dict[str, Any]:
        asked = [each for each in self.questions if each.scope == scope]
        sent = {each.code: _sent(each, cells.get(f"{QUESTION}{each.code}", "")) for each in asked}
        values, faults = read_all(asked, sent)
        for code, texts in sent.items():
            if any(map(is_unreadable, texts)):
                faults[code] = gettext("Some letters could not be read; please write this once more.")
        for code, sentence in faults.items():
            self._refuse(number, f"{QUESTION}{code}", cells, sentence)
        return values

    def _refuse(self, number: int, meaning: str, cells: Mapping[str, str], sentence: str) -> None:
        self.faults.append(Fault(number, self.names.get(meaning, ""), cells.get(meaning, ""), str(sentence)))


def read_people(
    kept: Import, *, ticket_types: Iterable[TicketType], questions: Sequence[Asked]
) -> tuple[list[Incoming], list[Fault]]:
    """Return the people of a file whose rows are in good shape, and what is wrong with the other rows."""
    reader = _Reader(kept, ticket_types, questions)
    read = [reader.read(number, row) for number, row in zip(kept.numbers, kept.rows, strict=True)]
    return [person for person in read if person is not None], _one_for_each_column(reader.faults)


def _one_for_each_column(faults: Iterable[Fault]) -> list[Fault]:
    """Return the first fault of each cell; a name in one cell can have two parts that are wrong."""
    return list({(fault.number, fault.column): fault for fault in reversed(list(faults))}.values())[::-1]


def _split(cells: Mapping[str, str]) -> dict[str, str]:
    """Return the parts of a name that stands in one cell, without those that have a column of their own."""
    for column in (Column.NAME, Column.NAME_REVERSED):
        if column in cells:
            parts = split_name(cells[column], is_reversed=column is Column.NAME_REVERSED)
            return {name: part for name, part in parts.items() if not cells.get(name)}
    return {}


def _as_far_as_asked(question: Asked, names: Mapping[str, str]) -> Asked:
    """Return a question that need not be answered where the file has no column for it, nor for what it hangs on."""
    has_column = f"{QUESTION}{question.code}" in names
    return question if has_column else replace(question, is_required=False)


def _sent(question: Asked, cell: str) -> list[str]:
    """Return what a form would send for a cell: codes of choices for their labels, the form's own yes and no."""
    if not cell:
        return []
    if question.kind == "yes_no":
        return [YES if _folded(cell) in _YES else NO if _folded(cell) in _NO else cell]
    if question.kind in {"choice", "choices"}:
        codes = {_folded(words): choice.code for choice in question.choices for words in (choice.label, choice.code)}
        whole = codes.get(_folded(cell))
        if whole or question.kind == "choice":
            return [whole or cell]
        return [codes.get(_folded(part), part.strip()) for part in _SEVERAL.split(cell) if part.strip()]
    return [cell]


def _folded(words: str) -> str:
    return " ".join(czech.fold(words).split())
