"""What a terminal knows during one payment: its settings, the card, the person, the bill, what was said and sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from terminal.backoffice.national_ports import fen
from terminal.backoffice.ports import Refusal, UnreachableError
from terminal.flow.bill import Bill
from terminal.flow.sales import Phase, Sale
from terminal.flow.visit import Settings, Visit


@dataclass(frozen=True, slots=True)
class PaymentSettings:
    """How this till is set up. `terminal`: the terminal it is; `pharmacy_name` goes on the slip.

    `verify_pin`: whether the holder types the card's PIN. `kinds`: insurances by preference. `operator`, `address`,
    `machine`: clerk and machine, for the sign-in.
    """

    terminal: Settings
    pharmacy_name: str = ""
    verify_pin: bool = True
    kinds: tuple[str, ...] = ("310", "390")
    operator: str = "001"
    address: str = "127.0.0.1"
    machine: str = "00-00-00-00-00-00"


@dataclass(frozen=True, slots=True)
class Figures:
    """Who pays what, in fen, as the centre says; the balance is the one after it."""

    total_fen: int
    fund_fen: int
    account_fen: int
    cash_fen: int
    balance_fen: int

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> Figures:
        """From `setlinfo`, whichever names it has for the cash; raises UnreachableError where it does not add up."""
        cash = next((said[name] for name in ("psn_cash_pay", "cash_payamt") if name in said), None)
        figures = cls(
            fen(said.get("medfee_sumamt") or 0),
            fen(said.get("fund_pay_sumamt") or 0),
            fen(said.get("acct_pay") or 0),
            fen(cash or 0),
            fen(said.get("balc") or 0),
        )
        if figures.total_fen != figures.fund_fen + figures.account_fen + figures.cash_fen:
            raise UnreachableError("the amounts in the answer do not add up")
        return figures


@dataclass(slots=True)
class Payment:
    """Everything one payment gathers; what must outlive the terminal's power is in the till's book."""

    settings: PaymentSettings
    bill: Bill | None = None
    settlement: str = ""
    day: date | None = None
    visit: Visit = field(init=False)
    person: str = ""
    kind: str = ""
    insured_in: str = ""
    offered: Figures | None = None
    sale: Sale | None = None
    refusal: Refusal | None = None
    failure: Exception | None = None
    card_used: bool = False

    def __post_init__(self) -> None:
        self.visit = Visit(self.settings.terminal)

    @property
    def goods(self) -> Bill:
        """The bill of a purchase."""
        if self.bill is None:
            raise ValueError("there is no bill here")
        return self.bill

    @property
    def current(self) -> Sale:
        """The sale that is being settled or cancelled."""
        if self.sale is None:
            raise ValueError("nothing was begun yet")
        return self.sale


def answered(sale: Sale, said: Mapping[str, Any]) -> Sale:
    """The sale with what the centre's `setlinfo` says of it; raises UnreachableError."""
    figures = Figures.of(said)
    settlement, visit = said.get("setl_id"), said.get("mdtrt_id")
    if not settlement or not visit:
        raise UnreachableError("the answer names no settlement")
    return replace(
        sale,
        phase=Phase.ANSWERED,
        settlement=str(settlement),
        visit=str(visit),
        clearing=str(said.get("clr_type") or sale.clearing),
        clearing_office=str(said.get("clr_optins") or sale.clearing_office),
        total_fen=figures.total_fen,
        fund_fen=figures.fund_fen,
        account_fen=figures.account_fen,
        cash_fen=figures.cash_fen,
        balance_fen=figures.balance_fen,
    )
