"""The folder that returned messages are dropped into: a Maildir, or files whose names end in `.eml`.

What was read is moved to `done/`, what cannot be read to `unread/`, for people to look at. A file that is being written
must have another name until it is whole, as in a Maildir's `tmp/`.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from registration.mail import bounces, operations
from registration.mail.bounces import Bounce

log = logging.getLogger(__name__)


@dataclass
class Found:
    """How many files were what."""

    read: int = 0
    unread: int = 0


def read_folder(folder: Path) -> Found:
    """Read every message in a folder, and put it aside; two readers at once do no harm."""
    found = Found()
    for path in list(_waiting(folder)):
        try:
            raw = _contents(path)
        except FileNotFoundError:  # another reader was quicker
            continue
        if raw is not None and read_message(raw, path.name):
            found.read += 1
            _put_aside(path, folder / "done")
        else:
            found.unread += 1
            _put_aside(path, folder / "unread")
    return found


def read_message(raw: bytes, name: str) -> bool:
    """Write down what a message reports; return whether it told anything of a message of ours."""
    if len(raw) > bounces.LARGEST_BYTES:
        log.warning("%s is too large to be a returned message.", name)
        return False
    reported = _understood(raw, name)
    told_of_ours = [bounce for bounce in reported if operations.record_bounce(bounce) is not None]
    if not told_of_ours:
        log.warning("%s tells of no message of ours.", name)
    return bool(told_of_ours)


def _understood(raw: bytes, name: str) -> list[Bounce]:
    try:
        return bounces.read(raw)
    except Exception:  # whatever a stranger has sent, the others are read
        log.exception("%s cannot be read.", name)
        return []


def _waiting(folder: Path) -> Iterator[Path]:
    """Yield the files of a Maildir, or of a plain folder, by name."""
    for place, pattern in ((folder / "new", "*"), (folder / "cur", "*"), (folder, "*.eml")):
        if place.is_dir():
            for path in sorted(place.glob(pattern)):
                if path.is_file() and not path.is_symlink() and not path.name.startswith("."):
                    yield path


def _contents(path: Path) -> bytes | None:
    """Return what a file holds, None when that is more than a message can be."""
    with path.open("rb") as file:
        raw = file.read(bounces.LARGEST_BYTES + 1)
    return raw if len(raw) <= bounces.LARGEST_BYTES else None


def _put_aside(path: Path, place: Path) -> None:
    place.mkdir(mode=0o700, exist_ok=True)
    try:
        path.replace(place / path.name)
    except FileNotFoundError:
        log.info("%s was put aside by somebody else.", path.name)
