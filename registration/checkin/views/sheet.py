"""The signed attendance sheet, ticked off in one form: the same people under the same numbers as on the paper."""

from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from registration.badges.rules import sheet_mark
from registration.checkin import operations, queries
from registration.checkin.errors import NobodyChosen, ReasonMissing
from registration.checkin.rules import Verdict
from registration.core.i18n import gettext, ngettext
from registration.core.web import row_id
from registration.events import queries as events
from registration.events.models import Event, Session
from registration.signups import queries as signups

blueprint = Blueprint("checkin_sheet", __name__, url_prefix="/sprava/akce/<slug>/prezence/<code>/listina")
_LONGEST_REASON = 500


@blueprint.get("")
def form(slug: str, code: str) -> str:
    """Show everybody on the sheet, to be ticked."""
    event = events.get_event(slug)
    reason = gettext("by the signed attendance sheet")
    return _page(event, queries.get_session(event, code), reason=reason)


@blueprint.post("")
def tick(slug: str, code: str) -> Response | tuple[str, int]:
    """Write down the attendance of everybody who was ticked."""
    event = events.get_event(slug)
    session = queries.get_session(event, code)
    ids = request.form.getlist("registration", type=row_id)
    people = signups.list_expected(session) if "everybody" in request.form else signups.list_by_ids(event, ids)
    reason = request.form.get("reason", "")[:_LONGEST_REASON]
    try:
        answers = operations.mark_present(session, people, reason=reason, by=current_user.email)
    except (NobodyChosen, ReasonMissing) as refusal:
        faults = {"nobody" if isinstance(refusal, NobodyChosen) else "reason": refusal.message}
        return _page(event, session, reason=reason, ticked=ids, faults=faults), HTTPStatus.UNPROCESSABLE_ENTITY
    written = sum(answer.verdict is Verdict.ADMITTED for answer in answers)
    flash(ngettext("Attendance recorded for %(num)d person.", "Attendance recorded for %(num)d people.", written), "ok")
    left_out = [answer.registration.name for answer in answers if answer.is_refusal and answer.registration]
    if left_out:
        names = ", ".join(left_out)
        flash(gettext("Not recorded, as their place does not admit here: %(names)s.", names=names), "warning")
    return redirect(url_for(".form", slug=slug, code=code), HTTPStatus.SEE_OTHER)


def _page(
    event: Event,
    session: Session,
    *,
    reason: str,
    ticked: list[int] | None = None,
    faults: dict[str, str] | None = None,
) -> str:
    people = signups.list_expected(session)
    return render_template(
        "checkin/sheet.html",
        event=event,
        session=session,
        people=people,
        present=queries.list_present(session),
        mark=sheet_mark(person.id for person in people),
        reason=reason,
        ticked=ticked or [],
        faults=faults or {},
    )
