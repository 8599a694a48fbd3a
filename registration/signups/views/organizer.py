"""Every page about registrations in the back office; reading their files puts them on the blueprint."""

from registration.signups.views import bulk, correcting, registration, registrations
from registration.signups.views.registrations import blueprint

__all__ = ["blueprint", "bulk", "correcting", "registration", "registrations"]
