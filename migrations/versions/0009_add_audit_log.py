"""add the audit log, to which entries are only ever added.

Revision 0009, after 0008.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

# What was written stays as it was. Personal values may go when somebody is erased, which the entry then says, and
# whole entries after ten years.
_FROZEN = ("id", "at", "subject_kind", "subject_id", "event_id", "action")
_REFUSES_CHANGE = "an audit entry is never changed"
_REFUSES_DELETION = "an audit entry is kept for ten years"


def upgrade() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("id", _ID, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=254), nullable=False),
        sa.Column("subject_kind", sa.String(length=32), nullable=False),
        sa.Column("subject_id", _ID, nullable=False),
        sa.Column("event_id", _ID, nullable=True),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    with op.batch_alter_table("audit_entry") as batch:
        batch.create_index(batch.f("ix_audit_entry_at"), ["at"])
        batch.create_index("ix_audit_entry_event", ["event_id", "id"])
        batch.create_index("ix_audit_entry_subject", ["subject_kind", "subject_id", "id"])
    statements = _on_postgresql() if op.get_bind().dialect.name == "postgresql" else _on_sqlite()
    for statement in statements:
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("audit_entry")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_entry_only_grows()")


def _on_sqlite() -> list[str]:
    changed = " OR ".join(f'NEW."{column}" IS NOT OLD."{column}"' for column in _FROZEN)
    return [
        "CREATE TRIGGER audit_entry_not_changed BEFORE UPDATE ON audit_entry "
        f'WHEN {changed} OR NEW."by" NOT IN (OLD."by", \'[erased]\') OR NEW.erased_at IS NULL '
        f"BEGIN SELECT RAISE(ABORT, '{_REFUSES_CHANGE}'); END",
        "CREATE TRIGGER audit_entry_not_deleted BEFORE DELETE ON audit_entry "
        "WHEN OLD.\"at\" > datetime('now', '-10 years') "
        f"BEGIN SELECT RAISE(ABORT, '{_REFUSES_DELETION}'); END",
    ]


def _on_postgresql() -> list[str]:
    new, old = (", ".join(f'{row}."{column}"' for column in _FROZEN) for row in ("NEW", "OLD"))
    return [
        f"""
        CREATE FUNCTION audit_entry_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF TG_OP = 'TRUNCATE' THEN
            RAISE EXCEPTION '{_REFUSES_DELETION}' USING ERRCODE = 'integrity_constraint_violation';
          ELSIF TG_OP = 'DELETE' THEN
            IF OLD."at" > now() - interval '10 years' THEN
              RAISE EXCEPTION '{_REFUSES_DELETION}' USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            RETURN OLD;
          END IF;
          IF ({new}) IS DISTINCT FROM ({old})
             OR NEW."by" NOT IN (OLD."by", '[erased]')
             OR NEW.erased_at IS NULL THEN
            RAISE EXCEPTION '{_REFUSES_CHANGE}' USING ERRCODE = 'integrity_constraint_violation';
          END IF;
          RETURN NEW;
        END $$
        """,
        "CREATE TRIGGER audit_entry_only_grows BEFORE UPDATE OR DELETE ON audit_entry "
        "FOR EACH ROW EXECUTE FUNCTION audit_entry_only_grows()",
        "CREATE TRIGGER audit_entry_not_emptied BEFORE TRUNCATE ON audit_entry "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_only_grows()",
    ]
