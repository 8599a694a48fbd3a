"""Every public page of this room; reading their files puts them on the blueprint."""

from registration.organisations.views import joining, suggestions
from registration.organisations.views.suggestions import blueprint

__all__ = ["blueprint", "joining", "suggestions"]
