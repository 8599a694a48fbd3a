"""The picture on an event's page: uploaded, described, taken away; and shown to the staff before it is published."""

from http import HTTPStatus

from flask import Response, render_template
from flask_security import current_user
from werkzeug.datastructures import FileStorage

from registration.core import pictures
from registration.core.errors import PictureTooLarge, PictureUnreadable
from registration.core.i18n import gettext
from registration.core.web import allow_upload, inline_file
from registration.events import operations, queries
from registration.events.errors import PictureNotFound
from registration.events.forms import PictureForm
from registration.events.models import Event
from registration.events.views.desk import Answer, blueprint, done

_PAGE = ".picture"


@blueprint.get("/akce/<slug>/obrazek")
def picture(slug: str) -> str:
    """Show the picture and the form that changes it."""
    event = queries.get_event(slug)
    return _page(event, PictureForm.of(queries.find_picture(event)))


@blueprint.post("/akce/<slug>/obrazek")
@allow_upload(pictures.LARGEST_BYTES // 1024 // 1024)
def set_picture(slug: str) -> Answer:
    """Put a picture on the event's page, or say in other words what it shows."""
    event = queries.get_event(slug)
    form = PictureForm()
    uploaded = _read(form.picture.data)
    if not uploaded and queries.find_picture(event) is None:
        form.picture.errors = [gettext("Please choose a file.")]
        return _page(event, form), HTTPStatus.UNPROCESSABLE_ENTITY
    if not form.validate():
        return _page(event, form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        if uploaded:
            operations.set_picture(event, uploaded, alt=form.alt.data, by=current_user.email)
        else:
            operations.describe_picture(event, alt=form.alt.data, by=current_user.email)
    except (PictureUnreadable, PictureTooLarge) as refusal:
        form.picture.errors = [refusal.message]
        return _page(event, form), refusal.status
    return done(slug, gettext("The picture is on the page."), page=_PAGE)


@blueprint.post("/akce/<slug>/obrazek/odebrani")
def remove_picture(slug: str) -> Answer:
    """Show no picture any more."""
    operations.remove_picture(queries.get_event(slug), by=current_user.email)
    return done(slug, gettext("The picture is gone."), page=_PAGE)


@blueprint.get("/akce/<slug>/obrazek.jpg")
def picture_file(slug: str) -> Response:
    """Send the picture, also of a draft."""
    found = queries.find_picture(queries.get_event(slug))
    if found is None:
        raise PictureNotFound
    return inline_file(found.content, mime_type="image/jpeg", name=f"{slug}.jpg")


def _read(file: FileStorage | None) -> bytes:
    if file is None:
        return b""
    with file.stream as stream:
        return stream.read()


def _page(event: Event, form: PictureForm) -> str:
    return render_template(
        "events/picture.html",
        event=event,
        form=form,
        picture=queries.find_picture(event),
        error_list=form.error_list(),
    )
