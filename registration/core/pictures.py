"""Uploaded pictures, read without trusting them; and drawn anew for papers, without what files carry along."""

import io
import warnings
from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError

from registration.core.errors import PictureTooLarge, PictureUnreadable

LARGEST_BYTES = 10 * 1024 * 1024
_MOST_POINTS = 50_000_000  # a point takes four bytes while it is drawn
_PHOTO_FORMATS = ("JPEG", "PNG", "WEBP")
_SMALLEST_SIDE = 16
_WIDEST_ON_PAPER = (1200, 600)  # 300 points an inch on 10 × 5 cm


@dataclass(frozen=True)
class PaperImage:
    """A signature or a logo ready to be printed."""

    png: bytes
    width: int
    height: int


def read(uploaded: bytes, convert: Callable[[Image.Image], Image.Image], *, drafted_for: int) -> Image.Image:
    """Return an uploaded picture upright and converted.

    The size is read from the head of the file before anything is unpacked; a JPEG is unpacked at about twice the side
    it is drafted for. Raises PictureUnreadable, PictureTooLarge.
    """
    if len(uploaded) > LARGEST_BYTES:
        raise PictureTooLarge
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow's own limit is above ours
            with Image.open(io.BytesIO(uploaded), formats=_PHOTO_FORMATS) as picture:
                if picture.width * picture.height > _MOST_POINTS:
                    raise PictureTooLarge
                picture.draft("RGB", (2 * drafted_for, 2 * drafted_for))
                drawn = convert(ImageOps.exif_transpose(picture))
    except Image.DecompressionBombError:
        raise PictureTooLarge from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, MemoryError):
        raise PictureUnreadable from None
    if min(drawn.size) < _SMALLEST_SIDE:
        raise PictureUnreadable
    return drawn


def redraw_for_paper(uploaded: bytes) -> PaperImage:
    """Return a picture small enough for every paper of hundreds, its transparency kept.

    Raises PictureUnreadable, PictureTooLarge.
    """
    drawn = read(uploaded, _with_transparency, drafted_for=max(_WIDEST_ON_PAPER))
    drawn.thumbnail(_WIDEST_ON_PAPER, Image.Resampling.LANCZOS)
    png = io.BytesIO()
    drawn.save(png, "PNG", optimize=True)
    return PaperImage(png.getvalue(), drawn.width, drawn.height)


def _with_transparency(picture: Image.Image) -> Image.Image:
    plain = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    plain.info.clear()  # what the file noted: comments, profiles
    return plain
