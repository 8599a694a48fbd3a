"""Who hears about a certificate: the attendee or the speaker it was issued to."""

from collections.abc import Iterable

from registration.certificates.models import Certificate, PaperLanguage, Speaker
from registration.mail import outbox
from registration.mail.outbox import Letter


def certificates_issued(certificates: Iterable[Certificate]) -> None:
    """Tell each holder that their paper is there; once for each certificate, however often it is asked for."""
    letters = [_to_speaker(each, each.speaker) if each.speaker else _to_attendee(each) for each in certificates]
    outbox.post_all([letter for letter in letters if letter.to])


def _to_attendee(certificate: Certificate) -> Letter:
    registration = certificate.registration
    return Letter(
        "certificate_issued",
        to=registration.email,
        language=registration.order.language,
        facts={"certificate": certificate.id},
        dedupe_key=_key(certificate),
        event_id=registration.event_id,
    )


def _to_speaker(certificate: Certificate, speaker: Speaker) -> Letter:
    return Letter(
        "speaker_confirmed",
        to=speaker.email,
        language="en" if speaker.language is PaperLanguage.ENGLISH else "cs",
        facts={"certificate": certificate.id},
        dedupe_key=_key(certificate),
        event_id=speaker.event_id,
    )


def _key(certificate: Certificate) -> str:
    return f"certificate:{certificate.id}"
