"""What is known of the person whose page it is, the copy of it, and its erasure."""

from http import HTTPStatus

from flask import Blueprint, Response, redirect, render_template, url_for
from werkzeug.wrappers import Response as BaseResponse

from registration.core import clock
from registration.core.page_cache import for_everybody
from registration.privacy import documents, operations, queries
from registration.signups import queries as signups
from registration.signups import self_service

blueprint = Blueprint("privacy", __name__)


@blueprint.get("/u/<token>/udaje")
def my_data(token: str) -> str:
    """Show a person everything that is stored about them, why, and until when."""
    data = queries.personal_data(signups.get_person(token))
    return render_template("privacy/my_data.html", data=data, registration=data.registration)


@blueprint.get("/u/<token>/udaje.json")
def my_data_file(token: str) -> Response:
    """Send the same as a file."""
    registration = signups.get_person(token)
    name = f"udaje-{registration.shelf_mark.replace('/', '-')}-{clock.local_now():%Y-%m-%d}.json"
    response = Response(documents.personal_data_file(queries.personal_data(registration)), mimetype="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@blueprint.get("/u/<token>/vymazani")
def erasure(token: str) -> str:
    """Say what erasing takes away and what stays, and ask."""
    data = queries.personal_data(signups.get_person(token))
    return render_template(
        "privacy/erasure.html",
        data=data,
        registration=data.registration,
        loses_place=self_service.can_change(data.registration),
    )


@blueprint.post("/u/<token>/vymazani")
def erase(token: str) -> BaseResponse:
    """Erase the person; their link leads nowhere from then on."""
    registration = signups.get_person(token)
    operations.erase(registration, by=registration.email)
    return redirect(url_for(".erased"), HTTPStatus.SEE_OTHER)


@blueprint.get("/vymazano")
@for_everybody
def erased() -> str:
    """Say that it is done."""
    return render_template("privacy/erased.html")
