"""Filled-in sign-up forms, and ways to read the form that comes back."""

import html as entities
import re
from typing import Any

from sqlalchemy import func, select

from registration.core.db import db, transaction
from registration.events.models import Question, QuestionChoice, QuestionKind, QuestionScope
from registration.signups.models import Order
from tests.reviewing import ReviewingClient

ADDRESS = "/akce/setkani-sekce-ai-v-praxi-manazera/prihlaska"
FILLED_IN = {
    "orderer_name": "Květoslava Řeháková",
    "orderer_email": "rehakova@hornilhota.example",
    "organisation": "Městská knihovna Horní Lhota",
    "people-0-given_name": "Květoslava",
    "people-0-family_name": "Řeháková",
    "people-0-email": "rehakova@hornilhota.example",
    "people-0-ticket_type": "AI",
}
COLLEAGUE = {
    "people-1-title_before": "Ing.",
    "people-1-given_name": "Jan",
    "people-1-family_name": "Žďárský",
    "people-1-title_after": "Ph.D.",
    "people-1-email": "zdarsky@hornilhota.example",
    "people-1-ticket_type": "OBOJI",
}


def people(count: int, *, ticket_type: str = "AI") -> dict[str, str]:
    """Return the boxes of so many different people."""
    return {
        f"people-{number}-{name}": value
        for number in range(count)
        for name, value in (
            ("given_name", "Ada"),
            ("family_name", f"Hora {'I' * (number + 1)}"),
            ("email", f"ada{number}@hornilhota.example"),
            ("ticket_type", ticket_type),
        )
    }


def ask(event_id: int, code: str, kind: QuestionKind, *choices: tuple[str, int | None], **details: Any) -> None:
    """Let an event ask something; `choices` are (code, capacity), their labels the codes in capitals."""
    values: dict[str, Any] = {"label": f"Otázka {code}", "scope": QuestionScope.PERSON, **details}
    question = Question(event_id=event_id, code=code, kind=kind, **values)
    question.choices = [
        QuestionChoice(code=choice, label=choice.upper(), capacity=capacity, position=position)
        for position, (choice, capacity) in enumerate(choices)
    ]
    with transaction() as session:
        session.add(question)


def count_orders() -> int:
    """Count the orders there are."""
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Order)) or 0


def error_beside(html: str, field: str) -> str:
    """Return the sentence that stands beside a field, empty when none does."""
    found = re.search(rf'id="{re.escape(field)}-error"[^>]*>(.*?)</p>', html, re.DOTALL)
    words = re.sub(r"<[^>]+>", " ", found[1]) if found else ""
    return " ".join(entities.unescape(words).replace("\u00a0", " ").split())


def summary_of(html: str) -> str:
    """Return what the summary above the form says, empty when there is none."""
    found = re.search(r'class="errsum".*?</ul>', html, re.DOTALL)
    words = re.sub(r"<[^>]+>", " ", found[0].partition(">")[2]) if found else ""
    return " ".join(entities.unescape(words).replace("\u00a0", " ").split())


def value_of(html: str, name: str) -> str | None:
    """Return what stands in a box, None when there is no such box."""
    found = re.search(rf'<input[^>]*\bname="{re.escape(name)}"[^>]*>', html)
    if found is None:
        return None
    value = re.search(r'\bvalue="([^"]*)"', found[0])
    return entities.unescape(value[1]) if value else ""


def form_token(client: ReviewingClient, address: str = ADDRESS) -> str:
    """Open the form and return its token."""
    token = value_of(client.get(address).get_data(as_text=True), "form_token")
    assert token
    return token
