"""Uploaded photographs, drawn anew: small enough for a page, without what cameras and files carry along."""

import io
from dataclasses import dataclass

from PIL import Image

from registration.core import pictures

_LONGEST_SIDE = 1600
_QUALITY = 82


@dataclass(frozen=True)
class Photo:
    """A picture ready to be shown."""

    jpeg: bytes
    width: int
    height: int


def redraw(uploaded: bytes) -> Photo:
    """Return a picture of at most 1600 points a side as JPEG, upright, without EXIF or anything hidden.

    Raises PictureUnreadable, PictureTooLarge.
    """
    drawn = pictures.read(uploaded, _on_white, drafted_for=_LONGEST_SIDE)
    drawn.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE), Image.Resampling.LANCZOS)
    jpeg = io.BytesIO()
    drawn.save(jpeg, "JPEG", quality=_QUALITY, optimize=True, progressive=True)
    return Photo(jpeg.getvalue(), drawn.width, drawn.height)


def _on_white(picture: Image.Image) -> Image.Image:
    """Return the picture in three colours; what one sees through becomes white."""
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    seen = picture.convert("RGBA")
    paper = Image.new("RGB", seen.size, "white")
    paper.paste(seen, mask=seen.getchannel("A"))
    return paper
