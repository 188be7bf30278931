"""The state rules between steps: what may follow, whose turn it is, what ends them, what the driver joins itself."""

from __future__ import annotations

import threading
import time

import pytest
from driver_bench import OTHER_PIN, PIN, Centre, Clock, DriverBench, card_of, tries_of

from terminal.backoffice.ports import HsmMessage, RefusedError, UnreachableError
from terminal.driver.events import CallAnswered, CallBegun, CardPoweredOff, StepsDropped
from terminal.driver.functions import FUNCTIONS, Family
from terminal.driver.presence import calling
from terminal.session import CardPowered, CentreAnswered
from virtual_card.issuer import issue

STEP_1, STEP_2 = "iReadCardBas_HSM_Step1", "iReadCardBas_HSM_Step2"
PAY = "100.00|80.00|20250102103000|"
ADDRESS, DATA = "DF04EF05|84|$", "DF04EF05|990100|$"
LATER_STEPS = [
    function.name
    for function in FUNCTIONS
    if function.family is Family.NATIONAL and function.name.endswith(("Step2", "Step3"))
]
LIMIT_S = 120.0
DEADLINE_S = 60.0


def begun(**options: object) -> tuple[DriverBench, Centre, str]:
    """A driver after step 1 of the base read, and the pKey that belongs to it."""
    card = card_of()
    bench, centre = DriverBench(card, **options), Centre(card)  # type: ignore[arg-type]
    return bench, centre, centre.base(bench.done(STEP_1, 3))


def test_step_1_leaves_the_card_powered_and_the_last_step_powers_it_off() -> None:
    bench, _, key = begun()
    assert bench.powered and bench.driver.pending == STEP_1
    bench.done(STEP_2, key)
    assert not bench.powered and bench.driver.pending is None


def test_a_call_whose_caller_has_gone_meanwhile_is_not_begun_and_ends_nobody_s_steps() -> None:
    bench, _, key = begun()
    sent = bench.contact.exchanges
    with calling(lambda: False):
        answer = bench.call("iVerifyPIN", 3)
    assert (answer.code, "nothing was done" in answer.text) == (-11, True)
    assert bench.contact.exchanges == sent
    bench.done(STEP_2, key)


def test_nothing_is_sent_to_the_card_between_the_steps() -> None:
    bench, _, key = begun()
    sent = bench.contact.exchanges
    assert bench.driver.close_idle() is False
    assert bench.contact.exchanges == sent
    bench.done(STEP_2, key)


@pytest.mark.parametrize("name", LATER_STEPS)
def test_a_step_that_nothing_leads_to_is_a_bad_parameter(name: str) -> None:
    bench = DriverBench(card_of())
    more = [DATA] if "Write" in name else []
    assert bench.code(name, "00" * 16, *more) == -14


@pytest.mark.parametrize("name", [name for name in LATER_STEPS if name != STEP_2])
def test_a_step_of_another_operation_ends_the_one_that_waits(name: str) -> None:
    bench, _, key = begun()
    more = [DATA] if "Write" in name else []
    assert bench.code(name, key, *more) == -14
    assert bench.code(STEP_2, key) == -14


def test_step_3_does_not_follow_step_1() -> None:
    bench = DriverBench(card_of())
    bench.done("iUnblockPIN_HSM_Step1", 1, bench.info)
    assert bench.code("iUnblockPIN_HSM_Step3", "8424000004DEADBEEF") == -14


def test_a_new_step_1_or_any_function_begins_anew() -> None:
    bench, centre, key = begun()
    again = centre.base(bench.done(STEP_1, 3))
    assert again != key
    assert bench.code(STEP_2, key) == -21
    bench.done(STEP_1, 3)
    bench.done("iReadCardBas", 1)
    assert bench.code(STEP_2, again) == -14
    assert sum(isinstance(event, StepsDropped) for event in bench.events) == 2


@pytest.mark.parametrize(
    ("name", "arguments"), [("iNoSuchFunction", ()), ("iReadCardBas", (9,)), ("iVerifyPIN", ())]
)
def test_a_call_that_is_none_ends_what_waits_as_well(name: str, arguments: tuple[int, ...]) -> None:
    bench, _, key = begun()
    assert bench.code(name, *arguments) in (-13, -14)
    assert not bench.powered
    assert bench.code(STEP_2, key) == -14


def test_a_failing_step_is_the_end_of_all_of_them() -> None:
    bench, _, key = begun()
    assert bench.code(STEP_2, "x") == -23
    assert bench.code(STEP_2, key) == -14


def test_a_card_pulled_between_the_steps_is_no_card() -> None:
    bench, _, key = begun()
    bench.contact.remove()
    assert bench.code(STEP_2, key) == -2
    assert bench.code(STEP_2, key) == -14


def test_a_card_swapped_or_put_back_between_the_steps_has_no_power() -> None:
    for seed in (1, 2):
        bench, _, key = begun()
        bench.contact.remove()
        bench.contact.insert(card_of(seed=seed))
        assert bench.code(STEP_2, key) == -3


def test_a_card_that_lost_its_power_between_the_steps_is_not_powered() -> None:
    bench, _, key = begun()
    bench.contact.power_loss()
    assert bench.code(STEP_2, key) == -3


def test_a_reader_that_another_program_took_is_not_connected_any_more() -> None:
    bench, _, key = begun()
    bench.contact.connect()
    answer = bench.driver.call(STEP_2, [key])
    assert answer.code == -12


def test_steps_wait_as_long_as_they_are_allowed_to() -> None:
    clock = Clock()
    bench, _, key = begun(clock=clock, idle_limit_s=LIMIT_S)
    clock.seconds = LIMIT_S - 1
    bench.done(STEP_2, key)


def test_a_step_that_comes_too_late_finds_no_connection_and_the_card_powered_off() -> None:
    clock = Clock()
    bench, _, key = begun(clock=clock, idle_limit_s=LIMIT_S)
    clock.seconds = LIMIT_S
    assert bench.driver.close_idle() is True
    assert not bench.powered
    assert bench.code(STEP_2, key) == -12
    assert bench.code(STEP_2, key) == -14
    bench.done("iReadCardBas", 1)


def test_nobody_has_to_call_for_an_idle_card_to_be_powered_off() -> None:
    bench, _, _ = begun(clock=time.monotonic, idle_limit_s=0.01)
    deadline = time.monotonic() + DEADLINE_S
    while bench.powered:
        assert time.monotonic() < deadline
        time.sleep(0.005)
    assert bench.driver.pending is None


def test_a_caller_that_goes_away_leaves_the_reader_to_the_next() -> None:
    bench = DriverBench(card_of())
    assert bench.call(STEP_1, 3, caller="first").code == 0
    bench.driver.hang_up("second")
    assert bench.powered
    bench.driver.hang_up("first")
    assert not bench.powered
    assert bench.call("iReadCardBas", 1, caller="second").code == 0


def test_a_step_of_another_caller_ends_what_this_one_has_pending() -> None:
    card = card_of()
    bench = DriverBench(card)
    key = Centre(card).base(bench.call(STEP_1, 3, caller="first").text)
    assert bench.call(STEP_2, key, caller="second").code == -14
    assert bench.call(STEP_2, key, caller="first").code == -14


def test_a_call_waits_for_the_one_before_it() -> None:
    bench = DriverBench(card_of(), entries=[PIN] * 8)
    answers: list[int] = []
    threads = [
        threading.Thread(target=lambda: answers.append(bench.driver.call("iVerifyPIN", [1]).code))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(DEADLINE_S)
    assert answers == [0] * 8


@pytest.mark.parametrize("version", ["1.0", "2.0", "3.0"])
def test_joined_steps_ask_the_centre_themselves(version: str) -> None:
    card = card_of(version)
    bench = DriverBench(card, hsm=Centre(card).office, entries=[PIN, *[OTHER_PIN] * 4])
    base = bench.done("iReadCardBas", 1)
    info = bench.info
    assert bench.done("iReadCardBas_HSM_Step1To2", 3) == base
    assert bench.done("iDoDebit_HSM_Step1toStep2", 3, info, PAY).count("|") == 9
    if version != "1.0":
        assert bench.done("iWriteCard_HSM_Step1To2", 3, info, ADDRESS, DATA) == ""
        assert bench.done("iReadCard_HSM_Step1tostep2", 3, info, ADDRESS) == DATA
    assert OTHER_PIN in bench.done("iReloadPIN_HSM_Step1To2", 3, info)
    assert bench.done("iReloadPIN_HSM_Step2To3") == ""
    bench.done("iUnblockPIN_HSM_Step1To2", 3, info)
    assert bench.done("iUnblockPIN_HSM_Step2tostep3") == ""
    assert bench.done("iVerifyPIN", 3) == ""


def test_joined_and_separate_steps_may_follow_each_other() -> None:
    card = card_of(state="pin-blocked")
    centre = Centre(card)
    bench = DriverBench(card, hsm=centre.office)
    base, info = bench.done("iReadCardBas", 1), bench.info
    step2 = bench.done("iUnblockPIN_HSM_Step1To2", 1, info)
    bench.done("iUnblockPIN_HSM_Step3", centre.secure_message(base, step2))
    key = centre.authentication(base, bench.done("iUnblockPIN_HSM_Step1", 1, info))
    bench.done("iUnblockPIN_HSM_Step2", key)
    bench.done("iUnblockPIN_HSM_Step2To3")
    assert tries_of(card) == 6


def test_joined_debits_are_numbered_and_never_alike() -> None:
    card = card_of()
    bench = DriverBench(card, hsm=Centre(card).office, entries=[PIN] * 2)
    info = bench.info
    numbers = [bench.done("iDoDebit_HSM_Step1To2", 1, info, PAY).split("|")[6] for _ in range(2)]
    assert int(numbers[1], 16) == int(numbers[0], 16) + 1


class Refusing:
    """A key machine that refuses, does not answer, or answers nonsense."""

    def __init__(self, answer: object) -> None:
        self.answer = answer

    def call(self, request: object) -> object:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def test_a_centre_that_refuses_or_is_silent_has_its_own_code() -> None:
    known, unknown = card_of(), card_of(seed=2)
    for hsm in (Centre(known).office, Refusing(UnreachableError("no line")), Refusing(42)):
        bench = DriverBench(unknown, hsm=hsm)  # type: ignore[arg-type]
        answer = bench.call("iReadCardBas_HSM_Step1To2", 1)
        assert answer.code == -25
        assert not bench.powered
    with pytest.raises(RefusedError):
        Centre(known).ask("01|990100|")


def test_an_answer_of_the_centre_in_another_form_is_invalid_data() -> None:
    bench = DriverBench(card_of(), hsm=Refusing("nonsense"))  # type: ignore[arg-type]
    assert bench.code("iReadCardBas_HSM_Step1To2", 1) == -23


def test_joined_steps_need_a_centre() -> None:
    assert DriverBench(card_of()).code("iReadCardBas_HSM_Step1To2", 1) == -13


def test_functions_without_published_parameters_are_not_supported() -> None:
    bench = DriverBench(issue("ssc-3.0", 1))
    for function in FUNCTIONS:
        if not function.published:
            assert bench.code(function.name) == -13


def test_every_published_function_runs_something() -> None:
    bench = DriverBench()
    for function in FUNCTIONS:
        if function.published:
            assert (
                bench.code(function.name, *[1 if not p.is_text else "x" for p in function.parameters]) != -999
            )


def test_events_tell_a_call_from_its_beginning_to_its_answer() -> None:
    card = card_of("2.0")
    bench = DriverBench(card, hsm=Centre(card).office)
    bench.done("iReadCardBas_HSM_Step1To2", 1)
    kinds = [type(event) for event in bench.events]
    assert kinds[0] is CallBegun and kinds[-1] is CallAnswered
    assert kinds.count(CardPowered) == kinds.count(CardPoweredOff) == 2
    (asked,) = [event for event in bench.events if isinstance(event, CentreAnswered)]
    assert isinstance(asked.request, HsmMessage)
