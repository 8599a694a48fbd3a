"""The ways the product can say no; each room lists its own in its `errors.py`."""

from http import HTTPStatus


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
