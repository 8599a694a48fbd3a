"""Every page about the directory in the back office; reading their files puts them on the blueprint."""

from registration.organisations.views import directory, importing, members, merging
from registration.organisations.views.directory import blueprint

__all__ = ["blueprint", "directory", "importing", "members", "merging"]
