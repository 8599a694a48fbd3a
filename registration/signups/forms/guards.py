"""What keeps robots and double clicks away from a form without asking people anything."""

import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from werkzeug.datastructures import MultiDict

from registration.core import clock, settings, tokens

TOKEN_FIELD = "form_token"  # noqa: S105 - a field's name
HONEYPOT_FIELD = "website"
MARKER = "FORM-TOKEN-BELONGS-HERE"  # stands for the token in a page that is the same for everybody
_LEAST_AGE = timedelta(seconds=2)  # nobody fills in a form faster


@dataclass(frozen=True)
class FormToken:
    """A form as it was given out once: when, and a random word that tells it from all others."""

    text: str
    made_at: datetime

    @property
    def is_too_young(self) -> bool:
        """Say whether the form came back sooner than a person can fill it in."""
        # The machine's clock: a demo that travels between the form and its sending shall not matter.
        age = clock.system_now() - self.made_at
        return settings.current().rate_limits and timedelta(0) <= age < _LEAST_AGE


def make_token() -> FormToken:
    """Return the token of a form that is given out now."""
    now = clock.system_now()
    subject = f"{secrets.token_hex(8)}.{int(now.timestamp() * 1000)}"
    return FormToken(f"{subject}.{_signature(subject)}", now)


def read_token(text: str) -> FormToken | None:
    """Return a token that was sent back, None when it is none of ours."""
    subject, _, signature = text.rpartition(".")
    if not tokens.is_same(signature, _signature(subject)):
        return None
    milliseconds = int(subject.rpartition(".")[2])
    return FormToken(text, datetime.fromtimestamp(milliseconds / 1000, UTC))


def submission_key(event_id: int, sent: MultiDict[str, str]) -> str:
    """Return what is the same only for the same form sent again, its token among the fields."""
    return tokens.stored_hash("submission", json.dumps([event_id, sorted(sent.items(multi=True))]))


def _signature(subject: str) -> str:
    return tokens.stored_hash("form", subject)[:32]
