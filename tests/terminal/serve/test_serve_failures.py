"""Every failure mode over a real socket: the dual insert breaks off, and the next insertion finishes it."""

from __future__ import annotations

import json
import threading
import time

import pytest
from serve_desk import FINISHED, PROFILE, TOKEN, Pharmacy, Served
from serve_patience import DEADLINE_S, PATIENCE_S, SILENCE_S, await_strike

from terminal.backoffice import wire
from terminal.backoffice.link import Link
from terminal.backoffice.ports import (
    Answer,
    CardKey,
    ConfirmActivation,
    Place,
    Request,
    SignIn,
    UnreachableError,
    VerifyOldPin,
)
from terminal.backoffice.remote import RemoteOffice
from terminal.flow.outcomes import Outcome
from terminal.serve.failures import OF_HSM, Failure, FailureKind, FailureSwitch
from terminal.text import Pin

HERE = Place("990100000001")
LASTING_S = {
    "slow": 2 * PATIENCE_S,
    "out-of-order": 2 * PATIENCE_S,
    "timeout-before-commit": SILENCE_S,
    "timeout-after-commit": SILENCE_S,
}
"""How long what takes time would last."""

STEPS = ("sign-in", "verify-old-pin", "reserve", "hsm-message", "confirm-activation")
UNHARMED = {FailureKind.DUPLICATE}
ANYWHERE = [kind.value for kind in FailureKind if kind not in OF_HSM]


def failure(kind: str, transaction: str, **options: object) -> Failure:
    timed = {"seconds": LASTING_S[kind]} if kind in LASTING_S else {}
    return Failure(FailureKind(kind), transaction, **{**timed, **options})


class Impatient(RemoteOffice):
    """A terminal that waits long for every answer but those of one transaction, so that nothing else gives up."""

    def __init__(self, served: Served, transaction: str) -> None:
        super().__init__(served.url, PROFILE, TOKEN)
        self._transaction, self._hasty = transaction, served.office(timeout_s=PATIENCE_S)

    def call(self, request: Request) -> Answer:
        hurried = wire.BY_REQUEST[type(request)].name == self._transaction
        return self._hasty.call(request) if hurried else super().call(request)


def disturbed(served: Served, failure: Failure) -> tuple[Pharmacy, Outcome]:
    """A visit that meets the failure, at a terminal without patience for what takes time."""
    pharmacy = Pharmacy(served.office()).enrol()
    served.switch.on(failure)
    takes_time = failure.do.value in LASTING_S
    outcome = pharmacy.visit(Impatient(served, failure.transaction) if takes_time else None)
    await_strike(served)
    assert served.switch.struck == [(failure, failure.transaction)], "the failure must really strike"
    return pharmacy, outcome


@pytest.mark.parametrize("transaction", STEPS)
@pytest.mark.parametrize("kind", ANYWHERE)
def test_what_a_failure_broke_off_the_next_insertion_finishes(
    served: Served, kind: str, transaction: str
) -> None:
    pharmacy, outcome = disturbed(served, failure(kind, transaction))
    assert outcome is (Outcome.ACTIVATED if FailureKind(kind) in UNHARMED else Outcome.UNREACHABLE)
    assert pharmacy.until_finished() in FINISHED
    assert pharmacy.problems() == [] == served.ledger_faults()


@pytest.mark.parametrize("kind", ANYWHERE)
def test_a_confirmation_that_fails_is_recovered_on_either_database(serve, where: str, kind: str) -> None:
    served = serve(where)
    pharmacy, _ = disturbed(served, failure(kind, "confirm-activation"))
    assert pharmacy.until_finished() in FINISHED
    assert pharmacy.problems() == [] == served.ledger_faults()


def test_a_time_out_after_the_commit_leaves_the_card_active_at_the_centre(served: Served) -> None:
    pharmacy, outcome = disturbed(served, failure("timeout-after-commit", "confirm-activation"))
    assert outcome is Outcome.UNREACHABLE
    assert pharmacy.problems() == [], "the centre has committed although nobody heard of it"
    assert pharmacy.visit() is Outcome.COMPLETED


def test_a_time_out_before_the_commit_leaves_the_old_card_in_use(served: Served) -> None:
    pharmacy, outcome = disturbed(served, failure("timeout-before-commit", "confirm-activation"))
    assert outcome is Outcome.UNREACHABLE
    assert pharmacy.problems() != []
    assert pharmacy.until_finished() in FINISHED
    assert pharmacy.problems() == []


def test_a_confirmation_that_arrives_late_is_harmless(served: Served) -> None:
    """It was held back until the holder was at the counter again, and is carried out in the middle of that visit."""
    pharmacy, outcome = disturbed(served, failure("out-of-order", "confirm-activation", seconds=60.0))
    assert outcome is Outcome.UNREACHABLE
    assert pharmacy.until_finished() in FINISHED
    assert pharmacy.problems() == [] == served.ledger_faults()
    assert [event for _, event, *_ in served.audit()].count("confirm") == 1


def test_a_duplicate_is_carried_out_twice_and_booked_once(served: Served) -> None:
    pharmacy, outcome = disturbed(served, failure("duplicate", "confirm-activation"))
    assert outcome is Outcome.ACTIVATED
    assert pharmacy.problems() == []
    assert [event for _, event, *_ in served.audit()].count("confirm") == 1


def test_a_wrong_pin_that_is_delivered_twice_costs_two_tries(served: Served) -> None:
    """Why a PIN is asked for by one request and never repeated by the line itself."""
    pharmacy = Pharmacy(served.office()).enrol()
    with served.pool.centre() as centre, centre.store.transaction():
        card = centre.store.social_card(pharmacy.numbers["new"])
    assert card is not None
    wrong = VerifyOldPin(HERE, CardKey(card.key.card_id, card.number), Pin("999999"), pharmacy.numbers["old"])
    served.switch.on(failure("duplicate", "verify-old-pin"))
    assert served.office().call(wrong).tries_left == 4


def test_slow_is_slow_and_then_as_ever(served: Served) -> None:
    served.switch.on(Failure(FailureKind.SLOW, "sign-in", seconds=0.3))
    begun = time.monotonic()
    assert served.office().call(SignIn(HERE)).pharmacy_name
    assert time.monotonic() - begun >= 0.3


def test_a_silence_ends_with_the_sender_or_with_its_time(served: Served) -> None:
    served.switch.on(Failure(FailureKind.TIMEOUT_BEFORE_COMMIT, seconds=0.2))
    with pytest.raises(UnreachableError, match="status 504"):
        served.office().call(SignIn(HERE))


def test_out_of_order_waits_for_the_next_transaction(served: Served) -> None:
    served.switch.on(Failure(FailureKind.OUT_OF_ORDER, "old-card-query", seconds=SILENCE_S))
    answered: list[str] = []

    def held() -> None:
        Link(served.url, TOKEN).post("/terminal/old-card-query", b"{}")
        answered.append("held")

    waiting = threading.Thread(target=held)
    waiting.start()
    await_strike(served)
    assert served.switch.struck and answered == []
    served.office().call(SignIn(HERE))
    waiting.join(DEADLINE_S)
    assert answered == ["held"]


# --- counting ---------------------------------------------------------------------------------------------------


def struck(switch: FailureSwitch, *calls: str) -> list[bool]:
    return [switch.due(call) is not None for call in calls]


def test_a_failure_strikes_at_its_nth_call_of_its_transaction() -> None:
    switch = FailureSwitch()
    switch.on(Failure(FailureKind.DOWN, "2102", nth=2))
    assert struck(switch, "2102", "2101", "2102", "2102") == [False, False, True, False]


def test_a_lasting_failure_strikes_from_then_on() -> None:
    switch = FailureSwitch()
    switch.on(Failure(FailureKind.DOWN, "2102", nth=2, lasting=True))
    assert struck(switch, "2102", "2102", "2101", "2102") == [False, True, False, True]
    assert len(switch.armed()) == 1


def test_any_transaction_counts_where_none_is_named() -> None:
    switch = FailureSwitch()
    switch.on(Failure(FailureKind.DOWN, nth=3))
    assert struck(switch, "a", "b", "c", "d") == [False, False, True, False]
    assert switch.armed() == ()


def test_calls_are_counted_from_when_the_failure_was_switched_on() -> None:
    switch = FailureSwitch()
    assert struck(switch, "a", "a") == [False, False]
    switch.on(Failure(FailureKind.DOWN, "a"))
    assert struck(switch, "a") == [True]
    switch.on(Failure(FailureKind.DOWN, "a"))
    switch.off()
    assert struck(switch, "a") == [False] and switch.struck == []


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"nth": 0}, "nth"),
        ({"seconds": 1.0}, "seconds"),
        ({"do": FailureKind.SLOW, "seconds": -1.0}, "seconds"),
    ],
)
def test_a_failure_that_cannot_be_is_told(options: dict[str, object], field: str) -> None:
    with pytest.raises(ValueError, match=field):
        Failure(**{"do": FailureKind.DOWN, **options})


# --- switching over HTTP ----------------------------------------------------------------------------------------


def test_failures_are_switched_while_the_centre_runs(served: Served) -> None:
    link = Link(served.url, TOKEN)
    down = Failure(FailureKind.DOWN, "sign-in", lasting=True)
    assert link.post("/failures", wire.encode(down)).status == 200
    with pytest.raises(UnreachableError, match="out of order"):
        served.office().call(SignIn(HERE))
    told = json.loads(link.send("GET", "/failures").body)
    assert [each["do"] for each in told["armed"]] == ["down"]
    assert [each["transaction"] for each in told["struck"]] == ["sign-in"]
    assert json.loads(link.send("DELETE", "/failures").body) == {"armed": [], "struck": []}
    assert served.office().call(SignIn(HERE)).pharmacy_name


@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        b'{"do": "explode"}',
        b'{"do": "down", "nth": 0}',
        b'{"do": "down", "seconds": 1}',
        b'{"do": "down", "transaction": "confirm-activaton"}',
        b"x",
    ],
)
def test_a_failure_that_is_none_is_refused(served: Served, body: bytes) -> None:
    answer = Link(served.url, TOKEN).post("/failures", body)
    assert answer.status == 400
    assert served.switch.armed() == ()


def test_without_control_there_is_no_switch_on_the_line(serve) -> None:
    assert Link(serve(control=False).url, TOKEN).send("GET", "/failures").status == 404


def test_a_held_confirmation_of_nothing_is_refused_as_ever(served: Served) -> None:
    served.switch.on(Failure(FailureKind.OUT_OF_ORDER, "confirm-activation", seconds=0.05))
    answer = Link(served.url, TOKEN).post(
        "/terminal/confirm-activation", wire.encode(ConfirmActivation(HERE, "none"))
    )
    assert answer.status == 409
