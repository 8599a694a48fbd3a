"""add waiting lists and questions, and messages composed at delivery.

Revision 0002, after 0001.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_STATES = "status IN ('applied', 'waiting', 'offered', 'confirmed', 'cancelled')"
_STATES_BEFORE = "status IN ('confirmed', 'cancelled')"
_MESSAGE_STATES = "state IN ('queued', 'sent', 'failed', 'withdrawn')"
_MESSAGE_STATES_BEFORE = "state IN ('queued', 'sent', 'failed')"
_HASH_OF_PDF = "(pdf IS NULL) = (pdf_sha256 IS NULL) OR (pdf IS NULL AND erased_at IS NOT NULL)"
_HASH_OF_PDF_BEFORE = "(pdf IS NULL) = (pdf_sha256 IS NULL)"


def upgrade() -> None:
    op.create_table(
        "question",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "scope",
            sa.Enum("person", "order", name="questionscope", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column(
            "kind",
            sa.Enum(
                "text",
                "long_text",
                "choice",
                "choices",
                "yes_no",
                "number",
                "date",
                name="questionkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("help", sa.String(length=500), nullable=False),
        sa.Column("is_required", sa.Boolean(), nullable=False),
        sa.Column("delete_after_days", sa.Integer(), nullable=True),
        sa.Column("shown_if_code", sa.String(length=40), nullable=True),
        sa.Column("shown_if_value", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_question_event_id_event")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question")),
        sa.UniqueConstraint("event_id", "code", name=op.f("uq_question_event_id_code")),
    )
    op.create_table(
        "question_choice",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("question_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "taken >= 0 AND (capacity IS NULL OR taken <= capacity)", name=op.f("ck_question_choice_never_oversold")
        ),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name=op.f("fk_question_choice_question_id_question")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_choice")),
        sa.UniqueConstraint("question_id", "code", name=op.f("uq_question_choice_question_id_code")),
    )
    op.create_table(
        "waiting_list_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ticket_type_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("takes_fewer", sa.Boolean(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_over", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["order.id"], name=op.f("fk_waiting_list_entry_order_id_order")),
        sa.ForeignKeyConstraint(
            ["ticket_type_id"], ["ticket_type.id"], name=op.f("fk_waiting_list_entry_ticket_type_id_ticket_type")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting_list_entry")),
        sa.UniqueConstraint("order_id", "ticket_type_id", name=op.f("uq_waiting_list_entry_order_id_ticket_type_id")),
    )
    with op.batch_alter_table("waiting_list_entry") as batch_op:
        batch_op.create_index("ix_waiting_list_entry_line", ["ticket_type_id", "is_over", "id"], unique=False)

    op.create_table(
        "answer",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("registration_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("question_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("question_label", sa.String(length=200), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("shown", sa.Text(), nullable=False),
        sa.Column("delete_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["order_id"], ["order.id"], name=op.f("fk_answer_order_id_order")),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name=op.f("fk_answer_question_id_question")),
        sa.ForeignKeyConstraint(
            ["registration_id"], ["registration.id"], name=op.f("fk_answer_registration_id_registration")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer")),
        sa.UniqueConstraint(
            "order_id", "registration_id", "question_id", name=op.f("uq_answer_order_id_registration_id_question_id")
        ),
    )
    with op.batch_alter_table("answer") as batch_op:
        batch_op.create_index(op.f("ix_answer_delete_on"), ["delete_on"], unique=False)
        batch_op.create_index(op.f("ix_answer_question_id"), ["question_id"], unique=False)
        batch_op.create_index(op.f("ix_answer_registration_id"), ["registration_id"], unique=False)

    op.create_table(
        "place_offer",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("registration_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["registration_id"], ["registration.id"], name=op.f("fk_place_offer_registration_id_registration")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place_offer")),
        sa.UniqueConstraint("registration_id", name=op.f("uq_place_offer_registration_id")),
    )
    with op.batch_alter_table("place_offer") as batch_op:
        batch_op.create_index(op.f("ix_place_offer_expires_at"), ["expires_at"], unique=False)

    op.create_table(
        "substitution",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("registration_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("substituted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("substituted_by", sa.String(length=254), nullable=False),
        sa.Column("previous_name", sa.String(length=300), nullable=False),
        sa.Column("previous_email", sa.String(length=254), nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"], ["registration.id"], name=op.f("fk_substitution_registration_id_registration")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_substitution")),
    )
    with op.batch_alter_table("substitution") as batch_op:
        batch_op.create_index(op.f("ix_substitution_previous_email"), ["previous_email"], unique=False)
        batch_op.create_index(op.f("ix_substitution_registration_id"), ["registration_id"], unique=False)

    with op.batch_alter_table("cancellation") as batch_op:
        batch_op.add_column(
            sa.Column(
                "kind",
                sa.String(length=32),
                sa.CheckConstraint(
                    "kind IN ('cancelled', 'declined', 'lapsed', 'refused', 'event_cancelled')",
                    name=op.f("ck_cancellation_cancellationkind"),
                ),
                nullable=False,
                server_default="cancelled",
            )
        )

    with op.batch_alter_table("certificate") as batch_op:
        batch_op.add_column(sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.drop_constraint(op.f("ck_certificate_hash_of_pdf"), type_="check")
        batch_op.create_check_constraint(op.f("ck_certificate_hash_of_pdf"), _HASH_OF_PDF)

    with op.batch_alter_table("event") as batch_op:
        batch_op.add_column(sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(
            sa.Column(
                "waiting_list",
                sa.String(length=32),
                sa.CheckConstraint(
                    "waiting_list IN ('confirm', 'offer', 'none')", name=op.f("ck_event_waitinglistmode")
                ),
                nullable=False,
                server_default="confirm",
            )
        )
        batch_op.add_column(sa.Column("offer_hours", sa.Integer(), nullable=False, server_default="48"))
        batch_op.add_column(sa.Column("needs_approval", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("organisation_limit", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("changes_close_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("reminders_in_person", sa.JSON(), nullable=False, server_default="[4320, 1440]"))
        batch_op.add_column(sa.Column("reminders_online", sa.JSON(), nullable=False, server_default="[60]"))
        batch_op.add_column(
            sa.Column(
                "waiting",
                sa.Integer(),
                sa.CheckConstraint("waiting >= 0", name=op.f("ck_event_nobody_less_waits")),
                nullable=False,
                server_default="0",
            )
        )

    with op.batch_alter_table("order") as batch_op:
        batch_op.add_column(sa.Column("submission_key", sa.String(length=64), nullable=True))
        batch_op.create_unique_constraint(op.f("uq_order_submission_key"), ["submission_key"])

    with op.batch_alter_table("organisation") as batch_op:
        batch_op.add_column(sa.Column("town", sa.String(length=100), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("folded_town", sa.String(length=100), nullable=False, server_default=""))
        batch_op.drop_constraint(op.f("uq_organisation_name"), type_="unique")
        batch_op.create_index(op.f("ix_organisation_ico"), ["ico"], unique=False)
        batch_op.create_unique_constraint(op.f("uq_organisation_name_town"), ["name", "town"])

    with op.batch_alter_table("outbox_message") as batch_op:
        batch_op.drop_constraint(op.f("ck_outbox_message_messagestate"), type_="check")
        batch_op.create_check_constraint(op.f("ck_outbox_message_messagestate"), _MESSAGE_STATES)
        batch_op.add_column(sa.Column("language", sa.String(length=2), nullable=False, server_default="cs"))
        batch_op.add_column(sa.Column("facts", sa.JSON(), nullable=False, server_default="{}"))

    with op.batch_alter_table("registration") as batch_op:
        batch_op.drop_constraint(op.f("ck_registration_registrationstatus"), type_="check")
        batch_op.create_check_constraint(op.f("ck_registration_registrationstatus"), _STATES)
        batch_op.add_column(sa.Column("person_key", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(
            sa.Column("waiting_entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.add_column(sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index("ix_registration_waiting", ["waiting_entry_id", "status"], unique=False)
        batch_op.create_index(
            "uq_registration_person",
            ["event_id", "person_key"],
            unique=True,
            sqlite_where=sa.text("status <> 'cancelled'"),
            postgresql_where=sa.text("status <> 'cancelled'"),
        )
        batch_op.create_foreign_key(
            op.f("fk_registration_waiting_entry_id_waiting_list_entry"),
            "waiting_list_entry",
            ["waiting_entry_id"],
            ["id"],
        )

    with op.batch_alter_table("ticket_type") as batch_op:
        batch_op.add_column(
            sa.Column(
                "waiting",
                sa.Integer(),
                sa.CheckConstraint("waiting >= 0", name=op.f("ck_ticket_type_nobody_less_waits")),
                nullable=False,
                server_default="0",
            )
        )
        batch_op.add_column(
            sa.Column(
                "audience",
                sa.String(length=32),
                sa.CheckConstraint(
                    "audience IN ('everyone', 'members', 'invited', 'students')", name=op.f("ck_ticket_type_audience")
                ),
                nullable=False,
                server_default="everyone",
            )
        )

    op.execute(
        'UPDATE registration SET confirmed_at = (SELECT created_at FROM "order" WHERE "order".id = order_id) '
        "WHERE status = 'confirmed'"
    )


def downgrade() -> None:
    # Whoever has no place yet loses their registration: there was no word for them.
    op.execute("UPDATE registration SET status = 'cancelled' WHERE status NOT IN ('confirmed', 'cancelled')")
    with op.batch_alter_table("ticket_type") as batch_op:
        batch_op.drop_constraint(op.f("ck_ticket_type_audience"), type_="check")
        batch_op.drop_constraint(op.f("ck_ticket_type_nobody_less_waits"), type_="check")
        batch_op.drop_column("audience")
        batch_op.drop_column("waiting")

    with op.batch_alter_table("registration") as batch_op:
        batch_op.drop_constraint(op.f("ck_registration_registrationstatus"), type_="check")
        batch_op.create_check_constraint(op.f("ck_registration_registrationstatus"), _STATES_BEFORE)
        batch_op.drop_constraint(op.f("fk_registration_waiting_entry_id_waiting_list_entry"), type_="foreignkey")
        batch_op.drop_index(
            "uq_registration_person",
            sqlite_where=sa.text("status <> 'cancelled'"),
            postgresql_where=sa.text("status <> 'cancelled'"),
        )
        batch_op.drop_index("ix_registration_waiting")
        batch_op.drop_column("erased_at")
        batch_op.drop_column("waiting_entry_id")
        batch_op.drop_column("confirmed_at")
        batch_op.drop_column("person_key")

    # Before, messages were written whole: nobody could compose what waits without its words.
    op.execute("UPDATE outbox_message SET state = 'failed' WHERE state = 'withdrawn'")
    op.execute("UPDATE outbox_message SET state = 'failed' WHERE state = 'queued' AND subject = ''")
    with op.batch_alter_table("outbox_message") as batch_op:
        batch_op.drop_constraint(op.f("ck_outbox_message_messagestate"), type_="check")
        batch_op.create_check_constraint(op.f("ck_outbox_message_messagestate"), _MESSAGE_STATES_BEFORE)
        batch_op.drop_column("facts")
        batch_op.drop_column("language")

    with op.batch_alter_table("organisation") as batch_op:
        batch_op.drop_constraint(op.f("uq_organisation_name_town"), type_="unique")
        batch_op.drop_index(op.f("ix_organisation_ico"))
        batch_op.create_unique_constraint(op.f("uq_organisation_name"), ["name"])
        batch_op.drop_column("folded_town")
        batch_op.drop_column("town")

    with op.batch_alter_table("order") as batch_op:
        batch_op.drop_constraint(op.f("uq_order_submission_key"), type_="unique")
        batch_op.drop_column("submission_key")

    with op.batch_alter_table("event") as batch_op:
        batch_op.drop_constraint(op.f("ck_event_waitinglistmode"), type_="check")
        batch_op.drop_constraint(op.f("ck_event_nobody_less_waits"), type_="check")
        batch_op.drop_column("waiting")
        batch_op.drop_column("reminders_online")
        batch_op.drop_column("reminders_in_person")
        batch_op.drop_column("changes_close_at")
        batch_op.drop_column("organisation_limit")
        batch_op.drop_column("needs_approval")
        batch_op.drop_column("offer_hours")
        batch_op.drop_column("waiting_list")
        batch_op.drop_column("cancelled_at")

    # Of an erased certificate only the number can stay.
    op.execute("UPDATE certificate SET pdf_sha256 = NULL WHERE erased_at IS NOT NULL")
    with op.batch_alter_table("certificate") as batch_op:
        batch_op.drop_constraint(op.f("ck_certificate_hash_of_pdf"), type_="check")
        batch_op.create_check_constraint(op.f("ck_certificate_hash_of_pdf"), _HASH_OF_PDF_BEFORE)
        batch_op.drop_column("erased_at")

    with op.batch_alter_table("cancellation") as batch_op:
        batch_op.drop_constraint(op.f("ck_cancellation_cancellationkind"), type_="check")
        batch_op.drop_column("kind")

    with op.batch_alter_table("substitution") as batch_op:
        batch_op.drop_index(op.f("ix_substitution_registration_id"))
        batch_op.drop_index(op.f("ix_substitution_previous_email"))

    op.drop_table("substitution")
    with op.batch_alter_table("place_offer") as batch_op:
        batch_op.drop_index(op.f("ix_place_offer_expires_at"))

    op.drop_table("place_offer")
    with op.batch_alter_table("answer") as batch_op:
        batch_op.drop_index(op.f("ix_answer_registration_id"))
        batch_op.drop_index(op.f("ix_answer_question_id"))
        batch_op.drop_index(op.f("ix_answer_delete_on"))

    op.drop_table("answer")
    with op.batch_alter_table("waiting_list_entry") as batch_op:
        batch_op.drop_index("ix_waiting_list_entry_line")

    op.drop_table("waiting_list_entry")
    op.drop_table("question_choice")
    op.drop_table("question")
