"""Check-in in the back office: codes typed or keyboard-scanned, people found by name, online attendance by hand."""

from collections import Counter
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask import session as browser
from flask_security import current_user
from werkzeug.wrappers import Response

from registration.checkin import operations, queries
from registration.checkin.models import MOST_MINUTES
from registration.checkin.operations import Answer
from registration.checkin.rules import Verdict
from registration.core.clock import to_local
from registration.core.errors import Refusal
from registration.core.i18n import gettext, ngettext, show_time
from registration.core.web import row_id
from registration.events import queries as events
from registration.signups import queries as signups

blueprint = Blueprint("checkin", __name__, url_prefix="/sprava/akce/<slug>/prezence")
_LATEST = 8


@blueprint.get("")
def sessions(slug: str) -> str:
    """List the sessions of an event with how many people are in."""
    event = events.get_event(slug)
    present = Counter(id_ for attended in queries.attended_by_registration(event).values() for id_ in attended)
    return render_template(
        "checkin/sessions.html",
        event=event,
        counts=[(each, present[each.id], each.taken) for each in event.sessions],
    )


@blueprint.get("/<code>")
def session_page(slug: str, code: str) -> str:
    """Show the door of one session: the box for codes, the last answer, everybody expected."""
    event = events.get_event(slug)
    found = queries.get_session(event, code)
    attended = queries.list_attended(found)
    expected = signups.list_expected(found)
    return render_template(
        "checkin/session.html",
        event=event,
        session=found,
        expected=expected,
        attended=attended,
        unmeasured=[
            person
            for person in expected
            if found.is_online and person.id in attended and attended[person.id].minutes is None
        ],
        latest=queries.list_latest(found, limit=_LATEST),
        answer=browser.pop("door_answer", None),
    )


@blueprint.post("/<code>/odbaveni")
def admit(slug: str, code: str) -> Response:
    """Check a person in by code, or by name when the list was used."""
    event = events.get_event(slug)
    found = queries.get_session(event, code)
    registration_id = request.form.get("registration", type=row_id)
    if registration_id is not None:
        person = signups.get_registration(event, registration_id)
        answer = operations.admit_person(found, person, by=current_user.email)
    else:
        answer = operations.admit_code(found, request.form.get("code", "")[:100], by=current_user.email)
    browser["door_answer"] = _in_words(answer)
    return _back(slug, code)


@blueprint.post("/<code>/ucast")
def mark(slug: str, code: str) -> Response:
    """Write attendance the organizer knows of, with a reason."""
    event = events.get_event(slug)
    found = queries.get_session(event, code)
    people = signups.list_by_ids(event, request.form.getlist("registration", type=row_id))
    typed = request.form.get("minutes", "").strip()
    if typed and not (typed.isascii() and typed.isdigit() and int(typed) <= MOST_MINUTES):
        flash(gettext("Please enter minutes as a whole number up to %(most)d.", most=MOST_MINUTES), "error")
        return _back(slug, code)
    try:
        answers = operations.mark_present(
            found,
            people,
            reason=request.form.get("reason", "")[:500],
            by=current_user.email,
            minutes=int(typed) if typed else None,
        )
    except Refusal as refusal:
        flash(refusal.message, "error")
        return _back(slug, code)
    written = sum(answer.verdict is Verdict.ADMITTED for answer in answers)
    if written:
        flash(
            ngettext("Attendance recorded for %(num)d person.", "Attendance recorded for %(num)d people.", written),
            "ok",
        )
    left_out = [answer.registration.name for answer in answers if answer.is_refusal and answer.registration]
    if left_out:
        flash(
            gettext("Not recorded, as their place does not admit here: %(names)s.", names=", ".join(left_out)),
            "warning",
        )
    return _back(slug, code)


@blueprint.post("/<code>/<int:entry_id>/vraceni")
def undo(slug: str, code: str, entry_id: int) -> Response:
    """Take a check-in back."""
    found = queries.get_session(events.get_event(slug), code)
    entry = queries.get_entry(found, entry_id)
    try:
        operations.undo(entry, by=current_user.email)
    except Refusal as refusal:
        flash(refusal.message, "error")
    else:
        flash(gettext("The entry is undone; the ledger keeps both."), "ok")
    return _back(slug, code)


def _back(slug: str, code: str) -> Response:
    return redirect(url_for(".session_page", slug=slug, code=code), HTTPStatus.SEE_OTHER)


def _in_words(answer: Answer) -> dict[str, str | int | None]:
    """Return an answer as the page shows it after the redirect."""
    person = answer.registration
    return {
        "verdict": answer.verdict.value,
        "sentence": _sentence(answer),
        "name": person.name if person else None,
        "detail": f"{person.organisation_name}, {person.ticket_type.title}" if person else None,
        "entry_id": answer.entry.id if answer.entry and answer.verdict is Verdict.ADMITTED else None,
    }


def _sentence(answer: Answer) -> str:
    if answer.verdict is Verdict.ALREADY_IN and answer.since:
        return gettext("already checked in at %(time)s", time=show_time(to_local(answer.since)))
    if answer.verdict is Verdict.WRONG_EVENT and answer.registration:
        return gettext("the code is for another event: %(title)s", title=answer.registration.event.title)
    return {
        Verdict.ADMITTED: gettext("let in"),
        Verdict.WRONG_SESSION: gettext("the code is not for this part"),
        Verdict.CANCELLED: gettext("the place is cancelled"),
        Verdict.WAITING: gettext("waits for a place"),
        Verdict.REPLACED: gettext("invalid – replaced by a newer code"),
        Verdict.UNKNOWN: gettext("unknown code"),
    }[answer.verdict]
