"""People of the association who run the back office. The columns are Flask-Security's own."""

from flask_security.models import sqla

from registration.core.db import Base

sqla.FsModels.set_db_info(base_model=Base)  # type: ignore[no-untyped-call]  # ships no types


class Role(Base, sqla.FsRoleMixin):
    """What a person of the staff may do."""

    __tablename__ = "role"


class User(Base, sqla.FsUserMixin):
    """A person of the staff; attendees have no account."""

    __tablename__ = "user"


ORGANIZER = "organizer"
