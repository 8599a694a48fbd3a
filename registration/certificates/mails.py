"""Who hears about a certificate: the attendee it was issued to."""

from registration.certificates.models import Certificate
from registration.mail import outbox
from registration.organisations.queries import get_association


def certificate_issued(certificate: Certificate) -> None:
    """Tell the attendee that the paper is there; once for each certificate, however often it is asked for."""
    association = get_association()
    registration = certificate.registration
    language = registration.order.language
    outbox.post(
        "certificate_issued",
        to=registration.email,
        language=language,
        reply_to=association.contact_email or None,
        dedupe_key=f"certificate:{certificate.id}",
        association=association,
        certificate=certificate,
        programme=certificate.rule.title,
        is_training=registration.event.kind.is_training,
        page=outbox.address(f"/u/{registration.link_token}", language=language),
    )
