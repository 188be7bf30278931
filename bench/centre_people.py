"""The people of the centre that is measured: a synthetic person, card, insurance and account for each number."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import insert, text

from apdu.identifiers import citizen_check_character
from terminal.backoffice import tables
from terminal.backoffice.store import Store
from terminal.backoffice.stored.ledger import EMPLOYEE_FUND, fund_account

OPENING_FEN = 10**8
BATCH = 20_000
HISTORY = bytes.fromhex("00814E43238697990100000001")


def now() -> datetime:
    return datetime.now(UTC)


def card_number(number: int) -> str:
    return f"A{number:08d}"


def id_number(number: int) -> str:
    """A citizen's number of its own for each of 20 million."""
    day, order = divmod(number, 1000)
    body = f"990100{date.fromordinal(date(1950, 1, 1).toordinal() + day):%Y%m%d}{order:03d}"
    return body + citizen_check_character(body)


def populate(store: Store, cards: int) -> None:
    """Persons with an active card, an insurance in force, and an account, booked as everything else is."""
    at, since = now(), date(2020, 1, 1)
    fund = fund_account(EMPLOYEE_FUND)
    with store.transaction():
        total = OPENING_FEN * cards
        add(
            store,
            tables.accounts,
            [{"account": fund, "fund": EMPLOYEE_FUND, "personal": False, "balance_fen": -total}],
        )
    for first in range(1, cards + 1, BATCH):
        batch = range(first, min(first + BATCH, cards + 1))
        with store.transaction():
            add(store, tables.persons, [{"id_number": id_number(n), "name": "测试"} for n in batch])
            add(store, tables.social_cards, [social_card(n) for n in batch])
            add(store, tables.insurances, [insurance(n, since) for n in batch])
            add(store, tables.accounts, [account(n) for n in batch])
            add(store, tables.journals, [journal(n, at) for n in batch])
            add(
                store,
                tables.postings,
                [posting(n, name) for n in batch for name in (fund, f"new:{card_number(n)}")],
            )
    if store._db.dialect.name == "postgresql":  # numbers were given, so that the sequence has not moved
        with store.transaction():
            store._db.execute(
                text("SELECT setval(pg_get_serial_sequence('journals', 'entry'), :last)"), {"last": cards}
            )


def add(store: Store, table: Any, rows: list[dict[str, Any]]) -> None:
    store._db.execute(insert(table), rows)


def social_card(number: int) -> dict[str, Any]:
    return {
        "number": card_number(number),
        "card_id": f"990100D156000005{number:016X}",
        "historical_bytes": HISTORY[:9] + number.to_bytes(4, "big"),
        "id_number": id_number(number),
        "social": 1,
        "financial": 1,
        "receipt_mode": 1,
        "medical": "{}",
    }


def insurance(number: int, since: date) -> dict[str, Any]:
    return {
        "id_number": id_number(number),
        "kind": EMPLOYEE_FUND,
        "person_type": "1101",
        "status": "1",
        "since": since,
    }


def account(number: int) -> dict[str, Any]:
    name = f"new:{card_number(number)}"
    return {"account": name, "fund": EMPLOYEE_FUND, "personal": True, "balance_fen": OPENING_FEN}


def journal(number: int, at: datetime) -> dict[str, Any]:
    return {"entry": number, "at": at, "fund": EMPLOYEE_FUND, "reason": "enrolment", "reference": None}


def posting(number: int, account: str) -> dict[str, Any]:
    amount = OPENING_FEN if account.startswith("new:") else -OPENING_FEN
    return {"journal": number, "account": account, "fund": EMPLOYEE_FUND, "amount_fen": amount}
