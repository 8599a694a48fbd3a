"""The certificate of attendance, from its frozen content to a sheet of A4."""

from collections.abc import Mapping
from datetime import date
from functools import partial
from urllib.parse import urlsplit

from registration.certificates.models import Content
from registration.core import i18n, lettering, pdf, qr, tokens
from registration.core.czech import NBSP

_NO_PICTURES: Mapping[str, bytes] = {}
# Of the name, in points and ems as in papers.css; a little more room than there is, for kerning draws letters together.
_NAME_SIZES, _NAME_SIZE_IN_TWO_LINES = (42, 36, 30), 28
_NAME_ROOM = 191 / 25.4 * 72 * 1.01
_NAME_SPACING = -0.016


def certificate_pdf(
    content: Content, *, code: str, verify_address: str, pictures: Mapping[str, bytes] = _NO_PICTURES
) -> bytes:
    """Return the paper as it is drawn when somebody waits for it, see `certificate_paper`."""
    return pdf.draw(certificate_paper(content, code=code, verify_address=verify_address, pictures=pictures))


def certificate_paper(
    content: Content, *, code: str, verify_address: str, pictures: Mapping[str, bytes] = _NO_PICTURES
) -> pdf.Paper:
    """Return the paper, to be drawn; `verify_address` ends in the code and is what the QR code says.

    `pictures` are the signature and the logo as PNG, by their hashes in the content.
    """
    tightness = {"name": _tightness_of_name(content["holder"])}
    return pdf.Paper(partial(_compose, content, code, verify_address), pictures, tightness)


def _tightness_of_name(holder: str) -> int:
    """Return how tight a name is at least: one line in ever smaller sizes, then two."""
    words = holder.replace(NBSP, " ")
    called, comma, titles = words.partition(", ")
    given, _, family = called.rpartition(" ")
    for tightness, size in enumerate(_NAME_SIZES):
        if _ems(words) * size <= _NAME_ROOM:
            return tightness
    widest = max(_ems(given), _ems(family + comma + titles))
    return len(_NAME_SIZES) + (widest * _NAME_SIZE_IN_TWO_LINES > _NAME_ROOM)


def _ems(words: str) -> float:
    return lettering.width(words, lettering.DISPLAY, spacing=_NAME_SPACING)


def _compose(content: Content, code: str, verify_address: str, tightness: Mapping[str, int]) -> str:
    second = _second_words(content)
    with i18n.in_language(content["language"]):
        hours, hours_unit = i18n.show_hours(content["minutes"]).split(maxsplit=1)
        return pdf.compose(
            "documents/certificate.html",
            tightness,
            content=content,
            second=second,
            sessions=[
                {**part, "day": date.fromisoformat(part["day"]), "is_online": part["format"] == "online"}
                for part in content["sessions"]
            ],
            hours=hours,
            hours_unit=hours_unit,
            lessons=i18n.show_lessons(content["minutes"]),
            issued_on=date.fromisoformat(content["issued_on"]),
            issuer=_issuer(content),
            qr_code=qr.address_on_paper(verify_address, label=i18n.gettext("Address for verification")),
            code=tokens.grouped(code),
            verify_page=_verify_page(verify_address),
        )


def _second_words(content: Content) -> dict[str, str]:
    """Return what the paper says in its second language besides its content; nothing where it has one language."""
    language = content.get("second_language")
    if not language:
        return {}
    with i18n.in_language(language):
        return {
            "language": language,
            "hours_unit": i18n.show_hours(content["minutes"]).split(maxsplit=1)[1],
            "lessons": i18n.show_lessons(content["minutes"]),
            "extent": i18n.gettext("at 60 minutes, that is %(lessons)s (at 45 minutes)"),
            "minutes": i18n.gettext("at 60 minutes"),
            "in_person": i18n.gettext("in person"),
            "verify": i18n.gettext("Authenticity can be verified at"),
        }


def _issuer(content: Content) -> str:
    ico = i18n.gettext("IČO %(ico)s", ico=content["issuer_ico"]) if content["issuer_ico"] else ""
    return ", ".join(part for part in (content["issuer"], content["issuer_seat"], ico) if part)


def _verify_page(verify_address: str) -> str:
    """Return the page to type the code into, as people write addresses: `prezence.example/overeni`."""
    parts = urlsplit(verify_address)
    return parts.netloc + parts.path.rpartition("/")[0]
