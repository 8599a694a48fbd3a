"""add messages to groups, bounces and suppressed addresses.

Revision 0008, after 0007.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_STATES = "state IN ('queued', 'sent', 'failed', 'withdrawn', 'bounced', 'suppressed')"
_STATES_BEFORE = "state IN ('queued', 'sent', 'failed', 'withdrawn')"
_KINDS = sa.Enum(
    "information", "invitation", name="groupmessagekind", native_enum=False, create_constraint=True, length=32
)


def upgrade() -> None:
    with op.batch_alter_table("outbox_message") as batch:
        batch.drop_constraint(op.f("ck_outbox_message_messagestate"), type_="check")
        batch.create_check_constraint(op.f("ck_outbox_message_messagestate"), _STATES)
        batch.add_column(sa.Column("event_id", _ID, nullable=True))
        batch.add_column(sa.Column("bounced_at", sa.DateTime(timezone=True), nullable=True))
        batch.create_index(batch.f("ix_outbox_message_event_id"), ["event_id"])
    op.create_table(
        "suppressed_address",
        sa.Column("id", _ID, nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("suppressed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("message_id", _ID, nullable=True),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["outbox_message.id"],
            name=op.f("fk_suppressed_address_message_id_outbox_message"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suppressed_address")),
        sa.UniqueConstraint("address", name=op.f("uq_suppressed_address_address")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("suppressed_address") as batch:
        batch.create_index(batch.f("ix_suppressed_address_message_id"), ["message_id"])
    op.create_table(
        "invited_address",
        sa.Column("id", _ID, nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("link_hash", sa.String(length=64), nullable=True),
        sa.Column("opted_out_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invited_address")),
        sa.UniqueConstraint("address", name=op.f("uq_invited_address_address")),
        sa.UniqueConstraint("link_hash", name=op.f("uq_invited_address_link_hash")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "group_message",
        sa.Column("id", _ID, nullable=False),
        sa.Column("event_id", _ID, nullable=False),
        sa.Column("kind", _KINDS, nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("recipients", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=254), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_by", sa.String(length=254), nullable=False),
        sa.Column("sent_count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_group_message_event_id_event")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_message")),
    )
    with op.batch_alter_table("group_message") as batch:
        batch.create_index(batch.f("ix_group_message_event_id"), ["event_id"])


def downgrade() -> None:
    op.drop_table("group_message")
    op.drop_table("invited_address")
    op.drop_table("suppressed_address")
    op.execute("UPDATE outbox_message SET state = 'failed' WHERE state IN ('bounced', 'suppressed')")
    with op.batch_alter_table("outbox_message") as batch:
        batch.drop_index(batch.f("ix_outbox_message_event_id"))
        batch.drop_constraint(op.f("ck_outbox_message_messagestate"), type_="check")
        batch.create_check_constraint(op.f("ck_outbox_message_messagestate"), _STATES_BEFORE)
        batch.drop_column("bounced_at")
        batch.drop_column("event_id")
