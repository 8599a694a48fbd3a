"""The verbs of staff accounts; each runs in one transaction."""

from registration.accounts.operations.changing import (
    change_person,
    deactivate,
    reactivate,
    remove_second_factors,
    rename,
    sign_out_everywhere,
)
from registration.accounts.operations.inviting import accept_invitation, invite, invite_again, withdraw_invitation
from registration.accounts.operations.making import create_account, join_team
from registration.accounts.operations.noting import note_sign_in, note_use

__all__ = [
    "accept_invitation", "change_person", "create_account", "deactivate", "invite", "invite_again", "join_team",
    "note_sign_in", "note_use", "reactivate", "remove_second_factors", "rename", "sign_out_everywhere",
    "withdraw_invitation",
]  # fmt: skip
