"""Libraries that were entered twice: pairs that may be one, and merging them."""

from http import HTTPStatus

from flask import abort, flash, redirect, render_template, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from registration.core.i18n import gettext
from registration.core.web import row_id
from registration.organisations import operations, queries
from registration.organisations.entries import FIELDS
from registration.organisations.views.directory import blueprint


@blueprint.get("/duplicity")
def duplicates() -> str:
    """Show pairs of libraries that may be one."""
    return render_template("organisations/duplicates.html", pairs=queries.list_duplicates())


@blueprint.get("/<int:organisation_id>/slouceni")
def merging(organisation_id: int) -> Response | str:
    """Show a duplicate beside the library that would be kept, `do`; without it ask which one that is."""
    duplicate = queries.get_organisation(organisation_id)
    if duplicate.merged_into_id:
        return redirect(url_for(".organisation", organisation_id=duplicate.merged_into_id), HTTPStatus.SEE_OTHER)
    typed = request.args.get("q", "").strip()[:200]
    into_id = request.args.get("do", type=row_id)
    kept = queries.get_organisation(into_id) if into_id else queries.find_organisation(typed)
    if kept and kept.id == duplicate.id:
        kept = None
    return render_template(
        "organisations/merging.html",
        duplicate=duplicate,
        kept=kept,
        typed=typed,
        fields=FIELDS,
        holders={each.id: queries.count_holders(each) for each in (duplicate, kept) if each},
    )


@blueprint.post("/<int:organisation_id>/slouceni")
def merge(organisation_id: int) -> Response:
    """Merge a duplicate into the library that is kept."""
    duplicate = queries.get_organisation(organisation_id)
    into_id = request.form.get("do", type=row_id)
    if into_id is None:
        abort(HTTPStatus.BAD_REQUEST)
    kept = operations.merge(duplicate, into=queries.get_organisation(into_id), by=current_user.email)
    flash(gettext("The duplicate is merged; everything is at %(label)s now.", label=kept.label), "ok")
    return redirect(url_for(".organisation", organisation_id=kept.id), HTTPStatus.SEE_OTHER)
