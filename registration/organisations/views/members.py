"""The members of the association, those of today and those of the past."""

from flask import render_template, request

from registration.organisations import queries
from registration.organisations.views.directory import PAGE_SIZE, blueprint, page_number


@blueprint.get("/clenove")
def members() -> str:
    """List members, or with `byvali` the memberships that are over."""
    former = "byvali" in request.args
    return render_template(
        "organisations/members.html",
        members=queries.list_members(former=former, page=page_number(), page_size=PAGE_SIZE),
        former=former,
        count=queries.count_members(former=former),
        count_of_others=queries.count_members(former=not former),
        page=page_number(),
        page_size=PAGE_SIZE,
    )
