import io
import struct
import zlib

import pytest
from PIL import Image

from registration.core.errors import PictureTooLarge, PictureUnreadable
from registration.core.pictures import LARGEST_BYTES
from registration.events.photos import redraw


def drawn(size: tuple[int, int], kind: str = "JPEG", mode: str = "RGB", **options: object) -> bytes:
    file = io.BytesIO()
    Image.new(mode, size, "green").save(file, kind, **options)
    return file.getvalue()


def test_photo_is_made_smaller_and_keeps_its_shape() -> None:
    photo = redraw(drawn((4000, 1000)))
    assert (photo.width, photo.height) == (1600, 400)
    assert Image.open(io.BytesIO(photo.jpeg)).size == (1600, 400)


def test_small_photo_stays_as_large_as_it_is() -> None:
    assert (redraw(drawn((300, 200), "PNG")).width, redraw(drawn((300, 200), "WEBP")).height) == (300, 200)


def test_what_the_camera_noted_is_left_out_and_the_photo_stands_upright() -> None:
    notes = Image.Exif()
    notes[0x0112] = 6  # turned by a quarter
    notes[0x010F] = "Camera of Ada"
    photo = redraw(drawn((300, 200), exif=notes))
    assert (photo.width, photo.height) == (200, 300)
    assert b"Camera" not in photo.jpeg
    assert not Image.open(io.BytesIO(photo.jpeg)).getexif()


def test_what_one_sees_through_becomes_white() -> None:
    file = io.BytesIO()
    Image.new("RGBA", (100, 100), (0, 0, 0, 0)).save(file, "PNG")
    assert Image.open(io.BytesIO(redraw(file.getvalue()).jpeg)).getpixel((50, 50)) == (255, 255, 255)


@pytest.mark.parametrize(
    "uploaded",
    [b"", b"GIF89a", b"<svg xmlns='http://www.w3.org/2000/svg'/>", drawn((300, 200))[:400], drawn((8, 8))],
    ids=["nothing", "gif", "svg", "half", "tiny"],
)
def test_what_is_no_photo_is_refused(uploaded: bytes) -> None:
    with pytest.raises(PictureUnreadable):
        redraw(uploaded)


def test_photo_of_too_many_bytes_is_refused() -> None:
    with pytest.raises(PictureTooLarge):
        redraw(b"\xff" * (LARGEST_BYTES + 1))


@pytest.mark.parametrize("side", [7_100, 60_000])
def test_bomb_is_refused_before_it_is_unpacked(side: int) -> None:
    """A few hundred bytes that would unpack to gigabytes: only the head is read."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    bomb = (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    )
    with pytest.raises(PictureTooLarge):
        redraw(bomb)
