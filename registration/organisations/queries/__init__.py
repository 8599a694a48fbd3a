"""Reads of the directory, its members, applications and lists, and of the association."""

from registration.core.db import db
from registration.organisations.models import AddressForm, Association
from registration.organisations.queries.applications import (
    application_token,
    count_applications,
    find_application,
    get_application,
    list_applications,
    list_contacts,
)
from registration.organisations.queries.directory import (
    EVERYBODY,
    Filter,
    Recognised,
    count_organisations,
    find_organisation,
    get_organisation,
    list_all_organisations,
    list_merged_into,
    list_organisations,
    recognise,
    suggest,
)
from registration.organisations.queries.duplicates import Pair, count_holders, list_duplicates
from registration.organisations.queries.importing import get_import, plan_import, plan_rows
from registration.organisations.queries.membership import (
    Member,
    count_members,
    list_members,
    list_memberships,
    members_since,
)

__all__ = [
    "EVERYBODY", "Filter", "Member", "Pair", "Recognised", "application_token", "count_applications", "count_holders",
    "count_members", "count_organisations", "find_application", "find_organisation", "get_application",
    "get_association", "get_import", "get_organisation", "list_all_organisations", "list_applications",
    "list_contacts", "list_duplicates", "list_members", "list_memberships", "list_merged_into", "list_organisations",
    "members_since", "plan_import", "plan_rows", "recognise", "suggest",
]  # fmt: skip


def get_association() -> Association:
    """Return who runs this installation; a nameless default before anybody has said so."""
    association = db.session.get(Association, 1)
    return association or Association(
        id=1,
        name="Prezence",
        purpose="",
        seat="",
        ico="",
        contact_email="",
        signatory_name="",
        signatory_function="",
        address_form=AddressForm.VYKANI,
        paper_note="",
        says_unaccredited=True,
        shows_lessons=True,
    )
