"""add print jobs and the files made of them.

Revision 0011, after 0010.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "print_job",
        sa.Column("id", _ID, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("parameters", sa.JSON(), nullable=False),
        sa.Column("event_id", _ID, nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("file_count", sa.Integer(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("requested_by", sa.String(length=254), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("file_count >= 1", name=op.f("ck_print_job_prints_something")),
        sa.CheckConstraint("finished_at IS NULL OR failed_at IS NULL", name=op.f("ck_print_job_ends_one_way")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_print_job")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("print_job") as batch:
        batch.create_index(batch.f("ix_print_job_event_id"), ["event_id"])
    op.create_table(
        "print_file",
        sa.Column("job_id", _ID, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("pdf", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["job_id"], ["print_job.id"], name=op.f("fk_print_file_job_id_print_job"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("job_id", "position", name=op.f("pk_print_file")),
    )


def downgrade() -> None:
    op.drop_table("print_file")
    op.drop_table("print_job")
