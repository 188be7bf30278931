"""The till's book: every message that moves money is in it before it is sent, and what became of it afterwards.

A record goes SENT (outcome unknown) to ANSWERED (booked at the centre, slip not printed) to CLOSED; or to REFUSED,
REVERSED, DISPUTED. The book outlives the terminal's power, so that nothing is ever guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum


class Phase(Enum):
    """What is known of a message; the value is what the book's file says."""

    SENT = "sent"
    ANSWERED = "answered"
    CLOSED = "closed"
    REFUSED = "refused"
    REVERSED = "reversed"
    DISPUTED = "disputed"

    @property
    def counts(self) -> bool:
        """Whether the message is booked at the centre, as far as this terminal knows."""
        return self in (Phase.ANSWERED, Phase.CLOSED)

    @property
    def open(self) -> bool:
        """Whether something is left to do."""
        return self in (Phase.SENT, Phase.ANSWERED)


@dataclass(frozen=True, slots=True, repr=False)
class Sale:
    """One settlement (2102) or cancellation (2103, amounts below zero) of this till; amounts in fen.

    `settlement` and `visit` are the centre's numbers, once known; `cancels` the settlement that is cancelled. `kind` is
    the kind of insurance, `clearing` and `clearing_office` what reconciliation goes by.
    """

    msgid: str
    infno: str
    phase: Phase
    day: date
    person: str
    holder: str
    insured_in: str
    kind: str
    card: str
    settlement: str = ""
    visit: str = ""
    cancels: str = ""
    clearing: str = ""
    clearing_office: str = ""
    total_fen: int = 0
    fund_fen: int = 0
    account_fen: int = 0
    cash_fen: int = 0
    balance_fen: int = 0

    def __repr__(self) -> str:
        return f"Sale({self.infno} {self.msgid} {self.phase.value})"


class SalesBook:
    """The sales of one till by msgid, in the order they were begun; `save` makes each change last."""

    def __init__(self, sales: Iterable[Sale] = (), save: Callable[[Sale], None] = lambda sale: None) -> None:
        self._sales = {sale.msgid: sale for sale in sales}
        self._save = save

    def keep(self, sale: Sale) -> None:
        """Put a sale in, or what is new of it; it lasts before this returns."""
        self._save(sale)
        self._sales[sale.msgid] = sale

    def sales(self) -> tuple[Sale, ...]:
        """Every sale."""
        return tuple(self._sales.values())

    def open_sales(self) -> tuple[Sale, ...]:
        """Those that something is left to do for."""
        return tuple(sale for sale in self._sales.values() if sale.phase.open)

    def settlement(self, number: str) -> Sale | None:
        """The settlement with the centre's number."""
        return next((s for s in self._sales.values() if s.settlement == number and not s.cancels), None)


@dataclass(frozen=True, slots=True)
class Totals:
    """What a till sold to persons of one insurance on one day, cancellations included with their negative amounts."""

    kind: str
    clearing: str
    clearing_office: str
    total_fen: int
    fund_fen: int
    account_fen: int
    count: int


def totals_of(sales: Iterable[Sale], day: date) -> tuple[Totals, ...]:
    """The totals of a day by what reconciliation goes by."""
    found: dict[tuple[str, str, str], Totals] = {}
    for sale in sales:
        if sale.day != day or not sale.phase.counts:
            continue
        key = (sale.kind, sale.clearing, sale.clearing_office)
        sums = found.get(key) or Totals(*key, 0, 0, 0, 0)
        found[key] = replace(
            sums,
            total_fen=sums.total_fen + sale.total_fen,
            fund_fen=sums.fund_fen + sale.fund_fen,
            account_fen=sums.account_fen + sale.account_fen,
            count=sums.count + 1,
        )
    return tuple(found[key] for key in sorted(found))


@dataclass(frozen=True, slots=True)
class KeepSale:
    """Put this into the till's book. Answer: None, once it lasts."""

    sale: Sale


@dataclass(frozen=True, slots=True)
class ReadBook:
    """Look into the till's book. Answer: SalesBook."""


@dataclass(frozen=True, slots=True)
class NewMessageId:
    """A fresh msgid. Answer: str; nothing leaves the terminal."""


BookStep = KeepSale | ReadBook | NewMessageId
