"""All papers of a certificate in one ZIP, written while it is sent, so that hundreds take no more memory than a few."""

import io
import zipfile
from collections.abc import Iterable, Iterator

from registration.certificates import queries
from registration.certificates.models import CertificateRule
from registration.certificates.queries import Progress
from registration.core.i18n import ngettext

MIME_TYPE = "application/zip"
_NOT_IN_NAMES = str.maketrans(dict.fromkeys('\\/:*?"<>|', "-") | {"\u00a0": " "})


def archive(rule: CertificateRule, progress: Progress) -> Iterator[bytes]:
    """Yield a ZIP of the papers that are drawn, and a note of how many are not."""
    return _zipped([*_note(progress)], _papers(rule))


def _papers(rule: CertificateRule) -> Iterator[tuple[str, bytes]]:
    for number, holder, pdf in queries.iterate_drawn(rule):
        yield f"{number} {holder}.pdf".translate(_NOT_IN_NAMES), pdf


def _note(progress: Progress) -> Iterator[tuple[str, bytes]]:
    if not progress.is_done:
        sentence = ngettext("%(num)d paper was not ready yet.", "%(num)d papers were not ready yet.", progress.missing)
        yield "CHYBI.txt", f"{sentence}\n".encode()


def _zipped(*groups: Iterable[tuple[str, bytes]]) -> Iterator[bytes]:
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w") as archived:
        for files in groups:
            for name, content in files:
                # PDFs are compressed already; the same papers make the same file.
                archived.writestr(zipfile.ZipInfo(name), content)
                yield pipe.drain()
    yield pipe.drain()


class _Pipe(io.RawIOBase):
    """Takes what the ZIP writes and gives it on; it cannot seek, so the ZIP notes sizes behind each file."""

    def __init__(self) -> None:
        super().__init__()
        self._waiting = bytearray()

    def writable(self) -> bool:
        """Say yes."""
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]  # what zipfile writes is bytes
        """Keep it until it is drained."""
        self._waiting += data
        return len(data)

    def drain(self) -> bytes:
        """Return what was written since the last time."""
        drained = bytes(self._waiting)
        self._waiting.clear()
        return drained
