"""The certificate of attendance, from its frozen content to a sheet of A4."""

from datetime import date
from urllib.parse import urlsplit

from registration.certificates.models import Content
from registration.core import i18n, pdf, qr, tokens


def certificate_pdf(content: Content, *, code: str, verify_address: str) -> bytes:
    """Return the paper; `verify_address` ends in the code and is what the QR code says."""
    with i18n.in_language(content["language"]):
        hours, hours_unit = i18n.show_hours(content["minutes"]).split(maxsplit=1)
        return pdf.render(
            "documents/certificate.html",
            content=content,
            sessions=[
                {**part, "day": date.fromisoformat(part["day"]), "is_online": part["format"] == "online"}
                for part in content["sessions"]
            ],
            hours=hours,
            hours_unit=hours_unit,
            lessons=i18n.show_lessons(content["minutes"]),
            issued_on=date.fromisoformat(content["issued_on"]),
            issuer=_issuer(content),
            qr_code=qr.address_svg(verify_address, label=i18n.gettext("Address for verification")),
            code=tokens.grouped(code),
            verify_page=_verify_page(verify_address),
        )


def _issuer(content: Content) -> str:
    ico = i18n.gettext("IČO %(ico)s", ico=content["issuer_ico"]) if content["issuer_ico"] else ""
    return ", ".join(part for part in (content["issuer"], content["issuer_seat"], ico) if part)


def _verify_page(verify_address: str) -> str:
    """Return the page to type the code into, as people write addresses: `prezence.example/overeni`."""
    parts = urlsplit(verify_address)
    return parts.netloc + parts.path.rpartition("/")[0]
