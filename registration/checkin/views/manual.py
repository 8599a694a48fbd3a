"""The door without a camera, JavaScript or HTTPS: the server's own page for a paired phone, in two languages.

Everything goes the way of the phone's scans, with a nonce made here, so that a form sent twice counts once.
"""

import uuid
from http import HTTPStatus

from flask import Blueprint, Flask, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from registration.badges import documents as badge_documents
from registration.badges import queries as badges
from registration.badges.errors import NoBadge
from registration.badges.rules import Format
from registration.checkin import operations, queries
from registration.checkin.errors import (
    DoorRefusal,
    DoorRevoked,
    LabelMissing,
    NotPaired,
    PairingExpired,
    PairingUnknown,
    PairingUsedUp,
    SessionNotFound,
    WalkInRefused,
)
from registration.checkin.forms import DoorForm, WalkInForm, error_list
from registration.checkin.models import AttendanceEntry, Door, EntryKind, Scan, Source
from registration.checkin.operations.judging import SentScan
from registration.checkin.operations.scanning import Contact
from registration.checkin.operations.walking_in import WalkIn
from registration.checkin.queries import manual as reads
from registration.checkin.rules import Right, ScanKind
from registration.checkin.views import answers, api
from registration.core import clock, i18n, tokens
from registration.core.limits import limiter
from registration.core.web import inline_file, row_id
from registration.events.models import Event, Session
from registration.signups import queries as signups

blueprint = Blueprint("manual", __name__, url_prefix=api.PATH)
_ENGLISH = "manual_en"  # the same pages once more under /odbaveni/en, where the phone's cookie is sent too
_TRIES = "10 per minute; 60 per hour"
_LATEST = 20
_MOST_FOUND = 20
_LONGEST_SEARCH = _LONGEST_CODE = 100
_LONGEST_NONCE = 36


def speak_english_too(app: Flask) -> None:
    """Open the same pages once more under the English address."""
    app.register_blueprint(blueprint, name=_ENGLISH, url_prefix=f"{api.PATH}/en")


@blueprint.url_value_preprocessor
def speak(endpoint: str | None, _values: object) -> None:
    """Speak English under the English address."""
    if (endpoint or "").startswith(f"{_ENGLISH}."):
        request.environ[i18n.LANGUAGE_KEY] = "en"


@blueprint.after_request
def keep_private(response: Response) -> Response:
    """Keep pages about people out of caches and search engines."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@blueprint.errorhandler(NotPaired)
def ask_to_pair(_refusal: NotPaired) -> tuple[str, int]:
    """Show the form for pairing to a phone that is not paired, or no longer."""
    form = DoorForm()
    form.code.errors = [sentence for sentence in [_refused(request.args.get("odmitnuto"))] if sentence]
    return _pairing_page(form, HTTPStatus.UNAUTHORIZED)


@blueprint.errorhandler(DoorRevoked)
def say_it_is_closed(refusal: DoorRevoked) -> tuple[str, int]:
    """Tell a revoked phone so; it sees nobody any more."""
    return render_template("checkin/manual/closed.html"), refusal.status


@blueprint.get("/rucne")
def page() -> str:
    """Show the door of one session: the last answer, the box for codes, the search, the latest entries."""
    door = _open_door()
    return _page(door, _session(door.event, request.args.get("cast")))


@blueprint.post("/rucne/parovani")
@limiter.limit(_TRIES, deduct_when=lambda response: response.status_code >= HTTPStatus.BAD_REQUEST)
def pair() -> BaseResponse | tuple[str, int]:
    """Pair the phone by a code that was typed, or a link that was pasted."""
    form = DoorForm(request.form)
    if not form.validate():
        return _pairing_page(form, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        door = operations.pair(form.secret(), label=form.label.data)
    except DoorRefusal as refusal:
        form.code.errors = [refusal.message]
        return _pairing_page(form, refusal.status)
    response: BaseResponse = api.remember(door, redirect(url_for(".page"), HTTPStatus.SEE_OTHER))
    return response


@blueprint.post("/rucne/odbaveni")
def admit() -> BaseResponse:
    """Take who comes or leaves: by a code that was typed, or by a button beside a name."""
    door = api.paired_door()
    leaver = request.form.get("leaver", type=row_id)
    person_id = leaver or request.form.get("person", type=row_id)
    is_leaving = leaver is not None or request.form.get("kind") == ScanKind.OUT
    return _send(
        door,
        kind=ScanKind.OUT if is_leaving else ScanKind.IN,
        source=Source.MANUAL if person_id else Source.SCAN,
        person_id=person_id,
        token=None if person_id else _whole_code(door.event, request.form.get("code", "")[:_LONGEST_CODE]),
    )


@blueprint.post("/rucne/vraceni")
def undo() -> BaseResponse:
    """Take back what was said last of a person."""
    person_id = request.form.get("person", 0, type=row_id)
    return _send(api.paired_door(), kind=ScanKind.UNDO, source=Source.MANUAL, person_id=person_id)


@blueprint.post("/rucne/na-miste")
def walk_in() -> BaseResponse | tuple[str, int]:
    """Sign somebody up who has come without a registration, and let them in."""
    door = _open_door()
    session = _sent_session(door.event)
    form = _walk_in_form(door.event, session)
    if not form.validate():
        return _page(door, session, form), HTTPStatus.UNPROCESSABLE_ENTITY
    person = WalkIn(
        nonce=_nonce(form.given_name.data, form.family_name.data),
        now=clock.now(),
        given_name=form.given_name.data,
        family_name=form.family_name.data,
        organisation=form.organisation.data or "",
        ticket_type_id=form.ticket_type.data,
        session_id=session.id,
        scanned_at=clock.now(),
    )
    try:
        operations.let_walk_in(door.token, person)
    except WalkInRefused as refusal:
        form.family_name.errors = [refusal.message]
        return _page(door, session, form), refusal.status
    return _to_answer(session, person.nonce)


@blueprint.post("/rucne/konec")
def leave() -> BaseResponse:
    """End the work of this phone."""
    operations.leave(api.paired_door())
    response = redirect(url_for(".page"), HTTPStatus.SEE_OTHER)
    response.delete_cookie(api.COOKIE, path=api.PATH)
    return response


@blueprint.get("/jmenovka/<int:registration_id>.pdf")
def badge(registration_id: int) -> Response:
    """Send the badge of somebody who has been let in."""
    person = badges.get_for_badge(_open_door().event, registration_id)
    if not queries.attended_session_ids(person):
        raise NoBadge
    pdf = badge_documents.badge_sheets(person.event, badges.list_for_badges([person.id]), Format.A6)
    return inline_file(pdf, mime_type="application/pdf", name=f"jmenovka-{person.id}.pdf")


def _refused(word: str | None) -> str | None:
    """Return why the scanner's own form without a program has led here."""
    refusals = (PairingUnknown(), PairingExpired(), PairingUsedUp(), LabelMissing())
    return next((each.message for each in refusals if each.code == word), None)


def _open_door() -> Door:
    """Return the door this phone is. Raises NotPaired, DoorRevoked."""
    door = api.paired_door()
    if door.revoked_at is not None:
        raise DoorRevoked
    return door


def _session(event: Event, code: str | None) -> Session | None:
    """Return the chosen session; else the one that is on or comes next, rather one with a door."""
    if code:
        return queries.get_session(event, code)
    in_person = [each for each in event.sessions if not each.is_online] or event.sessions
    ahead = [each for each in in_person if each.ends_at_utc > clock.now()]
    return next(iter([*ahead, *in_person[-1:]]), None)


def _sent_session(event: Event) -> Session:
    """Return the session a form was about. Raises SessionNotFound."""
    id_ = request.form.get("session", type=row_id)
    for session in event.sessions:
        if session.id == id_:
            return session
    raise SessionNotFound


def _whole_code(event: Event, typed: str) -> str:
    """Return the whole code that its beginning stands for at this event; else what was typed."""
    code = tokens.normalise_code(typed)
    here = [each for each in signups.list_by_code(code) if each.registration.event_id == event.id]
    return tokens.ticket_code(here[0].registration_id, here[0].version) if here else code


def _send(
    door: Door, *, kind: ScanKind, source: Source, person_id: int | None = None, token: str | None = None
) -> BaseResponse:
    session = _sent_session(door.event)
    now = clock.now()
    scan = SentScan(
        nonce=_nonce(kind, session.id, person_id, token),
        session_id=session.id,
        kind=kind,
        source=source,
        scanned_at=now,
        token=token,
        person_id=person_id,
    )
    operations.take_scans(door.token, Contact(now=now, list_age_s=0, waiting=0), [scan])
    return _to_answer(session, scan.nonce)


def _nonce(*content: object) -> str:
    """Return the same for a form that is sent twice; another one when it went back and says something else."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, "|".join(map(str, [request.form.get("nonce", ""), *content]))))


def _to_answer(session: Session, nonce: str) -> BaseResponse:
    address = url_for(".page", cast=session.code, odpoved=nonce, _anchor="answer")
    return redirect(address, HTTPStatus.SEE_OTHER)


def _walk_in_form(event: Event, session: Session) -> WalkInForm:
    return WalkInForm(request.form).offer([each for each in event.ticket_types if session in each.sessions])


def _pairing_page(form: DoorForm, status: int) -> tuple[str, int]:
    return render_template("checkin/manual/pairing.html", form=form, error_list=error_list(form)), status


def _page(door: Door, session: Session | None, form: WalkInForm | None = None) -> str:
    event, granted = door.event, door.granted
    if session is None:
        return render_template("checkin/manual/page.html", event=event, door=door, session=None)
    searched = " ".join(request.args.get("hledat", "").split())[:_LONGEST_SEARCH] if Right.SEARCH in granted else ""
    found = reads.search_people(event, searched, limit=_MOST_FOUND + 1)
    latest = queries.list_latest(session, limit=_LATEST)
    last = reads.last_entries(session, {each.registration_id for each in latest} | {each.id for each in found})
    scan = reads.find_scan(door, session, request.args.get("odpoved", "")[:_LONGEST_NONCE])
    return render_template(
        "checkin/manual/page.html",
        event=event,
        door=door,
        session=session,
        present_count=reads.count_in_room(session),
        expected_count=reads.count_expected(session),
        answer=answers.in_words(scan, _last_entry(scan), granted) if scan else None,
        searched=searched,
        people=[answers.Found.of(each, session, last.get(each.id)) for each in found[:_MOST_FOUND]],
        has_more=len(found) > _MOST_FOUND,
        latest=latest,
        counting_ids={entry.id for entry in last.values() if entry.kind is not EntryKind.UNDO},
        form=form or _walk_in_form(event, session),
        error_list=error_list(form) if form else [],
        nonce=uuid.uuid4(),
        may=granted,
    )


def _last_entry(scan: Scan) -> AttendanceEntry | None:
    if scan.registration_id is None or scan.session_id is None:
        return None
    return queries.find_last_entry(scan.registration_id, scan.session_id)
