"""Doors of an event at the desk: phones are paired, watched and revoked, and what was held is decided."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask import session as browser
from flask_security import current_user
from werkzeug.wrappers import Response

from registration.checkin import queries, rules
from registration.checkin.errors import NobodyChosen, ScanNotFound, WalkInRefused
from registration.checkin.forms import PairingForm, error_list, rights_in_words
from registration.checkin.models import Door, Scan
from registration.checkin.operations import pairing, reviewing
from registration.checkin.rules import Right, ScanKind
from registration.core import clock, qr, settings, tokens
from registration.core.clock import to_local
from registration.core.errors import Refusal
from registration.core.i18n import gettext, ngettext, show_day, show_time
from registration.core.web import row_id
from registration.events import queries as events
from registration.events.models import Event, Session

blueprint = Blueprint("doors", __name__, url_prefix="/sprava/akce/<slug>/prezence/dvere")
_HOUR_MINUTES = 60
_HALF_A_DAY = timedelta(hours=12)
_NEW_CODE = "pairing_code"  # in the organizer's own cookie, until the page has shown it


@dataclass(frozen=True)
class DoorLine:
    """A door as the list shows it; its state is a kind of icon and a word."""

    id: int
    label: str
    rights: list[str]
    last_contact: str
    list_age: str
    waiting: int
    state: tuple[str, str]
    is_open: bool
    is_silent: bool


@dataclass(frozen=True)
class HeldScan:
    """What a revoked door has sent, in words."""

    id: int
    who: str
    what: str


@dataclass(frozen=True)
class NewCode:
    """A pairing code while it is shown; its end is an instant in ISO form."""

    secret: str
    rights: str
    most_doors: int
    expires_at: str

    @property
    def link(self) -> str:
        """Return what the QR code says."""
        return f"{settings.current().base_url}/odbaveni#p={self.secret}"


@blueprint.get("")
def doors(slug: str) -> str:
    """List the doors of an event; a code that was made a moment ago is shown once."""
    return _page(events.get_event(slug), PairingForm(formdata=None))


@blueprint.post("/parovani")
def pair(slug: str) -> Response | tuple[str, int]:
    """Make a pairing code."""
    event = events.get_event(slug)
    form = PairingForm()
    if not form.validate():
        return _page(event, form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        made = pairing.make_pairing_code(
            event, rights=form.granted(), most_doors=form.most_doors.data, by=current_user.email
        )
    except Refusal as refusal:
        flash(refusal.message, "error")
        return _back(slug)
    code = made.code
    browser[_NEW_CODE] = asdict(NewCode(made.secret, code.rights, code.most_doors, code.expires_at.isoformat()))
    return _back(slug, "code")


@blueprint.post("/<int:door_id>/odvolani")
def revoke(slug: str, door_id: int) -> Response:
    """Take a phone's access away."""
    door = queries.get_door(events.get_event(slug), door_id)
    pairing.revoke(door, by=current_user.email)
    flash(gettext("%(label)s may check nobody in any more.", label=door.label), "ok")
    return _back(slug)


@blueprint.post("/zadrzene/prijeti")
def accept_held(slug: str) -> Response:
    """Write what was held into the ledger."""
    accepted = 0
    for scan in _chosen(events.get_event(slug)):
        try:
            reviewing.accept_held_scan(scan, by=current_user.email)
        except WalkInRefused as refusal:
            flash(refusal.message, "error")
        else:
            accepted += 1
    if accepted:
        flash(ngettext("%(num)d scan accepted.", "%(num)d scans accepted.", accepted), "ok")
    return _back(slug)


@blueprint.post("/zadrzene/zahozeni")
def discard_held(slug: str) -> Response:
    """Decide that what was held does not count; it stays on record."""
    scans = _chosen(events.get_event(slug))
    for scan in scans:
        reviewing.discard_held_scan(scan, by=current_user.email)
    if scans:
        flash(ngettext("%(num)d scan discarded.", "%(num)d scans discarded.", len(scans)), "ok")
    return _back(slug)


def _chosen(event: Event) -> list[Scan]:
    """Return the ticked scans that are still held; somebody else may have decided about the others."""
    wanted = set(request.form.getlist("scan", type=row_id))
    chosen = [scan for scan in queries.list_held_scans(event) if scan.id in wanted]
    if not chosen:
        flash((ScanNotFound() if wanted else NobodyChosen()).message, "error")
    return chosen


def _page(event: Event, form: PairingForm) -> str:
    kept = browser.pop(_NEW_CODE, None)
    code = NewCode(**kept) if kept else None
    lines = [_line(door, event.sessions) for door in queries.list_doors(event)]
    return render_template(
        "checkin/doors.html",
        event=event,
        form=form,
        error_list=error_list(form),
        code=code,
        code_rights=rights_in_words(Right.of(code.rights)) if code else [],
        code_expires_at=datetime.fromisoformat(code.expires_at) if code else None,
        grouped=tokens.grouped,
        qr_address=qr.address_svg,
        manual_address=f"{settings.current().base_url}/odbaveni/rucne",
        doors=lines,
        held=[_held(scan) for scan in queries.list_held_scans(event)],
    )


def _line(door: Door, sessions: list[Session]) -> DoorLine:
    now = clock.now()
    is_open = door.revoked_at is None and door.token_hash is not None and door.expires_at > now
    is_silent = is_open and any(
        rules.is_silent(door.last_seen_at, now=now, starts_at=each.starts_at_utc, ends_at=each.ends_at_utc)
        for each in sessions
        if not each.is_online
    )
    return DoorLine(
        id=door.id,
        label=door.label,
        rights=rights_in_words(door.granted),
        last_contact=_ago(door.last_seen_at),
        list_age=_ago(door.list_at) if door.list_at else gettext("none yet"),
        waiting=door.waiting_scans,
        state=_state(door, is_open=is_open, is_silent=is_silent),
        is_open=is_open,
        is_silent=is_silent,
    )


def _state(door: Door, *, is_open: bool, is_silent: bool) -> tuple[str, str]:
    if door.revoked_at:
        return "no", gettext("revoked")
    if not is_open:
        return "quiet", gettext("ended")
    if is_silent:
        return "wait", gettext("not heard of for long")
    if door.waiting_scans:
        return "wait", gettext("scans wait")
    return "ok", gettext("works")


def _held(scan: Scan) -> HeldScan:
    kinds = {
        ScanKind.IN: gettext("arrival"),
        ScanKind.OUT: gettext("leaving"),
        ScanKind.UNDO: gettext("taken back"),
    }
    local = to_local(scan.scanned_at)
    when = gettext("%(day)s at %(time)s", day=show_day(local.date()), time=show_time(local))
    parts = (kinds[scan.kind], when, scan.session.title if scan.session else "", scan.door.label)
    return HeldScan(
        id=scan.id,
        who=_who(scan),
        what=", ".join(part for part in parts if part),
    )


def _who(scan: Scan) -> str:
    if scan.registration:
        return scan.registration.list_name
    if scan.walk_in:
        name = f"{scan.walk_in['family_name']} {scan.walk_in['given_name']}"
        return gettext("%(name)s, without a registration", name=name)
    return gettext("unknown code")


def _ago(moment: datetime) -> str:
    """Return `2 minutes ago`; beyond an hour the time of day, beyond half a day also the day."""
    passed = clock.now() - moment
    minutes = int(passed.total_seconds() // 60)
    if minutes < 1:
        return gettext("a moment ago")
    if minutes < _HOUR_MINUTES:
        return ngettext("%(num)d minute ago", "%(num)d minutes ago", minutes)
    local = to_local(moment)
    if passed < _HALF_A_DAY:
        return gettext("at %(time)s", time=show_time(local))
    return gettext("%(day)s at %(time)s", day=show_day(local.date()), time=show_time(local))


def _back(slug: str, part: str | None = None) -> Response:
    return redirect(url_for(".doors", slug=slug, _anchor=part), HTTPStatus.SEE_OTHER)
