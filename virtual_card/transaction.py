"""The purse's open transaction: what INITIALIZE fixed for the CREDIT or DEBIT to come (LD/T 32.5 section 7)."""

from __future__ import annotations

from dataclasses import dataclass

from apdu.purse import Amounts, TransactionKind


@dataclass(frozen=True, slots=True, repr=False)
class Transaction:
    """`version` is that of the key chosen, `number` the counter's value before the transaction.

    A load has its amount in `amounts.account`.
    """

    kind: TransactionKind
    version: int
    number: int
    amounts: Amounts
    terminal: bytes
    random: bytes
