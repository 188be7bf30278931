"""A purchase by card over a real socket: whatever fails at the centre, it is paid once, and nothing is lost."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from serve_desk import NOW, PROFILE, TOKEN, Served

from terminal.backoffice.link import Link
from terminal.backoffice.national.fixtures import FIXTURES
from terminal.backoffice.national_line import MessageIds
from terminal.backoffice.remote import RemoteNational
from terminal.counter import DEFAULT_PHARMACY, Counter, Till
from terminal.flow.authentication import Means
from terminal.flow.payment_outcomes import PaymentOutcome
from terminal.flow.sales import SalesBook
from terminal.scenario.payments import ItemSpec, PurchaseSpec
from terminal.scenario.script import Answer, EnterPinStep, Insert, Remove, ScriptOperator
from terminal.serve.failures import Failure, FailureKind
from terminal.testing.people import bring_in_people
from virtual_card.card import VirtualCard
from virtual_card.issuer import issue

BILL = PurchaseSpec(items=[ItemSpec(code="XA01", price="12.34")]).bill()
BUYING = (Insert("new"), EnterPinStep("123456"), Answer(True), Remove())
TIMEOUT_S = 2.0
SETTLEMENT, REVERSAL = "2102", "2601"
FAILURES = [
    Failure(FailureKind.DOWN, SETTLEMENT),
    Failure(FailureKind.TIMEOUT_BEFORE_COMMIT, SETTLEMENT, seconds=3.0),
    Failure(FailureKind.TIMEOUT_AFTER_COMMIT, SETTLEMENT, seconds=3.0),
    Failure(FailureKind.DUPLICATE, SETTLEMENT),
    Failure(FailureKind.GARBLED, SETTLEMENT),
    Failure(FailureKind.WRONG_SIGNATURE, SETTLEMENT),
]


@dataclass
class Shop:
    """A till at the other end of a socket, with a book that stays."""

    served: Served
    book: SalesBook = field(default_factory=SalesBook)
    card: VirtualCard = field(default_factory=lambda: issue("ssc-3.0", FIXTURES[0].seed))

    def __post_init__(self) -> None:
        with self.served.pool.centre() as centre:
            bring_in_people(centre.store, PROFILE, lambda: NOW, FIXTURES[:1])
        self.ids = MessageIds(DEFAULT_PHARMACY, PROFILE, lambda: NOW)

    def till(self) -> tuple[Till, ScriptOperator]:
        office = self.served.office(timeout_s=TIMEOUT_S)
        counter = Counter.set_up(office, Means.HSM, now=lambda: NOW)
        national = RemoteNational(Link(self.served.url, TOKEN, TIMEOUT_S))
        operator = ScriptOperator(BUYING, {"new": self.card}, counter.slots, {}, strict=False)
        return Till(counter.terminal(), PROFILE, national, self.book, self.ids), operator

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


@pytest.fixture
def shop(served: Served) -> Shop:
    return Shop(served)


def test_a_purchase_over_a_socket_is_one_settlement(shop: Shop) -> None:
    assert shop.buy() is PaymentOutcome.PAID
    shop.assert_paid_once()


@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: failure.do.value)
def test_whatever_fails_at_the_settlement_it_is_paid_once(shop: Shop, failure: Failure) -> None:
    shop.served.switch.on(failure)
    shop.buy_until_paid()
    assert shop.served.switch.struck, "the failure must really strike"
    shop.assert_paid_once()


def test_a_reversal_that_fails_as_well_is_made_up_for_before_the_next_sale(shop: Shop) -> None:
    shop.served.switch.on(Failure(FailureKind.GARBLED, SETTLEMENT))
    shop.served.switch.on(Failure(FailureKind.DOWN, REVERSAL))
    assert shop.buy() is PaymentOutcome.UNKNOWN
    shop.buy_until_paid()
    shop.assert_paid_once()
