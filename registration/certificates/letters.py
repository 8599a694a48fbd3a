"""What the message about a certificate says; composed by the worker, see `registration.signups.letters`."""

from registration.certificates.queries import find_certificate
from registration.mail.composition import Content, address
from registration.mail.delivery import PostOffice
from registration.organisations.queries import get_association


def register_letters(post_office: PostOffice) -> None:
    """Tell the post office who writes it."""
    post_office.register_letter("certificate_issued", certificate_issued)


def certificate_issued(certificate: int) -> Content | None:
    """Write the attendee of a paper that is ready; of one that no longer holds there is nothing to write."""
    found = find_certificate(certificate)
    if found is None or found.revocation is not None or found.erased_at is not None:
        return None
    association = get_association()
    return Content(
        {
            "association": association,
            "certificate": found,
            "programme": found.rule.title,
            "is_training": found.registration.event.kind.is_training,
            "page": address(f"/u/{found.registration.link_token}"),
        },
        association.contact_email or None,
    )
