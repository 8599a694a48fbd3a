"""Electronic seals on finished papers, where the installation has a key for it."""

import logging
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from registration.core import clock, settings
from registration.core.key_file import open_key_file

if TYPE_CHECKING:
    from registration.core.pades import Sealer

log = logging.getLogger(__name__)


def seal(pdf: bytes) -> bytes:
    """Return a PDF with the installation's seal; without a key, or once its certificate has expired, the same bytes.

    Two seals of one PDF differ, so keep what comes out. Raises KeyFileUnusable.
    """
    chosen = settings.current()
    if chosen.seal_file is None:
        return pdf
    sealer = _sealer(chosen.seal_file, chosen.seal_password)
    if sealer.valid_until <= clock.system_now():
        log.error("The certificate in SEAL_FILE has expired: a paper goes out without a seal.")
        return pdf
    return sealer.seal(pdf)


@lru_cache(maxsize=1)
def _sealer(path: Path, password: str) -> "Sealer":
    """Return what seals, its key loaded once in each process; only who has a key waits for pyHanko's import."""
    from registration.core.pades import Sealer  # noqa: PLC0415 - see above

    return Sealer(open_key_file(path, password))
