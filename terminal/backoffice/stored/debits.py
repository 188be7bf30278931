"""Debits of medical purses that the key machine found genuine, one for each transaction number of a card."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, select

from terminal.backoffice.stored.rows import Rows, held
from terminal.backoffice.tables import debits

_DEBIT = held(
    select(debits).where(debits.c.card == bindparam("card"), debits.c.number == bindparam("number"))
)
_OF_SETTLEMENT = select(debits).where(debits.c.msgid == bindparam("msgid")).order_by(debits.c.number)


@dataclass(frozen=True, slots=True)
class StoredDebit:
    """One debit in fen, and the settlement (`msgid`) it belongs to; `tac` is 8 hex digits."""

    card: str
    number: int
    msgid: str
    account_fen: int
    self_paid_fen: int
    pool_fen: int
    tac: str
    at: datetime


class Debits(Rows):
    """Debits by card and number."""

    def debit(self, card: str, number: int) -> StoredDebit | None:
        """The debit that a card counted so."""
        return self._first(_debit, _DEBIT, card=card, number=number)

    def debits_of(self, msgid: str) -> list[StoredDebit]:
        """The debits of a settlement: one, or none."""
        return self._all(_debit, _OF_SETTLEMENT, msgid=msgid)

    def add_debit(self, debit: StoredDebit) -> None:
        """Keep a debit; one of its card and number that is there already stays as it is."""
        values = {name: getattr(debit, name) for name in StoredDebit.__slots__}
        self._add_new(debits, **values)


def _debit(row: Row[Any]) -> StoredDebit:
    return StoredDebit(**row._mapping)
