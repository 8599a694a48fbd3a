"""The door: the attendance ledger, check-in, undo."""
