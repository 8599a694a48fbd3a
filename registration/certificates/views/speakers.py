"""Who teaches at an event, in the back office: written down, given confirmations, erased."""

from http import HTTPStatus

from flask import flash, redirect, render_template, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from registration.certificates import operations, queries, speaking
from registration.certificates.errors import TeachesNothing
from registration.certificates.forms import SpeakerForm
from registration.certificates.models import Speaker
from registration.certificates.views.organizer import blueprint
from registration.core.errors import Refusal
from registration.core.i18n import gettext, ngettext
from registration.events import queries as events
from registration.events.models import Event

Answer = Response | tuple[str, int]


@blueprint.get("/lektori")
def speakers(slug: str) -> str:
    """List who teaches at an event, with their confirmations."""
    event = events.get_event(slug)
    papers = queries.papers_of_speakers(event)
    return render_template(
        "certificates/speakers.html", event=event, speakers=queries.list_speakers(event), papers=papers
    )


@blueprint.get("/lektori/novy")
def new_speaker(slug: str) -> str:
    """Ask for one more speaker."""
    event = events.get_event(slug)
    return _page(event, None, SpeakerForm.new(event))


@blueprint.post("/lektori/novy")
def add_speaker(slug: str) -> Answer:
    """Write down who teaches."""
    event = events.get_event(slug)
    form = SpeakerForm.asking(event)()
    if not form.validate():
        return _page(event, None, form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        speaking.add_speaker(event, form.teaching(), by=current_user.email)
    except TeachesNothing as refusal:
        return _blamed(event, None, form, refusal)
    return _done(slug, gettext("The speaker is in the list."))


@blueprint.get("/lektori/<int:speaker_id>")
def speaker_form(slug: str, speaker_id: int) -> str:
    """Show what is written down of a speaker, to be changed."""
    event = events.get_event(slug)
    speaker = queries.get_speaker(event, speaker_id)
    return _page(event, speaker, SpeakerForm.of(speaker))


@blueprint.post("/lektori/<int:speaker_id>")
def change_speaker(slug: str, speaker_id: int) -> Answer:
    """Write down something else."""
    event = events.get_event(slug)
    speaker = queries.get_speaker(event, speaker_id)
    form = SpeakerForm.asking(event)()
    if not form.validate():
        return _page(event, speaker, form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        speaking.change_speaker(speaker, form.teaching(), by=current_user.email)
    except TeachesNothing as refusal:
        return _blamed(event, speaker, form, refusal)
    return _done(slug, gettext("The speaker is changed."))


@blueprint.post("/lektori/<int:speaker_id>/odebrani")
def remove_speaker(slug: str, speaker_id: int) -> Response:
    """Take somebody out of the list who has no paper."""
    speaker = queries.get_speaker(events.get_event(slug), speaker_id)
    try:
        speaking.remove_speaker(speaker, by=current_user.email)
    except Refusal as refusal:
        flash(refusal.message, "error")
        return redirect(url_for(".speaker_form", slug=slug, speaker_id=speaker_id), HTTPStatus.SEE_OTHER)
    return _done(slug, gettext("The speaker is out of the list."))


@blueprint.post("/lektori/<int:speaker_id>/vymaz")
def erase_speaker(slug: str, speaker_id: int) -> Response:
    """Erase a speaker at their request."""
    speaker = queries.get_speaker(events.get_event(slug), speaker_id)
    speaking.erase_speaker(speaker, by=current_user.email)
    return _done(slug, gettext("The personal data are erased."))


@blueprint.post("/lektori/vydani")
def issue_to_speakers(slug: str) -> Response:
    """Issue confirmations to all speakers who have none."""
    try:
        issued = operations.issue_to_speakers(events.get_event(slug), by=current_user.email)
    except Refusal as refusal:
        flash(refusal.message, "error")
        return redirect(url_for(".speakers", slug=slug), HTTPStatus.SEE_OTHER)
    count = len(issued)
    return _done(slug, ngettext("%(num)d confirmation is issued.", "%(num)d confirmations are issued.", count))


def _blamed(event: Event, speaker: Speaker | None, form: SpeakerForm, refusal: Refusal) -> Answer:
    for box in form.boxes[:1]:
        box.errors = [refusal.message]
    return _page(event, speaker, form), refusal.status


def _done(slug: str, sentence: str) -> Response:
    flash(sentence, "ok")
    return redirect(url_for(".speakers", slug=slug), HTTPStatus.SEE_OTHER)


def _page(event: Event, speaker: Speaker | None, form: SpeakerForm) -> str:
    return render_template(
        "certificates/speaker_form.html",
        event=event,
        speaker=speaker,
        form=form,
        papers=queries.list_papers_of_speaker(speaker) if speaker else [],
        error_list=form.error_list(),
    )
