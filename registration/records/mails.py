"""Who gets the link of a library's record: its address in the directory, and nobody else."""

from registration.mail import outbox
from registration.organisations.models import Organisation

KINDS = ("record_asked", "record_of_year")


def record_asked(library: Organisation, *, year: int, language: str) -> None:
    """Send a library the link somebody has asked for."""
    _to_library("record_asked", library, year=year, language=language)


def record_of_year(library: Organisation, *, year: int, language: str = "cs") -> None:
    """Send a library the link of its record of a year."""
    _to_library("record_of_year", library, year=year, language=language)


def _to_library(kind: str, library: Organisation, *, year: int, language: str) -> None:
    outbox.post(
        kind,
        to=library.contact_email,
        language=language,
        library=library.id,
        version=library.training_link_version,
        year=year,
    )
