"""Reads papers and calendar files back as people, scanners and calendars do."""

import re
import subprocess
import tempfile
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import icalendar
import zxingcpp
from PIL import Image
from pypdf import PdfReader

Box = tuple[float, float, float, float]

_DPI = 150


def text_of(pdf: bytes) -> str:
    """Return the words on a paper in the order they are printed, plain single spaces between them."""
    done = subprocess.run(["pdftotext", "-raw", "-", "-"], input=pdf, capture_output=True, check=True)
    return " ".join(done.stdout.decode().replace("\u00a0", " ").split())


def qr_codes_of(pdf: bytes) -> list[str]:
    """Return what the QR codes on a PDF's pages say, read from pixels."""
    return [code.text for code in _barcodes(pdf)]


def qr_sizes_of(pdf: bytes) -> list[tuple[float, str]]:
    """Return how wide the dark part of each QR code is in millimetres, and its level of error correction."""
    corners = [(code.position.top_left, code.position.top_right, code.ec_level) for code in _barcodes(pdf)]
    return [((right.x - left.x) / _DPI * 25.4, level) for left, right, level in corners]


def _barcodes(pdf: bytes) -> list[Any]:
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["pdftoppm", "-r", str(_DPI), "-png", "-", f"{folder}/page"], input=pdf, check=True)
        found: list[Any] = []
        for page in sorted(Path(folder).glob("*.png")):
            with Image.open(page) as image:
                found += zxingcpp.read_barcodes(image.convert("L"))
        return found


def calendar_events(content: bytes | str) -> list[icalendar.Event]:
    """Return the events of a calendar file."""
    calendar = icalendar.Calendar.from_ical(content)
    assert isinstance(calendar, icalendar.Calendar)
    return calendar.events


def starts(events: list[icalendar.Event]) -> list[datetime]:
    """Return when timed events start, in UTC."""
    return [event.start.astimezone(UTC) for event in events if isinstance(event.start, datetime)]


def catalogue_of(paper: bytes) -> Any:
    """Return the catalogue of a PDF, where its language and tags are."""
    return PdfReader(BytesIO(paper)).root_object


def title_of(paper: bytes) -> str | None:
    """Return the title of a PDF."""
    metadata = PdfReader(BytesIO(paper)).metadata
    return metadata.title if metadata else None


def boxes_of(paper: bytes) -> list[Box]:
    """Return left, top, right and bottom of every word in points."""
    return [box for boxes in _boxes_by_page(paper) for box in boxes]


def overlapping(paper: bytes) -> list[tuple[int, int]]:
    """Return pairs of words printed over each other, by their numbers on the sheet."""
    found = []
    for boxes in _boxes_by_page(paper):
        cores = [core(box) for box in boxes]
        found += [
            (i, j)
            for i, (left, top, right, bottom) in enumerate(cores)
            for j, other in enumerate(cores[:i])
            if left < other[2] and other[0] < right and top < other[3] and other[1] < bottom
        ]
    return found


def _boxes_by_page(paper: bytes) -> list[list[Box]]:
    command = ["pdftotext", "-bbox", "-", "-"]
    printed = subprocess.run(command, input=paper, capture_output=True, check=True).stdout.decode()
    word = re.compile(r'<word xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)">')
    return [
        [(float(left), float(top), float(right), float(bottom)) for left, top, right, bottom in word.findall(page)]
        for page in printed.split("<page ")[1:]
    ]


def core(box: Box) -> Box:
    """Return the middle of a word's box; the boxes themselves touch those of the next line."""
    left, top, right, bottom = box
    height = bottom - top
    return left + 0.5, top + 0.3 * height, right - 0.5, bottom - 0.3 * height
