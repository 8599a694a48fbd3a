"""Returned messages as mail servers write them, with the Message-ID of one of ours put in."""

from pathlib import Path

FOLDER = Path(__file__).parent / "dsn"
THEIR_ID = "<5f2c1a7be0d94c6f9a3b8e1d7c60f412@prezence.example>"
PERMANENT = [
    "postfix-unknown-user", "outlook-365", "gmail", "exim-plain", "exim-report", "qmail", "internationalised",
    "forwarded-without-original",
]  # fmt: skip


def sample(name: str, message_id: str = THEIR_ID) -> bytes:
    """Return the sample of this name, as if it were about the message of this id."""
    return (FOLDER / f"{name}.eml").read_bytes().replace(THEIR_ID.encode(), message_id.encode())
