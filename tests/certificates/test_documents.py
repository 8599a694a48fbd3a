"""The certificate on paper: what it says, that its code scans, and that everything stays on one sheet."""

import json
import subprocess
from collections.abc import Callable, Iterator
from functools import cache
from io import BytesIO
from typing import cast

import pytest
import zxingcpp
from flask import Flask
from PIL import Image
from pypdf import PdfReader

from registration.certificates.documents import certificate_pdf
from registration.certificates.models import Content
from registration.core import i18n
from registration.core.pdf import ForbiddenAsset
from registration.core.settings import PROJECT
from tests.papers import boxes_of, catalogue_of, overlapping, text_of, title_of

A4_LANDSCAPE = (842, 595)  # points
CODE = "7KQ2M9XD4RTB5WHC"
ADDRESS = f"https://prezence.example/overeni/{CODE}"
LONG_TITLE = "Konsolidace elektronických služeb knihoven a otevřené vzdělávání dospělých v malých obcích " * 2
LONG_ORGANISATION = "Městská knihovna a informační středisko Horní Lhota nad Dlouhou Řekou, příspěvková organizace " * 2


@pytest.fixture
def paper_app() -> Iterator[Flask]:
    """Give what a certificate needs: two languages and the templates."""
    app = Flask("registration", template_folder=str(PROJECT / "templates"))
    i18n.init_app(app)
    with app.app_context():
        yield app


def content(**changes: object) -> Content:
    """Return what the certificate of Jan Žďárský says, with `changes`."""
    values = {
        "heading": "Osvědčení o účasti",
        "number": "2025/SAI/0042",
        "holder": "Ing.\u00a0Jan Žďárský, Ph.D.",
        "organisation": "Městská knihovna Horní Lhota",
        "programme": "AI akademie pro vedení knihoven",
        "sessions": [
            part("2025-03-26", "AI akademie", 360, place="Brno"),
            part("2025-04-02", "1. online workshop", 120),
            part("2025-04-16", "2. online workshop", 120),
        ],
        "minutes": 600,
        "issued_on": "2025-04-17",
        "place": "Brno",
        "issuer": "Sekce městských knihoven SDRUK",
        "issuer_seat": "Brno",
        "issuer_ico": "00000043",
        "signatory_name": "Mgr. Alena Šimková",
        "signatory_function": "předsedkyně sekce",
        "is_invented": False,
        "note": "Vzdělávací akce není akreditována dle zákona č. 312/2002 Sb.",
        "language": "cs",
    }
    return cast(Content, values | changes)


def part(day: str, title: str, minutes: int, *, place: str = "") -> dict[str, object]:
    return {
        "day": day,
        "title": title,
        "format": "in_person" if place else "online",
        "place": place,
        "minutes": minutes,
    }


def crowded(**changes: object) -> Content:
    """Return the certificate with the most on it: texts as long as their columns, six sessions."""
    sessions = [
        part(f"2025-04-0{day}", LONG_TITLE[:200], 90, place=LONG_TITLE[:100] * (day % 2)) for day in range(1, 7)
    ]
    return content(
        holder="doc.\u00a0PhDr.\u00a0Mgr.\u00a0Maximiliána Nejnevyzpytatelnějšová-Krásnohorská, Ph.D., MBA, DiS.",
        organisation=LONG_ORGANISATION,
        programme=LONG_TITLE[:200],
        sessions=sessions,
        minutes=540,
        issuer="Sekce městských knihoven Sdružení knihoven České republiky, zapsaný spolek se sídlem v Ostravě",
        signatory_function="předsedkyně sekce a ředitelka Městské knihovny Horní Lhota nad Dlouhou Řekou",
        is_invented=True,
        **changes,
    )


def printed(said: Content, *, code: str = CODE, verify_address: str = ADDRESS) -> bytes:
    return certificate_pdf(said, code=code, verify_address=verify_address)


@cache
def usual_certificate() -> bytes:
    """Return the certificate most tests look at, printed once."""
    return printed(content())


def height_of_name(paper: bytes) -> float:
    """Return the height of the tallest letters to the right of the margin line, which are the name's."""
    return max(bottom - top for left, top, _, bottom in boxes_of(paper) if left > 240)


def test_it_says_everything_it_must(paper_app: Flask) -> None:
    text = text_of(usual_certificate())

    for words in (
        "Sekce městských knihoven SDRUK",
        "2025/SAI/0042",
        "Osvědčení o účasti",
        "Ing. Jan Žďárský, Ph.D.",
        "Městská knihovna Horní Lhota",
        "AI akademie pro vedení knihoven",
        "26. 3. 2025 AI akademie",
        "2. 4. 2025 1. online workshop",
        "16. 4. 2025 2. online workshop",
        "Brno 17. 4. 2025",
        "Mgr. Alena Šimková",
        "předsedkyně sekce",
        "prezence.example/overeni",
        "7KQ2-M9XD-4RTB-5WHC",
        "Sekce městských knihoven SDRUK, Brno, IČO 00000043",
        "Vzdělávací akce není akreditována dle zákona č. 312/2002 Sb.",
    ):
        assert words in text


def test_difficult_letters_survive(paper_app: Flask) -> None:
    text = text_of(printed(content(holder="Řehák Žďár", organisation="Ťuhýk, ďáblík a ňůňa")))

    assert "Řehák Žďár" in text
    assert "Ťuhýk, ďáblík a ňůňa" in text


@pytest.mark.parametrize(
    ("minutes", "hours", "lessons"),
    [
        (600, "10 hours", "13.3 lessons"),
        (360, "6 hours", "8 lessons"),
        (45, "0.8 hours", "1 lesson"),
        (90, "1.5 hours", "2 lessons"),
        (60, "1 hour", "1.3 lessons"),
        (404, "6.7 hours", "9 lessons"),
    ],
)
def test_the_extent_is_in_hours_and_in_lessons(paper_app: Flask, minutes: int, hours: str, lessons: str) -> None:
    text = text_of(printed(content(minutes=minutes, language="en")))

    assert f"{hours} at 60 minutes, that is {lessons} (at 45 minutes)" in text


def test_the_qr_code_is_the_address_for_verification(paper_app: Flask) -> None:
    command = ["pdftoppm", "-r", "150", "-png", "-singlefile", "-"]
    picture = subprocess.run(command, input=usual_certificate(), capture_output=True, check=True).stdout

    [code] = zxingcpp.read_barcodes(Image.open(BytesIO(picture)))
    assert code.text == ADDRESS


def test_invented_people_and_numbers_are_said_to_be_so(paper_app: Flask) -> None:
    real = text_of(printed(content(language="en")))
    invented = text_of(printed(content(language="en", is_invented=True)))

    assert "demo" not in real
    assert "IČO 00000043 (demo data)" in invented
    assert "předsedkyně sekce (demo person)" in invented


def test_an_issuer_without_seat_and_number_stands_alone(paper_app: Flask) -> None:
    text = text_of(printed(content(issuer="Sekce", issuer_seat="", issuer_ico="", note="")))

    assert text.endswith("Sekce")


def test_no_birth_date_fits_into_the_content() -> None:
    assert not [key for key in Content.__annotations__ if "birth" in key]


def test_the_content_survives_the_database(paper_app: Flask) -> None:
    assert printed(json.loads(json.dumps(content()))) == usual_certificate()


def test_it_is_tagged_in_its_language_with_a_title(paper_app: Flask) -> None:
    paper = usual_certificate()

    assert catalogue_of(paper)["/MarkInfo"] == {"/Marked": True}
    assert catalogue_of(paper)["/Lang"] == "cs"
    assert title_of(paper) == "Osvědčení o účasti 2025/SAI/0042"


def test_every_font_is_in_the_file(paper_app: Flask) -> None:
    listed = subprocess.run(["pdffonts", "-"], input=usual_certificate(), capture_output=True, check=True).stdout

    fonts = listed.decode().splitlines()[2:]
    assert {line.split()[0].partition("+")[2].strip(",") for line in fonts} == {
        "Display",
        "Display-Ext",
        "Source-Sans-3",
        "Source-Sans-3-Semi-Bold",
        "Source-Serif-4",
        "Source-Serif-4-Semi-Bold",
    }
    assert {tuple(line.split()[-5:-3]) for line in fonts} == {("yes", "yes")}


@pytest.mark.parametrize("language", ["cs", "en"])
@pytest.mark.parametrize("make", [content, crowded])
def test_it_is_one_sheet_with_white_margins(paper_app: Flask, make: Callable[..., Content], language: str) -> None:
    paper = printed(make(language=language))

    [sheet] = PdfReader(BytesIO(paper)).pages
    assert (round(sheet.mediabox.width), round(sheet.mediabox.height)) == A4_LANDSCAPE
    margin = 20 / 25.4 * 72 - 0.5
    for left, top, right, bottom in boxes_of(paper):
        assert margin < left < right < A4_LANDSCAPE[0] - margin
        assert 20 < top < bottom < A4_LANDSCAPE[1] - 30
    assert overlapping(paper) == []


def test_a_long_address_stays_in_its_column(paper_app: Flask) -> None:
    host = "registrace.sekce-mestskych-knihoven-sdruzeni-knihoven.example"
    paper = printed(content(), verify_address=f"https://{host}/overeni/{CODE}")

    assert f"{host}/overeni" in text_of(paper).replace(" ", "").replace("-\n", "-")
    column = [box for box in boxes_of(paper) if box[0] < 200 and 380 < box[1] < 520]
    assert max(right for _, _, right, _ in column) < 79 / 25.4 * 72
    assert overlapping(paper) == []


@pytest.mark.parametrize(
    ("holder", "smaller"),
    [
        ("Jan Hus", False),
        ("doc. PhDr. Jana Nováková-Horáková, Ph.D.", True),
        ("Nejnevyzpytatelnějšová-Krásnohorská", True),
    ],
)
def test_a_name_too_long_for_its_line_is_set_smaller(paper_app: Flask, holder: str, smaller: bool) -> None:
    usual = height_of_name(usual_certificate())

    assert (height_of_name(printed(content(holder=holder))) < usual - 1) is smaller


def test_the_same_content_gives_the_same_bytes(paper_app: Flask) -> None:
    first = usual_certificate()
    printed(content(holder="Bob Řehák"))

    assert printed(content()) == first


def in_both_languages(**changes: object) -> Content:
    """Return a certificate in Czech and English with everything that can be added."""
    additions = {
        "second_language": "en",
        "second_heading": "Certificate of attendance",
        "second_programme": "AI Academy for Library Leaders",
        "second_note": "The training is not accredited under Act No. 312/2002 Coll.",
        "outcomes": "Rozumí možnostem generativní AI v knihovně.",
        "remark": "Podpořeno z programu VISK 2.",
        "signature": "podpis",
        "logo": "logo",
        "shows_lessons": True,
    }
    return content(**(additions | changes))


def test_paper_in_both_languages_says_everything_twice_and_shows_signature_and_logo(paper_app: Flask) -> None:
    paper = certificate_pdf(in_both_languages(), code=CODE, verify_address=ADDRESS, pictures=pictures())
    text = text_of(paper)
    for words in (
        "Certificate of attendance",
        "AI Academy for Library Leaders",
        "hodin / hours",
        "that is 13.3 lessons (at 45 minutes)",
        "Authenticity can be verified at",
        "The training is not accredited",
        "Rozumí možnostem generativní AI",
        "Podpořeno z programu VISK 2.",
    ):
        assert words in text
    assert len(PdfReader(BytesIO(paper)).pages[0].images) == 2
    assert overlapping(paper) == []


def test_lessons_of_45_minutes_can_be_left_out(paper_app: Flask) -> None:
    text = text_of(printed(in_both_languages(shows_lessons=False, signature="", logo="")))
    assert "45 min" not in text
    assert "at 60 minutes" in text


def test_crowded_paper_in_both_languages_stays_on_its_sheet(paper_app: Flask) -> None:
    said = cast(Content, {**in_both_languages(outcomes=LONG_TITLE), **crowded()})
    paper = certificate_pdf(said, code=CODE, verify_address=ADDRESS, pictures=pictures())
    assert len(PdfReader(BytesIO(paper)).pages) == 1
    assert overlapping(paper) == []


def test_paper_shows_no_picture_it_was_not_given(paper_app: Flask) -> None:
    with pytest.raises(ForbiddenAsset):
        printed(in_both_languages())


def pictures() -> dict[str, bytes]:
    """Return a signature and a logo as PNG."""
    drawn = {"podpis": BytesIO(), "logo": BytesIO()}
    for file, colour in zip(drawn.values(), ("navy", "green"), strict=True):
        Image.new("RGBA", (600, 200), colour).save(file, "PNG")
    return {name: file.getvalue() for name, file in drawn.items()}
