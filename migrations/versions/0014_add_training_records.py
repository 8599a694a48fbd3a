"""add training records: what libraries and people get of a year, and what people add to it themselves.

Revision 0014, after 0013.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("organisation") as batch:
        batch.add_column(sa.Column("contact_email", sa.String(length=254), nullable=False, server_default=""))
        batch.add_column(sa.Column("is_small", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column("training_link_version", sa.Integer(), nullable=False, server_default="1"))
        batch.add_column(sa.Column("training_link_hash", sa.String(length=64), nullable=True))
    with op.batch_alter_table("organisation") as batch:
        for name in ("contact_email", "is_small", "training_link_version"):
            batch.alter_column(name, server_default=None)
        batch.create_unique_constraint(op.f("uq_organisation_training_link_hash"), ["training_link_hash"])
    op.create_table(
        "training_settings",
        sa.Column("id", _ID, nullable=False),
        sa.Column("threshold_hours", sa.Integer(), nullable=False),
        sa.Column("small_threshold_hours", sa.Integer(), nullable=False),
        sa.Column("people_label", sa.String(length=200), nullable=False),
        sa.Column("hours_label", sa.String(length=200), nullable=False),
        sa.Column("reached_label", sa.String(length=200), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_training_settings_single_row")),
        sa.CheckConstraint(
            "threshold_hours >= 1 AND small_threshold_hours >= 1", name=op.f("ck_training_settings_asks_for_something")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_settings")),
    )
    op.create_table(
        "declared_training",
        sa.Column("id", _ID, nullable=False),
        sa.Column("person_key", sa.String(length=64), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("organizer", sa.String(length=200), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("minutes >= 1", name=op.f("ck_declared_training_takes_time")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_declared_training")),
    )
    with op.batch_alter_table("declared_training") as batch:
        batch.create_index("ix_declared_training_of_person", ["person_key", "held_on"])
        batch.create_index(batch.f("ix_declared_training_held_on"), ["held_on"])
    op.create_table(
        "training_letter",
        sa.Column("id", _ID, nullable=False),
        sa.Column("organisation_id", _ID, nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_by", sa.String(length=254), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_training_letter_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_letter")),
    )
    with op.batch_alter_table("training_letter") as batch:
        batch.create_index(batch.f("ix_training_letter_organisation_id"), ["organisation_id"])
        batch.create_index(batch.f("ix_training_letter_year"), ["year"])


def downgrade() -> None:
    for name in ("training_letter", "declared_training", "training_settings"):
        op.drop_table(name)
    with op.batch_alter_table("organisation") as batch:
        batch.drop_constraint(op.f("uq_organisation_training_link_hash"), type_="unique")
        for name in ("training_link_hash", "training_link_version", "is_small", "contact_email"):
            batch.drop_column(name)
