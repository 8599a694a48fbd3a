"""add doors: paired phones, their scans, and what changes on the lists they keep.

Revision 0010, after 0009.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_INSTANT = sa.DateTime(timezone=True)
_SOURCES = ("scan", "manual", "walk_in", "join", "online_report", "organizer")
_VERDICTS = (
    "admitted",
    "already_in",
    "wrong_session",
    "wrong_event",
    "cancelled",
    "waiting",
    "replaced",
    "unknown",
    "revoked_door",
)
_KINDS_BEFORE = "kind IN ('present', 'undo')"
_KINDS = "kind IN ('present', 'left', 'undo')"

# What doors show of a person. Many write it, and some past the models: only the database hears of all of them. On
# SQLite a migration that copies one of these tables has to make its trigger anew.
_SHOWN = (
    "status",
    "ticket_type_id",
    "title_before",
    "given_name",
    "family_name",
    "title_after",
    "organisation_name",
    "ticket_version",
    "erased_at",
)
_WATCHED = {
    "registration": ("UPDATE OF " + ", ".join(_SHOWN), "id"),
    "ticket_code": ("INSERT", "registration_id"),
    "attendance_entry": ("INSERT", "registration_id"),
}


def upgrade() -> None:
    op.create_table(
        "pairing_code",
        sa.Column("id", _ID, nullable=False),
        sa.Column("event_id", _ID, nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("rights", sa.String(length=60), nullable=False),
        sa.Column("most_doors", sa.Integer(), nullable=False),
        sa.Column("door_count", sa.Integer(), nullable=False),
        sa.Column("made_at", _INSTANT, nullable=False),
        sa.Column("made_by", sa.String(length=254), nullable=False),
        sa.Column("expires_at", _INSTANT, nullable=False),
        sa.CheckConstraint("most_doors BETWEEN 1 AND 10", name=op.f("ck_pairing_code_for_a_few")),
        sa.CheckConstraint("door_count BETWEEN 0 AND most_doors", name=op.f("ck_pairing_code_not_used_more")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_pairing_code_event_id_event")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pairing_code")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_pairing_code_secret_hash")),
    )
    with op.batch_alter_table("pairing_code") as batch:
        batch.create_index(batch.f("ix_pairing_code_event_id"), ["event_id"])
    op.create_table(
        "door",
        sa.Column("id", _ID, nullable=False),
        sa.Column("event_id", _ID, nullable=False),
        sa.Column("label", sa.String(length=60), nullable=False),
        sa.Column("rights", sa.String(length=60), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=True),
        sa.Column("paired_at", _INSTANT, nullable=False),
        sa.Column("paired_by", sa.String(length=254), nullable=False),
        sa.Column("expires_at", _INSTANT, nullable=False),
        sa.Column("last_seen_at", _INSTANT, nullable=False),
        sa.Column("list_at", _INSTANT, nullable=True),
        sa.Column("waiting_scans", sa.Integer(), nullable=False),
        sa.Column("clock_lag_ms", _ID, nullable=True),
        sa.Column("revoked_at", _INSTANT, nullable=True),
        sa.Column("revoked_by", sa.String(length=254), nullable=False),
        sa.CheckConstraint("waiting_scans >= 0", name=op.f("ck_door_counts_scans")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_door_event_id_event")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_door")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_door_token_hash")),
    )
    with op.batch_alter_table("door") as batch:
        batch.create_index(batch.f("ix_door_event_id"), ["event_id"])
    op.create_table(
        "scan",
        sa.Column("id", _ID, nullable=False),
        sa.Column("door_id", _ID, nullable=False),
        sa.Column("nonce", sa.String(length=36), nullable=False),
        sa.Column("registration_id", _ID, nullable=True),
        sa.Column("session_id", _ID, nullable=True),
        sa.Column("kind", _word("scankind", "in", "out", "undo"), nullable=False),
        sa.Column("source", _word("source", *_SOURCES), nullable=False),
        sa.Column("scanned_at", _INSTANT, nullable=False),
        sa.Column("received_at", _INSTANT, nullable=False),
        sa.Column("verdict", _word("verdict", *_VERDICTS), nullable=False),
        sa.Column("since", _INSTANT, nullable=True),
        sa.Column("since_door", sa.String(length=60), nullable=False),
        sa.Column("corrected_at", _INSTANT, nullable=True),
        sa.Column("corrected_since", _INSTANT, nullable=True),
        sa.Column("corrected_door", sa.String(length=60), nullable=False),
        sa.Column("reviewed_at", _INSTANT, nullable=True),
        sa.Column("reviewed_by", sa.String(length=254), nullable=False),
        sa.Column("is_accepted", sa.Boolean(), nullable=True),
        sa.Column("walk_in", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["door_id"], ["door.id"], name=op.f("fk_scan_door_id_door")),
        sa.ForeignKeyConstraint(
            ["registration_id"], ["registration.id"], name=op.f("fk_scan_registration_id_registration")
        ),
        sa.ForeignKeyConstraint(["session_id"], ["session.id"], name=op.f("fk_scan_session_id_session")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scan")),
        sa.UniqueConstraint("door_id", "nonce", name=op.f("uq_scan_door_id_nonce")),
    )
    is_corrected = sa.text("corrected_at IS NOT NULL")
    with op.batch_alter_table("scan") as batch:
        batch.create_index(batch.f("ix_scan_session_id"), ["session_id"])
        batch.create_index("ix_scan_person", ["registration_id", "session_id"])
        batch.create_index(
            "ix_scan_corrected",
            ["door_id", "corrected_at"],
            sqlite_where=is_corrected,
            postgresql_where=is_corrected,
        )
    op.create_table(
        "roster_change",
        sa.Column("registration_id", _ID, nullable=False),
        sa.Column("change", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"], ["registration.id"], name=op.f("fk_roster_change_registration_id_registration")
        ),
        sa.PrimaryKeyConstraint("registration_id", name=op.f("pk_roster_change")),
    )
    with op.batch_alter_table("roster_change") as batch:
        batch.create_index(batch.f("ix_roster_change_change"), ["change"])
    with op.batch_alter_table("attendance_entry") as batch:
        batch.drop_constraint(op.f("ck_attendance_entry_entrykind"), type_="check")
        batch.create_check_constraint(op.f("ck_attendance_entry_entrykind"), _KINDS)
        batch.add_column(sa.Column("minutes", sa.Integer(), nullable=True))
        batch.create_check_constraint(op.f("ck_attendance_entry_minutes_of_one_day"), "minutes BETWEEN 0 AND 1440")
        batch.add_column(sa.Column("door_id", _ID, nullable=True))
        batch.create_foreign_key(
            op.f("fk_attendance_entry_door_id_door"), "door", ["door_id"], ["id"], ondelete="SET NULL"
        )
        batch.drop_index(op.f("ix_attendance_entry_session_id"))
        batch.create_index("ix_attendance_entry_session", ["session_id", "registration_id", "ordinal"])
    with op.batch_alter_table("ticket_code") as batch:
        batch.add_column(sa.Column("scan_hash", sa.String(length=32), nullable=True))
        batch.create_index(batch.f("ix_ticket_code_scan_hash"), ["scan_hash"])
    watch = _watch_on_postgresql if op.get_bind().dialect.name == "postgresql" else _watch_on_sqlite
    for statement in watch():
        op.execute(statement)


def downgrade() -> None:
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    for table in _WATCHED:
        op.execute(f"DROP TRIGGER roster_{table}" + (f' ON "{table}"' if is_postgresql else ""))
    if is_postgresql:
        op.execute("DROP FUNCTION note_roster_change()")
    with op.batch_alter_table("ticket_code") as batch:
        batch.drop_index(batch.f("ix_ticket_code_scan_hash"))
        batch.drop_column("scan_hash")
    op.execute("UPDATE attendance_entry SET kind = 'present' WHERE kind = 'left'")
    with op.batch_alter_table("attendance_entry") as batch:
        batch.drop_index("ix_attendance_entry_session")
        batch.create_index(op.f("ix_attendance_entry_session_id"), ["session_id"])
        batch.drop_constraint(op.f("fk_attendance_entry_door_id_door"), type_="foreignkey")
        batch.drop_column("door_id")
        batch.drop_constraint(op.f("ck_attendance_entry_minutes_of_one_day"), type_="check")
        batch.drop_column("minutes")
        batch.drop_constraint(op.f("ck_attendance_entry_entrykind"), type_="check")
        batch.create_check_constraint(op.f("ck_attendance_entry_entrykind"), _KINDS_BEFORE)
    for table in ("roster_change", "scan", "door", "pairing_code"):
        op.drop_table(table)


def _word(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _watch_on_sqlite() -> list[str]:
    """Number the changes from one; whoever writes is alone, so that numbers grow as transactions are committed."""
    return [
        f"""
        CREATE TRIGGER roster_{table} AFTER {when} ON "{table}" BEGIN
          INSERT INTO roster_change (registration_id, change)
          VALUES (NEW.{column}, (SELECT coalesce(max(change), 0) + 1 FROM roster_change))
          ON CONFLICT (registration_id) DO UPDATE SET change = excluded.change;
        END
        """  # noqa: S608 - the names stand above
        for table, (when, column) in _WATCHED.items()
    ]


def _watch_on_postgresql() -> list[str]:
    """Number the changes by their transactions: a snapshot knows the first of those that were not finished yet."""
    return [
        """
        CREATE FUNCTION note_roster_change() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
          person bigint;
        BEGIN
          IF TG_TABLE_NAME = 'registration' THEN person := NEW.id; ELSE person := NEW.registration_id; END IF;
          INSERT INTO roster_change (registration_id, change)
          VALUES (person, pg_current_xact_id()::text::bigint)
          ON CONFLICT (registration_id) DO UPDATE SET change = excluded.change;
          RETURN NULL;
        END $$
        """,
        *[
            f'CREATE TRIGGER roster_{table} AFTER {when} ON "{table}" '
            "FOR EACH ROW EXECUTE FUNCTION note_roster_change()"
            for table, (when, _) in _WATCHED.items()
        ],
    ]
