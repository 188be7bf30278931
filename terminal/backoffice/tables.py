"""The back office's tables, declared once for SQLite and PostgreSQL. Amounts are whole fen, instants are UTC.

Money is kept by double entry: a journal has postings that add up to nothing, all of one insurance fund, and the
database itself refuses a posting whose account belongs to another fund (R52) and a personal account below zero.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
"""Constraints have names of their own, the same in both databases, so that migrations can name them."""

metadata = MetaData(naming_convention=NAMES)
Serial = BigInteger().with_variant(Integer, "sqlite")
"""A row number that the database counts up; SQLite counts INTEGER keys alone."""


class Instant(TypeDecorator[datetime]):
    """An aware datetime; in SQLite as ISO 8601 text in UTC, which sorts by time."""

    impl = String(32)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """PostgreSQL has a type for it."""
        return dialect.type_descriptor(
            TIMESTAMP(timezone=True) if dialect.name == "postgresql" else String(32)
        )

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Raises ValueError on a datetime without zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("the store keeps instants; pass aware datetimes")
        moment = value.astimezone(UTC)
        return moment if dialect.name == "postgresql" else moment.isoformat(timespec="microseconds")

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """An aware datetime in UTC."""
        if value is None or isinstance(value, datetime):
            return value and value.astimezone(UTC)
        return datetime.fromisoformat(value)


persons = Table(
    "persons",
    metadata,
    Column("entry", Serial, primary_key=True),
    Column("id_number", String(18), nullable=False, unique=True),
    Column("name", Text, nullable=False),
)

photographs = Table(
    "photographs",
    metadata,
    Column("id_number", ForeignKey("persons.id_number"), primary_key=True),
    Column("image", LargeBinary, nullable=False),
)

social_cards = Table(
    "social_cards",
    metadata,
    Column("number", String(9), primary_key=True),
    Column("card_id", String(32), nullable=False, unique=True),
    Column("historical_bytes", LargeBinary, nullable=False, index=True),
    Column("id_number", ForeignKey("persons.id_number"), nullable=False, index=True),
    Column("social", SmallInteger, nullable=False),
    Column("financial", SmallInteger, nullable=False),
    Column("valid_until", Date),
    Column("received_at", Instant),
    Column("receipt_mode", SmallInteger, nullable=False),
    Column("medical", Text, nullable=False),
    Column("state_before_loss", SmallInteger),
    Column("loss_reason", String(16)),
    Column("enabled_by", SmallInteger),
    Column("enabled_at", Instant),
    Column("bank_number", String(20), index=True),
    Column("replaced_by", ForeignKey("social_cards.number")),
    Column("bank_activated_at", Instant),
    Column("chip_account", String(40)),
    # What the clock alone changes is found without looking at every card (R18, R20).
    Index("ix_social_cards_collected", "social", "receipt_mode", "financial", "received_at"),
    Index("ix_social_cards_deadline", "financial", "social", "received_at"),
)

old_cards = Table(
    "old_cards",
    metadata,
    Column("number", String(32), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("id_number", ForeignKey("persons.id_number"), nullable=False, index=True),
    Column("state", SmallInteger, nullable=False),
    Column("replaced_by", ForeignKey("social_cards.number")),
)

verifiers = Table(
    "verifiers",
    metadata,
    Column("old_card", ForeignKey("old_cards.number"), primary_key=True),
    Column("salt", LargeBinary, nullable=False),
    Column("rounds", Integer, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("tries_left", SmallInteger, nullable=False),
    Column("proven_for", String(9)),
    Column("proven_at", String(12)),
    CheckConstraint("tries_left >= 0", name="tries"),
)

reservations = Table(
    "reservations",
    metadata,
    Column("sequence", Serial, primary_key=True),
    Column("day", Date, nullable=False),
    Column("card", ForeignKey("social_cards.number"), nullable=False, index=True),
    Column("old_card", ForeignKey("old_cards.number"), nullable=False, index=True),
    Column("status", String(16), nullable=False),
    Column("committed_at", Instant),
    Column("balance_fen", BigInteger),
)
_OPEN = text("status = 'open'")
for _name, _column in (("one_open_per_card", "card"), ("one_open_per_old_card", "old_card")):
    Index(_name, reservations.c[_column], unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN)

insurances = Table(
    "insurances",
    metadata,
    Column("entry", Serial, primary_key=True),
    Column("id_number", ForeignKey("persons.id_number"), nullable=False, index=True),
    Column("kind", String(6), nullable=False),
    Column("person_type", String(6), nullable=False),
    Column("status", String(1), nullable=False),
    Column("since", Date, nullable=False),
    Column("paused_since", Date),
    Column("employer", Text),
    UniqueConstraint("id_number", "kind", "since"),
)

vouchers = Table(
    "vouchers",
    metadata,
    Column("token", String(50), primary_key=True),
    Column("id_number", ForeignKey("persons.id_number"), nullable=False, index=True),
)

contributions = Table(
    "contributions",
    metadata,
    Column("id_number", ForeignKey("persons.id_number"), primary_key=True),
    Column("fund", String(6), primary_key=True),
    Column("month", String(7), primary_key=True),
)

accounts = Table(
    "accounts",
    metadata,
    Column("account", String(64), primary_key=True),
    Column("fund", String(6), nullable=False),
    Column("personal", Boolean, nullable=False),
    Column("balance_fen", BigInteger, nullable=False),
    UniqueConstraint("account", "fund"),
    CheckConstraint("balance_fen >= 0 OR NOT personal", name="no_overdraft"),
)

journals = Table(
    "journals",
    metadata,
    Column("entry", Serial, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("fund", String(6), nullable=False),
    Column("reason", String(32), nullable=False),
    Column("reference", String(64)),
    UniqueConstraint("entry", "fund"),
)

postings = Table(
    "postings",
    metadata,
    Column("entry", Serial, primary_key=True),
    Column("journal", Serial, nullable=False, index=True),
    Column("account", String(64), nullable=False, index=True),
    Column("fund", String(6), nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    ForeignKeyConstraint(["journal", "fund"], ["journals.entry", "journals.fund"]),
    ForeignKeyConstraint(["account", "fund"], ["accounts.account", "accounts.fund"]),
)

messages = Table(
    "messages",
    metadata,
    Column("msgid", String(64), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("place", String(12), nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("answer", Text, nullable=False),
    Column("at", Instant, nullable=False),
)

sign_ins = Table(
    "sign_ins",
    metadata,
    Column("entry", Serial, primary_key=True),
    Column("place", String(12), nullable=False),
    Column("operator", String(20), nullable=False),
    Column("at", Instant, nullable=False),
    Column("ended_at", Instant),
)

visits = Table(
    "visits",
    metadata,
    Column("entry", Serial, primary_key=True),
    Column("id_number", ForeignKey("persons.id_number"), nullable=False, index=True),
    Column("place", String(12), nullable=False),
    Column("kind", String(6), nullable=False),
    Column("med_type", String(6), nullable=False),
    Column("number_at_place", String(30)),
    Column("msgid", String(64), nullable=False, unique=True),
    Column("at", Instant, nullable=False),
    Column("cancelled", Boolean, nullable=False),
)

settlements = Table(
    "settlements",
    metadata,
    Column("entry", Serial, primary_key=True),
    Column("msgid", String(64), nullable=False, unique=True),
    Column("infno", String(4), nullable=False),
    Column("visit", ForeignKey("visits.entry"), nullable=False, index=True),
    Column("place", String(12), nullable=False),
    Column("id_number", ForeignKey("persons.id_number"), nullable=False),
    Column("fund", String(6), nullable=False),
    Column("clearing", String(6), nullable=False),
    Column("account", String(64)),
    Column("day", Date, nullable=False),
    Column("at", Instant, nullable=False),
    Column("total_fen", BigInteger, nullable=False),
    Column("deductible_fen", BigInteger, nullable=False),
    Column("fund_pay_fen", BigInteger, nullable=False),
    Column("account_pay_fen", BigInteger, nullable=False),
    Column("cash_pay_fen", BigInteger, nullable=False),
    Column("balance_fen", BigInteger, nullable=False),
    Column("detail", Text, nullable=False),
    Column("cancels", ForeignKey("settlements.entry"), index=True),
    Column("reversed", Boolean, nullable=False),
    Column("reconciled", Boolean, nullable=False),
    CheckConstraint("total_fen = fund_pay_fen + account_pay_fen + cash_pay_fen", name="adds_up"),
    Index("ix_settlements_of_the_day", "place", "day"),
    Index("ix_settlements_of_the_year", "id_number", "fund", "day"),
)
_STANDS = text("NOT reversed")
# A settlement is cancelled once; a cancellation that was reversed itself counts for nothing.
Index("cancelled_once", settlements.c.cancels, unique=True, sqlite_where=_STANDS, postgresql_where=_STANDS)

debits = Table(
    "debits",
    metadata,
    Column("card", ForeignKey("social_cards.number"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("msgid", String(64), nullable=False, index=True),
    Column("account_fen", BigInteger, nullable=False),
    Column("self_paid_fen", BigInteger, nullable=False),
    Column("pool_fen", BigInteger, nullable=False),
    Column("tac", String(8), nullable=False),
    Column("at", Instant, nullable=False),
)

electronic_cards = Table(
    "electronic_cards",
    metadata,
    Column("card", ForeignKey("social_cards.number"), primary_key=True),
    Column("token", String(64), nullable=False, unique=True),
    Column("signed_at", Instant, nullable=False),
)

card_orders = Table(
    "card_orders",
    metadata,
    Column("entry", Serial, primary_key=True),
    Column("id_number", ForeignKey("persons.id_number"), nullable=False, index=True),
    Column("kind", String(2), nullable=False),
    Column("status", String(2), nullable=False),
    Column("bank", String(40), nullable=False),
    Column("reason", Text),
    Column("replaces", ForeignKey("social_cards.number")),
    Column("number", String(9), unique=True),
    Column("batch", String(20), index=True),
    Column("applied_at", Instant, nullable=False),
    Column("begun_at", Instant),
    Column("made_at", Instant),
    Column("bank_branch", String(12)),
)
_UNFINISHED = text("made_at IS NULL")
Index(
    "one_order_at_a_time",
    card_orders.c.id_number,
    unique=True,
    sqlite_where=_UNFINISHED,
    postgresql_where=_UNFINISHED,
)

audit = Table(
    "audit",
    metadata,
    Column("entry", Serial, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("event", String(32), nullable=False),
    Column("card", String(32), index=True),
    Column("reservation", String(32)),
    Column("place", String(12)),
    Column("detail", Text),
)
