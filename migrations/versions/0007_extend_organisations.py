"""add merges and membership applications.

Revision 0007, after 0006.
"""

from typing import Any

import czech_sort
import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_KINDS = "kind IN ('prispevkova', 'organizacni_slozka', 'jina')"
_ADDRESS_FORMS = "address_form IN ('vykani', 'tykani')"
_DECISIONS = "decision IN ('approved', 'refused')"
_LIVE = sa.text("merged_into_id IS NULL")
_OPEN = sa.text("until_on IS NULL")
_LETTERS = {
    letter: bytes([0x10 + at])
    for at, letter in enumerate(sorted([*"abcdefghijklmnopqrstuvwxyz", "cx", "hx", "rx", "sx", "zx"]))
}


def upgrade() -> None:
    with op.batch_alter_table("organisation") as batch:
        batch.add_column(sa.Column("sort_key", sa.String(length=1000), nullable=False, server_default=""))
        batch.add_column(sa.Column("dic", sa.String(length=12), nullable=True))
        batch.add_column(sa.Column("sigla", sa.String(length=10), nullable=True))
        batch.add_column(sa.Column("data_box", sa.String(length=7), nullable=True))
        for name, length in (("street", 200), ("postcode", 10), ("founder", 200)):
            batch.add_column(sa.Column(name, sa.String(length=length), nullable=False, server_default=""))
        batch.add_column(sa.Column("kind", sa.String(length=32), nullable=False, server_default="jina"))
        batch.add_column(sa.Column("merged_into_id", _ID, nullable=True))
        batch.add_column(sa.Column("merged_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("merged_by", sa.String(length=254), nullable=True))
    _write_sort_keys()
    with op.batch_alter_table("organisation") as batch:
        for name in ("sort_key", "street", "postcode", "founder", "kind"):
            batch.alter_column(name, server_default=None)
        batch.create_check_constraint(op.f("ck_organisation_organisationkind"), _KINDS)
        batch.create_check_constraint(
            op.f("ck_organisation_merged_at_a_time"), "(merged_into_id IS NULL) = (merged_at IS NULL)"
        )
        batch.create_check_constraint(op.f("ck_organisation_not_merged_into_itself"), "merged_into_id <> id")
        batch.create_foreign_key(
            op.f("fk_organisation_merged_into_id_organisation"), "organisation", ["merged_into_id"], ["id"]
        )
        batch.drop_constraint(op.f("uq_organisation_name_town"), type_="unique")
        batch.create_index(op.f("ix_organisation_merged_into_id"), ["merged_into_id"])
        batch.create_index(op.f("ix_organisation_sort_key"), ["sort_key"])
    with op.batch_alter_table("organisation") as batch:
        batch.create_index(
            "uq_organisation_name_town", ["name", "town"], unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE
        )
        batch.create_index("uq_organisation_sigla", ["sigla"], unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE)

    op.create_table(
        "membership",
        sa.Column("id", _ID, nullable=False),
        sa.Column("organisation_id", _ID, nullable=False),
        sa.Column("since_on", sa.Date(), nullable=True),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.CheckConstraint("until_on >= since_on", name=op.f("ck_membership_ends_after_it_begins")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_membership_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
    )
    with op.batch_alter_table("membership") as batch:
        batch.create_index(op.f("ix_membership_organisation_id"), ["organisation_id"])
        batch.create_index(
            "uq_membership_open", ["organisation_id"], unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN
        )
    _begin_memberships()

    op.create_table(
        "membership_application",
        sa.Column("id", _ID, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("position", sa.String(length=200), nullable=False),
        sa.Column("organisation_id", _ID, nullable=True),
        sa.Column("organisation_name", sa.String(length=200), nullable=False),
        sa.Column("town", sa.String(length=100), nullable=False),
        sa.Column("ico", sa.String(length=8), nullable=True),
        sa.Column("may_be_listed", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(length=1000), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision", sa.String(length=32), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(length=254), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("link_hash", sa.String(length=64), nullable=True),
        sa.Column("submission_key", sa.String(length=64), nullable=True),
        sa.CheckConstraint(_DECISIONS, name=op.f("ck_membership_application_decision")),
        sa.CheckConstraint(
            "(decision IS NULL) = (decided_at IS NULL)", name=op.f("ck_membership_application_decided_at_a_time")
        ),
        sa.CheckConstraint(
            "decision IS NULL OR confirmed_at IS NOT NULL",
            name=op.f("ck_membership_application_decided_once_confirmed"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_membership_application_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership_application")),
        sa.UniqueConstraint("link_hash", name=op.f("uq_membership_application_link_hash")),
        sa.UniqueConstraint("submission_key", name=op.f("uq_membership_application_submission_key")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("membership_application") as batch:
        batch.create_index(op.f("ix_membership_application_email"), ["email"])
        batch.create_index(op.f("ix_membership_application_organisation_id"), ["organisation_id"])

    with op.batch_alter_table("association") as batch:
        batch.add_column(sa.Column("address_form", sa.String(length=32), nullable=False, server_default="vykani"))
    with op.batch_alter_table("association") as batch:
        batch.alter_column("address_form", server_default=None)
        batch.create_check_constraint(op.f("ck_association_addressform"), _ADDRESS_FORMS)

    op.create_table(
        "directory_import",
        sa.Column("id", _ID, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(length=254), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("header", sa.JSON(), nullable=False),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_directory_import")),
    )


def downgrade() -> None:
    op.drop_table("directory_import")
    with op.batch_alter_table("association") as batch:
        batch.drop_constraint(op.f("ck_association_addressform"), type_="check")
        batch.drop_column("address_form")
    op.drop_table("membership_application")
    op.drop_table("membership")
    # Two rows of one name were not possible before; of a duplicate only its number can stay.
    op.execute(
        "UPDATE organisation SET name = 'merged ' || id, folded_name = 'merged ' || id WHERE merged_at IS NOT NULL"
    )
    with op.batch_alter_table("organisation") as batch:
        batch.drop_index("uq_organisation_sigla", sqlite_where=_LIVE, postgresql_where=_LIVE)
        batch.drop_index("uq_organisation_name_town", sqlite_where=_LIVE, postgresql_where=_LIVE)
    with op.batch_alter_table("organisation") as batch:
        batch.create_unique_constraint(op.f("uq_organisation_name_town"), ["name", "town"])
        batch.drop_index(op.f("ix_organisation_sort_key"))
        batch.drop_index(op.f("ix_organisation_merged_into_id"))
        batch.drop_constraint(op.f("fk_organisation_merged_into_id_organisation"), type_="foreignkey")
        for name in ("not_merged_into_itself", "merged_at_a_time", "organisationkind"):
            batch.drop_constraint(op.f(f"ck_organisation_{name}"), type_="check")
        for name in ("merged_by", "merged_at", "merged_into_id", "kind", "founder", "postcode", "street"):
            batch.drop_column(name)
        for name in ("data_box", "sigla", "dic", "sort_key"):
            batch.drop_column(name)


def _write_sort_keys() -> None:
    """Give organisations their place in the Czech alphabet, which no database knows."""
    table = sa.table("organisation", sa.column("id"), sa.column("name"), sa.column("town"), sa.column("sort_key"))
    connection = op.get_bind()
    for id_, name, town in connection.execute(sa.select(table.c.id, table.c.name, table.c.town)).all():
        key = _sort_key(f"{name} {town}")
        connection.execute(sa.update(table).where(table.c.id == id_).values(sort_key=key))


def _sort_key(words: str) -> str:
    """As `core.czech.stored_sort_key` made it when this was written."""
    alphabet, accents, *_ = czech_sort.key(words)
    letters = b"".join(map(_letter_weight, alphabet))
    marks = b"".join(map(_accent_weight, accents)).rstrip(b"\x01")
    return (letters + b"\x00" + marks).hex()[:1000]


def _letter_weight(element: tuple[Any, ...]) -> bytes:
    kind, *value = element
    if kind == 0:
        return b"\x02"
    if kind == 1:
        return _LETTERS.get(value[0]) or b"\x70" + ord(value[0][0]).to_bytes(3, "big")
    return b"\x80" + min(value[0], 0xFFFFFFFF).to_bytes(4, "big")


def _accent_weight(element: tuple[tuple[int, ...], ...]) -> bytes:
    return b"".join(bytes(2 + each for each in level) + b"\x01" for level in element) or b"\x01"


def _begin_memberships() -> None:
    """Begin the history of those who are members already; since when they are, nobody has written down."""
    op.execute("INSERT INTO membership (organisation_id, reason) SELECT id, '' FROM organisation WHERE is_member")
