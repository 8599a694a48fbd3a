"""Old addresses of events lead to the new ones."""

from flask import request, url_for

from registration.access import is_open
from registration.core import clock
from registration.events import queries


def present_address() -> str | None:
    """Return the address of the page that was asked for, when its event had this one before; None if it had not.

    That there is a draft is not given away.
    """
    values = dict(request.view_args or {})
    event = queries.find_by_old_slug(values["slug"]) if "slug" in values and request.endpoint else None
    if event is None or request.endpoint is None:
        return None
    if is_open(request.endpoint) and (event.published_at is None or event.published_at > clock.now()):
        return None
    return url_for(request.endpoint, **{**request.args.to_dict(flat=False), **values, "slug": event.slug})
