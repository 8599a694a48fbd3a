"""What the scanner says by itself while it has no signal; `{…}` is filled in by its script."""

from collections.abc import Callable

from registration.core.i18n import gettext, ngettext

Words = dict[str, str | dict[str, str]]

_PLURAL_FORMS = {"one": 1, "few": 2, "other": 5}  # as `Intl.PluralRules` names them


def words_for_script() -> Words:
    """Return every sentence of the script in the current language, plurals by their form."""
    return {**_answers(), **_log(), **_sync(), **_camera(), **_panels(), **_refusals()}


def _answers() -> Words:
    """Return the words of the whole-screen answers: the verdict, and what helps."""
    return {
        "admitted": gettext("Let in"),
        "already_in": gettext("Checked in already at {time}"),
        "already_in_at_door": gettext("Read at the door “{door}”. The attendance counts once."),
        "already_in_once": gettext("The attendance counts once."),
        "out": gettext("Leaves"),
        "out_more": gettext("The departure is written down."),
        "not_in": gettext("Not inside"),
        "not_in_more": gettext("Nobody has checked this person in, or they have left already."),
        "waiting": gettext("Waits for a place"),
        "waiting_more": gettext("The place is not confirmed. The organizer decides."),
        "wrong_session": gettext("Another part"),
        "wrong_session_more": gettext("The code is for: {sessions}"),
        "wrong_event": gettext("Another event"),
        "wrong_event_who": gettext("The code is for another event"),
        "cancelled": gettext("Cancelled"),
        "cancelled_more": gettext("The place was cancelled."),
        "invalid": gettext("Invalid code"),
        "replaced_who": gettext("A newer code replaced this one"),
        "replaced_more": gettext("Only the new code is valid. Searching by surname helps."),
        "unknown_who": gettext("Unknown code"),
        "unknown_more": gettext("It is not in the list of this event. Searching by surname helps."),
        "revoked_door": gettext("Door closed"),
        "revoked_door_who": gettext("The organizer has revoked this phone"),
        "revoked_door_more": gettext("What was scanned is kept for review at the desk."),
        "undone": gettext("Taken back: {name}"),
        "next": gettext("Next code"),
        "undo": gettext("Take back"),
        "find": gettext("Find by name"),
        "badge": gettext("Print the badge"),
    }


def _log() -> Words:
    return {
        "log_admitted": gettext("checked in"),
        "log_already_in": gettext("checked in before"),
        "log_out": gettext("left"),
        "log_not_in": gettext("not inside"),
        "log_undo": gettext("taken back"),
        "log_waiting": gettext("waits for a place"),
        "log_refused": gettext("invalid code"),
        "log_cancelled": gettext("cancelled"),
        "log_wrong_session": gettext("another part"),
        "log_wrong_event": gettext("another event"),
        "log_revoked_door": gettext("kept for review"),
        "log_unknown": gettext("unknown code"),
        "log_replaced": gettext("replaced code"),
        "undo_of": gettext("Take back: {name}"),
    }


def _sync() -> Words:
    return {
        "all_sent": gettext("Everything is sent"),
        "no_signal": gettext("No signal"),
        "no_signal_waiting": _plural(
            lambda number: ngettext(
                "No signal, %(num)d record is waiting", "No signal, %(num)d records are waiting", number
            )
        ),
        "waiting_to_send": _plural(
            lambda number: ngettext("%(num)d record is being sent", "%(num)d records are being sent", number)
        ),
        "held_back": _plural(
            lambda number: ngettext(
                "%(num)d record could not be sent; please tell the organizer",
                "%(num)d records could not be sent; please tell the organizer",
                number,
            )
        ),
        "list_of": gettext("List of {time}"),
        "present_of": gettext("in, of {expected}"),
        "correction_already_in": gettext("Correction: {name} was checked in at {time} already (door “{door}”)."),
        "correction_admitted": gettext("Correction: {name} may enter."),
        "correction_refused": gettext("Correction: {name} – {verdict}."),
        "correction_walk_in": gettext("{name} was not written down: {message}"),
        "seen": gettext("Understood"),
    }


def _camera() -> Words:
    return {
        "camera_denied": gettext("The camera is not allowed. The browser’s settings of this page allow it again."),
        "camera_missing": gettext("There is no camera here."),
        "camera_failed": gettext("The camera does not answer; another application may be using it."),
        "camera_else": gettext("Codes can be typed or read by a hand-held reader, and people found by name."),
        "camera": gettext("Camera {number}"),
    }


def _panels() -> Words:
    return {
        "people_found": _plural(lambda number: ngettext("%(num)d person", "%(num)d people", number)),
        "nobody_found": gettext("Nobody of that name is in the list."),
        "more_people": gettext("There are more; a longer name narrows the list down."),
        "not_yet": gettext("not yet"),
        "still_waiting": _plural(
            lambda number: ngettext(
                "%(num)d record has not been sent yet. It stays in the phone until there is a signal.",
                "%(num)d records have not been sent yet. They stay in the phone until there is a signal.",
                number,
            )
        ),
        "over": gettext("The shift is over. The list is wiped from this phone."),
        "over_waiting": _plural(
            lambda number: ngettext(
                "The list is wiped. %(num)d record waits for a signal; please keep the page open or come back to it.",
                "The list is wiped. %(num)d records wait for a signal; please keep the page open or come back to it.",
                number,
            )
        ),
        "expired": gettext("The pairing has ended. The list is wiped from this phone."),
        "revoked": gettext("The organizer has revoked this phone. The list is wiped; what was scanned goes to review."),
    }


def _refusals() -> Words:
    """Return what is said when a phone is not paired, by the server's word for it."""
    return {
        "pairing_unknown": gettext("This pairing code does not exist."),
        "pairing_expired": gettext("The pairing code has expired after 15 minutes. The desk shows a new one."),
        "pairing_used_up": gettext("The pairing code was used as often as it may be. The desk shows a new one."),
        "label_missing": gettext("The door needs a name."),
        "too_many": gettext("Too many attempts. It goes on in a minute."),
        "pairing_failed": gettext("The server does not answer. A signal is needed for pairing."),
    }


def _plural(phrase: Callable[[int], str]) -> dict[str, str]:
    return {form: phrase(number).replace(str(number), "{count}") for form, number in _PLURAL_FORMS.items()}
