"""The verbs of what is offered: an organizer makes it and changes it.

Every writer locks the event first, so two who write about the same one can wait for each other but never both. Places
are given out and taken back in `registration.events.offered`.
"""

from registration.events.operations.creating import copy_event, create_event
from registration.events.operations.editing import cancel_event, change_event, is_slug_free, publish, withdraw
from registration.events.operations.locking import as_seen, lock_event, next_certificate_numbers
from registration.events.operations.pictures import describe_picture, remove_picture, set_picture
from registration.events.operations.questions import (
    WantedChoice,
    Wording,
    add_question,
    change_question,
    move_question,
    remove_question,
)
from registration.events.operations.sessions import add_session, move_session, remove_session
from registration.events.operations.sign_up_rules import (
    set_capacity,
    set_reminders,
    set_sign_up_rules,
    set_waiting_list,
)
from registration.events.operations.ticket_types import add_ticket_type, change_ticket_type, remove_ticket_type

__all__ = [
    "WantedChoice", "Wording", "add_question", "add_session", "add_ticket_type", "as_seen", "cancel_event",
    "change_event", "change_question", "change_ticket_type", "copy_event", "create_event", "describe_picture",
    "is_slug_free", "lock_event", "move_question", "move_session", "next_certificate_numbers", "publish",
    "remove_picture", "remove_question", "remove_session", "remove_ticket_type", "set_capacity", "set_picture",
    "set_reminders", "set_sign_up_rules", "set_waiting_list", "withdraw",
]  # fmt: skip
