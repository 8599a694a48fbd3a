"""Who hears of an application for membership: whoever sent it, and the association."""

from registration.mail import outbox
from registration.organisations.models import MembershipApplication
from registration.organisations.queries import get_association

KINDS = ("application_sent", "application_known", "application_confirmed", "application_decided")


def application_sent(application: MembershipApplication) -> None:
    """Send the link that confirms an application to the address it gives."""
    _to_applicant("application_sent", application)


def application_known(application: MembershipApplication) -> None:
    """Tell whoever applies once more that their application is known."""
    _to_applicant("application_known", application)


def application_decided(application: MembershipApplication) -> None:
    """Tell whoever applied what became of it."""
    _to_applicant("application_decided", application)


def application_confirmed(application: MembershipApplication) -> None:
    """Tell the association that somebody applies, where it has an address."""
    contact = get_association().contact_email
    if contact:
        outbox.post("application_confirmed", to=contact, language="cs", application=application.id)


def _to_applicant(kind: str, application: MembershipApplication) -> None:
    outbox.post(kind, to=application.email, language=application.language, application=application.id)
