"""Certificates in the back office: who gets one and why, issuing, how far the drawing is, revoking, replacing."""

from collections.abc import Callable
from http import HTTPStatus

from flask import Blueprint, Response, flash, redirect, render_template, request, stream_with_context, url_for
from flask_security import current_user
from werkzeug.wrappers import Response as BaseResponse

from registration.certificates import archives, operations, queries, rendering
from registration.certificates.errors import NothingDrawn
from registration.certificates.models import Certificate
from registration.certificates.queries import Paper, Progress
from registration.core import clock
from registration.core.errors import Refusal
from registration.core.i18n import gettext
from registration.core.web import inline_file, refreshing, row_id
from registration.events import queries as events

blueprint = Blueprint("certificates_staff", __name__, url_prefix="/sprava/akce/<slug>/osvedceni")
_PAGE_SIZE = 50
_NOTHING = Progress(0, 0)


@blueprint.get("")
def overview(slug: str) -> str:
    """Show for each certificate who gets one, who does not and why, what was issued, and what has changed since."""
    event = events.get_event(slug)
    rules = queries.list_rules(event)
    progress = queries.progress_of_rules(event)
    standing = queries.standing(event)
    page = max(request.args.get("strana", 1, type=row_id), 1)
    issued = queries.list_issued(event, limit=_PAGE_SIZE, offset=(page - 1) * _PAGE_SIZE)
    return render_template(
        "certificates/overview.html",
        event=event,
        rules=[
            {
                "rule": rule,
                "description": queries.describe_rule(rule),
                "candidates": standing.candidates(rule),
                "progress": progress.get(rule.id, _NOTHING),
                "can_issue": clock.now() >= queries.ends_at(rule),
                "ends_at": clock.to_local(queries.ends_at(rule)),
            }
            for rule in rules
        ],
        differences=standing.differences(rules),
        issued=[Paper(certificate) for certificate in issued],
        page=page,
        page_size=_PAGE_SIZE,
        count=queries.count_issued(event),
    )


@blueprint.get("/<int:rule_id>/vydani")
def progress(slug: str, rule_id: int) -> Response:
    """Show how many certificates of a rule are drawn; the page comes again until all are."""
    event = events.get_event(slug)
    rule = queries.get_rule(event, rule_id)
    progress = queries.progress_of_rules(event).get(rule.id, _NOTHING)
    page = render_template("certificates/progress.html", event=event, rule=rule, progress=progress)
    return refreshing(page, is_over=progress.is_done)


@blueprint.post("/<int:rule_id>/vydani")
def issue(slug: str, rule_id: int) -> BaseResponse:
    """Issue the certificates of one rule to all who have earned them."""
    rule = queries.get_rule(events.get_event(slug), rule_id)
    try:
        issued = operations.issue_certificates(rule, by=current_user.email)
    except Refusal as refusal:
        flash(refusal.message, "error")
        return _back(slug)
    if not issued:
        flash(gettext("Nobody new has earned this certificate."), "ok")
        return _back(slug)
    return redirect(url_for(".progress", slug=slug, rule_id=rule_id), HTTPStatus.SEE_OTHER)


@blueprint.get("/<int:rule_id>/osvedceni.zip")
def archive(slug: str, rule_id: int) -> BaseResponse:
    """Send all papers of a rule that are drawn; nothing is drawn here."""
    event = events.get_event(slug)
    rule = queries.get_rule(event, rule_id)
    progress = queries.progress_of_rules(event).get(rule.id, _NOTHING)
    if not progress.drawn:
        flash(NothingDrawn().message, "error")
        return _back(slug)
    response = Response(stream_with_context(archives.archive(rule, progress)), content_type=archives.MIME_TYPE)
    response.headers["Content-Disposition"] = f'attachment; filename="osvedceni-{slug}-{rule.id}.zip"'
    return response


@blueprint.get("/<int:certificate_id>.pdf")
def paper(slug: str, certificate_id: int) -> Response:
    """Send one paper to the organizer."""
    certificate = queries.get_certificate(events.get_event(slug), certificate_id)
    name = f"{certificate.number.replace('/', '-')}.pdf"
    return inline_file(rendering.render(certificate), mime_type="application/pdf", name=name)


@blueprint.post("/<int:certificate_id>/odvolani")
def revoke(slug: str, certificate_id: int) -> BaseResponse:
    """Revoke a certificate, with a reason."""
    certificate = queries.get_certificate(events.get_event(slug), certificate_id)
    return _answered(slug, lambda: _revoke(certificate))


@blueprint.post("/<int:certificate_id>/nahrada")
def replace(slug: str, certificate_id: int) -> BaseResponse:
    """Replace a certificate by a new one, with a reason."""
    certificate = queries.get_certificate(events.get_event(slug), certificate_id)
    return _answered(slug, lambda: _replace(certificate))


def _revoke(certificate: Certificate) -> str:
    operations.revoke(certificate, reason=_reason(), by=current_user.email)
    return gettext("Certificate %(number)s is revoked.", number=certificate.number)


def _replace(certificate: Certificate) -> str:
    replacement = operations.replace(certificate, reason=_reason(), by=current_user.email)
    return gettext("Certificate %(old)s is replaced by %(new)s.", old=certificate.number, new=replacement.number)


def _reason() -> str:
    return request.form.get("reason", "")[:500]


def _answered(slug: str, act: Callable[[], str]) -> BaseResponse:
    try:
        flash(act(), "ok")
    except Refusal as refusal:
        flash(refusal.message, "error")
    return _back(slug)


def _back(slug: str) -> BaseResponse:
    return redirect(url_for(".overview", slug=slug), HTTPStatus.SEE_OTHER)
