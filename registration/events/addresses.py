"""Whole addresses of the public pages, for what is read elsewhere: feeds, search engines, posters.

They begin with BASE_URL and keep the current language.
"""

from registration.core import i18n, settings
from registration.events.models import Event, Picture


def programme_address() -> str:
    """Return the address of the programme."""
    return _address("/")


def feed_address() -> str:
    """Return the address of the programme for feed readers."""
    return _address("/kanal.xml")


def event_address(event: Event) -> str:
    """Return the address of an event's page."""
    return _address(f"/akce/{event.slug}")


def picture_address(event: Event, picture: Picture) -> str:
    """Return the address of what the organizer has chosen to show of an event."""
    return _address(f"/akce/{event.slug}/obrazek?v={picture.version}")


def preview_address(event: Event, version: str) -> str:
    """Return the address of an event's preview; a new version makes those who keep pictures fetch it again."""
    return _address(f"/akce/{event.slug}/nahled.png?v={version}")


def _address(path: str) -> str:
    prefix = "/en" if i18n.language() == "en" else ""
    return settings.current().base_url + prefix + path
