"""Who is in the rows of a file, and what is wrong with the others."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from registration.events.questions import Value
from registration.signups.models import RegistrationStatus


@dataclass(frozen=True)
class Fault:
    """Why a row is left out: its number in the file, the column's name, what stands there, what is wrong with it."""

    number: int
    column: str
    value: str
    sentence: str

    def to_json(self) -> dict[str, Any]:
        """Return it as it is kept."""
        return asdict(self)


@dataclass(frozen=True, kw_only=True)
class Incoming:
    """One person of a file, in good shape; what is asked once of an order is answered by everybody here."""

    number: int
    given_name: str
    family_name: str
    email: str
    ticket_type: str  # its code
    title_before: str = ""
    title_after: str = ""
    organisation: str = ""
    ico: str = ""
    note: str = ""
    answers: Mapping[str, Value] = field(default_factory=dict)
    order_answers: Mapping[str, Value] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Return the name without titles."""
        return f"{self.given_name} {self.family_name}"


@dataclass(frozen=True)
class Placed:
    """What would become of a person: a place, or the waiting list."""

    person: Incoming
    key: str  # tells that two are the same person
    status: RegistrationStatus
    organisation_name: str
    organisation_id: int | None
    is_member: bool


@dataclass(frozen=True)
class Plan:
    """What would become of a file if it were imported now."""

    placed: list[Placed]
    faults: list[Fault]

    @property
    def waiting_count(self) -> int:
        """Count those for whom there is no place."""
        return sum(each.status is RegistrationStatus.WAITING for each in self.placed)

    @property
    def left_out_count(self) -> int:
        """Count the rows that are left out; one can have several faults."""
        return len({fault.number for fault in self.faults})
