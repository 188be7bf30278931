"""Another till spends the account between pre-settlement and settlement: it is told, and more cash needs a yes."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import msgspec
import pytest

from terminal.backoffice.stored.ledger import EMPLOYEE_FUND, fund_account
from terminal.counter import DEFAULT_PHARMACY
from terminal.flow.operator import OperatorCancelledError, OperatorTimeoutError
from terminal.flow.payment_outcomes import PaymentOutcome
from terminal.flow.payment_run import PaymentEnded
from terminal.flow.sales import Phase, SalesBook, Split
from terminal.flow.steps import Confirm
from terminal.scenario.findings import centre_side, money_faults
from terminal.scenario.model import Scenario, load_scenario
from terminal.scenario.payment_sweep import RECONCILE
from terminal.scenario.run import act
from terminal.scenario.script import ScriptOperator
from terminal.scenario.stage import Stage
from terminal.session import TerminalPowerLossError

SCENARIOS = Path(__file__).parents[2] / "scenarios"
BILL_FEN, BALANCE_FEN, LEFT_FEN = 1234, 10000, 500


class Elsewhere(ScriptOperator):
    """Whoever agrees to the first question takes so long that the account changes meanwhile."""

    stage: ClassVar[Stage]
    spent_fen: ClassVar[int]
    again: ClassVar[bool | Exception | None]

    def confirm(self, request: Confirm) -> bool:
        self.shown.append(request.text)
        if "Settle?" in request.text.en:
            self._spend()
            return super().confirm(request)
        assert self.again is not None, "one question is enough"
        if isinstance(self.again, Exception):
            raise self.again
        return self.again

    def _spend(self) -> None:
        store, number = self.stage.office.store, self.stage.social_record("new").number
        source, target = f"new:{number}", fund_account(EMPLOYEE_FUND)
        if self.spent_fen < 0:
            source, target = target, source
        with store.transaction():
            store.move(source, target, abs(self.spent_fen), reason="elsewhere", at=self.stage.clock)


class Visit:
    """One purchase at a till, its account changed by `spent_fen` between the two messages."""

    def __init__(self, scenario: Scenario) -> None:
        self.stage = Stage.of(msgspec.structs.replace(scenario, visits=scenario.visits[:1]))
        self.operators: list[Elsewhere] = []

    def buy(self, spent_fen: int, again: bool | Exception | None = None) -> PaymentEnded:
        visit = self.stage.scenario.visits[0]
        given = {"stage": self.stage, "spent_fen": spent_fen, "again": again}
        counter = self.stage.counter(self.stage.scenario.terminal)
        kind = type("Elsewhere", (Elsewhere,), given)
        operator = kind(visit.operator, self.stage.cards, counter.slots, self.stage.pins)
        self.operators.append(operator)
        ended = act(self.stage, visit, counter, operator)
        assert isinstance(ended, PaymentEnded)
        return ended

    @property
    def book(self) -> SalesBook:
        return self.stage.drawers[DEFAULT_PHARMACY].book

    @property
    def phases(self) -> list[Phase]:
        return [sale.phase for sale in self.book.sales()]

    @property
    def balance_fen(self) -> int:
        card = centre_side(self.stage, "new")
        assert card is not None
        return card.balance_fen

    @property
    def shown(self) -> str:
        return " ".join(str(text) for text in self.operators[-1].shown)

    @property
    def slip(self) -> dict[str, str]:
        (receipt,) = self.operators[-1].receipts
        return {label.en: value for label, value in receipt.lines}

    def assert_all_adds_up(self) -> None:
        assert money_faults(self.stage) == []
        counter = self.stage.counter(self.stage.scenario.terminal)
        operator = ScriptOperator(RECONCILE.operator, self.stage.cards, counter.slots, self.stage.pins)
        ended = act(self.stage, RECONCILE, counter, operator)
        assert isinstance(ended, PaymentEnded)
        assert ended.outcome is PaymentOutcome.RECONCILED


@pytest.fixture
def visit() -> Visit:
    return Visit(load_scenario(SCENARIOS / "purchase-refund.yaml"))


def test_more_cash_is_asked_about_again_and_the_slip_says_what_was_agreed_to_before(visit: Visit) -> None:
    assert visit.buy(BALANCE_FEN - LEFT_FEN, again=True).outcome is PaymentOutcome.PAID
    assert "¥7.34 more in cash" in visit.shown and "现金增加¥7.34" in visit.shown
    assert (visit.slip["paid by the personal account"], visit.slip["cash"]) == ("¥5.00", "¥7.34")
    assert "personal account ¥12.34, cash ¥0.00" in visit.slip["agreed to before"]
    assert (visit.balance_fen, visit.phases) == (0, [Phase.CLOSED])
    (sale,) = visit.book.sales()
    assert (sale.agreed, sale.split) == (Split(0, BILL_FEN, 0, 0), Split(0, LEFT_FEN, 0, BILL_FEN - LEFT_FEN))
    visit.assert_all_adds_up()


@pytest.mark.parametrize(
    "answer", [False, OperatorTimeoutError("nobody"), OperatorCancelledError("no")], ids=repr
)
def test_more_cash_that_nobody_agrees_to_is_not_taken(visit: Visit, answer: bool | Exception) -> None:
    ended = visit.buy(BALANCE_FEN - LEFT_FEN, again=answer)
    assert (ended.outcome, int(ended.outcome.exit_code)) == (PaymentOutcome.DEARER, 9)
    assert (visit.balance_fen, visit.phases) == (LEFT_FEN, [Phase.REVERSED])
    assert visit.operators[-1].receipts == []
    visit.assert_all_adds_up()


def test_power_lost_before_the_yes_reverses_it_at_the_next_visit(visit: Visit) -> None:
    with pytest.raises(TerminalPowerLossError):
        visit.buy(BALANCE_FEN - LEFT_FEN, again=TerminalPowerLossError())
    assert (visit.balance_fen, visit.phases) == (0, [Phase.DEARER])
    assert visit.buy(0).outcome is PaymentOutcome.PAID
    assert (visit.balance_fen, visit.phases) == (0, [Phase.REVERSED, Phase.CLOSED])
    assert "agreed to before" not in visit.slip
    visit.assert_all_adds_up()


def test_less_cash_is_told_and_nobody_is_asked(visit: Visit) -> None:
    visit.buy(BALANCE_FEN - LEFT_FEN, again=False)
    assert visit.buy(-BALANCE_FEN).outcome is PaymentOutcome.PAID
    assert "used elsewhere in the meantime" in visit.shown and "agreed to: fund ¥0.00" in visit.shown
    assert "personal account ¥5.00, cash ¥7.34" in visit.slip["agreed to before"]
    assert visit.balance_fen == LEFT_FEN + BALANCE_FEN - BILL_FEN
    visit.assert_all_adds_up()


@pytest.mark.parametrize("again", [True, False])
def test_the_card_records_what_was_settled_or_nothing(again: bool) -> None:
    visit = Visit(load_scenario(SCENARIOS / "purchase-purse-record.yaml"))
    spent_fen = visit.balance_fen - LEFT_FEN
    ended = visit.buy(spent_fen, again=again)
    (sale,) = visit.book.sales()
    if again:
        assert ended.outcome is PaymentOutcome.PAID
        assert sale.debit is not None and sale.debit.pool_fen == sale.fund_fen + sale.account_fen
        assert sale.account_fen == LEFT_FEN
    else:
        assert ended.outcome is PaymentOutcome.DEARER and sale.phase is Phase.REVERSED
        assert sale.debit is not None and not sale.debit.phase.carried_out and sale.debit.number == 0
    visit.assert_all_adds_up()
