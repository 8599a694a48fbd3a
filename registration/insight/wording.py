"""The words of the audit log: what was changed, what was done to it, and the values as people read them.

The rooms write what they like; what has no word here is shown as it was written.
"""

import re
from datetime import date, datetime
from typing import Any

from registration.core import clock, money
from registration.core.audit import ERASED
from registration.core.i18n import gettext, lazy_gettext, show_date, show_time

NOTHING = "–"
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?([+-]\d\d:\d\d|Z)?)?")

KINDS = {
    "event": lazy_gettext("Event"),
    "session": lazy_gettext("Part of the event"),
    "ticket_type": lazy_gettext("Ticket type"),
    "question": lazy_gettext("Question"),
    "question_choice": lazy_gettext("Answer to choose"),
    "certificate_rule": lazy_gettext("Certificate rule"),
    "order": lazy_gettext("Order"),
    "registration": lazy_gettext("Attendee"),
    "certificate": lazy_gettext("Certificate"),
    "speaker": lazy_gettext("Speaker"),
    "group_message": lazy_gettext("Message to people"),
    "association": lazy_gettext("Settings"),
    "organisation": lazy_gettext("Library"),
    "pairing_code": lazy_gettext("Pairing code"),
    "door": lazy_gettext("Door"),
    "scan": lazy_gettext("Scan"),
    "membership_application": lazy_gettext("Membership application"),
    "suppressed_address": lazy_gettext("Address without delivery"),
    "training_settings": lazy_gettext("Training records"),
    "user": lazy_gettext("Staff"),
}

ACTIONS = {
    "accepted": lazy_gettext("offered place accepted"),
    "added": lazy_gettext("added"),
    "added_by_hand": lazy_gettext("added by hand"),
    "answers_changed": lazy_gettext("answers changed"),
    "approved": lazy_gettext("approved"),
    "cancelled": lazy_gettext("cancelled"),
    "changed": lazy_gettext("changed"),
    "corrected": lazy_gettext("details corrected"),
    "created": lazy_gettext("created"),
    "deactivated": lazy_gettext("access taken away"),
    "deleted": lazy_gettext("deleted"),
    "discarded": lazy_gettext("discarded"),
    "drafted": lazy_gettext("drafted"),
    "erased": lazy_gettext("personal data erased"),
    "imported": lazy_gettext("people imported"),
    "invitation_accepted": lazy_gettext("invitation accepted"),
    "invitation_withdrawn": lazy_gettext("invitation withdrawn"),
    "invited": lazy_gettext("invitation sent"),
    "issued": lazy_gettext("issued"),
    "joined_team": lazy_gettext("added to the team"),
    "left_team": lazy_gettext("taken off the team"),
    "let_in_over_capacity": lazy_gettext("capacity raised knowingly"),
    "letter_sent_again": lazy_gettext("confirmation sent again"),
    "membership_begun": lazy_gettext("membership began"),
    "membership_ended": lazy_gettext("membership ended"),
    "membership_joined": lazy_gettext("memberships joined"),
    "merged": lazy_gettext("merged into another"),
    "merged_with": lazy_gettext("another one merged into it"),
    "moved": lazy_gettext("moved"),
    "note_added": lazy_gettext("note added"),
    "note_deleted": lazy_gettext("note deleted"),
    "paired": lazy_gettext("phone paired"),
    "papers_styled": lazy_gettext("look of certificates changed"),
    "password_changed": lazy_gettext("password changed"),
    "password_reset": lazy_gettext("password reset"),
    "photos_decided": lazy_gettext("wish about photos changed"),
    "promoted": lazy_gettext("place from the waiting list"),
    "published": lazy_gettext("published"),
    "reactivated": lazy_gettext("access given back"),
    "released": lazy_gettext("released"),
    "removed": lazy_gettext("removed"),
    "replaced": lazy_gettext("replaced by a new one"),
    "restored": lazy_gettext("restored"),
    "revoked": lazy_gettext("revoked"),
    "second_factors_removed": lazy_gettext("second factors removed"),
    "sent": lazy_gettext("sent"),
    "signed_out_everywhere": lazy_gettext("signed out everywhere"),
    "signed_up": lazy_gettext("order received"),
    "substituted": lazy_gettext("substituted by another person"),
    "tagged": lazy_gettext("tag added"),
    "training_link_killed": lazy_gettext("links of the training record made invalid"),
    "training_record_sent": lazy_gettext("training record sent"),
    "untagged": lazy_gettext("tag taken off"),
    "withdrawn": lazy_gettext("publication withdrawn"),
}

# Of a person another word than of an event.
_OF_KIND = {
    ("registration", "cancelled"): lazy_gettext("place given up"),
    ("scan", "accepted"): lazy_gettext("held scan accepted"),
    ("scan", "discarded"): lazy_gettext("held scan discarded"),
}

FIELDS = {
    "active": lazy_gettext("access"),
    "address_form": lazy_gettext("how people are addressed"),
    "alt": lazy_gettext("description of the picture"),
    "audience": lazy_gettext("for whom"),
    "audiences": lazy_gettext("for whom"),
    "body": lazy_gettext("text"),
    "cancelled_at": lazy_gettext("cancelled at"),
    "capacity": lazy_gettext("capacity"),
    "changes_close_at": lazy_gettext("changes until"),
    "choices": lazy_gettext("answers to choose"),
    "city": lazy_gettext("town"),
    "code": lazy_gettext("code"),
    "contact_email": lazy_gettext("e-mail of the library"),
    "credited_minutes": lazy_gettext("credited minutes"),
    "data_box": lazy_gettext("data box"),
    "delete_after_days": lazy_gettext("answers deleted after days"),
    "description": lazy_gettext("description"),
    "dic": lazy_gettext("VAT number"),
    "email": lazy_gettext("e-mail"),
    "ends_at": lazy_gettext("end"),
    "external_url": lazy_gettext("website"),
    "family_name": lazy_gettext("surname"),
    "file_name": lazy_gettext("file"),
    "format": lazy_gettext("form"),
    "founder": lazy_gettext("founder"),
    "given_name": lazy_gettext("given name"),
    "help": lazy_gettext("help"),
    "holder": lazy_gettext("holder"),
    "hours_label": lazy_gettext("row with hours"),
    "ico": lazy_gettext("company ID"),
    "logo_sha256": lazy_gettext("logo"),
    "minimum_minutes": lazy_gettext("minutes that are enough"),
    "minimum_sessions": lazy_gettext("parts that are enough"),
    "online_share": lazy_gettext("share of an online part in percent"),
    "outcomes": lazy_gettext("what one has learnt"),
    "paper_name": lazy_gettext("name of the paper"),
    "paper_note": lazy_gettext("further line"),
    "says_unaccredited": lazy_gettext("says it is not accredited"),
    "shows_lessons": lazy_gettext("lessons of 45 minutes"),
    "signatory_function": lazy_gettext("function"),
    "signatory_name": lazy_gettext("who signs"),
    "signature_sha256": lazy_gettext("signature"),
    "taught": lazy_gettext("minutes taught"),
    "title_english": lazy_gettext("programme in English"),
    "imported": lazy_gettext("people imported"),
    "is_member": lazy_gettext("member"),
    "is_required": lazy_gettext("required"),
    "is_small": lazy_gettext("small library"),
    "join_url": lazy_gettext("link for joining"),
    "kind": lazy_gettext("kind"),
    "label": lazy_gettext("wording"),
    "language": lazy_gettext("language"),
    "lead": lazy_gettext("lead"),
    "left_out": lazy_gettext("rows left out"),
    "minutes": lazy_gettext("credited minutes"),
    "most_doors": lazy_gettext("phones at most"),
    "name": lazy_gettext("name"),
    "needs_approval": lazy_gettext("needs approval"),
    "no_photo": lazy_gettext("do not photograph"),
    "number": lazy_gettext("number"),
    "offer_hours": lazy_gettext("offer held for hours"),
    "orderer_email": lazy_gettext("orderer’s e-mail"),
    "orderer_name": lazy_gettext("orderer"),
    "organisation_limit": lazy_gettext("most people of one library"),
    "organisation_name": lazy_gettext("library"),
    "payer_ico": lazy_gettext("payer’s company ID"),
    "payer_name": lazy_gettext("payer"),
    "people_label": lazy_gettext("row with people"),
    "picture": lazy_gettext("picture"),
    "platform": lazy_gettext("platform"),
    "position": lazy_gettext("position"),
    "postcode": lazy_gettext("postcode"),
    "price_member_haler": lazy_gettext("price for members"),
    "price_other_haler": lazy_gettext("price for others"),
    "published_at": lazy_gettext("published at"),
    "questions": lazy_gettext("questions"),
    "reached_label": lazy_gettext("row with people who reached the threshold"),
    "reason": lazy_gettext("reason"),
    "recipients": lazy_gettext("recipients"),
    "reminders_in_person": lazy_gettext("reminders in person, minutes before"),
    "reminders_online": lazy_gettext("reminders online, minutes before"),
    "replaced_by": lazy_gettext("replaced by"),
    "rights": lazy_gettext("the phone may"),
    "roles": lazy_gettext("roles"),
    "scope": lazy_gettext("who answers"),
    "sent_count": lazy_gettext("messages sent"),
    "sessions": lazy_gettext("parts"),
    "sign_up": lazy_gettext("sign-up"),
    "sign_up_closes_at": lazy_gettext("sign-up closes"),
    "sign_up_opens_at": lazy_gettext("sign-up opens"),
    "sigla": lazy_gettext("sigla"),
    "since_on": lazy_gettext("since"),
    "slug": lazy_gettext("address of the page"),
    "small_threshold_hours": lazy_gettext("threshold of small libraries in hours"),
    "starts_at": lazy_gettext("beginning"),
    "status": lazy_gettext("state"),
    "street": lazy_gettext("street"),
    "subject": lazy_gettext("subject"),
    "tag": lazy_gettext("tag"),
    "threshold_hours": lazy_gettext("threshold in hours"),
    "ticket_type": lazy_gettext("ticket type"),
    "title": lazy_gettext("title"),
    "title_after": lazy_gettext("title after the name"),
    "title_before": lazy_gettext("title before the name"),
    "town": lazy_gettext("town"),
    "until_on": lazy_gettext("until"),
    "venue": lazy_gettext("venue"),
    "visibility": lazy_gettext("visibility"),
    "waiting_list": lazy_gettext("waiting list"),
    "year": lazy_gettext("year"),
}

# By field, since one word may mean several things: `none` of a waiting list, `online` of a part.
VALUES = {
    "status": {
        "applied": lazy_gettext("waiting for approval"),
        "waiting": lazy_gettext("in the waiting list"),
        "offered": lazy_gettext("offered a place"),
        "confirmed": lazy_gettext("confirmed"),
        "cancelled": lazy_gettext("cancelled"),
    },
    "kind": {
        "cancelled": lazy_gettext("cancelled"),
        "prispevkova": lazy_gettext("a body of its own"),
        "organizacni_slozka": lazy_gettext("a part of its town"),
        "jina": lazy_gettext("other"),
        "declined": lazy_gettext("offer declined"),
        "lapsed": lazy_gettext("offer lapsed"),
        "refused": lazy_gettext("refused"),
        "event_cancelled": lazy_gettext("the event is cancelled"),
        "meeting": lazy_gettext("meeting"),
        "programme": lazy_gettext("training programme"),
        "workshop": lazy_gettext("workshop"),
        "conference": lazy_gettext("conference"),
        "assembly": lazy_gettext("general assembly"),
    },
    "roles": {
        "administrator": lazy_gettext("administrator"),
        "organizer": lazy_gettext("organizer"),
        "accountant": lazy_gettext("accountant"),
        "door": lazy_gettext("door"),
    },
    "rights": {
        "scan": lazy_gettext("scan codes"),
        "search": lazy_gettext("search people by name"),
        "walk_in": lazy_gettext("sign people up on the spot"),
        "undo": lazy_gettext("take a check-in back"),
        "leave": lazy_gettext("record who leaves"),
    },
    "address_form": {
        "vykani": lazy_gettext("politely (vykání)"),
        "tykani": lazy_gettext("as colleagues (tykání)"),
    },
    "format": {"in_person": lazy_gettext("in person"), "online": lazy_gettext("online")},
    "visibility": {
        "draft": lazy_gettext("draft"),
        "listed": lazy_gettext("published"),
        "published": lazy_gettext("published"),
        "link_only": lazy_gettext("link only"),
        "members": lazy_gettext("for members"),
    },
    "audience": {
        "everyone": lazy_gettext("everyone"),
        "members": lazy_gettext("for members"),
        "invited": lazy_gettext("by invitation"),
        "students": lazy_gettext("students"),
    },
    "waiting_list": {
        "confirm": lazy_gettext("the first in line has the place"),
        "offer": lazy_gettext("the first in line is asked"),
        "none": lazy_gettext("none"),
    },
}

_ACTORS = {
    "": lazy_gettext("the system"),
    "worker": lazy_gettext("the system"),
    "import": lazy_gettext("import"),
    "programme": lazy_gettext("import"),
    "merge": lazy_gettext("merging of duplicates"),
    "demo": lazy_gettext("demo"),
    ERASED: lazy_gettext("erased person"),
}


def kind_word(kind: str) -> str:
    """Return what sort of thing was changed."""
    return str(KINDS.get(kind, kind))


def action_word(action: str, *, kind: str = "") -> str:
    """Return what was done to a thing of this kind."""
    return str(_OF_KIND.get((kind, action)) or ACTIONS.get(action, action))


def field_word(name: str) -> str:
    """Return which value was changed."""
    return str(FIELDS.get(name, name))


def actor_word(by: str) -> str:
    """Return who did it, where it was not a person with an account."""
    return str(_ACTORS.get(by, by))


def show_value(name: str, value: Any) -> str:
    """Return the value of a field as people read it; of a field without words as it was written."""
    if value is None or value in ("", [], {}):
        return NOTHING
    if value == ERASED:
        return gettext("erased")
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, list):
        return ", ".join(show_value(name, each) for each in value)
    if isinstance(value, dict):
        return "; ".join(f"{field_word(key)}: {show_value(key, each)}" for key, each in value.items())
    if isinstance(value, int) and name.endswith("_haler"):
        return money.show_price(value)
    if isinstance(value, str):
        return _show_text(name, value)
    return str(value)


def _show_text(name: str, value: str) -> str:
    words = VALUES.get(name, {})
    if value in words:
        return str(words[value])
    if _INSTANT.fullmatch(value):
        return _show_instant(value)
    return value


def _show_instant(value: str) -> str:
    """Return a day, a wall time, or an instant as Prague time, from its ISO form."""
    try:
        if len(value) == len("2025-03-10"):
            return show_date(date.fromisoformat(value))
        moment = datetime.fromisoformat(value)
    except ValueError:
        return value
    local = clock.to_local(moment) if moment.tzinfo else moment
    return f"{show_date(local.date())} {show_time(local)}"
