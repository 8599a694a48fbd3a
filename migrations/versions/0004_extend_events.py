"""add texts, pictures, visibility and old addresses of events.

Revision 0004, after 0003.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_VISIBILITY = "visibility IN ('listed', 'link_only', 'members')"


def upgrade() -> None:
    with op.batch_alter_table("event") as batch_op:
        batch_op.add_column(sa.Column("description", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(
            sa.Column(
                "visibility",
                sa.String(length=32),
                sa.CheckConstraint(_VISIBILITY, name=op.f("ck_event_visibility")),
                nullable=False,
                server_default="listed",
            )
        )
        batch_op.add_column(sa.Column("calendar_key", sa.String(length=120), nullable=False, server_default=""))
    op.execute("UPDATE event SET calendar_key = slug")

    op.create_table(
        "event_old_slug",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("slug", sa.String(length=120), nullable=False),
        sa.Column("event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_event_old_slug_event_id_event")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_old_slug")),
        sa.UniqueConstraint("slug", name=op.f("uq_event_old_slug_slug")),
    )
    with op.batch_alter_table("event_old_slug") as batch_op:
        batch_op.create_index(op.f("ix_event_old_slug_event_id"), ["event_id"], unique=False)

    op.create_table(
        "event_picture",
        sa.Column("event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("alt", sa.String(length=300), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("uploaded_by", sa.String(length=254), nullable=False),
        sa.CheckConstraint("width > 0 AND height > 0", name=op.f("ck_event_picture_has_a_size")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_event_picture_event_id_event")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_event_picture")),
    )


def downgrade() -> None:
    op.drop_table("event_picture")
    with op.batch_alter_table("event_old_slug") as batch_op:
        batch_op.drop_index(op.f("ix_event_old_slug_event_id"))
    op.drop_table("event_old_slug")
    with op.batch_alter_table("event") as batch_op:
        batch_op.drop_constraint(op.f("ck_event_visibility"), type_="check")
        batch_op.drop_column("calendar_key")
        batch_op.drop_column("visibility")
        batch_op.drop_column("description")
