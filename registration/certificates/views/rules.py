"""What the certificates of an event ask for: set before the first is issued."""

from http import HTTPStatus

from flask import flash, redirect, render_template, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from registration.certificates import queries, setting_rules
from registration.certificates.errors import CertificatesIssued, HoursImpossible, MinimumImpossible, NothingCounts
from registration.certificates.forms import RuleForm
from registration.certificates.models import CertificateRule
from registration.certificates.views.organizer import blueprint
from registration.core.errors import Refusal
from registration.core.i18n import gettext
from registration.events import queries as events
from registration.events.errors import ChangedMeanwhile
from registration.events.models import Event

Answer = Response | tuple[str, int]


@blueprint.get("/pravidla/nove")
def new_rule(slug: str) -> str:
    """Ask for one more certificate."""
    event = events.get_event(slug)
    return _page(event, None, RuleForm.new(event))


@blueprint.post("/pravidla/nove")
def add_rule(slug: str) -> Answer:
    """Issue one more certificate for the event."""
    event = events.get_event(slug)
    form = RuleForm.sent(event)
    if not form.validate():
        return _page(event, None, form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        setting_rules.add_rule(event, **form.wanted(), by=current_user.email)
    except (NothingCounts, MinimumImpossible, HoursImpossible) as refusal:
        _blame(form, refusal)
        return _page(event, None, form), refusal.status
    return _done(slug, gettext("The certificate is set."))


@blueprint.get("/pravidla/<int:rule_id>")
def rule_form(slug: str, rule_id: int) -> str:
    """Show what a certificate asks for, to be changed."""
    rule = queries.get_rule(events.get_event(slug), rule_id)
    return _page(rule.event, rule, RuleForm.of(rule))


@blueprint.post("/pravidla/<int:rule_id>")
def change_rule(slug: str, rule_id: int) -> Answer:
    """Ask for something else."""
    event = events.get_event(slug)
    rule = queries.get_rule(event, rule_id)
    form = RuleForm.sent(event)
    if not form.validate():
        return _page(event, rule, form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        with setting_rules.as_seen(rule, form.seen.data or ""):
            setting_rules.change_rule(rule, **form.wanted(), by=current_user.email)
    except ChangedMeanwhile as refusal:
        rule = queries.get_rule(events.get_event(slug), rule_id)
        form.compare(RuleForm.of(rule))
        return _page(rule.event, rule, form), refusal.status
    except (NothingCounts, MinimumImpossible, HoursImpossible, CertificatesIssued) as refusal:
        _blame(form, refusal)
        return _page(event, rule, form), refusal.status
    return _done(slug, gettext("The certificate is set."))


@blueprint.post("/pravidla/<int:rule_id>/odebrani")
def remove_rule(slug: str, rule_id: int) -> Answer:
    """Issue a certificate no more that nobody has."""
    rule = queries.get_rule(events.get_event(slug), rule_id)
    try:
        setting_rules.remove_rule(rule, by=current_user.email)
    except CertificatesIssued as refusal:
        flash(refusal.message, "error")
        return redirect(url_for(".overview", slug=slug), HTTPStatus.SEE_OTHER)
    return _done(slug, gettext("The certificate is gone."))


def _blame(form: RuleForm, refusal: Refusal) -> None:
    """Say beside the field it is about why not."""
    fields = {MinimumImpossible: form.minimum, NothingCounts: form.counting, HoursImpossible: form.minimum_minutes}
    field = fields.get(type(refusal), form.title)
    field.errors = [refusal.message]


def _done(slug: str, sentence: str) -> Response:
    flash(sentence, "ok")
    return redirect(url_for(".overview", slug=slug), HTTPStatus.SEE_OTHER)


def _page(event: Event, rule: CertificateRule | None, form: RuleForm) -> str:
    return render_template(
        "certificates/rule.html",
        event=event,
        rule=rule,
        is_issued=rule is not None and setting_rules.is_issued(rule),
        form=form,
        error_list=form.error_list(),
    )
