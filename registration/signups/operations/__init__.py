"""The verbs of signing up; each runs in one transaction and locks the event first."""

from registration.signups.operations.approval import approve, refuse
from registration.signups.operations.cancelling import cancel, withdraw
from registration.signups.operations.changes import change_answers, set_no_photo, substitute, switch_ticket_type
from registration.signups.operations.lost_links import send_links
from registration.signups.operations.offers import accept_offers, decline_offers, lapse_offers
from registration.signups.operations.reminding import remind
from registration.signups.operations.sign_up import Orderer, Person, Receipt, Wishes, sign_up
from registration.signups.operations.waiting_list import serve

__all__ = [
    "Orderer", "Person", "Receipt", "Wishes", "accept_offers", "approve", "cancel", "change_answers",
    "decline_offers", "lapse_offers", "refuse", "remind", "send_links", "serve", "set_no_photo", "sign_up",
    "substitute", "switch_ticket_type", "withdraw",
]  # fmt: skip
