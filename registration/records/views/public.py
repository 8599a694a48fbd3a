"""Every public page of this room; reading their files puts them on the blueprint."""

from registration.records.views import library, person
from registration.records.views.person import blueprint

__all__ = ["blueprint", "library", "person"]
