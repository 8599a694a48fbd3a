"""Who hears about a certificate: the attendee it was issued to."""

from registration.certificates.models import Certificate
from registration.mail import outbox


def certificate_issued(certificate: Certificate) -> None:
    """Tell the attendee that the paper is there; once for each certificate, however often it is asked for."""
    registration = certificate.registration
    outbox.post(
        "certificate_issued",
        to=registration.email,
        language=registration.order.language,
        dedupe_key=f"certificate:{certificate.id}",
        certificate=certificate.id,
    )
