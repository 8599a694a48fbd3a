"""add passkeys, teams, invitations and sign-ins of the staff.

Revision 0003, after 0002.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _add_passkeys()
    with op.batch_alter_table("user") as batch:
        batch.add_column(sa.Column("name", sa.String(length=200), nullable=False, server_default=""))
    with op.batch_alter_table("user") as batch:
        batch.alter_column("name", existing_type=sa.String(length=200), existing_nullable=False, server_default=None)
    _add_teams()
    _add_invitations()
    _add_sign_ins()
    _make_organizers_administrators()


def downgrade() -> None:
    for table in ("sign_in", "staff_invitation", "team_member", "webauthn"):
        op.drop_table(table)
    with op.batch_alter_table("user") as batch:
        batch.drop_column("name")


def _add_passkeys() -> None:
    op.create_table(
        "webauthn",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(length=1024), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.Integer(), nullable=True),
        sa.Column("transports", sa.UnicodeText(), nullable=True),
        sa.Column("backup_state", sa.Boolean(), nullable=False),
        sa.Column("device_type", sa.String(length=64), nullable=False),
        sa.Column("extensions", sa.String(length=255), nullable=True),
        sa.Column("create_datetime", sa.DateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False),
        sa.Column("lastuse_datetime", sa.DateTime(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("usage", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_webauthn_user_id_user"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webauthn")),
    )
    with op.batch_alter_table("webauthn") as batch:
        batch.create_index(batch.f("ix_webauthn_credential_id"), ["credential_id"], unique=True)


def _add_teams() -> None:
    op.create_table(
        "team_member",
        sa.Column("id", _ID, nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("event_id", _ID, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=254), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_team_member_event_id_event"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_team_member_user_id_user"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_member")),
        sa.UniqueConstraint("user_id", "event_id", name=op.f("uq_team_member_user_id_event_id")),
    )
    with op.batch_alter_table("team_member") as batch:
        batch.create_index(batch.f("ix_team_member_event_id"), ["event_id"])


def _add_invitations() -> None:
    op.create_table(
        "staff_invitation",
        sa.Column("id", _ID, nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=True),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=254), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_staff_invitation_user_id_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_invitation")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_staff_invitation_token_hash")),
    )
    with op.batch_alter_table("staff_invitation") as batch:
        batch.create_index(batch.f("ix_staff_invitation_user_id"), ["user_id"])


def _add_sign_ins() -> None:
    op.create_table(
        "sign_in",
        sa.Column("id", _ID, nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("means", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_sign_in_user_id_user"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in")),
    )
    with op.batch_alter_table("sign_in") as batch:
        batch.create_index(batch.f("ix_sign_in_user_id"), ["user_id"])


def _make_organizers_administrators() -> None:
    """Let those who could do everything so far go on doing so: organizers now work with events of their teams only."""
    op.execute(
        "INSERT INTO role (name) SELECT 'administrator' WHERE EXISTS (SELECT 1 FROM role WHERE name = 'organizer') "
        "AND NOT EXISTS (SELECT 1 FROM role WHERE name = 'administrator')"
    )
    op.execute(
        "INSERT INTO roles_users (user_id, role_id) "
        "SELECT roles_users.user_id, administrator.id FROM roles_users "
        "JOIN role AS organizer ON organizer.id = roles_users.role_id AND organizer.name = 'organizer' "
        "JOIN role AS administrator ON administrator.name = 'administrator'"
    )
