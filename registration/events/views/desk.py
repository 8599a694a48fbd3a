"""What the pages about an event in the back office share."""

from http import HTTPStatus

from flask import Blueprint, flash, redirect, url_for
from werkzeug.wrappers import Response

from registration.core.errors import Refusal
from registration.core.i18n import ngettext
from registration.events.forms import StaffForm

blueprint = Blueprint("events_staff", __name__, url_prefix="/sprava")
Answer = Response | tuple[str, int]


def done(slug: str, sentence: str, *, page: str = ".changes") -> Response:
    """Say that it is done and lead back."""
    flash(sentence, "ok")
    return redirect(url_for(page, slug=slug), HTTPStatus.SEE_OTHER)


def not_done(slug: str, refusal: Refusal, *, page: str = ".changes") -> Response:
    """Say why not and lead back."""
    flash(refusal.message, "error")
    return redirect(url_for(page, slug=slug), HTTPStatus.SEE_OTHER)


def seen(form: StaffForm) -> str:
    """Return the fingerprint of what was stored when a form was opened; forms of machines have none."""
    return form.seen.data or ""


def with_people_told(sentence: str, count: int) -> str:
    """Add how many people are written of it."""
    told = ngettext("%(num)d person gets a message.", "%(num)d people get a message.", count)
    return f"{sentence} {told}" if count else sentence
