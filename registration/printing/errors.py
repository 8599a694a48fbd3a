"""The ways this room can say no."""

from registration.core.errors import NotFound
from registration.core.i18n import gettext


class JobNotFound(NotFound):
    """There is no such job, or it was cleared away."""

    @property
    def message(self) -> str:
        return gettext("There is nothing to print here any more. Files are kept for a week; they can be made again.")


class FileNotFound(NotFound):
    """The job has no such file, or not yet."""

    @property
    def message(self) -> str:
        return gettext("This file is not ready.")
