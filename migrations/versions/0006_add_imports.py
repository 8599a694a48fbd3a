"""add imports that wait to be confirmed.

Revision 0006, after 0005.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "registration_import",
        sa.Column("id", _ID, nullable=False),
        sa.Column("event_id", _ID, nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("uploaded_by", sa.String(length=254), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("header", sa.JSON(), nullable=False),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.Column("numbers", sa.JSON(), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("ticket_type", sa.String(length=20), nullable=False),
        sa.Column("is_mapped", sa.Boolean(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("imported_count", sa.Integer(), nullable=False),
        sa.Column("waiting_count", sa.Integer(), nullable=False),
        sa.Column("left_out_count", sa.Integer(), nullable=False),
        sa.Column("faults", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "imported_count >= 0 AND left_out_count >= 0", name=op.f("ck_registration_import_not_negative")
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_registration_import_event_id_event")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registration_import")),
    )
    with op.batch_alter_table("registration_import") as batch:
        batch.create_index("ix_registration_import_by", ["uploaded_by", "id"])
        batch.create_index(batch.f("ix_registration_import_event_id"), ["event_id"])
        batch.create_index(batch.f("ix_registration_import_uploaded_at"), ["uploaded_at"])


def downgrade() -> None:
    op.drop_table("registration_import")
