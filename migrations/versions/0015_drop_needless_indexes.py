"""drop indexes that others stand in for: each costs every sign-up a page of the database.

Revision 0015, after 0014.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_WAITS = sa.text("waiting_entry_id IS NOT NULL")


def upgrade() -> None:
    op.drop_index(op.f("ix_order_event_id"), "order")  # uq_order_event_id_number begins with it
    op.drop_index(op.f("ix_registration_event_id"), "registration")  # and so does ix_registration_list
    op.drop_index("ix_registration_waiting", "registration")
    op.create_index(
        "ix_registration_waiting",
        "registration",
        ["waiting_entry_id", "status"],
        sqlite_where=_WAITS,
        postgresql_where=_WAITS,
    )


def downgrade() -> None:
    op.drop_index("ix_registration_waiting", "registration")
    op.create_index("ix_registration_waiting", "registration", ["waiting_entry_id", "status"])
    op.create_index(op.f("ix_registration_event_id"), "registration", ["event_id"])
    op.create_index(op.f("ix_order_event_id"), "order", ["event_id"])
