"""Requests and answers: the little of HTTP that visits speak of, whichever driver carries it."""

from dataclasses import dataclass

from bench.errors import BadAnswer


@dataclass(frozen=True, slots=True)
class Request:
    """What a client asks for; with a body it is a form that is sent, unless it says what it is."""

    method: str
    path: str
    body: bytes | None = None
    content_type: str = "application/x-www-form-urlencoded"
    cookie: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said."""

    status: int
    body: bytes
    location: str | None = None  # as the server wrote it

    def expect(self, status: int) -> "Answer":
        """Return the answer itself. Raises BadAnswer when it has another status."""
        if self.status != status:
            raise BadAnswer(f"{self.status} instead of {status}: {self.body[:300]!r}")
        return self


def get(path: str) -> Request:
    """Return a request for a page."""
    return Request("GET", path)


def post(path: str, body: bytes) -> Request:
    """Return a request that sends a form."""
    return Request("POST", path, body)
