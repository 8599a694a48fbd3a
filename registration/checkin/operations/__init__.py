"""The verbs of the door. Each adds to the ledger, which never changes."""

from registration.checkin.operations.desk import Answer, admit_code, admit_person, mark_present, record_join, undo
from registration.checkin.operations.forgetting import forget_doors
from registration.checkin.operations.judging import Result, SentScan
from registration.checkin.operations.pairing import NewPairing, leave, make_pairing_code, pair, revoke
from registration.checkin.operations.reviewing import accept_held_scan, discard_held_scan
from registration.checkin.operations.scanning import Answers, Contact, take_scans
from registration.checkin.operations.walking_in import WalkIn, let_walk_in

__all__ = [
    "Answer", "Answers", "Contact", "NewPairing", "Result", "SentScan", "WalkIn", "accept_held_scan", "admit_code",
    "admit_person", "discard_held_scan", "forget_doors", "leave", "let_walk_in", "make_pairing_code", "mark_present",
    "pair", "record_join", "revoke", "take_scans", "undo",
]  # fmt: skip
