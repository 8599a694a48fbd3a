"""The verbs of the directory: entries, lists taken over, duplicates merged, membership, applications for it."""

from registration.organisations.entries import Entry
from registration.organisations.operations.applications import (
    Applicant,
    approve,
    confirm_application,
    erase_application,
    forget_applications,
    refuse,
    send_application,
)
from registration.organisations.operations.association import change_address_form, change_papers, store_picture
from registration.organisations.operations.directory import add_organisation, change_organisation
from registration.organisations.operations.importing import (
    apply_import,
    assign_columns,
    discard_import,
    forget_imports,
    upload_list,
)
from registration.organisations.operations.membership import begin_membership, end_membership, keep_membership_in_step
from registration.organisations.operations.merging import follow_merges, merge

__all__ = [
    "Applicant", "Entry", "add_organisation", "apply_import", "approve", "assign_columns", "begin_membership",
    "change_address_form", "change_organisation", "change_papers", "confirm_application", "discard_import",
    "end_membership", "erase_application", "follow_merges", "forget_applications", "forget_imports",
    "keep_membership_in_step", "merge", "refuse",
    "send_application", "store_picture", "upload_list",
]  # fmt: skip
