"""first tables"""

import sqlalchemy as sa
from alembic import op


revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "moota_account",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("bank_id", sa.String(length=64), nullable=False),
        sa.Column("bank_type", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("label", sa.String(length=120), nullable=False),
        sa.Column("account_number", sa.String(length=64), nullable=False),
        sa.Column("holder", sa.String(length=200), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("is_offered", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("minimum", sa.BigInteger(), nullable=True),
        sa.Column("maximum", sa.BigInteger(), nullable=True),
        sa.Column("fee_fixed", sa.BigInteger(), nullable=False),
        sa.Column("fee_basis_points", sa.Integer(), nullable=False),
        sa.Column("static_qris", sa.Text(), nullable=True),
        sa.Column("code_low", sa.Integer(), nullable=True),
        sa.Column("code_high", sa.Integer(), nullable=True),
        sa.Column("code_mode", sa.String(length=10), nullable=True),
        sa.Column("interval_minutes", sa.Integer(), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fault", sa.Text(), nullable=True),
        sa.Column("balance_hundredths", sa.BigInteger(), nullable=True),
        sa.Column("synced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moota_account")),
        sa.UniqueConstraint("bank_id", name=op.f("uq_moota_account_bank_id")),
    )
    op.create_table(
        "moota_alert",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moota_alert")),
    )
    with op.batch_alter_table("moota_alert", schema=None) as batch_op:
        batch_op.create_index(
            "uq_moota_alert_standing_key",
            ["key"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "moota_closed_month",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("ties", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_by", sa.String(length=254), nullable=False),
        sa.Column("reopened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reopened_by", sa.String(length=254), nullable=True),
        sa.Column("reopened_because", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(reopened_at IS NULL) = (reopened_by IS NULL)", name=op.f("ck_moota_closed_month_reopened_by_somebody")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moota_closed_month")),
    )
    with op.batch_alter_table("moota_closed_month", schema=None) as batch_op:
        batch_op.create_index(
            "uq_moota_closed_month_standing",
            ["month"],
            unique=True,
            sqlite_where=sa.text("reopened_at IS NULL"),
            postgresql_where=sa.text("reopened_at IS NULL"),
        )

    op.create_table(
        "moota_delivery",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("source_ip", sa.String(length=64), nullable=False),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("body_sha256", sa.String(length=64), nullable=False),
        sa.Column("repeats", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("mutation_count", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("parsed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("processed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moota_delivery")),
        sa.UniqueConstraint("body_sha256", name=op.f("uq_moota_delivery_body_sha256")),
        sa.UniqueConstraint("public_id", name=op.f("uq_moota_delivery_public_id")),
    )
    with op.batch_alter_table("moota_delivery", schema=None) as batch_op:
        batch_op.create_index(
            "ix_moota_delivery_due",
            ["next_attempt_at"],
            unique=False,
            sqlite_where=sa.text("status = 'received'"),
            postgresql_where=sa.text("status = 'received'"),
        )
        batch_op.create_index(
            "ix_moota_delivery_fetched",
            ["channel", "id"],
            unique=False,
            sqlite_where=sa.text("channel <> 'webhook'"),
            postgresql_where=sa.text("channel <> 'webhook'"),
        )
        batch_op.create_index(
            "ix_moota_delivery_received_at", ["received_at", "status", "processed_at"], unique=False
        )
        batch_op.create_index("ix_moota_delivery_status", ["status", "id"], unique=False)

    op.create_table(
        "moota_holiday",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_moota_holiday")),
    )
    op.create_table(
        "moota_outbox",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moota_outbox")),
        sa.UniqueConstraint("key", name=op.f("uq_moota_outbox_key")),
    )
    with op.batch_alter_table("moota_outbox", schema=None) as batch_op:
        batch_op.create_index(
            "ix_moota_outbox_open_due",
            ["next_attempt_at"],
            unique=False,
            sqlite_where=sa.text("status IN ('waiting', 'sending')"),
            postgresql_where=sa.text("status IN ('waiting', 'sending')"),
        )

        batch_op.create_index(
            "ix_moota_outbox_unsent_status",
            ["status"],
            unique=False,
            sqlite_where=sa.text("status <> 'sent'"),
            postgresql_where=sa.text("status <> 'sent'"),
        )

    op.create_table(
        "moota_refusal",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("source_ip", sa.String(length=64), nullable=False),
        sa.Column("signed", sa.Boolean(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("count > 0", name=op.f("ck_moota_refusal_counted")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moota_refusal")),
        sa.UniqueConstraint(
            "day", "reason", "source_ip", "signed", name=op.f("uq_moota_refusal_day_reason_source_ip_signed")
        ),
    )
    op.create_table(
        "moota_state",
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_moota_state")),
    )
    op.create_table(
        "moota_look",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("wanted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refreshed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["moota_account.id"], name=op.f("fk_moota_look_account_id_moota_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moota_look")),
        sa.UniqueConstraint("account_id", name=op.f("uq_moota_look_account_id")),
    )
    with op.batch_alter_table("moota_look", schema=None) as batch_op:
        batch_op.create_index(
            "ix_moota_look_wanted_at",
            ["wanted_at"],
            unique=False,
            sqlite_where=sa.text("wanted_at IS NOT NULL"),
            postgresql_where=sa.text("wanted_at IS NOT NULL"),
        )

    op.create_table(
        "moota_charge",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("order_ref", sa.String(length=64), nullable=False),
        sa.Column("method", sa.String(length=20), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("exceptions", sa.JSON(), nullable=False),
        sa.Column("is_exceptional", sa.Boolean(), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("fee", sa.BigInteger(), nullable=False),
        sa.Column("unique_code", sa.Integer(), nullable=False),
        sa.Column("amount_due", sa.BigInteger(), nullable=False),
        sa.Column("amount_open", sa.BigInteger(), nullable=False),
        sa.Column("reference", sa.String(length=6), nullable=False),
        sa.Column("va_number", sa.String(length=40), nullable=True),
        sa.Column("qr_string", sa.Text(), nullable=True),
        sa.Column("payment_url", sa.Text(), nullable=True),
        sa.Column("customer_name", sa.String(length=200), nullable=True),
        sa.Column("customer_email", sa.String(length=254), nullable=True),
        sa.Column("customer_phone", sa.String(length=32), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("hold_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancel_reason", sa.Text(), nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_moota_charge_amount_positive")),
        sa.CheckConstraint("amount_due > 0", name=op.f("ck_moota_charge_amount_due_positive")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["moota_account.id"], name=op.f("fk_moota_charge_account_id_moota_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moota_charge")),
        sa.UniqueConstraint("order_ref", name=op.f("uq_moota_charge_order_ref")),
        sa.UniqueConstraint("public_id", name=op.f("uq_moota_charge_public_id")),
    )
    with op.batch_alter_table("moota_charge", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_moota_charge_account_id"), ["account_id"], unique=False)
        batch_op.create_index("ix_moota_charge_amount_due", ["amount_due"], unique=False)
        batch_op.create_index("ix_moota_charge_amount_open", ["amount_open"], unique=False)
        batch_op.create_index("ix_moota_charge_customer_email", ["customer_email"], unique=False)
        batch_op.create_index("ix_moota_charge_customer_phone", ["customer_phone"], unique=False)
        batch_op.create_index(
            "ix_moota_charge_exceptional",
            ["id"],
            unique=False,
            sqlite_where=sa.text("is_exceptional"),
            postgresql_where=sa.text("is_exceptional"),
        )
        batch_op.create_index(
            "ix_moota_charge_pending_expires_at",
            ["expires_at"],
            unique=False,
            sqlite_where=sa.text("status = 'pending'"),
            postgresql_where=sa.text("status = 'pending'"),
        )
        batch_op.create_index(
            "ix_moota_charge_paid_at",
            ["paid_at"],
            unique=False,
            sqlite_where=sa.text("status = 'paid'"),
            postgresql_where=sa.text("status = 'paid'"),
        )
        batch_op.create_index(batch_op.f("ix_moota_charge_reference"), ["reference"], unique=False)
        batch_op.create_index("ix_moota_charge_status_id", ["status", "id"], unique=False)

    op.create_table(
        "moota_transaction",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("charge_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("order_id", sa.String(length=120), nullable=False),
        sa.Column("trx_id", sa.String(length=120), nullable=True),
        sa.Column("va_number", sa.String(length=40), nullable=True),
        sa.Column("qr_string", sa.Text(), nullable=True),
        sa.Column("qr_url", sa.Text(), nullable=True),
        sa.Column("qr_image", sa.LargeBinary(), nullable=True),
        sa.Column("merchant_name", sa.String(length=200), nullable=True),
        sa.Column("payment_url", sa.Text(), nullable=True),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["moota_account.id"], name=op.f("fk_moota_transaction_account_id_moota_account")
        ),
        sa.ForeignKeyConstraint(
            ["charge_id"], ["moota_charge.id"], name=op.f("fk_moota_transaction_charge_id_moota_charge")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moota_transaction")),
        sa.UniqueConstraint("order_id", name=op.f("uq_moota_transaction_order_id")),
    )
    with op.batch_alter_table("moota_transaction", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_moota_transaction_charge_id"), ["charge_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_moota_transaction_trx_id"), ["trx_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_moota_transaction_va_number"), ["va_number"], unique=False)

    op.create_table(
        "moota_ignore_rule",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("direction", sa.String(length=6), nullable=False),
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("actor", sa.String(length=120), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["moota_account.id"], name=op.f("fk_moota_ignore_rule_account_id_moota_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moota_ignore_rule")),
    )
    op.create_table(
        "moota_mutation",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("mutation_id", sa.String(length=80), nullable=False),
        sa.Column("delivery_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("bank_id", sa.String(length=64), nullable=False),
        sa.Column("account_number", sa.String(length=64), nullable=False),
        sa.Column("direction", sa.String(length=6), nullable=False),
        sa.Column("amount_hundredths", sa.BigInteger(), nullable=False),
        sa.Column("balance_hundredths", sa.BigInteger(), nullable=True),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("day_only", sa.Boolean(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("provider_trx_id", sa.String(length=120), nullable=True),
        sa.Column("provider_order_id", sa.String(length=120), nullable=True),
        sa.Column("content_sha256", sa.String(length=64), nullable=False),
        sa.Column("raw", sa.JSON(), nullable=False),
        sa.Column("near_misses", sa.JSON(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("progress", sa.String(length=10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["moota_account.id"], name=op.f("fk_moota_mutation_account_id_moota_account")
        ),
        sa.ForeignKeyConstraint(
            ["delivery_id"],
            ["moota_delivery.id"],
            name=op.f("fk_moota_mutation_delivery_id_moota_delivery"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moota_mutation")),
        sa.UniqueConstraint("mutation_id", name=op.f("uq_moota_mutation_mutation_id")),
    )
    with op.batch_alter_table("moota_mutation", schema=None) as batch_op:
        batch_op.create_index("ix_moota_mutation_account_id_occurred_at", ["account_id", "occurred_at"], unique=False)
        batch_op.create_index(
            "ix_moota_mutation_amount_occurred_at", ["amount_hundredths", "occurred_at"], unique=False
        )
        batch_op.create_index("ix_moota_mutation_content_sha256", ["content_sha256"], unique=False)
        batch_op.create_index("ix_moota_mutation_delivery_id_progress", ["delivery_id", "progress"], unique=False)
        batch_op.create_index("ix_moota_mutation_occurred_at", ["occurred_at"], unique=False)
        batch_op.create_index(
            "ix_moota_mutation_open",
            ["direction", "occurred_at"],
            unique=False,
            sqlite_where=sa.text("status IN ('unmatched', 'review')"),
            postgresql_where=sa.text("status IN ('unmatched', 'review')"),
        )
        batch_op.create_index("ix_moota_mutation_status", ["status", "occurred_at"], unique=False)
        batch_op.create_index(
            "ix_moota_mutation_told",
            ["bank_id", "occurred_at"],
            unique=False,
            sqlite_where=sa.text("balance_hundredths <> 0"),
            postgresql_where=sa.text("balance_hundredths <> 0"),
        )

    op.create_table(
        "moota_refund",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("ticket", sa.String(length=20), nullable=True),
        sa.Column("charge_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=24), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("origin", sa.String(length=10), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("requested_by", sa.String(length=120), nullable=False),
        sa.Column("decided_by", sa.String(length=120), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("bank_code", sa.String(length=8), nullable=True),
        sa.Column("bank_number", sa.String(length=34), nullable=True),
        sa.Column("bank_holder", sa.String(length=120), nullable=True),
        sa.Column("destination_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("destination_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("destination_link", sa.Integer(), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_moota_refund_amount_positive")),
        sa.ForeignKeyConstraint(
            ["charge_id"], ["moota_charge.id"], name=op.f("fk_moota_refund_charge_id_moota_charge")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moota_refund")),
        sa.UniqueConstraint("public_id", name=op.f("uq_moota_refund_public_id")),
        sa.UniqueConstraint("ticket", name=op.f("uq_moota_refund_ticket")),
    )
    with op.batch_alter_table("moota_refund", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_moota_refund_charge_id"), ["charge_id"], unique=False)
        batch_op.create_index(
            "ix_moota_refund_open_due_at",
            ["due_at"],
            unique=False,
            sqlite_where=sa.text("status IN ('requested', 'in_review', 'approved', 'sent', 'failed')"),
            postgresql_where=sa.text("status IN ('requested', 'in_review', 'approved', 'sent', 'failed')"),
        )
        batch_op.create_index("ix_moota_refund_status_id", ["status", "id"], unique=False)

    op.create_table(
        "moota_reservation",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("charge_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reserved_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_moota_reservation_amount_positive")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["moota_account.id"], name=op.f("fk_moota_reservation_account_id_moota_account")
        ),
        sa.ForeignKeyConstraint(
            ["charge_id"], ["moota_charge.id"], name=op.f("fk_moota_reservation_charge_id_moota_charge")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moota_reservation")),
    )
    with op.batch_alter_table("moota_reservation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_moota_reservation_charge_id"), ["charge_id"], unique=False)
        batch_op.create_index(
            "ix_moota_reservation_live_reserved_until",
            ["reserved_until"],
            unique=False,
            sqlite_where=sa.text("released_at IS NULL"),
            postgresql_where=sa.text("released_at IS NULL"),
        )
        batch_op.create_index(
            "uq_moota_reservation_live_account_id_amount",
            ["account_id", "amount"],
            unique=True,
            sqlite_where=sa.text("released_at IS NULL"),
            postgresql_where=sa.text("released_at IS NULL"),
        )

    op.create_table(
        "moota_allocation",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("mutation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("charge_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("refund_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("marks", sa.JSON(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.String(length=120), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_moota_allocation_amount_not_zero")),
        sa.ForeignKeyConstraint(
            ["charge_id"], ["moota_charge.id"], name=op.f("fk_moota_allocation_charge_id_moota_charge")
        ),
        sa.ForeignKeyConstraint(
            ["mutation_id"], ["moota_mutation.id"], name=op.f("fk_moota_allocation_mutation_id_moota_mutation")
        ),
        sa.ForeignKeyConstraint(
            ["refund_id"], ["moota_refund.id"], name=op.f("fk_moota_allocation_refund_id_moota_refund")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moota_allocation")),
    )
    with op.batch_alter_table("moota_allocation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_moota_allocation_charge_id"), ["charge_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_moota_allocation_mutation_id"), ["mutation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_moota_allocation_refund_id"), ["refund_id"], unique=False)

    op.create_table(
        "moota_complaint",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ticket", sa.String(length=20), nullable=True),
        sa.Column("refund_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.String(length=120), nullable=True),
        sa.ForeignKeyConstraint(
            ["refund_id"], ["moota_refund.id"], name=op.f("fk_moota_complaint_refund_id_moota_refund")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moota_complaint")),
        sa.UniqueConstraint("ticket", name=op.f("uq_moota_complaint_ticket")),
    )
    with op.batch_alter_table("moota_complaint", schema=None) as batch_op:
        batch_op.create_index(
            "ix_moota_complaint_open_due_at",
            ["due_at"],
            unique=False,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )
        batch_op.create_index(batch_op.f("ix_moota_complaint_refund_id"), ["refund_id"], unique=False)

    op.create_table(
        "moota_event",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("actor", sa.String(length=120), nullable=False),
        sa.Column("charge_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("mutation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("refund_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("delivery_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["charge_id"], ["moota_charge.id"], name=op.f("fk_moota_event_charge_id_moota_charge")),
        sa.ForeignKeyConstraint(
            ["delivery_id"],
            ["moota_delivery.id"],
            name=op.f("fk_moota_event_delivery_id_moota_delivery"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["mutation_id"], ["moota_mutation.id"], name=op.f("fk_moota_event_mutation_id_moota_mutation")
        ),
        sa.ForeignKeyConstraint(["refund_id"], ["moota_refund.id"], name=op.f("fk_moota_event_refund_id_moota_refund")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moota_event")),
    )
    with op.batch_alter_table("moota_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_moota_event_charge_id"), ["charge_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_moota_event_delivery_id"), ["delivery_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_moota_event_mutation_id"), ["mutation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_moota_event_name"), ["name"], unique=False)
        batch_op.create_index(batch_op.f("ix_moota_event_refund_id"), ["refund_id"], unique=False)

    op.create_table(
        "moota_evidence",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("refund_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("side", sa.String(length=10), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("filename", sa.String(length=120), nullable=False),
        sa.Column("media_type", sa.String(length=40), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("actor", sa.String(length=120), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["refund_id"], ["moota_refund.id"], name=op.f("fk_moota_evidence_refund_id_moota_refund")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moota_evidence")),
        sa.UniqueConstraint("public_id", name=op.f("uq_moota_evidence_public_id")),
    )
    with op.batch_alter_table("moota_evidence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_moota_evidence_refund_id"), ["refund_id"], unique=False)

    op.create_table(
        "moota_proof",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("charge_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("filename", sa.String(length=120), nullable=False),
        sa.Column("media_type", sa.String(length=40), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("content_sha256", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_by", sa.String(length=120), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["charge_id"], ["moota_charge.id"], name=op.f("fk_moota_proof_charge_id_moota_charge")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moota_proof")),
        sa.UniqueConstraint(
            "charge_id", "content_sha256", name=op.f("uq_moota_proof_charge_id_content_sha256")
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_moota_proof_public_id")),
    )


def downgrade() -> None:
    op.drop_table("moota_proof")
    with op.batch_alter_table("moota_evidence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_moota_evidence_refund_id"))

    op.drop_table("moota_evidence")
    with op.batch_alter_table("moota_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_moota_event_refund_id"))
        batch_op.drop_index(batch_op.f("ix_moota_event_name"))
        batch_op.drop_index(batch_op.f("ix_moota_event_mutation_id"))
        batch_op.drop_index(batch_op.f("ix_moota_event_delivery_id"))
        batch_op.drop_index(batch_op.f("ix_moota_event_charge_id"))

    op.drop_table("moota_event")
    with op.batch_alter_table("moota_complaint", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_moota_complaint_refund_id"))
        batch_op.drop_index(
            "ix_moota_complaint_open_due_at",
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )

    op.drop_table("moota_complaint")
    with op.batch_alter_table("moota_allocation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_moota_allocation_refund_id"))
        batch_op.drop_index(batch_op.f("ix_moota_allocation_mutation_id"))
        batch_op.drop_index(batch_op.f("ix_moota_allocation_charge_id"))

    op.drop_table("moota_allocation")
    with op.batch_alter_table("moota_reservation", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_moota_reservation_live_account_id_amount",
            sqlite_where=sa.text("released_at IS NULL"),
            postgresql_where=sa.text("released_at IS NULL"),
        )
        batch_op.drop_index(
            "ix_moota_reservation_live_reserved_until",
            sqlite_where=sa.text("released_at IS NULL"),
            postgresql_where=sa.text("released_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_moota_reservation_charge_id"))

    op.drop_table("moota_reservation")
    with op.batch_alter_table("moota_refund", schema=None) as batch_op:
        batch_op.drop_index("ix_moota_refund_status_id")
        batch_op.drop_index(
            "ix_moota_refund_open_due_at",
            sqlite_where=sa.text("status IN ('requested', 'in_review', 'approved', 'sent', 'failed')"),
            postgresql_where=sa.text("status IN ('requested', 'in_review', 'approved', 'sent', 'failed')"),
        )
        batch_op.drop_index(batch_op.f("ix_moota_refund_charge_id"))

    op.drop_table("moota_refund")
    with op.batch_alter_table("moota_mutation", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_moota_mutation_told",
            sqlite_where=sa.text("balance_hundredths <> 0"),
            postgresql_where=sa.text("balance_hundredths <> 0"),
        )
        batch_op.drop_index("ix_moota_mutation_status")
        batch_op.drop_index(
            "ix_moota_mutation_open",
            sqlite_where=sa.text("status IN ('unmatched', 'review')"),
            postgresql_where=sa.text("status IN ('unmatched', 'review')"),
        )
        batch_op.drop_index("ix_moota_mutation_occurred_at")
        batch_op.drop_index("ix_moota_mutation_delivery_id_progress")
        batch_op.drop_index("ix_moota_mutation_content_sha256")
        batch_op.drop_index("ix_moota_mutation_amount_occurred_at")
        batch_op.drop_index("ix_moota_mutation_account_id_occurred_at")

    op.drop_table("moota_mutation")
    op.drop_table("moota_ignore_rule")
    with op.batch_alter_table("moota_transaction", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_moota_transaction_va_number"))
        batch_op.drop_index(batch_op.f("ix_moota_transaction_trx_id"))
        batch_op.drop_index(batch_op.f("ix_moota_transaction_charge_id"))

    op.drop_table("moota_transaction")
    with op.batch_alter_table("moota_charge", schema=None) as batch_op:
        batch_op.drop_index("ix_moota_charge_status_id")
        batch_op.drop_index(batch_op.f("ix_moota_charge_reference"))
        batch_op.drop_index(
            "ix_moota_charge_paid_at",
            sqlite_where=sa.text("status = 'paid'"),
            postgresql_where=sa.text("status = 'paid'"),
        )
        batch_op.drop_index(
            "ix_moota_charge_pending_expires_at",
            sqlite_where=sa.text("status = 'pending'"),
            postgresql_where=sa.text("status = 'pending'"),
        )
        batch_op.drop_index("ix_moota_charge_customer_phone")
        batch_op.drop_index("ix_moota_charge_customer_email")
        batch_op.drop_index(
            "ix_moota_charge_exceptional",
            sqlite_where=sa.text("is_exceptional"),
            postgresql_where=sa.text("is_exceptional"),
        )
        batch_op.drop_index("ix_moota_charge_amount_open")
        batch_op.drop_index("ix_moota_charge_amount_due")
        batch_op.drop_index(batch_op.f("ix_moota_charge_account_id"))

    op.drop_table("moota_charge")
    with op.batch_alter_table("moota_look", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_moota_look_wanted_at",
            sqlite_where=sa.text("wanted_at IS NOT NULL"),
            postgresql_where=sa.text("wanted_at IS NOT NULL"),
        )

    op.drop_table("moota_look")
    op.drop_table("moota_state")
    op.drop_table("moota_refusal")
    with op.batch_alter_table("moota_outbox", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_moota_outbox_unsent_status",
            sqlite_where=sa.text("status <> 'sent'"),
            postgresql_where=sa.text("status <> 'sent'"),
        )
        batch_op.drop_index(
            "ix_moota_outbox_open_due",
            sqlite_where=sa.text("status IN ('waiting', 'sending')"),
            postgresql_where=sa.text("status IN ('waiting', 'sending')"),
        )

    op.drop_table("moota_outbox")
    op.drop_table("moota_holiday")
    with op.batch_alter_table("moota_delivery", schema=None) as batch_op:
        batch_op.drop_index("ix_moota_delivery_status")
        batch_op.drop_index("ix_moota_delivery_received_at")
        batch_op.drop_index(
            "ix_moota_delivery_fetched",
            sqlite_where=sa.text("channel <> 'webhook'"),
            postgresql_where=sa.text("channel <> 'webhook'"),
        )
        batch_op.drop_index(
            "ix_moota_delivery_due",
            sqlite_where=sa.text("status = 'received'"),
            postgresql_where=sa.text("status = 'received'"),
        )

    op.drop_table("moota_delivery")
    with op.batch_alter_table("moota_closed_month", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_moota_closed_month_standing",
            sqlite_where=sa.text("reopened_at IS NULL"),
            postgresql_where=sa.text("reopened_at IS NULL"),
        )

    op.drop_table("moota_closed_month")
    with op.batch_alter_table("moota_alert", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_moota_alert_standing_key",
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.drop_table("moota_alert")
    op.drop_table("moota_account")
