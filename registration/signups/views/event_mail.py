"""The delivery board of an event: how many messages went out, which did not arrive, and what can be done about it."""

from dataclasses import dataclass
from http import HTTPStatus

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response as AnyResponse

from registration.core.i18n import gettext
from registration.core.web import row_id
from registration.events import queries as events
from registration.events.models import Event
from registration.mail import operations, queries
from registration.mail.composition import PREVIEW_POLICY, styled
from registration.mail.delivery import post_office
from registration.mail.errors import AddressIsSuppressed, NotFailed
from registration.mail.models import MessageState, OutboxMessage
from registration.mail.queries import Choice, KindCount

blueprint = Blueprint("event_mail", __name__, url_prefix="/sprava/akce/<slug>/posta")

_PAGE_SIZE = 50
_LAST_PAGE = 1_000_000
# As they matter to whoever looks: what is on its way, what did not arrive, what needs nothing.
_STATES = (
    MessageState.QUEUED,
    MessageState.SENT,
    MessageState.BOUNCED,
    MessageState.FAILED,
    MessageState.SUPPRESSED,
    MessageState.WITHDRAWN,
)


@dataclass(frozen=True)
class Board:
    """The counts of an event's messages, by kind and state."""

    counts: list[KindCount]

    @property
    def kinds(self) -> list[str]:
        """Return the kinds there are messages of."""
        return list(dict.fromkeys(each.kind for each in self.counts))

    def count(self, *, kind: str = "", state: str = "") -> int:
        """Return how many there are of a kind in a state; empty means any."""
        return sum(each.count for each in self.counts if kind in {"", each.kind} and state in {"", each.state.value})

    def by_state(self, *, kind: str = "") -> dict[MessageState, int]:
        """Return how many there are of a kind, or of all, in each state."""
        return {state: self.count(kind=kind, state=state) for state in _STATES}


@blueprint.get("")
def board(slug: str) -> str:
    """Show what came of an event's messages, and those that are chosen."""
    event = events.get_event(slug)
    page = min(max(request.args.get("strana", 1, type=row_id), 1), _LAST_PAGE)
    choice = Choice(event.id, request.args.get("druh", ""), _chosen_state())
    messages = queries.list_messages_of_event(choice, page=page, page_size=_PAGE_SIZE)
    counts = Board(queries.count_by_kind(event.id))
    return render_template(
        "signups/messages/board.html",
        event=event,
        board=counts,
        choice=choice,
        states=_STATES,
        messages=messages,
        suppressed=queries.list_suppressed_among([message.recipient for message in messages]),
        count=counts.count(kind=choice.kind, state=choice.state or ""),
        page=page,
        page_size=_PAGE_SIZE,
    )


@blueprint.get("/<int:message_id>")
def message(slug: str, message_id: int) -> str:
    """Show one message about the event: its way, its text, and how it looks."""
    event, found = _find(slug, message_id)
    return render_template(
        "signups/messages/delivery.html",
        event=event,
        message=found,
        composed=post_office.preview(found),
        suppressed=queries.find_suppression(found.recipient),
    )


@blueprint.get("/<int:message_id>/html")
def preview(slug: str, message_id: int) -> Response:
    """Show the HTML of a message, for the frame on its page."""
    _, found = _find(slug, message_id)
    composed = post_office.preview(found)
    if composed is None:
        abort(HTTPStatus.NOT_FOUND)
    response = Response(styled(composed.html))
    response.headers["Content-Security-Policy"] = PREVIEW_POLICY
    return response


@blueprint.post("/<int:message_id>/odeslani")
def send_again(slug: str, message_id: int) -> AnyResponse:
    """Put a message that was not delivered back into the queue."""
    _, found = _find(slug, message_id)
    try:
        operations.send_again(found, by=current_user.email)
    except (NotFailed, AddressIsSuppressed) as refusal:
        flash(refusal.message, "error")
    else:
        flash(gettext("The message is on its way again."), "ok")
    return _to_message(slug, message_id)


@blueprint.post("/<int:message_id>/uvolneni")
def release(slug: str, message_id: int) -> AnyResponse:
    """Let messages go to this one's address again; a second click finds it done."""
    _, found = _find(slug, message_id)
    suppressed = queries.find_suppression(found.recipient)
    if suppressed is not None:
        operations.release(suppressed, by=current_user.email)
        flash(
            gettext("Messages go to %(address)s again, also those that were held back.", address=suppressed.address),
            "ok",
        )
    return _to_message(slug, message_id)


def _chosen_state() -> MessageState | None:
    return next((each for each in MessageState if each == request.args.get("stav")), None)


def _find(slug: str, message_id: int) -> tuple[Event, OutboxMessage]:
    event = events.get_event(slug)
    found = queries.find_message_of_event(event.id, message_id)
    if found is None:
        abort(HTTPStatus.NOT_FOUND)
    return event, found


def _to_message(slug: str, message_id: int) -> AnyResponse:
    return redirect(url_for(".message", slug=slug, message_id=message_id), HTTPStatus.SEE_OTHER)
