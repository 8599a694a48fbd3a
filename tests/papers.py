"""Reads papers and calendar files back as people, scanners and calendars do."""

import subprocess
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import icalendar
import zxingcpp
from PIL import Image


def text_of(pdf: bytes) -> str:
    """Return the text of a PDF as pdftotext extracts it, with plain spaces."""
    done = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True)
    return " ".join(done.stdout.decode().replace("\u00a0", " ").split())


def qr_codes_of(pdf: bytes) -> list[str]:
    """Return what the QR codes on a PDF's pages say, read from pixels."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["pdftoppm", "-r", "150", "-png", "-", f"{folder}/page"], input=pdf, check=True)
        found: list[str] = []
        for page in sorted(Path(folder).glob("*.png")):
            with Image.open(page) as image:
                found += [code.text for code in zxingcpp.read_barcodes(image.convert("L"))]
        return found


def calendar_events(content: bytes | str) -> list[icalendar.Event]:
    """Return the events of a calendar file."""
    calendar = icalendar.Calendar.from_ical(content)
    assert isinstance(calendar, icalendar.Calendar)
    return calendar.events


def starts(events: list[icalendar.Event]) -> list[datetime]:
    """Return when timed events start, in UTC."""
    return [event.start.astimezone(UTC) for event in events if isinstance(event.start, datetime)]
