"""Certificates in the back office: who gets one and why, issuing, revoking, replacing."""

from collections.abc import Callable
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from registration.certificates import operations, queries
from registration.certificates.models import Certificate, CertificateRule
from registration.core import clock
from registration.core.errors import Refusal
from registration.core.i18n import gettext, ngettext
from registration.events import queries as events

blueprint = Blueprint("certificates_staff", __name__, url_prefix="/sprava/akce/<slug>/osvedceni")


@blueprint.get("")
def overview(slug: str) -> str:
    """Show for each certificate who gets one, who does not and why, and what was issued."""
    event = events.get_event(slug)
    rules = queries.list_rules(event)
    return render_template(
        "certificates/overview.html",
        event=event,
        rules=[
            {
                "rule": rule,
                "description": queries.describe_rule(rule),
                "candidates": candidates,
                "can_issue": clock.now() >= queries.ends_at(rule),
                "ends_at": clock.to_local(queries.ends_at(rule)),
            }
            for rule, candidates in zip(rules, queries.list_candidates_of_all(event, rules), strict=True)
        ],
        issued=[queries.Paper(certificate) for certificate in queries.list_issued(event)],
    )


@blueprint.post("/<int:rule_id>/vydani")
def issue(slug: str, rule_id: int) -> Response:
    """Issue the certificates of one rule to all who have earned them."""
    rule = queries.get_rule(events.get_event(slug), rule_id)
    return _answered(slug, lambda: _issue(rule))


@blueprint.post("/<int:certificate_id>/odvolani")
def revoke(slug: str, certificate_id: int) -> Response:
    """Revoke a certificate, with a reason."""
    certificate = queries.get_certificate(events.get_event(slug), certificate_id)
    return _answered(slug, lambda: _revoke(certificate))


@blueprint.post("/<int:certificate_id>/nahrada")
def replace(slug: str, certificate_id: int) -> Response:
    """Replace a certificate by a new one, with a reason."""
    certificate = queries.get_certificate(events.get_event(slug), certificate_id)
    return _answered(slug, lambda: _replace(certificate))


def _issue(rule: CertificateRule) -> str:
    issued = operations.issue_certificates(rule, by=current_user.email)
    if not issued:
        return gettext("Nobody new has earned this certificate.")
    return ngettext("%(num)d certificate is issued.", "%(num)d certificates are issued.", len(issued))


def _revoke(certificate: Certificate) -> str:
    operations.revoke(certificate, reason=_reason(), by=current_user.email)
    return gettext("Certificate %(number)s is revoked.", number=certificate.number)


def _replace(certificate: Certificate) -> str:
    replacement = operations.replace(certificate, reason=_reason(), by=current_user.email)
    return gettext("Certificate %(old)s is replaced by %(new)s.", old=certificate.number, new=replacement.number)


def _reason() -> str:
    return request.form.get("reason", "")[:500]


def _answered(slug: str, act: Callable[[], str]) -> Response:
    try:
        flash(act(), "ok")
    except Refusal as refusal:
        flash(refusal.message, "error")
    return redirect(url_for(".overview", slug=slug), HTTPStatus.SEE_OTHER)
