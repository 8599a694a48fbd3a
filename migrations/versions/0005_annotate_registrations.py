"""add notes, tags, the wish not to be photographed and undo of registrations, and how they stand in lists.

Revision 0005, after 0004.
"""

import unicodedata

import czech_sort
import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_KINDS = "kind IN ('cancel', 'move', 'approve', 'tag', 'untag', 'resend')"
_BATCH = 1000
_LETTERS = {
    letter: bytes([0x10 + at])
    for at, letter in enumerate(sorted([*"abcdefghijklmnopqrstuvwxyz", "cx", "hx", "rx", "sx", "zx"]))
}
_UNDECOMPOSED = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "Ł": "L", "Ø": "O", "Đ": "D", "ß": "ss"})


def upgrade() -> None:
    op.add_column("registration", sa.Column("sort_key", sa.String(length=1000), nullable=False, server_default=""))
    op.add_column("registration", sa.Column("search_text", sa.String(length=700), nullable=False, server_default=""))
    op.add_column("registration", sa.Column("no_photo", sa.Boolean(), nullable=False, server_default=sa.false()))
    _fill_in_list_keys()
    op.create_index("ix_registration_list", "registration", ["event_id", "sort_key", "id"])

    op.create_table(
        "registration_note",
        sa.Column("id", _ID, nullable=False),
        sa.Column("registration_id", _ID, nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_by", sa.String(length=254), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.CheckConstraint("text <> ''", name=op.f("ck_registration_note_says_something")),
        sa.ForeignKeyConstraint(
            ["registration_id"], ["registration.id"], name=op.f("fk_registration_note_registration_id_registration")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registration_note")),
    )
    op.create_index(op.f("ix_registration_note_registration_id"), "registration_note", ["registration_id"])

    op.create_table(
        "registration_tag",
        sa.Column("id", _ID, nullable=False),
        sa.Column("registration_id", _ID, nullable=False),
        sa.Column("word", sa.String(length=40), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.String(length=254), nullable=False),
        sa.CheckConstraint("word <> ''", name=op.f("ck_registration_tag_says_something")),
        sa.ForeignKeyConstraint(
            ["registration_id"], ["registration.id"], name=op.f("fk_registration_tag_registration_id_registration")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registration_tag")),
        sa.UniqueConstraint("registration_id", "word", name=op.f("uq_registration_tag_registration_id_word")),
    )
    op.create_index(op.f("ix_registration_tag_word"), "registration_tag", ["word"])

    op.create_table(
        "bulk_action",
        sa.Column("id", _ID, nullable=False),
        sa.Column("event_id", _ID, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_by", sa.String(length=254), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("undo_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.String(length=254), nullable=True),
        sa.CheckConstraint(_KINDS, name=op.f("ck_bulk_action_bulkkind")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_bulk_action_event_id_event")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_action")),
    )
    op.create_index("ix_bulk_action_recent", "bulk_action", ["event_id", "done_by", "undo_until"])


def downgrade() -> None:
    op.drop_table("bulk_action")
    op.drop_table("registration_tag")
    op.drop_table("registration_note")
    op.drop_index("ix_registration_list", "registration")
    # Not in a batch: SQLite would copy the table, and lose its checks.
    op.drop_column("registration", "no_photo")
    op.drop_column("registration", "search_text")
    op.drop_column("registration", "sort_key")


def _fill_in_list_keys() -> None:
    names = ("family_name", "given_name", "email", "organisation_name")
    table = sa.table("registration", *map(sa.column, ("id", *names, "sort_key", "search_text")))
    fill_in = (
        sa.update(table)
        .where(table.c.id == sa.bindparam("id_"))
        .values(sort_key=sa.bindparam("sort"), search_text=sa.bindparam("search"))
    )
    connection = op.get_bind()
    last = 0
    while True:
        some = sa.select(table.c.id, *(table.c[name] for name in names)).where(table.c.id > last)
        rows = connection.execute(some.order_by(table.c.id).limit(_BATCH)).all()
        if not rows:
            return
        last = rows[-1].id
        connection.execute(
            fill_in,
            [
                {
                    "id_": row.id,
                    "sort": _sort_key(f"{row.family_name} {row.given_name}"),
                    "search": _fold(f"{row.family_name} {row.given_name} {row.email} {row.organisation_name}")[:700],
                }
                for row in rows
            ],
        )


def _sort_key(words: str) -> str:
    alphabet, accents, *_ = czech_sort.key(words)
    letters = b"".join(map(_letter_weight, alphabet))
    marks = b"".join(map(_accent_weight, accents)).rstrip(b"\x01")
    return (letters + b"\x00" + marks).hex()[:1000]


def _letter_weight(element: tuple) -> bytes:
    kind, *value = element
    if kind == 0:
        return b"\x02"
    if kind == 1:
        return _LETTERS.get(value[0]) or b"\x70" + ord(value[0][0]).to_bytes(3, "big")
    return b"\x80" + min(value[0], 0xFFFFFFFF).to_bytes(4, "big")


def _accent_weight(element: tuple) -> bytes:
    return b"".join(bytes(2 + each for each in level) + b"\x01" for level in element) or b"\x01"


def _fold(words: str) -> str:
    decomposed = unicodedata.normalize("NFKD", words.translate(_UNDECOMPOSED))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter)).casefold()
