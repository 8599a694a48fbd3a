"""What messages about sign-ups say: a writer for each kind, from the facts in its row to what its templates need.

Writers run in the worker, in the language of the message. One returns None when its message is no longer true:
somebody else has the place now, or it has been given up meanwhile.
"""

from registration.mail.delivery import PostOffice
from registration.signups.letters import to_orderer, to_person
from registration.signups.letters.about_sessions import session_changed, session_reminder
from registration.signups.letters.lost_links import links
from registration.signups.letters.to_group import group_message

WRITERS = (
    to_orderer.order_received,
    to_orderer.order_news,
    to_person.place_confirmed,
    to_person.place_waiting,
    to_person.place_applied,
    to_person.place_offered,
    to_person.place_promoted,
    to_person.place_lapsed,
    to_person.place_refused,
    to_person.place_changed,
    to_person.place_cancelled,
    to_person.place_passed_on,
    to_person.event_cancelled,
    session_changed,
    session_reminder,
    links,
    group_message,
)


def register_letters(post_office: PostOffice) -> None:
    """Tell the post office who writes what; the kinds are named as their writers."""
    for writer in WRITERS:
        post_office.register_letter(writer.__name__, writer)
