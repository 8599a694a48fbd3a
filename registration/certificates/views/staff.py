"""All pages about an event's certificates in the back office."""

from registration.certificates.views import looks, organizer, rules, speakers

blueprint = organizer.blueprint

__all__ = ["blueprint", "looks", "rules", "speakers"]
