"""What is wrong with the key machine's answers, message by message, and what the terminal makes of it."""

from __future__ import annotations

import pytest
from serve_desk import FINISHED, NOW, TOKEN, Pharmacy, Served
from serve_shop import Shop

from terminal.backoffice import wire
from terminal.backoffice.channel_ports import Papers
from terminal.backoffice.link import Link
from terminal.backoffice.ports import HsmMessage
from terminal.backoffice.profile import load_profile
from terminal.counter import Counter
from terminal.flow.authentication import Means
from terminal.flow.errands import renew_pin
from terminal.flow.outcomes import Outcome
from terminal.flow.payment_outcomes import PaymentOutcome
from terminal.scenario.script import Insert, Remove, ScriptOperator
from terminal.serve.failures import Failure, FailureKind
from terminal.text import Pin

ACTIVATIONS = {
    ("hsm-01", "wrong-cryptogram"): Outcome.NOT_GENUINE,
    ("hsm-01", "no-separator"): Outcome.ACTIVATED,
    ("hsm-01", "lower-case"): Outcome.ACTIVATED,
    ("hsm-01", "no-key"): Outcome.HSM_REFUSED,
    ("hsm-01", "empty"): Outcome.UNREACHABLE,
    ("hsm-02", "wrong-cryptogram"): Outcome.CARD_REFUSED,
    ("hsm-02", "no-separator"): Outcome.ACTIVATED,
    ("hsm-02", "lower-case"): Outcome.ACTIVATED,
    ("hsm-02", "no-key"): Outcome.HSM_REFUSED,
    ("hsm-02", "empty"): Outcome.UNREACHABLE,
}


@pytest.mark.parametrize(("message", "kind"), ACTIVATIONS)
def test_an_activation_meets_it_by_name_and_is_finished_afterwards(
    served: Served, pharmacy: Pharmacy, message: str, kind: str
) -> None:
    served.switch.on(Failure(FailureKind(kind), message))
    assert pharmacy.visit() is ACTIVATIONS[message, kind]
    assert [name for _, name in served.switch.struck] == [message]
    assert pharmacy.until_finished() in FINISHED
    assert pharmacy.problems() == [] == served.ledger_faults()


@pytest.mark.parametrize(
    ("kind", "label"),
    [
        ("wrong-cryptogram", "card-refused"),
        ("no-separator", "pin-reset"),
        ("lower-case", "pin-reset"),
        ("no-header", "pin-reset"),
        ("no-key", "hsm-refused"),
        ("empty", "centre-unreachable"),
    ],
)
def test_a_new_pin_is_set_or_the_visit_ends_by_name(
    served: Served, pharmacy: Pharmacy, kind: str, label: str
) -> None:
    assert pharmacy.visit() is Outcome.ACTIVATED
    served.switch.on(Failure(FailureKind(kind), "hsm-03"))
    counter = Counter.set_up(served.office(), Means.HSM, now=lambda: NOW)
    operator = ScriptOperator([Insert("new"), Remove()], pharmacy.cards, counter.slots, {}, strict=False)
    with served.pool.centre() as centre, centre.store.transaction():
        card = centre.store.social_card(pharmacy.numbers["new"])
    assert card is not None
    errand = renew_pin(Papers(card.holder.id_number), Pin("918273"))
    assert counter.terminal().visit(errand, operator).label == label
    assert served.switch.struck


PURCHASES = {
    "wrong-cryptogram": PaymentOutcome.NOT_DEBITED,
    "no-separator": PaymentOutcome.PAID,
    "lower-case": PaymentOutcome.PAID,
    "no-key": PaymentOutcome.NOT_DEBITED,
    "empty": PaymentOutcome.NOT_DEBITED,
}


@pytest.mark.parametrize("kind", PURCHASES)
def test_a_purchase_recorded_on_the_card_is_paid_once_or_not_at_all(serve, kind: str) -> None:
    profile = load_profile("purse-record")
    served = serve(profile=profile)
    shop = Shop(served, profile)
    served.switch.on(Failure(FailureKind(kind), "hsm-04"))
    assert shop.buy() is PURCHASES[kind]
    assert served.switch.struck
    if PURCHASES[kind] is not PaymentOutcome.PAID:
        assert shop.buy() is PaymentOutcome.PAID
    shop.assert_paid_once()


def test_every_line_to_the_key_machine_has_its_messages_told_apart(served: Served) -> None:
    line = Link(served.url, TOKEN)
    for message in ("hsm-01", "hsm-02", "hsm-03", "hsm-04"):
        served.switch.on(Failure(FailureKind.EMPTY, message))
        asked = f"{message[-2:]}|"
        line.post("/terminal/hsm-message", wire.encode(HsmMessage("09|")))
        line.post("/hsm", b"09|", "text/plain")
        assert [name for _, name in served.switch.struck] == []
        line.post("/hsm", asked.encode(), "text/plain")
        assert [name for _, name in served.switch.struck] == [message]
        served.switch.off()
