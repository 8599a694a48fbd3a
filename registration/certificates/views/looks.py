"""How papers look, in the back office: those of the association, and those of one event."""

from functools import partial
from http import HTTPStatus

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask_security import current_user
from werkzeug.wrappers import Response as BaseResponse

from registration.certificates import queries, styling
from registration.certificates.errors import CertificateNotFound
from registration.certificates.forms import LookForm
from registration.certificates.styling import Look, look_of
from registration.certificates.views.organizer import blueprint as of_event
from registration.core import pictures
from registration.core.i18n import gettext
from registration.core.web import allow_upload, inline_file
from registration.events import queries as events
from registration.events.models import Event
from registration.organisations import operations as organisations
from registration.organisations.queries import get_association

blueprint = Blueprint("papers_settings", __name__, url_prefix="/sprava/nastaveni/osvedceni")
Answer = BaseResponse | tuple[str, int]
_MEGABYTES = 2 * pictures.LARGEST_BYTES // 1024 // 1024  # there are two pictures


@blueprint.get("")
def form() -> str:
    """Show how all papers look."""
    look = look_of(get_association())
    return _page(None, LookForm.of(look), look)


@blueprint.post("")
@allow_upload(_MEGABYTES)
def change() -> Answer:
    """Let all papers look otherwise from now on."""
    now = look_of(get_association())
    sent = LookForm()
    wanted = sent.look(now, _keep()) if sent.validate() else None
    if wanted is None:
        return _page(None, sent, now), HTTPStatus.UNPROCESSABLE_ENTITY
    styling.style_association(wanted, by=current_user.email)
    return _done(url_for(".form"))


@blueprint.get("/obrazek/<sha256>.png")
def picture(sha256: str) -> Response:
    """Send a signature or a logo."""
    content = queries.find_picture(sha256)
    if content is None:
        raise CertificateNotFound
    return inline_file(content, mime_type="image/png", name=f"{sha256[:12]}.png")


@of_event.get("/vzhled")
def look(slug: str) -> str:
    """Show how the papers of an event look."""
    event = events.get_event(slug)
    found = look_of(queries.find_style(event))
    return _page(event, LookForm.of(found).of_event(), found)


@of_event.post("/vzhled")
@allow_upload(_MEGABYTES)
def change_look(slug: str) -> Answer:
    """Let the papers of an event look otherwise from now on."""
    event = events.get_event(slug)
    now = look_of(queries.find_style(event))
    sent = LookForm().of_event()
    wanted = sent.look(now, _keep()) if sent.validate() else None
    if wanted is None:
        return _page(event, sent, now), HTTPStatus.UNPROCESSABLE_ENTITY
    styling.style_event(event, wanted, by=current_user.email)
    return _done(url_for(".look", slug=slug))


def _keep() -> "partial[str]":
    return partial(organisations.store_picture, by=current_user.email)


def _done(page: str) -> BaseResponse:
    flash(gettext("New papers will look so; those issued stay as they are."), "ok")
    return redirect(page, HTTPStatus.SEE_OTHER)


def _page(event: Event | None, form: LookForm, look: Look) -> str:
    template = "certificates/look_of_event.html" if event else "certificates/look_of_all.html"
    return render_template(
        template,
        event=event,
        form=form,
        look=look,
        of_all=look_of(get_association()),
        error_list=form.error_list(),
    )
