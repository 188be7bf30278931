"""The till's book: every message that moves money is in it before it is sent, and what became of it afterwards.

A record goes SENT (outcome unknown) to ANSWERED (booked at the centre, slip not printed) to CLOSED; or to REFUSED,
REVERSED, DISPUTED. One that came to more cash than the payer agreed to is DEARER until somebody agrees. The book
outlives the terminal's power, so that nothing is ever guessed. Where the card's medical purse is debited too, the
record holds that debit: what was agreed on is in it before the card is told to debit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from enum import Enum
from typing import Any

from terminal.backoffice.national_ports import ADMISSION, REGISTRATION


class Phase(Enum):
    """What is known of a message; the value is what the book's file says."""

    SENT = "sent"
    DEARER = "dearer"
    ANSWERED = "answered"
    CLOSED = "closed"
    REFUSED = "refused"
    REVERSED = "reversed"
    DISPUTED = "disputed"

    @property
    def counts(self) -> bool:
        """Whether the message is booked at the centre, as far as this terminal knows."""
        return self in (Phase.DEARER, Phase.ANSWERED, Phase.CLOSED)

    @property
    def open(self) -> bool:
        """Whether something is left to do."""
        return self in (Phase.SENT, Phase.DEARER, Phase.ANSWERED)


class DebitPhase(Enum):
    """What is known of a debit of the card's purse; the value is what the book's file says.

    DUE: the card was not told to debit. SENT: it was, and may have done so. DONE: it has, and its proof is here.
    VERIFIED, DOUBTED: what the centre found of the proof, later. LOGGED: the card's log has the debit; its proof gave
    way to that of a later transaction.
    """

    DUE = "due"
    SENT = "sent"
    DONE = "done"
    VERIFIED = "verified"
    DOUBTED = "doubted"
    LOGGED = "logged"

    @property
    def carried_out(self) -> bool:
        """Whether the card has debited its purse."""
        return self not in (DebitPhase.DUE, DebitPhase.SENT)


@dataclass(frozen=True, slots=True)
class Split:
    """Who pays how much of a bill, in fen; `purse_fen` is paid from the account on the card, `cash_fen` in hand."""

    fund_fen: int
    account_fen: int
    purse_fen: int
    cash_fen: int


@dataclass(frozen=True, slots=True, repr=False)
class PurseDebit:
    """The debit of the purse that belongs to a settlement: the three amounts in fen, and what recovery and proof need.

    `number` is the card's, `terminal` and `sequence` (8 hex digits) the terminal's, `time` yyyymmddhhmmss; `mac2` and
    `tac` are hex. `proven`: whether the terminal found MAC2 right, None where nobody could tell.
    """

    phase: DebitPhase
    card_id: str
    algorithm: int
    account_fen: int = 0
    self_paid_fen: int = 0
    pool_fen: int = 0
    number: int = 0
    terminal: str = ""
    sequence: str = ""
    time: str = ""
    mac2: str = ""
    tac: str = ""
    proven: bool | None = None

    def __repr__(self) -> str:
        return f"PurseDebit({self.number} {self.phase.value})"


@dataclass(frozen=True, slots=True, repr=False)
class Sale:
    """One settlement (2102) or cancellation (2103, amounts below zero) of this till; amounts in fen.

    `settlement` and `visit` are the centre's numbers, once known; `cancels` the settlement that is cancelled. `kind` is
    the kind of insurance, `clearing` and `clearing_office` what reconciliation goes by. `debit`: where the card's purse
    is debited too; the cash is then what the centre left to the holder, the purse's part included. `agreed`: what the
    payer agreed to before it was settled.

    A patient's visit to a hospital (2201, 2401) is kept in the same way, with no amounts: `visit` is what it is called,
    `treatment` its medical type, `asked` the message's input.
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
    debit: PurseDebit | None = None
    agreed: Split | None = None
    treatment: str = ""
    asked: dict[str, Any] = field(default_factory=dict)

    @property
    def is_visit(self) -> bool:
        """A patient's visit (2201, 2401): no money, but settlements belong to it."""
        return self.infno in (REGISTRATION, ADMISSION)

    @property
    def split(self) -> Split:
        """Who pays how much, as the debit of the purse is agreed on so far."""
        purse_fen = self.debit.account_fen if self.debit else 0
        return Split(self.fund_fen, self.account_fen, purse_fen, self.cash_fen - purse_fen)

    @property
    def waits_for_card(self) -> bool:
        """Booked, and whether the card was debited is what only the card knows."""
        return self.phase is Phase.ANSWERED and self.debit_phase is DebitPhase.SENT

    @property
    def debit_phase(self) -> DebitPhase | None:
        """How far the debit is; None where there is none."""
        return self.debit.phase if self.debit else None

    def with_debit(self, **values: Any) -> Sale:
        """The sale with other values of its debit."""
        assert self.debit is not None, "only a sale with a debit gets here"
        return replace(self, debit=replace(self.debit, **values))

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

    def waiting_for(self, card_id: str) -> Sale | None:
        """The booked sale that only this card can say more of."""
        return next(
            (s for s in self._sales.values() if s.waits_for_card and s.debit and s.debit.card_id == card_id),
            None,
        )

    def unverified(self) -> tuple[Sale, ...]:
        """Those whose debit the centre has not verified yet."""
        return tuple(sale for sale in self._sales.values() if sale.debit_phase is DebitPhase.DONE)

    def cancelled(self, settlement: str) -> bool:
        """Whether a settlement was cancelled at this till."""
        return any(sale.cancels == settlement and sale.phase.counts for sale in self._sales.values())

    def settlement(self, number: str) -> Sale | None:
        """The settlement with the centre's number."""
        settled = (sale for sale in self._sales.values() if not (sale.cancels or sale.is_visit))
        return next((sale for sale in settled if sale.settlement == number), None)

    def patient_visit(self, number: str) -> Sale | None:
        """The patient's visit with the centre's number that takes place."""
        standing = (sale for sale in self._sales.values() if sale.is_visit and sale.phase.counts)
        return next((sale for sale in standing if sale.visit == number), None)


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
        if sale.day != day or sale.is_visit or not sale.phase.counts:
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
