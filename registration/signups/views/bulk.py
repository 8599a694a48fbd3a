"""The same for many people at once: a page that says what will happen, then it happens, and can be taken back."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs

from flask import abort, flash, redirect, render_template, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from registration.core.errors import Refusal
from registration.core.i18n import gettext, ngettext
from registration.events import queries as events
from registration.events.models import Event
from registration.signups import filtering, lists
from registration.signups.annotations import BulkKind
from registration.signups.errors import BulkActionNotFound, CannotBeUndone, NobodyChosen, TagNotAWord, TooManyAtOnce
from registration.signups.filtering import Filter
from registration.signups.operations import bulk, undoing
from registration.signups.operations.bulk import Outcome, Wanted
from registration.signups.views.registration import LONGEST_REASON
from registration.signups.views.registrations import blueprint

Answer = Response | tuple[str, int]
KINDS = {
    "odhlasit": BulkKind.CANCEL,
    "presunout": BulkKind.MOVE,
    "schvalit": BulkKind.APPROVE,
    "oznacit": BulkKind.TAG,
    "odznacit": BulkKind.UNTAG,
    "poslat": BulkKind.RESEND,
}
_LONGEST_ID = 18  # digits that every database takes for a row's id
_LONGEST_IDS = 200_000
_OF_LIST = {"q", "stav", "varianta", "cast", "odpoved", "clen", "stitek", "ucast", "razeni", "sloupce", "strana"}
_SHOWN_LEFT = 5  # a flash rides in a cookie


@blueprint.get("/hromadne")
def bulk_action(slug: str) -> Answer:
    """Say what would happen to whom."""
    event = events.get_event(slug)
    kind = _kind(request.args.get("akce", ""))
    try:
        ids = _chosen_ids(event, kind)
    except Refusal as refusal:
        flash(refusal.message, "error")
        return _back_to_list(slug)
    return _page(event, kind, ids)


@blueprint.post("/hromadne")
def do_to_many(slug: str) -> Answer:
    """Do it, and say to how many people, and why not to the others."""
    event = events.get_event(slug)
    wanted = Wanted(
        kind=_kind(request.form.get("akce", "")),
        ticket_type=request.form.get("ticket_type", ""),
        tag=request.form.get("tag", ""),
        reason=request.form.get("reason", "").strip()[:LONGEST_REASON],
    )
    ids = _sent_ids()
    if wanted.kind is BulkKind.MOVE and wanted.ticket_type not in {each.code for each in event.ticket_types}:
        return _page(event, wanted.kind, ids, error=gettext("Please choose what to change to."))
    try:
        outcome = bulk.do_to_many(event, wanted, ids=ids, by=current_user.email)
    except TagNotAWord as refusal:
        return _page(event, wanted.kind, ids, error=refusal.message)
    except (NobodyChosen, TooManyAtOnce) as refusal:
        flash(refusal.message, "error")
        return _back_to_list(slug)
    _say(_done(wanted.kind, outcome.done_count), outcome)
    return _back_to_list(slug)


@blueprint.post("/hromadne/<int:action_id>/vraceni")
def undo(slug: str, action_id: int) -> Response:
    """Take back what was done to many, as far as that is still possible."""
    action = lists.find_bulk_action(events.get_event(slug), action_id)
    if action is None:
        raise BulkActionNotFound
    try:
        outcome = undoing.undo(action, by=current_user.email)
    except CannotBeUndone as refusal:
        flash(refusal.message, "error")
    else:
        count = outcome.done_count
        sentence = ngettext("It is taken back for %(num)d person.", "It is taken back for %(num)d people.", count)
        _say(sentence, outcome)
    return _back_to_list(slug)


def _page(event: Event, kind: BulkKind, ids: list[int], *, error: str = "") -> Answer:
    page = render_template(
        "signups/bulk.html",
        event=event,
        offer=events.offer(event, with_invited=True),
        kind=kind,
        word=next(word for word, each in KINDS.items() if each is kind),
        people=lists.list_some(event, ids),
        ids=ids,
        tags=lists.list_tags(event),
        filter_query=request.values.get("zpet", ""),
        error_list=[("tag" if kind in {BulkKind.TAG, BulkKind.UNTAG} else "ticket_type", error)] if error else [],
    )
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK


def _kind(word: str) -> BulkKind:
    return KINDS.get(word) or abort(HTTPStatus.NOT_FOUND)


def _chosen_ids(event: Event, kind: BulkKind) -> list[int]:
    """Return whom it is about: those ticked in the list, or all that its filter finds."""
    if "vsichni" in request.args:
        ids = filtering.list_ids(event, Filter.from_args(request.args))
    else:
        ids = _ids(request.args.getlist("osoba"))
    if not ids:
        raise NobodyChosen
    if len(ids) > bulk.most_at_once(kind):
        raise TooManyAtOnce(bulk.most_at_once(kind))
    return ids


def _sent_ids() -> list[int]:
    """Return whom the page was about; of endless nonsense only the beginning is read."""
    return _ids(request.form.get("osoby", "")[:_LONGEST_IDS].split(","))


def _ids(words: Iterable[str]) -> list[int]:
    return [int(word) for word in words if word.isascii() and word.isdigit() and len(word) <= _LONGEST_ID]


def _back_to_list(slug: str) -> Response:
    """Go back to the list, narrowed down as it was."""
    before: dict[str, Any] = {
        name: values for name, values in parse_qs(request.values.get("zpet", "")).items() if name in _OF_LIST
    }
    return redirect(url_for(".registrations", slug=slug, **before), HTTPStatus.SEE_OTHER)


def _say(sentence: str, outcome: Outcome) -> None:
    """Say to how many people it was done, and to whom not, with the reason."""
    flash(sentence, "ok")
    if not outcome.left:
        return
    named = [f"{registration.list_name}: {refusal.message}" for registration, refusal in outcome.left[:_SHOWN_LEFT]]
    count = len(outcome.left)
    heading = ngettext("Not for %(num)d person.", "Not for %(num)d people.", count)
    more = count - len(named)
    rest = [ngettext("And for %(num)d more.", "And for %(num)d more.", more)] if more else []
    flash(" ".join([heading, *named, *rest]), "warning")


def _done(kind: BulkKind, count: int) -> str:
    sentences = {
        BulkKind.CANCEL: ngettext("%(num)d registration is cancelled.", "%(num)d registrations are cancelled.", count),
        BulkKind.MOVE: ngettext("%(num)d person is moved.", "%(num)d people are moved.", count),
        BulkKind.APPROVE: ngettext("%(num)d registration is approved.", "%(num)d registrations are approved.", count),
        BulkKind.TAG: ngettext("The tag is on %(num)d registration.", "The tag is on %(num)d registrations.", count),
        BulkKind.UNTAG: ngettext(
            "The tag is off %(num)d registration.", "The tag is off %(num)d registrations.", count
        ),
        BulkKind.RESEND: ngettext(
            "The confirmation is on its way once more to %(num)d person.",
            "The confirmation is on its way once more to %(num)d people.",
            count,
        ),
    }
    return sentences[kind]
