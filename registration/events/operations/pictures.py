"""The picture on an event's page: put there, described, taken away."""

import hashlib

from registration.core import audit, clock
from registration.core.db import transaction
from registration.events import facts, photos
from registration.events.models import Event, Picture
from registration.events.operations.locking import lock_event


def set_picture(event: Event, uploaded: bytes, *, alt: str, by: str) -> Picture:
    """Show a picture on the event's page, drawn anew from what was uploaded.

    Raises PictureUnreadable, PictureTooLarge. Locks the event.
    """
    photo = photos.redraw(uploaded)
    with transaction() as session:
        lock_event(event.id)
        picture = session.get(Picture, event.id)
        before = facts.of_picture(picture)
        if picture is None:
            picture = Picture(event_id=event.id)
            session.add(picture)
        picture.alt = alt
        picture.width, picture.height, picture.content = photo.width, photo.height, photo.jpeg
        picture.sha256 = hashlib.sha256(photo.jpeg).hexdigest()
        picture.uploaded_at, picture.uploaded_by = clock.now(), by
        audit.record(event, "changed", by=by, event_id=event.id, before=before, after=facts.of_picture(picture))
    return picture


def describe_picture(event: Event, *, alt: str, by: str) -> None:
    """Say in other words what the picture shows; without a picture nothing happens. Locks the event."""
    with transaction() as session:
        lock_event(event.id)
        picture = session.get(Picture, event.id)
        if picture is not None:
            before = facts.of_picture(picture)
            picture.alt = alt
            audit.record(event, "changed", by=by, event_id=event.id, before=before, after=facts.of_picture(picture))


def remove_picture(event: Event, *, by: str) -> None:
    """Show no picture any more; without one nothing happens. Locks the event."""
    with transaction() as session:
        lock_event(event.id)
        picture = session.get(Picture, event.id)
        if picture is not None:
            audit.record(event, "changed", by=by, event_id=event.id, before=facts.of_picture(picture))
            session.delete(picture)
