"""What papers may be made of: our static files, the pictures they were given, and nothing else."""

import mimetypes
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from weasyprint.urls import URLFetcherResponse

SCHEME = "asset:"  # asset:css/papers.css is static/css/papers.css
_PICTURE = "picture:"
STATIC = Path(__file__).parents[3] / "static"


class ForbiddenAsset(Exception):  # noqa: N818 - named for the fact
    """A paper asked for something that is neither a static file of ours nor a picture it was given."""


class Assets:
    """Fetches for WeasyPrint, and keeps what it had to refuse: WeasyPrint logs a failed fetch and goes on."""

    _fail_on_errors = False  # part of WeasyPrint's protocol; its own way of failing does not reach into SVG

    def __init__(self, pictures: Mapping[str, bytes] | None = None) -> None:
        self.refusals: list[Exception] = []
        self._pictures = {_PICTURE + name: picture for name, picture in (pictures or {}).items()}

    def __call__(self, url: str) -> "URLFetcherResponse":
        from weasyprint.urls import URLFetcherResponse  # noqa: PLC0415 - takes half a second

        if url in self._pictures:
            return URLFetcherResponse(url, self._pictures[url], {"Content-Type": "image/png"})
        try:
            body = read(url)
        except (ForbiddenAsset, OSError) as refusal:
            self.refusals.append(refusal)
            raise
        mime_type = mimetypes.guess_type(url)[0] or "application/octet-stream"
        return URLFetcherResponse(url, body, {"Content-Type": mime_type})

    def raise_refusals(self) -> None:
        """Raise what was refused, if anything was."""
        if self.refusals:
            raise self.refusals[0]


def read(url: str) -> bytes:
    """Return a static file. Raises ForbiddenAsset, OSError."""
    path = (STATIC / url.removeprefix(SCHEME)).resolve()
    if not url.startswith(SCHEME) or not path.is_relative_to(STATIC.resolve()):
        raise ForbiddenAsset(url)
    return path.read_bytes()
