"""What a terminal knows during one payment: its settings, the card, the person, the bill, what was said and sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from apdu.purse import Amounts
from terminal.backoffice.channel_ports import NO_PAPERS, Papers, PharmacyWay
from terminal.backoffice.debit_ports import PurseUse
from terminal.backoffice.national_ports import fen
from terminal.backoffice.ports import Refusal, UnreachableError
from terminal.flow.bill import Bill
from terminal.flow.clinic import ClinicBill, VisitForm
from terminal.flow.sales import Phase, Sale, Split
from terminal.flow.visit import Settings, Visit
from terminal.procedures import purse


@dataclass(frozen=True, slots=True)
class PaymentSettings:
    """How this till is set up. `terminal`: the terminal it is; `place_name` goes on the slip.

    `verify_pin`: whether the holder types the card's PIN. `purse`: what the card's medical purse is used for. `kinds`:
    insurances by preference, `clearings` the clearing classes of this place's settlements: the end of a day compares
    each of both. `region` clears them. `operator`, `address`, `machine`: clerk and machine, for the sign-in.
    """

    terminal: Settings
    place_name: str = ""
    verify_pin: bool = True
    purse: PurseUse = PurseUse.NONE
    kinds: tuple[str, ...] = ("310", "390")
    clearings: tuple[str, ...] = ()
    region: str = ""
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
        cash = next(
            (said[name] for name in ("psn_cash_pay", "cash_payamt", "pdn_cash_pay") if name in said), None
        )
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
    """Everything one payment gathers; what must outlive the terminal's power is in the till's book.

    `purse_fen`: what is in the card's purse, None where this payment leaves it alone. `intent`: the debit that the card
    was told; `expected`: the proof it owes, where the key machine said so. `waiting`: an earlier sale
    whose debit the card has no proof of. `form`: how a patient is to be registered; `patient_visit`: the number of the
    visit that is settled or given up, and `attended` what the book has of it.
    """

    settings: PaymentSettings
    bill: Bill | ClinicBill | None = None
    form: VisitForm | None = None
    papers: Papers = NO_PAPERS
    settlement: str = ""
    patient_visit: str = ""
    day: date | None = None
    visit: Visit = field(init=False)
    person: str = ""
    kind: str = ""
    insured_in: str = ""
    purse_fen: int | None = None
    offered: Figures | None = None
    intent: purse.Intent | None = None
    expected: purse.Proof | None = None
    waiting: Sale | None = None
    sale: Sale | None = None
    attended: Sale | None = None
    refusal: Refusal | None = None
    failure: Exception | None = None
    card_used: bool = False

    def __post_init__(self) -> None:
        self.visit = Visit(self.settings.terminal, self.papers)

    @property
    def activates(self) -> bool:
        """A first purchase activates the card (R12) where the region says so, or asks for the ID card shown.

        A patient's first registration does everywhere (R11).
        """
        if self.form is not None:
            return True
        way = self.settings.terminal.pharmacy_way
        shown = self.papers.holder_id is not None
        return way is PharmacyWay.FIRST_PURCHASE or (way is PharmacyWay.ID_CARD and shown)

    @property
    def goods(self) -> Bill | ClinicBill:
        """The bill of a purchase."""
        if self.bill is None:
            raise ValueError("there is no bill here")
        return self.bill

    @property
    def billed(self) -> Bill | ClinicBill:
        """The bill as the centre gets it: where the account is on the card, the one at the centre pays nothing."""
        on_card = self.purse_fen is not None and self.settings.purse is PurseUse.ACCOUNT
        return replace(self.goods, from_account=False) if on_card else self.goods

    def debited(self, paid: Figures | Sale) -> Amounts | None:
        """What the card's purse is debited with for a settlement; None where it is left alone.

        The three amounts come to the settlement's total where the account is on the card. A record of a settlement has
        no part of the account, all of it as the holder's, and what fund and account paid as the pool's.
        """
        if self.purse_fen is None:
            return None
        if self.settings.purse is PurseUse.RECORD:
            return Amounts(0, paid.total_fen, paid.fund_fen + paid.account_fen)
        account = min(self.purse_fen, paid.cash_fen) if self.goods.from_account else 0
        return Amounts(account, paid.cash_fen - account, paid.fund_fen)

    def split(self, paid: Figures | Sale) -> Split:
        """Who pays how much of a settlement, the purse's part as it will be debited."""
        debited = self.debited(paid)
        purse_fen = debited.account if debited else 0
        return Split(paid.fund_fen, paid.account_fen, purse_fen, paid.cash_fen - purse_fen)

    @property
    def current(self) -> Sale:
        """The sale that is being settled or cancelled."""
        if self.sale is None:
            raise ValueError("nothing was begun yet")
        return self.sale


def answered(sale: Sale, said: Mapping[str, Any]) -> Sale:
    """The sale with what the centre's `setlinfo` says of it; raises UnreachableError.

    Its day is the centre's, which the day's totals go by: a till's clock may be past midnight before the centre's is.
    """
    figures = Figures.of(said)
    settlement, visit = said.get("setl_id"), said.get("mdtrt_id")
    if not settlement or not visit:
        raise UnreachableError("the answer names no settlement")
    return replace(
        sale,
        phase=Phase.ANSWERED,
        day=_day_of(said.get("setl_time")) or sale.day,
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


def _day_of(time: Any) -> date | None:
    """The day of a time `yyyy-MM-dd HH:mm:ss`; None for what is none."""
    try:
        return datetime.fromisoformat(str(time)).date()
    except ValueError:
        return None
