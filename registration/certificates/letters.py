"""What messages about papers say; composed by the worker, see `registration.signups.letters`."""

from registration.certificates.models import Certificate
from registration.certificates.queries import find_certificate
from registration.mail.composition import Content, address
from registration.mail.delivery import PostOffice
from registration.organisations.queries import get_association


def register_letters(post_office: PostOffice) -> None:
    """Tell the post office who writes them."""
    post_office.register_letter("certificate_issued", certificate_issued)
    post_office.register_letter("speaker_confirmed", speaker_confirmed)


def certificate_issued(certificate: int) -> Content | None:
    """Write the attendee of a paper that is ready; of one that no longer holds there is nothing to write."""
    found = _find_valid(certificate)
    if found is None:
        return None
    is_training = found.registration.event.kind.is_training
    return _content(found, f"/u/{found.registration.link_token}", programme=found.rule.title, is_training=is_training)


def speaker_confirmed(certificate: int) -> Content | None:
    """Write a speaker that their confirmation is ready."""
    found = _find_valid(certificate)
    if found is None or found.speaker is None:
        return None
    return _content(found, f"/lektor/{found.speaker.link_token}", programme=found.event.title)


def _find_valid(certificate_id: int) -> Certificate | None:
    found = find_certificate(certificate_id)
    return None if found is None or found.revocation is not None or found.erased_at is not None else found


def _content(certificate: Certificate, page: str, **facts: str | bool) -> Content:
    association = get_association()
    return Content(
        {"association": association, "certificate": certificate, "page": address(page), **facts},
        association.contact_email or None,
    )
