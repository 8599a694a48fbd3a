"""The back office's list of registrations: searched, narrowed down, sorted, with the columns one wants."""

import math
from collections.abc import Iterable
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_security import current_user

from registration.badges import rules as badges
from registration.checkin import queries as attendance
from registration.core import clock
from registration.core.i18n import gettext
from registration.events import queries as events
from registration.events.models import Event
from registration.events.questions import Asked
from registration.signups import lists
from registration.signups.annotations import BulkAction
from registration.signups.filtering import Filter
from registration.signups.models import RegistrationStatus

blueprint = Blueprint("signups_staff", __name__, url_prefix="/sprava/akce/<slug>/prihlasky")


@blueprint.get("")
def registrations(slug: str) -> str:
    """List the people of an event that a filter finds."""
    event = events.get_event(slug)
    chosen = Filter.from_args(request.args)
    questions = events.list_questions(event.id)
    columns = _columns(questions)
    page = lists.get_page(event, chosen, number=request.args.get("strana", 1, type=int), columns=columns)
    ids = [each.id for each in page.registrations]
    counts = lists.count_by_status(event)
    undoable = lists.find_undoable(event, by=current_user.email)
    return render_template(
        "signups/registrations.html",
        event=event,
        offer=events.offer(event),
        chosen=chosen,
        page=page,
        counts=counts,
        has_badges=counts[RegistrationStatus.CONFIRMED] > 0,
        fits_one_page=badges.fits_one_page,
        questions=questions,
        tags=lists.list_tags(event),
        columns=columns,
        all_columns=_names_of_columns(questions),
        attended=attendance.attended_by_ids(ids) if "ucast" in columns else {},
        undoable=undoable,
        minutes_left=_minutes_left(undoable) if undoable else 0,
        with_args=lambda **changes: _address(event, chosen, columns, changes),
    )


def filter_args(chosen: Filter, columns: Iterable[str]) -> dict[str, Any]:
    """Return the query of the list's address for this filter and these columns."""
    shown = list(columns)
    return chosen.to_args() | ({"sloupce": shown} if shown != list(lists.DEFAULT_COLUMNS) else {})


def _minutes_left(action: BulkAction) -> int:
    """Return for how long something can be taken back, begun minutes counted whole."""
    until = action.undo_until or clock.system_now()
    return math.ceil((until - clock.system_now()).total_seconds() / 60)


def _address(event: Event, chosen: Filter, columns: Iterable[str], changes: dict[str, Any]) -> str:
    args = filter_args(chosen, columns) | changes
    return url_for("signups_staff.registrations", slug=event.slug, **args)


def _columns(questions: Iterable[Asked]) -> list[str]:
    """Return the columns that are wanted, in the order of the table."""
    wanted = request.args.getlist("sloupce")
    known = _names_of_columns(questions)
    return [each for each in known if each in wanted] if wanted else list(lists.DEFAULT_COLUMNS)


def _names_of_columns(questions: Iterable[Asked]) -> dict[str, str]:
    names = {
        "cislo": gettext("Number"),
        "knihovna": gettext("Library"),
        "varianta": gettext("Ticket type"),
        "email": gettext("E-mail"),
        "prihlaseno": gettext("Signed up"),
        "cena": gettext("Price"),
        "ucast": gettext("Attendance"),
        "stitky": gettext("Tags"),
        "poznamky": gettext("Notes"),
    }
    return names | {f"{lists.ANSWER}{each.id}": each.label for each in questions}
