"""A till at the other end of a socket: one holder, one card with an empty purse, one thing to buy."""

from __future__ import annotations

from dataclasses import dataclass, field

from serve_desk import NOW, PROFILE, TOKEN, Served
from serve_patience import Hasty

from terminal.backoffice.link import Link
from terminal.backoffice.national.fixtures import FIXTURES
from terminal.backoffice.national_line import MessageIds, National
from terminal.backoffice.profile import Profile
from terminal.backoffice.remote import RemoteNational, RemoteOffice
from terminal.counter import DEFAULT_PHARMACY, Counter, Till
from terminal.flow.authentication import Means
from terminal.flow.payment_outcomes import PaymentOutcome
from terminal.flow.sales import SalesBook
from terminal.scenario.payments import ItemSpec, PurchaseSpec
from terminal.scenario.script import Answer, EnterPinStep, Insert, Remove, ScriptOperator
from terminal.testing.people import bring_in_people
from virtual_card.card import VirtualCard
from virtual_card.issuer import SocialOptions, issue
from virtual_card.state import Purse

BILL = PurchaseSpec(items=[ItemSpec(code="XA01", price="12.34")]).bill()
BUYING = (Insert("new"), EnterPinStep("123456"), Answer(True), Remove())


@dataclass
class Shop:
    """A till at the other end of a socket, with a book that stays; `hasty_at`: where it does not wait for an answer."""

    served: Served
    profile: Profile = PROFILE
    book: SalesBook = field(default_factory=SalesBook)
    hasty_at: str | None = None
    card: VirtualCard = field(
        default_factory=lambda: issue("ssc-3.0", FIXTURES[0].seed, social=SocialOptions(purse=Purse(0)))
    )

    def __post_init__(self) -> None:
        with self.served.pool.centre() as centre:
            bring_in_people(centre.office, lambda: NOW, FIXTURES[:1])
        self.ids = MessageIds(DEFAULT_PHARMACY, self.profile, lambda: NOW)

    def till(self) -> tuple[Till, ScriptOperator]:
        office = RemoteOffice(self.served.url, self.profile, TOKEN)
        counter = Counter.set_up(office, Means.HSM, now=lambda: NOW)
        national: National = RemoteNational(Link(self.served.url, TOKEN))
        if self.hasty_at is not None:
            national = Hasty(self.served, national, self.hasty_at)
        operator = ScriptOperator(BUYING, {"new": self.card}, counter.slots, {}, strict=False)
        return Till(counter.terminal(), self.profile, national, self.book, self.ids), operator

    def buy(self) -> PaymentOutcome:
        till, operator = self.till()
        return till.purchase(BILL, operator).outcome

    def buy_until_paid(self) -> None:
        for _ in range(3):
            if self.buy() in (PaymentOutcome.PAID, PaymentOutcome.FINISHED_EARLIER):
                return
        raise AssertionError("it is never paid")

    def assert_paid_once(self) -> None:
        till, operator = self.till()
        assert till.reconcile(operator).outcome is PaymentOutcome.RECONCILED
        assert self.book.open_sales() == ()
        with self.served.pool.centre() as centre, centre.store.transaction():
            (settled,) = [sale for sale in self.book.sales() if sale.phase.counts]
            assert centre.store.balance(f"new:{settled.card}") == FIXTURES[0].balance_fen - BILL.total_fen
            assert centre.store.ledger_faults() + centre.store.settlement_faults() == []
