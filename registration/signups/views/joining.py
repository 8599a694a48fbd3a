"""The way to an online meeting: it opens shortly before the start, and whoever goes through it is written down."""

import math
from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus

from flask import make_response, redirect, render_template, request
from werkzeug.wrappers import Response

from registration.checkin import operations as attendance
from registration.core import clock
from registration.core.i18n import ngettext
from registration.events.models import Session
from registration.signups import queries, rules
from registration.signups.errors import LinkNotFound
from registration.signups.views.sign_up import blueprint

_PREFETCH_HEADERS = ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")
_PLURAL_FORMS = {"one": 1, "few": 2, "other": 5}
_IN: dict[str, Callable[[int], str]] = {
    "days": lambda num: ngettext("in %(num)d day", "in %(num)d days", num),
    "hours": lambda num: ngettext("in %(num)d hour", "in %(num)d hours", num),
    "minutes": lambda num: ngettext("in %(num)d minute", "in %(num)d minutes", num),
    "and_hours": lambda num: ngettext(" and %(num)d hour", " and %(num)d hours", num),
    "and_minutes": lambda num: ngettext(" and %(num)d minute", " and %(num)d minutes", num),
}


@blueprint.get("/u/<token>/pripojit/<code>")
def join(token: str, code: str) -> Response:
    """Lead a person to the online meeting and note that they have come; too early or too late, say when it is open.

    The one GET that changes something; docs/decisions/0005 says why. Whoever only looks is shown a page instead.
    """
    registration = queries.get_person(token)
    session = queries.get_online_session(registration, code)
    if not is_open(session) or _is_only_looking():
        return _page(token, session)
    answer = attendance.record_join(session, registration)
    if answer.is_refusal:
        raise LinkNotFound  # the place was lost a moment ago
    return redirect(session.join_url or "", HTTPStatus.SEE_OTHER)


def is_open(session: Session) -> bool:
    """Say whether one can join now."""
    return rules.can_join(now=clock.now(), starts_at=session.starts_at_utc, ends_at=session.ends_at_utc)


def _is_only_looking() -> bool:
    """Say whether nobody goes through the door: a link checker, a browser reading ahead, a page that has waited."""
    purposes = " ".join(request.headers.get(name, "") for name in _PREFETCH_HEADERS)
    return request.method == "HEAD" or "prefetch" in purposes or "preview" in purposes or "cekani" in request.args


def _page(token: str, session: Session) -> Response:
    opens_at = session.starts_at_utc - rules.JOINING_OPENS_BEFORE
    left = opens_at - clock.now()
    page = render_template(
        "signups/join.html",
        registration=queries.get_person(token),
        session=session,
        opens_at=clock.to_local(opens_at),
        is_open=is_open(session),
        countdown=_countdown(left) if left > timedelta(0) else None,
        seconds_left=math.ceil(left.total_seconds()),
        words=_words_for_script(),
    )
    return make_response(page, HTTPStatus.OK)


def _countdown(left: timedelta) -> str:
    """Return how long something will take: `in 2 days and 3 hours`, `in 1 minute`; the script says it the same way."""
    minutes = math.ceil(left.total_seconds() / 60)
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return _IN["days"](days) + (_IN["and_hours"](hours) if hours else "")
    if hours:
        return _IN["hours"](hours) + (_IN["and_minutes"](minutes) if minutes else "")
    return _IN["minutes"](minutes)


def _words_for_script() -> dict[str, dict[str, str]]:
    """Return each phrase in its plural forms, named as `Intl.PluralRules` does, with # for the number."""
    return {
        name: {form: phrase(number).replace(str(number), "#") for form, number in _PLURAL_FORMS.items()}
        for name, phrase in _IN.items()
    }
