"""Every page of the back office about an event; reading their files puts them on the blueprint."""

from registration.events.views import (
    basics,
    cancelling,
    changes,
    creation,
    overview,
    pictures,
    questions,
    sessions,
    ticket_types,
)
from registration.events.views.desk import blueprint

__all__ = [
    "basics", "blueprint", "cancelling", "changes", "creation", "overview", "pictures", "questions", "sessions",
    "ticket_types",
]  # fmt: skip
