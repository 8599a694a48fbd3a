"""extend certificates: more ways to earn one, papers of speakers, signatures and logos.

Revision 0013, after 0012.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_OF_ONE = "(rule_id IS NULL) = (registration_id IS NULL) AND (registration_id IS NULL) <> (speaker_id IS NULL)"


def upgrade() -> None:
    op.create_table(
        "paper_picture",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("uploaded_by", sa.String(length=254), nullable=False),
        sa.CheckConstraint("width > 0 AND height > 0", name=op.f("ck_paper_picture_has_a_size")),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_paper_picture")),
    )
    with op.batch_alter_table("association") as batch:
        batch.add_column(sa.Column("paper_note", sa.String(length=500), nullable=False, server_default=""))
        batch.add_column(sa.Column("says_unaccredited", sa.Boolean(), nullable=False, server_default=sa.true()))
        batch.add_column(sa.Column("shows_lessons", sa.Boolean(), nullable=False, server_default=sa.true()))
        for name in ("signature", "logo"):
            batch.add_column(sa.Column(f"{name}_sha256", sa.String(length=64), nullable=True))
            batch.create_foreign_key(
                batch.f(f"fk_association_{name}_sha256_paper_picture"), "paper_picture", [f"{name}_sha256"], ["sha256"]
            )
    op.create_table(
        "paper_style",
        sa.Column("event_id", _ID, nullable=False),
        sa.Column("signatory_name", sa.String(length=200), nullable=False),
        sa.Column("signatory_function", sa.String(length=200), nullable=False),
        sa.Column("paper_note", sa.String(length=500), nullable=False),
        sa.Column("says_unaccredited", sa.Boolean(), nullable=True),
        sa.Column("shows_lessons", sa.Boolean(), nullable=True),
        sa.Column("signature_sha256", sa.String(length=64), nullable=True),
        sa.Column("logo_sha256", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_paper_style_event_id_event")),
        sa.ForeignKeyConstraint(
            ["signature_sha256"], ["paper_picture.sha256"], name=op.f("fk_paper_style_signature_sha256_paper_picture")
        ),
        sa.ForeignKeyConstraint(
            ["logo_sha256"], ["paper_picture.sha256"], name=op.f("fk_paper_style_logo_sha256_paper_picture")
        ),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_paper_style")),
    )
    op.create_table(
        "speaker",
        sa.Column("id", _ID, nullable=False),
        sa.Column("event_id", _ID, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("organisation", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("language", sa.String(length=32), nullable=False),
        sa.Column("link_hash", sa.String(length=64), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("language IN ('cs', 'en', 'both')", name=op.f("ck_speaker_paperlanguage")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_speaker_event_id_event")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_speaker")),
        sa.UniqueConstraint("link_hash", name=op.f("uq_speaker_link_hash")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("speaker") as batch:
        batch.create_index(batch.f("ix_speaker_event_id"), ["event_id"])
    op.create_table(
        "speaker_session",
        sa.Column("speaker_id", _ID, nullable=False),
        sa.Column("session_id", _ID, nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_speaker_session_takes_time")),
        sa.ForeignKeyConstraint(["session_id"], ["session.id"], name=op.f("fk_speaker_session_session_id_session")),
        sa.ForeignKeyConstraint(
            ["speaker_id"], ["speaker.id"], name=op.f("fk_speaker_session_speaker_id_speaker"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("speaker_id", "session_id", name=op.f("pk_speaker_session")),
    )
    with op.batch_alter_table("certificate_rule") as batch:
        batch.add_column(sa.Column("minimum_minutes", sa.Integer(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("online_share", sa.Integer(), nullable=False, server_default="75"))
        batch.add_column(sa.Column("paper_name", sa.String(length=32), nullable=False, server_default="automatic"))
        batch.add_column(sa.Column("language", sa.String(length=32), nullable=False, server_default="cs"))
        batch.add_column(sa.Column("title_english", sa.String(length=200), nullable=False, server_default=""))
        batch.add_column(sa.Column("outcomes", sa.String(length=500), nullable=False, server_default=""))
        batch.create_check_constraint(batch.f("ck_certificate_rule_minutes_not_negative"), "minimum_minutes >= 0")
        batch.create_check_constraint(
            batch.f("ck_certificate_rule_share_is_percentage"), "online_share BETWEEN 1 AND 100"
        )
        batch.create_check_constraint(
            batch.f("ck_certificate_rule_papername"), "paper_name IN ('automatic', 'certificate', 'confirmation')"
        )
        batch.create_check_constraint(batch.f("ck_certificate_rule_paperlanguage"), "language IN ('cs', 'en', 'both')")
    with op.batch_alter_table("certificate") as batch:
        batch.alter_column("rule_id", existing_type=_ID, nullable=True)
        batch.alter_column("registration_id", existing_type=_ID, nullable=True)
        batch.add_column(sa.Column("speaker_id", _ID, nullable=True))
        batch.create_foreign_key(batch.f("fk_certificate_speaker_id_speaker"), "speaker", ["speaker_id"], ["id"])
        batch.create_index(batch.f("ix_certificate_speaker_id"), ["speaker_id"])
        batch.create_index(batch.f("ix_certificate_pdf_sha256"), ["pdf_sha256"])
        batch.create_check_constraint(batch.f("ck_certificate_of_one"), _OF_ONE)
    _drop_defaults()


def downgrade() -> None:
    """Go back; papers of speakers are lost, since nothing there could hold them."""
    op.execute("DELETE FROM revocation WHERE certificate_id IN (SELECT id FROM certificate WHERE rule_id IS NULL)")
    op.execute("DELETE FROM certificate WHERE rule_id IS NULL")
    with op.batch_alter_table("certificate") as batch:
        batch.drop_constraint(batch.f("ck_certificate_of_one"), type_="check")
        batch.drop_index(batch.f("ix_certificate_pdf_sha256"))
        batch.drop_index(batch.f("ix_certificate_speaker_id"))
        batch.drop_constraint(batch.f("fk_certificate_speaker_id_speaker"), type_="foreignkey")
        batch.drop_column("speaker_id")
        batch.alter_column("rule_id", existing_type=_ID, nullable=False)
        batch.alter_column("registration_id", existing_type=_ID, nullable=False)
    with op.batch_alter_table("certificate_rule") as batch:
        for name in ("minutes_not_negative", "share_is_percentage", "papername", "paperlanguage"):
            batch.drop_constraint(batch.f(f"ck_certificate_rule_{name}"), type_="check")
        for column in ("outcomes", "title_english", "language", "paper_name", "online_share", "minimum_minutes"):
            batch.drop_column(column)
    op.drop_table("speaker_session")
    op.drop_table("speaker")
    op.drop_table("paper_style")
    with op.batch_alter_table("association") as batch:
        for name in ("signature", "logo"):
            batch.drop_constraint(batch.f(f"fk_association_{name}_sha256_paper_picture"), type_="foreignkey")
            batch.drop_column(f"{name}_sha256")
        for column in ("shows_lessons", "says_unaccredited", "paper_note"):
            batch.drop_column(column)
    op.drop_table("paper_picture")


def _drop_defaults() -> None:
    """Leave the values of new rows to the application, as everywhere else."""
    filled = {
        "association": ("paper_note", "says_unaccredited", "shows_lessons"),
        "certificate_rule": (
            "minimum_minutes", "online_share", "paper_name", "language", "title_english", "outcomes",
        ),
    }  # fmt: skip
    for table, columns in filled.items():
        with op.batch_alter_table(table) as batch:
            for column in columns:
                batch.alter_column(column, server_default=None)
