"""What the association says of itself, and what stands on its papers."""

import hashlib
from typing import Any

from registration.core import audit, clock, pictures
from registration.core.db import transaction
from registration.organisations import queries
from registration.organisations.models import AddressForm, Association, PaperPicture


def change_address_form(form: AddressForm, *, by: str) -> None:
    """Address people politely or familiarly in Czech from now on. Locks the association."""
    with transaction():
        association = _locked()
        if association.address_form is form:
            return
        before, association.address_form = association.address_form, form
        audit.record(
            association, "changed", by=by, before={"address_form": before.value}, after={"address_form": form.value}
        )


def change_papers(values: dict[str, Any], *, by: str) -> None:
    """Let papers be signed and look so from now on; those issued stay. Locks the association."""
    with transaction():
        association = _locked()
        before = {name: getattr(association, name) for name in values}
        for name, value in values.items():
            setattr(association, name, value)
        audit.record(association, "papers_styled", by=by, before=before, after=values)


def store_picture(uploaded: bytes, *, by: str) -> str:
    """Keep a signature or a logo, drawn anew, and return its hash; the same picture is kept once, and for good.

    Raises PictureUnreadable, PictureTooLarge.
    """
    image = pictures.redraw_for_paper(uploaded)
    sha256 = hashlib.sha256(image.png).hexdigest()
    with transaction() as session:
        if session.get(PaperPicture, sha256) is None:
            session.add(
                PaperPicture(
                    sha256=sha256,
                    content=image.png,
                    width=image.width,
                    height=image.height,
                    uploaded_at=clock.now(),
                    uploaded_by=by,
                )
            )
    return sha256


def _locked() -> Association:
    """Return the association, others who change it made to wait; the first change makes it a row."""
    with transaction() as session:
        association = session.get(Association, 1, with_for_update=True, populate_existing=True)
        if association is None:
            association = queries.get_association()
            session.add(association)
            session.flush()
        return association
