"""Double entry, insurances, settlements, messages: what a service needs. Only SQLite stores are older than this.

Everything is read, the tables are made anew, and everything is written again. Each row of the one-sided ledger
becomes a journal whose other side is the insurance fund's own account.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from alembic import op
from sqlalchemy import text

revision = "0002"
down_revision = "0001"

Row = Mapping[str, Any]
OLD_TABLES = ("audit", "ledger", "reservations", "verifiers", "old_cards", "social_cards", "persons")
FUND, FUND_ACCOUNT = "310", "fund:310"
MOMENTS = {
    "social_cards": ("received_at",),
    "reservations": ("committed_at",),
    "ledger": ("at",),
    "audit": ("at",),
}


def upgrade() -> None:
    """Carry every row over."""
    kept = {table: _read(table) for table in OLD_TABLES}
    for table in OLD_TABLES:
        op.execute(f"DROP TABLE {table}")
    for statement in (Path(__file__).parent / "v0002_tables.sql").read_text("utf-8").split(";"):
        if statement.strip():
            op.execute(statement)
    for table in ("persons", "social_cards", "old_cards", "verifiers"):
        _write(table, kept[table])
    _write("reservations", map(_reservation, kept["reservations"]))
    _write("audit", kept["audit"])
    _write_ledger(kept["ledger"])


def _read(table: str) -> list[dict[str, Any]]:
    rows = [dict(row) for row in op.get_bind().execute(text(f"SELECT * FROM {table}")).mappings()]
    for row in rows:
        for column in MOMENTS.get(table, ()):
            row[column] = row[column] and _utc(row[column])
    return rows


def _utc(written: str) -> str:
    return datetime.fromisoformat(written).astimezone(UTC).isoformat(timespec="microseconds")


def _write(table: str, rows: Iterable[Row]) -> None:
    for row in rows:
        places = ", ".join(f":{column}" for column in row)
        op.get_bind().execute(text(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places})"), dict(row))


def _reservation(row: Row) -> Row:
    number = row["number"]
    day = f"{number[:4]}-{number[4:6]}-{number[6:8]}"
    return {"day": day, **{column: value for column, value in row.items() if column != "number"}}


def _write_ledger(rows: list[dict[str, Any]]) -> None:
    balances: dict[str, int] = {FUND_ACCOUNT: 0}
    for row in rows:
        balances[row["account"]] = balances.get(row["account"], 0) + row["amount_fen"]
        balances[FUND_ACCOUNT] -= row["amount_fen"]
    _write(
        "accounts",
        (
            {"account": name, "fund": FUND, "personal": name != FUND_ACCOUNT, "balance_fen": balance}
            for name, balance in balances.items()
        ),
    )
    for row in rows:
        journal = {"entry": row["entry"], "at": row["at"], "fund": FUND, "reason": row["reason"]}
        _write("journals", [{**journal, "reference": row["reservation"]}])
        for account, amount_fen in ((row["account"], row["amount_fen"]), (FUND_ACCOUNT, -row["amount_fen"])):
            posting = {"journal": row["entry"], "account": account, "fund": FUND, "amount_fen": amount_fen}
            _write("postings", [posting])
