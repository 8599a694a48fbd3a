"""The form in which somebody says what the columns of a file mean."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from registration.core.i18n import gettext
from registration.events.models import TicketType
from registration.events.questions import Asked
from registration.signups.importing.columns import QUESTION, Column
from registration.signups.importing.models import Import

_SAMPLES = 3
_LONGEST_SAMPLE = 40


@dataclass(frozen=True)
class ColumnField:
    """One column: its name in the form, what it is called in the file, what stands in it, what it means."""

    name: str
    label: str
    samples: list[str]
    meaning: str


def column_labels(questions: Sequence[Asked]) -> dict[str, str]:
    """Return what a column can mean, in words; the names of the columns of the empty workbook are the same."""
    return {
        Column.NAME: gettext("Name in one cell, given name first"),
        Column.NAME_REVERSED: gettext("Name in one cell, surname first"),
        Column.TITLE_BEFORE: gettext("Title before"),
        Column.GIVEN_NAME: gettext("Given name"),
        Column.FAMILY_NAME: gettext("Surname"),
        Column.TITLE_AFTER: gettext("Title after"),
        Column.EMAIL: gettext("E-mail"),
        Column.ORGANISATION: gettext("Library"),
        Column.ICO: gettext("IČO"),
        Column.TICKET_TYPE: gettext("Ticket type"),
        Column.NOTE: gettext("Note"),
        **{f"{QUESTION}{question.code}": question.label for question in questions},
    }


def column_fields(kept: Import, chosen: Sequence[str]) -> list[ColumnField]:
    """Return the boxes for the columns of a file that have a name or hold anything; `chosen` is what they mean."""
    fields = []
    for position, (label, meaning) in enumerate(zip(kept.header, chosen, strict=True)):
        samples = _samples(kept, position)
        if label or samples:
            label = label or gettext("Column %(number)d", number=position + 1)
            fields.append(ColumnField(f"column-{position}", label, samples, meaning))
    return fields


def sent_columns(kept: Import, sent: Mapping[str, str], questions: Sequence[Asked]) -> list[str]:
    """Return what the columns mean as a form says; what is not on offer means nothing."""
    possible = column_labels(questions)
    chosen = [sent.get(f"column-{position}", "") for position in range(len(kept.header))]
    return [each if each in possible else "" for each in chosen]


def sent_ticket_type(sent: Mapping[str, str], ticket_types: Sequence[TicketType]) -> str:
    """Return the code of the ticket type for rows that do not say; empty where none was chosen."""
    codes = [each.code for each in ticket_types]
    chosen = sent.get("ticket_type", "")
    return codes[0] if len(codes) == 1 else chosen if chosen in codes else ""


def empty_header(questions: Sequence[Asked], ticket_types: Sequence[TicketType]) -> list[str]:
    """Return the names of the columns of an empty workbook for an event, each of which will be understood."""
    left_out = {Column.NAME, Column.NAME_REVERSED}
    if len(ticket_types) == 1:
        left_out.add(Column.TICKET_TYPE)
    names: dict[str, str] = {}
    for meaning, label in column_labels(questions).items():
        if meaning not in left_out:
            is_taken = label.casefold() in names
            name = meaning.removeprefix(QUESTION) if is_taken else label
            names[name.casefold()] = name
    return list(names.values())


def _samples(kept: Import, position: int) -> list[str]:
    found: dict[str, None] = {}
    for row in kept.rows:
        if row[position]:
            found[row[position][:_LONGEST_SAMPLE]] = None
        if len(found) == _SAMPLES:
            break
    return list(found)
