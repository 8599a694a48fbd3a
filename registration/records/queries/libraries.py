"""What is asked of libraries in a year, and how they come to their records."""

from collections.abc import Sequence

from sqlalchemy import select

from registration.core import tokens
from registration.core.db import db
from registration.core.i18n import gettext
from registration.organisations.models import Organisation
from registration.records import rules
from registration.records.errors import RecordNotFound
from registration.records.models import TrainingLetter, TrainingSettings


def get_settings() -> TrainingSettings:
    """Return what the form asks for; the usual numbers before anybody has changed them."""
    return db.session.get(TrainingSettings, 1) or TrainingSettings(
        id=1,
        threshold_hours=rules.THRESHOLD_HOURS,
        small_threshold_hours=rules.SMALL_THRESHOLD_HOURS,
        people_label="",
        hours_label="",
        reached_label="",
    )


def labels(settings: TrainingSettings) -> tuple[str, str, str]:
    """Return the wording of the three rows of the form; where the association gives none, our own."""
    return (
        settings.people_label or gettext("Row 412: people who took part in training"),
        settings.hours_label or gettext("Row 413: hours of training altogether"),
        settings.reached_label or gettext("Row 414: people who reached the threshold"),
    )


def threshold_hours(library: Organisation | None, settings: TrainingSettings) -> int:
    """Return how many hours a year are asked of the people of a library; None is one nobody knows."""
    return settings.small_threshold_hours if library and library.is_small else settings.threshold_hours


def link_token(library: Organisation) -> str:
    """Return the secret part of `/vzdelavani/<token>`."""
    return tokens.link_token("training", library.id, library.training_link_version)


def get_library(token: str) -> Organisation:
    """Return the library a link was sent to. Raises RecordNotFound."""
    library = db.session.scalar(
        select(Organisation).where(
            Organisation.training_link_hash == tokens.stored_hash("training", token),
            Organisation.merged_into_id.is_(None),
        )
    )
    if library is None:
        raise RecordNotFound
    return library


def list_letters(library_id: int, year: int) -> Sequence[TrainingLetter]:
    """Return when a library was sent the link of its record of a year, the latest first."""
    wanted = select(TrainingLetter).where(TrainingLetter.organisation_id == library_id, TrainingLetter.year == year)
    return db.session.scalars(wanted.order_by(TrainingLetter.id.desc())).all()


def written_to(year: int) -> set[int]:
    """Return the ids of the libraries that were sent the link of their record of a year."""
    return set(db.session.scalars(select(TrainingLetter.organisation_id).where(TrainingLetter.year == year)))
