"""A purchase by card over a real socket: whatever fails at the centre, it is paid once, and nothing is lost."""

from __future__ import annotations

import pytest
from serve_desk import Served
from serve_patience import SILENCE_S
from serve_shop import Shop

from terminal.flow.payment_outcomes import PaymentOutcome
from terminal.serve.failures import Failure, FailureKind

SETTLEMENT, REVERSAL = "2102", "2601"
FAILURES = [
    Failure(FailureKind.DOWN, SETTLEMENT),
    Failure(FailureKind.TIMEOUT_BEFORE_COMMIT, SETTLEMENT, seconds=SILENCE_S),
    Failure(FailureKind.TIMEOUT_AFTER_COMMIT, SETTLEMENT, seconds=SILENCE_S),
    Failure(FailureKind.DUPLICATE, SETTLEMENT),
    Failure(FailureKind.GARBLED, SETTLEMENT),
    Failure(FailureKind.WRONG_SIGNATURE, SETTLEMENT),
]


@pytest.fixture
def shop(served: Served) -> Shop:
    return Shop(served)


def test_a_purchase_over_a_socket_is_one_settlement(shop: Shop) -> None:
    assert shop.buy() is PaymentOutcome.PAID
    shop.assert_paid_once()


@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: failure.do.value)
def test_whatever_fails_at_the_settlement_it_is_paid_once(shop: Shop, failure: Failure) -> None:
    shop.hasty_at = failure.transaction if failure.seconds else None
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
