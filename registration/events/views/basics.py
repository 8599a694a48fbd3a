"""What an event is called and what its page says; who sees it."""

from http import HTTPStatus

from flask import render_template, request
from flask_security import current_user

from registration.certificates import queries as certificates
from registration.core import clock, markdown, settings
from registration.core.errors import Refusal
from registration.core.i18n import gettext
from registration.events import checklist, facts, operations, queries, rules
from registration.events.errors import AddressMissing, ChangedMeanwhile, CodeTaken, NotReady, PeopleSignedUp, SlugTaken
from registration.events.forms import BasicsForm, PublicationForm
from registration.events.models import Event, Visibility
from registration.events.views.desk import Answer, blueprint, done, not_done, seen


@blueprint.get("/akce/<slug>/udaje")
def basics(slug: str) -> str:
    """Show what an event is called and what its page says, to be changed."""
    event = queries.get_event(slug)
    return _page(event, BasicsForm.of(event))


@blueprint.post("/akce/<slug>/udaje")
def change_basics(slug: str) -> Answer:
    """Change it; with the button `preview` only show how the text will look."""
    event = queries.get_event(slug)
    form = BasicsForm()
    if "preview" in request.form:
        return _page(event, form, with_preview=True), HTTPStatus.OK
    if not form.validate():
        return _page(event, form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        with operations.as_seen(event, seen(form), lambda: facts.of_basics(event)):
            operations.change_event(event, **form.change(), by=current_user.email)
    except ChangedMeanwhile as refusal:
        event = queries.get_event(slug)
        form.compare(BasicsForm.of(event))
        return _page(event, form), refusal.status
    except (SlugTaken, CodeTaken, AddressMissing) as refusal:
        _blame(form, refusal)
        return _page(queries.get_event(slug), form), refusal.status
    return done(form.slug.data, gettext("The event is changed."), page=".basics")


@blueprint.get("/akce/<slug>/zverejneni")
def publication(slug: str) -> str:
    """Show what is still missing and who could see the event."""
    event = queries.get_event(slug)
    return _publication_page(event, PublicationForm.of(event))


@blueprint.post("/akce/<slug>/zverejneni")
def publish(slug: str) -> Answer:
    """Let people see the event."""
    event = queries.get_event(slug)
    form = PublicationForm()
    if not form.validate():
        return _publication_page(event, form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        with operations.as_seen(event, seen(form), lambda: facts.of_publication(event)):
            operations.publish(event, visibility=Visibility(form.visibility.data), by=current_user.email)
    except ChangedMeanwhile as refusal:
        event = queries.get_event(slug)
        form.compare(PublicationForm.of(event))
        return _publication_page(event, form), refusal.status
    except NotReady as refusal:
        form.visibility.errors = [refusal.message]
        return _publication_page(queries.get_event(slug), form), refusal.status
    return done(slug, gettext("The event is published."), page=".overview")


@blueprint.post("/akce/<slug>/koncept")
def withdraw(slug: str) -> Answer:
    """Make a draft of the event again."""
    try:
        operations.withdraw(queries.get_event(slug), by=current_user.email)
    except PeopleSignedUp as refusal:
        return not_done(slug, refusal, page=".publication")
    return done(slug, gettext("The event is a draft again; nobody but the staff sees it."), page=".overview")


def _blame(form: BasicsForm, refusal: Refusal) -> None:
    """Say beside the field it is about why not."""
    field = {SlugTaken: form.slug, CodeTaken: form.code}.get(type(refusal), form.external_url)
    field.errors = [refusal.message]


def _page(event: Event, form: BasicsForm, *, with_preview: bool = False) -> str:
    return render_template(
        "events/basics.html",
        event=event,
        form=form,
        error_list=form.error_list(),
        preview=markdown.to_html(form.description.data or "") if with_preview else None,
        picture=queries.find_picture(event),
        base_url=settings.current().base_url,
    )


def _publication_page(event: Event, form: PublicationForm) -> str:
    return render_template(
        "events/publication.html",
        event=event,
        form=form,
        error_list=form.error_list(),
        checklist=checklist.of_event(event, has_certificate=bool(certificates.list_rules(event))),
        is_short_notice=rules.is_short_notice(event.kind, first_on=event.first_on, today=clock.local_now().date()),
    )
