"""Settlement and debit of the card's purse stand both or neither, whatever happens; proofs are verified afterwards."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from swept_subjects import Only

from apdu.layout import FileSpec
from terminal.counter import DEFAULT_PHARMACY
from terminal.flow import payment_actions, payment_purse
from terminal.flow.payment import Payment
from terminal.flow.payment_outcomes import PaymentOutcome
from terminal.flow.payment_run import PaymentEnded
from terminal.flow.purchase import State
from terminal.flow.sales import DebitPhase, KeepSale, Phase, Sale, SalesBook
from terminal.flow.steps import Flow, Procedure
from terminal.procedures.purse import Proof
from terminal.scenario.findings import money_faults, purse_on_card
from terminal.scenario.model import Scenario, VisitSpec, load_scenario
from terminal.scenario.payment_sweep import RECONCILE
from terminal.scenario.run import act, play
from terminal.scenario.script import ScriptOperator
from terminal.scenario.stage import Stage
from terminal.scenario.sweep import SweepResult, sweep
from terminal.scenario.sweep_points import Point, Shape
from terminal.session import CardExchanged, Event, Listener, TerminalPowerLossError

SCENARIOS = Path(__file__).parents[2] / "scenarios"
SAMPLE = 29
ELSEWHERE = "990100000002"
DEBIT_FOR_PURCHASE = 0x2C


def scenario(name: str, **terminal: Any) -> Scenario:
    """The first visit of a scenario, a purchase that pays."""
    found = load_scenario(SCENARIOS / f"purchase-purse-{name}.yaml")
    place = msgspec.structs.replace(found.terminal, **terminal)
    return msgspec.structs.replace(found, visits=found.visits[:1], terminal=place)


def visited(
    stage: Stage, visit: VisitSpec, pharmacy: str = DEFAULT_PHARMACY, listener: Listener | None = None
) -> tuple[PaymentEnded, str]:
    """How a visit ended, and all that was said and printed in it."""
    counter = stage.counter(stage.scenario.terminal).at_pharmacy(pharmacy)
    operator = ScriptOperator(visit.operator, stage.cards, counter.slots, stage.pins, strict=False)
    try:
        ended = act(stage, visit, counter, operator, listener=listener)
    finally:
        for slot in counter.slots.values():
            slot.power_loss()
        counter.clear()
    assert isinstance(ended, PaymentEnded)
    printed = [f"{label} {value}" for receipt in operator.receipts for label, value in receipt.lines]
    return ended, "\n".join([*map(str, operator.shown), *printed])


def book_of(stage: Stage) -> SalesBook:
    return stage.drawers[DEFAULT_PHARMACY].book


def verified(stage: Stage, sale: Sale) -> int:
    """How many debits the centre keeps of a settlement."""
    with stage.office.store.transaction():
        return len(stage.office.store.debits_of(sale.msgid))


@pytest.mark.parametrize("name", ["record", "account"])
def test_at_the_end_of_the_day_the_centre_has_verified_every_debit(name: str) -> None:
    stage = Stage.of(scenario(name))
    visited(stage, stage.scenario.visits[0])
    (sold,) = book_of(stage).sales()
    assert sold.debit_phase is DebitPhase.DONE and verified(stage, sold) == 0
    assert visited(stage, RECONCILE)[0].outcome is PaymentOutcome.RECONCILED
    (sold,) = book_of(stage).sales()
    assert sold.debit_phase is DebitPhase.VERIFIED and verified(stage, sold) == 1


@pytest.mark.parametrize(("name", "means"), [("account", "psam"), ("record", "psam"), ("record", "hsm")])
def test_sampled_sweep_loses_and_doubles_no_debit(name: str, means: str) -> None:
    result = sweep(scenario(name, means=means), every=SAMPLE)
    assert result.points >= 10
    assert_clean(result)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize(("name", "means"), [("account", "psam"), ("record", "psam"), ("record", "hsm")])
@pytest.mark.parametrize("kind", ["ssc-1.0", "ssc-2.0", "ssc-3.0"])
def test_full_sweep_loses_and_doubles_no_debit(name: str, means: str, kind: str) -> None:
    found = scenario(name, means=means)
    cards = {"new": msgspec.structs.replace(found.cards["new"], kind=kind)}
    assert_clean(sweep(msgspec.structs.replace(found, cards=cards)))


def assert_clean(result: SweepResult) -> None:
    assert result.passed, "\n".join(str(violation) for violation in result.violations[:20])


def once_debited(point: Point, shape: Shape) -> bool:
    """The card has just been debited, which is the last that is written, and nothing of it was kept."""
    return (point.exchange, point.what) == (max(shape.writes), "power loss after")


def test_a_till_that_does_not_keep_the_debit_before_the_card_is_told_is_found(
    monkeypatch: pytest.MonkeyPatch, only: Only
) -> None:
    keep = SalesBook.keep

    def forgetful(book: SalesBook, sale: Sale) -> None:
        if sale.debit_phase is not DebitPhase.SENT:
            keep(book, sale)

    monkeypatch.setattr(SalesBook, "keep", forgetful)
    only(once_debited)
    assert "'debits': 2" in str(sweep(scenario("account")).violations[0])


def test_a_till_that_asks_the_card_neither_for_the_proof_nor_for_its_log_is_found(
    monkeypatch: pytest.MonkeyPatch, only: Only
) -> None:
    def no_proof(payment: Payment, sale: Sale) -> Flow[Proof | None]:
        yield KeepSale(sale)
        return None

    def unlogged(log: FileSpec, record: bytes) -> Procedure[bool | None]:
        yield from ()
        return False

    monkeypatch.setattr(payment_purse, "_proof_of", no_proof)
    only(once_debited)
    assert sweep(scenario("account")).passed, "the card's log says it, too"
    monkeypatch.setattr(payment_purse.purse, "is_logged", unlogged)
    assert "'debits': 2" in str(sweep(scenario("account")).violations[0])


def test_a_wrong_proof_is_reported_and_nothing_is_reversed(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(mac2: bytes) -> Any:
        return False
        yield

    monkeypatch.setattr(payment_purse.psam, "confirm_purchase", wrong)
    stage = Stage.of(scenario("account"))
    ended, said = visited(stage, stage.scenario.visits[0])
    assert ended.outcome is PaymentOutcome.PAID
    assert "MAC2" in said and "不符 wrong" in said
    (sold,) = book_of(stage).sales()
    assert sold.phase is Phase.CLOSED and sold.debit is not None and sold.debit.proven is False


def test_a_proof_that_the_centre_doubts_is_told_and_nothing_is_reversed() -> None:
    stage = Stage.of(scenario("account"))
    visited(stage, stage.scenario.visits[0])
    (sold,) = book_of(stage).sales()
    book_of(stage).keep(sold.with_debit(tac="00000000"))
    ended, said = visited(stage, RECONCILE)
    assert ended.outcome is PaymentOutcome.RECONCILED and sold.settlement in said
    (sold,) = book_of(stage).sales()
    assert (sold.phase, sold.debit_phase) == (Phase.CLOSED, DebitPhase.DOUBTED)


def pulled_before_the_debit(stage: Stage) -> VisitSpec:
    """A visit whose card leaves for good just before it is debited: the till cannot tell."""
    found = load_scenario(SCENARIOS / "purchase-purse-next-insertion.yaml").visits[3]
    assert play(stage, found).outcome == PaymentOutcome.DEBIT_UNKNOWN.label
    return found


def test_another_terminals_debit_of_the_same_number_is_not_taken_for_ones_own() -> None:
    stage = Stage.of(scenario("account"))
    goods = stage.scenario.visits[0]
    pulled_before_the_debit(stage)
    assert visited(stage, goods, ELSEWHERE)[0].outcome is PaymentOutcome.PAID
    assert purse_on_card(stage.cards["new"])["debits"] == 1
    ended, said = visited(stage, goods)
    assert ended.outcome is PaymentOutcome.PAID and "已冲正" in said
    assert [sale.phase for sale in book_of(stage).sales()] == [Phase.REVERSED, Phase.CLOSED]
    assert purse_on_card(stage.cards["new"])["debits"] == 2
    assert money_faults(stage) == []


def test_an_undebited_settlement_that_both_sides_agreed_on_is_cancelled_instead_of_reversed() -> None:
    stage = Stage.of(scenario("account"))
    pulled_before_the_debit(stage)
    assert visited(stage, RECONCILE)[0].outcome is PaymentOutcome.RECONCILED
    ended, _ = visited(stage, stage.scenario.visits[0])
    assert ended.outcome is PaymentOutcome.DISPUTED and ended.refusal is not None
    (sold,) = book_of(stage).sales()
    assert (sold.phase, sold.debit_phase) == (Phase.CLOSED, DebitPhase.DUE)
    refund = load_scenario(SCENARIOS / "purchase-refund.yaml").visits[1]
    assert visited(stage, refund)[0].outcome is PaymentOutcome.REFUNDED
    assert visited(stage, RECONCILE)[0].outcome is PaymentOutcome.RECONCILED
    assert money_faults(stage) == []


def test_a_sale_that_waits_for_its_card_waits_no_longer_once_it_was_cancelled() -> None:
    stage = Stage.of(scenario("record"))
    pulled_before_the_debit(stage)
    refund = load_scenario(SCENARIOS / "purchase-refund.yaml").visits[1]
    assert visited(stage, refund)[0].outcome is PaymentOutcome.REFUNDED
    assert visited(stage, RECONCILE)[0].outcome is PaymentOutcome.RECONCILED
    assert [sale.phase for sale in book_of(stage).sales()] == [Phase.CLOSED, Phase.CLOSED]


def test_another_card_in_place_of_the_torn_one_is_told_and_debits_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = load_scenario(SCENARIOS / "purchase-purse-torn.yaml")
    other = msgspec.structs.replace(found.cards["new"], seed=7)
    steps = [
        msgspec.structs.replace(step, card="other") if number == 3 else step
        for number, step in enumerate(found.visits[0].operator)
    ]
    visit = msgspec.structs.replace(found.visits[0], operator=steps)
    stage = Stage.of(msgspec.structs.replace(found, cards={**found.cards, "other": other}, visits=[visit]))
    assert play(stage, visit).outcome == PaymentOutcome.DEBIT_UNKNOWN.label
    assert purse_on_card(stage.cards["other"])["debits"] == 0


def test_a_settlement_whose_debit_was_never_told_is_reversed_at_the_next_visit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def dies(payment: Payment) -> Flow[Any]:
        raise TerminalPowerLossError
        yield

    stage = Stage.of(scenario("account"))
    with monkeypatch.context() as patched:
        patched.setitem(payment_actions.ACTIONS, State.BEGIN_DEBIT, dies)  # type: ignore[arg-type]
        with pytest.raises(TerminalPowerLossError):
            visited(stage, stage.scenario.visits[0])
    (sold,) = book_of(stage).sales()
    assert (sold.phase, sold.debit_phase) == (Phase.ANSWERED, DebitPhase.DUE)
    assert visited(stage, RECONCILE)[0].outcome is PaymentOutcome.RECONCILED
    assert [sale.phase for sale in book_of(stage).sales()] == [Phase.REVERSED]


def test_power_lost_right_after_the_debit_is_made_up_for_by_the_cards_proof() -> None:
    def dies(event: Event) -> None:
        if isinstance(event, CardExchanged) and event.command.ins == DEBIT_FOR_PURCHASE:
            raise TerminalPowerLossError

    stage = Stage.of(scenario("account"))
    goods = stage.scenario.visits[0]
    with pytest.raises(TerminalPowerLossError):
        visited(stage, goods, listener=dies)
    (sold,) = book_of(stage).sales()
    assert (sold.phase, sold.debit_phase) == (Phase.ANSWERED, DebitPhase.SENT)
    ended, said = visited(stage, goods)
    assert ended.outcome is PaymentOutcome.FINISHED_EARLIER and "交易认证码" in said
    assert purse_on_card(stage.cards["new"])["debits"] == 1
    (sold,) = book_of(stage).sales()
    assert (sold.phase, sold.debit_phase, verified(stage, sold)) == (Phase.CLOSED, DebitPhase.VERIFIED, 1)


def test_a_refund_before_the_debit_is_known_is_refused_where_the_purse_may_have_paid() -> None:
    stage = Stage.of(scenario("account"))
    pulled_before_the_debit(stage)
    refund = load_scenario(SCENARIOS / "purchase-refund.yaml").visits[1]
    assert visited(stage, refund)[0].outcome is PaymentOutcome.PURSE_PAID


def test_the_doubted_sale_says_so_without_its_figures() -> None:
    stage = Stage.of(scenario("account"))
    visited(stage, stage.scenario.visits[0])
    (sold,) = book_of(stage).sales()
    assert sold.debit is not None
    assert repr(replace(sold.debit)) == "PurseDebit(0 done)"
