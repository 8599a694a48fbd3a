"""remember which badges were printed.

Revision 0012, after 0011.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "badge_print",
        sa.Column("id", _ID, nullable=False),
        sa.Column("registration_id", _ID, nullable=False),
        sa.Column("ticket_version", sa.Integer(), nullable=False),
        sa.Column("said", sa.String(length=64), nullable=False),
        sa.Column("printed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("printed_by", sa.String(length=254), nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"], ["registration.id"], name=op.f("fk_badge_print_registration_id_registration")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_badge_print")),
    )
    with op.batch_alter_table("badge_print") as batch:
        batch.create_index(batch.f("ix_badge_print_registration_id"), ["registration_id"])


def downgrade() -> None:
    op.drop_table("badge_print")
