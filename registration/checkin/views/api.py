"""What the scanner's program asks for, in JSON: pairing, the list of people, scans, walk-ins, leaving.

A paired phone is known by its cookie, which no other site can make a browser send. Shapes and words are in `contract`.
"""

import gzip
import json
from datetime import timedelta
from http import HTTPStatus
from typing import Any, TypeVar

from flask import Blueprint, Response, redirect, request
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as BaseResponse

from registration.checkin import contract, operations
from registration.checkin.errors import DoorRefusal, DoorRevoked, Malformed, NotPaired
from registration.checkin.models import Door
from registration.checkin.queries import doors, roster
from registration.core import clock, i18n, settings
from registration.core.db import db
from registration.core.errors import Refusal
from registration.core.i18n import gettext
from registration.core.limits import limiter
from registration.core.web import take_json
from registration.events.models import Event

PATH = contract.PATH
COOKIE = contract.COOKIE
_MANUAL = f"{PATH}/rucne"
_TRIES = "10 per minute; 60 per hour"
_WORTH_PACKING = 2_000  # bytes
_QUICKLY = 1  # of gzip: hashes are half of a list and cannot be made smaller

R = TypeVar("R", bound=BaseResponse)

blueprint = Blueprint("door_api", __name__, url_prefix=PATH)


@blueprint.before_request
def choose_language() -> None:
    """Speak the page's language: one program serves them all, at one address."""
    wanted = request.args.get("lang") or request.accept_languages.best_match(i18n.LANGUAGES)
    request.environ[i18n.LANGUAGE_KEY] = wanted if wanted in i18n.LANGUAGES else "cs"


@blueprint.post("/pair")
@take_json(contract.MOST_KILOBYTES)
@limiter.limit(_TRIES, deduct_when=lambda response: response.status_code >= HTTPStatus.BAD_REQUEST)
def pair() -> BaseResponse:
    """Make a phone a door; a plain form is led on to the page that needs no program."""
    if request.is_json:
        secret, label = contract.read_pairing(_body())
        door = operations.pair(secret, label=label)
        return remember(door, _answer({"door": _show_door(door), "event": _show_event(door.event)}))
    door = operations.pair(request.form.get("code", ""), label=request.form.get("label", ""))
    return remember(door, redirect(_MANUAL, HTTPStatus.SEE_OTHER))


@blueprint.get("/list")
def people() -> Response:
    """Return the event's people, all or who has changed, and what became of this door's scans."""
    door = paired_door()
    if door.revoked_at is not None:
        raise DoorRevoked
    now = clock.now()
    found = roster.read(door.event_id, since=request.args.get("since"))
    event = door.event
    return _answer(
        {
            "cursor": found.cursor,
            "now": roster.instant(now),
            "is_full": found.is_full,
            "language": i18n.language(),
            "door": _show_door(door),
            "event": {**_show_event(event), "city": event.city},
            "sessions": roster.sessions(event),
            "ticket_types": roster.ticket_types(event),
            "people": found.people,
            "corrections": roster.corrections(door.id, after=door.paired_at),
        }
    )


@blueprint.post("/scans")
@take_json(contract.MOST_KILOBYTES)
def scans() -> Response:
    """Take scans, or only hear that the phone is there."""
    contact, sent = contract.read_scans(_body())
    return _answer(contract.show_answers(operations.take_scans(_token(), contact, sent)))


@blueprint.post("/walk-ins")
@take_json(contract.MOST_KILOBYTES)
def walk_ins() -> Response:
    """Sign somebody up who stands at the door."""
    result = operations.let_walk_in(_token(), contract.read_walk_in(_body()))
    shown = contract.show_result(result)
    if result.person_id is not None:
        shown["person"] = roster.person(result.person_id)
    return _answer(shown)


@blueprint.post("/leave")
@take_json(contract.MOST_KILOBYTES)
def leave() -> Response:
    """Let the phone cease to be a door."""
    door = doors.find_door(_token())
    if door is not None:
        operations.leave(door)
    response = _answer({})
    response.delete_cookie(COOKIE, path=PATH)
    return response


@blueprint.after_request
def keep_private(response: Response) -> Response:
    """Keep what is about people out of every cache."""
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.errorhandler(Refusal)
def show_refusal(refusal: Refusal) -> BaseResponse:
    """Say no in a word for the program and a sentence for the person."""
    code = refusal.code if isinstance(refusal, DoorRefusal) else "refused"
    if request.endpoint == "door_api.pair" and not request.is_json:
        return redirect(f"{_MANUAL}?odmitnuto={code}", HTTPStatus.SEE_OTHER)
    return _refuse(refusal.status, code, refusal.message)


@blueprint.errorhandler(HTTPException)
def show_http_error(error: HTTPException) -> Response:
    """Say in JSON what kept the request from being read."""
    status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    if status is HTTPStatus.TOO_MANY_REQUESTS:
        return _refuse(status, "too_many", gettext("Too many attempts from here. Please wait a minute."))
    if status is HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return _refuse(status, "too_large", gettext("The message is too large. Nothing was stored."))
    return _refuse(status, "refused", gettext("The request was refused. Nothing was stored."))


@blueprint.errorhandler(OperationalError)
def show_busy(_error: OperationalError) -> Response:
    """Let the phone try again: what it has sent was not stored."""
    db.session.rollback()
    return _refuse(
        HTTPStatus.SERVICE_UNAVAILABLE, "busy", gettext("The server is busy; the phone will try again by itself.")
    )


def paired_door() -> Door:
    """Return the door that asks, also a revoked one. Raises NotPaired."""
    return doors.get_paired_door(_token())


def remember(door: Door, response: R) -> R:
    """Give the phone the cookie it is known by from now on."""
    lasts: timedelta = door.expires_at - clock.now()
    response.set_cookie(
        COOKIE,
        door.token,
        max_age=int(lasts.total_seconds()),
        path=PATH,
        secure=settings.current().is_https,
        httponly=True,
        samesite="Strict",
    )
    return response


def _token() -> str:
    token = request.cookies.get(COOKIE, "")
    if not token:
        raise NotPaired
    return token


def _body() -> object:
    """Return what was sent. The type is asked for: a form of another site cannot have it without leave."""
    if not request.is_json:
        raise Malformed("Content-Type")
    try:
        body: object = json.loads(request.get_data())
    except (ValueError, RecursionError) as error:
        raise Malformed("JSON") from error
    return body


def _show_door(door: Door) -> dict[str, Any]:
    return {
        "id": door.id,
        "label": door.label,
        "rights": door.rights.split(),
        "expires_at": roster.instant(door.expires_at),
    }


def _show_event(event: Event) -> dict[str, Any]:
    return {"slug": event.slug, "title": event.title}


def _refuse(status: int, code: str, message: str) -> Response:
    return Response(
        json.dumps({"error": code, "message": message}, ensure_ascii=False), status, content_type="application/json"
    )


def _answer(values: dict[str, Any]) -> Response:
    content = json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode()
    response = Response(content, content_type="application/json")
    response.headers["Vary"] = "Cookie, Accept-Encoding, Accept-Language"
    if len(content) > _WORTH_PACKING and "gzip" in request.headers.get("Accept-Encoding", ""):
        response.set_data(gzip.compress(content, _QUICKLY, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    return response
