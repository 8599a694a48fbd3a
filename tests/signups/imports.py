"""Files with people, kept and read without the pages."""

import io
from collections.abc import Sequence

from registration.core.sheets import Table, read_rows
from registration.events.models import Event
from registration.events.queries import get_event, list_questions
from registration.signups.forms.imported import read_people
from registration.signups.importing.columns import guess
from registration.signups.importing.models import Import
from registration.signups.importing.people import Fault, Incoming, Plan
from registration.signups.operations import importing
from tests.factories import OLGA_EMAIL

HEADER = "Jméno;Příjmení;E-mail"


def table(*lines: str, header: str = HEADER) -> Table:
    """Return a table of these lines."""
    return read_rows(io.BytesIO("\n".join([header, *lines]).encode()))


def keep(event: Event, *lines: str, header: str = HEADER, ticket_type: str | None = None) -> Import:
    """Keep a file, its columns as they are guessed."""
    questions = {question.code: question.label for question in list_questions(event.id)}
    read = table(*lines, header=header)
    event = get_event(event.slug)
    kept = importing.keep_file(
        event, table=read, file_name="lide.csv", columns=guess(read.header, questions=questions), by=OLGA_EMAIL
    )
    default = kept.ticket_type if ticket_type is None else ticket_type
    return importing.map_columns(kept, columns=kept.columns, ticket_type=default)


def read(kept: Import) -> tuple[list[Incoming], list[Fault]]:
    """Read who is in a file."""
    return read_people(kept, ticket_types=kept.event.ticket_types, questions=list_questions(kept.event_id))


def plan(kept: Import) -> Plan:
    """Return what would become of a file."""
    people, faults = read(kept)
    return importing.plan_import(kept, people=people, faults=faults)


def bring_in(kept: Import, *, expected: int | None = None, tells: bool = False) -> Import:
    """Import a file."""
    people, faults = read(kept)
    count = len(plan(kept).placed) if expected is None else expected
    return importing.import_people(kept, people=people, faults=faults, expected_count=count, tells=tells, by=OLGA_EMAIL)


def wrong(faults: Sequence[Fault]) -> list[tuple[int, str, str]]:
    """Return row, column and value of what is wrong."""
    return [(fault.number, fault.column, fault.value) for fault in faults]
