"""The ways the product can say no; each room lists its own in its `errors.py`."""

from http import HTTPStatus

from registration.core.i18n import gettext


class Refusal(Exception):  # noqa: N818 - a refusal is an answer to a person, not an error of the program
    """A request that cannot be granted, with a sentence fit for the person who made it."""

    status = HTTPStatus.CONFLICT

    @property
    def message(self) -> str:
        """Return the sentence to show, in the language of the current request."""
        raise NotImplementedError

    def __str__(self) -> str:
        return self.message


class NotFound(Refusal):
    """What was asked for does not exist, or not for this person."""

    status = HTTPStatus.NOT_FOUND


class PictureUnreadable(Refusal):
    """What was uploaded is no picture we can read."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY

    @property
    def message(self) -> str:
        return gettext("This is not a picture that can be read. Please upload a JPEG, PNG or WebP file.")


class PictureTooLarge(Refusal):
    """A picture has too many bytes or points."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE

    @property
    def message(self) -> str:
        return gettext("This picture is too large; it can have 10 MB and 50 million points at most.")
