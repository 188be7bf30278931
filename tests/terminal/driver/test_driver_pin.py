"""iVerifyPIN, iChangePIN, iReloadPIN and iUnblockPIN: the keypad's answers, the card's, and the three steps by HSM."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from driver_bench import OTHER_PIN, PIN, VERSIONS, WRONG_PIN, Centre, DriverBench, card_of, tries_of

from terminal.driver.keypad import Entry, KeypadScriptError
from terminal.driver.ports import Prompt
from terminal.driver.profile import STRICT
from terminal.flow.steps import Role
from virtual_card.card import VirtualCard
from virtual_card.issuer import PsamOptions

PIN_LIMIT = 6


def blocked_card(version: str = "3.0") -> VirtualCard:
    return card_of(version, state="pin-blocked")


def base_and_info(bench: DriverBench, centre: Centre) -> tuple[str, str]:
    base = bench.done("iReadCardBas_HSM_Step2", centre.base(bench.done("iReadCardBas_HSM_Step1", 1)))
    return base, bench.info


@pytest.mark.parametrize("version", VERSIONS)
def test_a_right_pin_is_verified_without_psam(version: str) -> None:
    bench = DriverBench(card_of(version), sam_slot=False, entries=[PIN])
    assert bench.done("iVerifyPIN", 1) == ""
    assert bench.keypad.prompts == [Prompt.PIN]


def test_a_wrong_pin_tells_the_tries_left_down_to_none_and_then_is_locked() -> None:
    bench = DriverBench(card_of(), entries=[WRONG_PIN] * (PIN_LIMIT + 1))
    for left in range(PIN_LIMIT - 1, -1, -1):
        answer = bench.call("iVerifyPIN", 1)
        assert answer.code == -51 and f"{left} tr" in answer.text and f"{left}次" in answer.text
    assert bench.code("iVerifyPIN", 1) == -52


@pytest.mark.parametrize(
    ("entries", "code"),
    [(["CANCEL"], -31), (["TIMEOUT"], -32), (["123"], -33), (["1" * 17], -33)],
)
@pytest.mark.parametrize("name", ["iVerifyPIN", "iChangePIN", "iReadDebitRecord"])
def test_what_the_holder_does_at_the_keypad_has_its_codes(name: str, entries: list[Entry], code: int) -> None:
    bench = DriverBench(card_of(), entries=entries)
    assert bench.code(name, 1) == code
    assert tries_of(bench.card) == PIN_LIMIT


def test_an_exhausted_script_is_an_error_of_the_test_and_powers_the_card_off() -> None:
    bench = DriverBench(card_of())
    with pytest.raises(KeypadScriptError):
        bench.call("iVerifyPIN", 1)
    assert not bench.powered
    assert bench.call("iReadCardBas", 1).code == 0


def test_the_pin_is_changed_with_three_entries() -> None:
    bench = DriverBench(card_of(), entries=[PIN, OTHER_PIN, OTHER_PIN, OTHER_PIN])
    bench.done("iChangePIN", 1)
    assert bench.keypad.prompts == [Prompt.OLD_PIN, Prompt.NEW_PIN, Prompt.NEW_PIN_AGAIN]
    bench.done("iVerifyPIN", 1)


def test_two_new_pins_that_differ_reach_no_card() -> None:
    bench = DriverBench(card_of(), entries=[PIN, OTHER_PIN, PIN])
    assert bench.code("iChangePIN", 1) == -34
    assert all(command.ins != 0x5E for command in bench.sent())


def test_a_wrong_old_pin_and_a_locked_one_have_the_codes_of_verify() -> None:
    bench = DriverBench(card_of(), entries=[WRONG_PIN, OTHER_PIN, OTHER_PIN])
    assert bench.code("iChangePIN", 1) == -51
    locked = DriverBench(blocked_card(), entries=[PIN, OTHER_PIN, OTHER_PIN])
    assert locked.code("iChangePIN", 1) == -52


@pytest.mark.parametrize("version", VERSIONS)
def test_a_blocked_pin_is_unblocked_and_stays_what_it_was(version: str) -> None:
    bench = DriverBench(blocked_card(version), entries=[PIN])
    assert bench.done("iUnblockPIN", 1, bench.info) == ""
    assert bench.keypad.prompts == []
    assert tries_of(bench.card) == PIN_LIMIT
    bench.done("iVerifyPIN", 1)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("new", [OTHER_PIN, "1234567890123456"])
def test_a_new_pin_is_loaded_with_two_entries(version: str, new: str) -> None:
    bench = DriverBench(blocked_card(version), entries=[new, new, new])
    assert bench.done("iReloadPIN", 1, bench.info) == ""
    bench.done("iVerifyPIN", 1)
    assert bench.keypad.prompts[:2] == [Prompt.NEW_PIN, Prompt.NEW_PIN_AGAIN]


@pytest.mark.parametrize("name", ["iReloadPIN", "iUnblockPIN"])
@pytest.mark.parametrize(
    ("psam", "code"),
    [
        (None, -2201),
        (PsamOptions(without=frozenset({"PUK"})), -27272),
        (PsamOptions(levels={"PUK": 0}), -24),
        (PsamOptions(without=frozenset({"STKSSSE"})), -27272),
    ],
)
def test_a_psam_that_cannot_renew_a_pin_leads_to_the_hsm(
    name: str, psam: PsamOptions | None, code: int
) -> None:
    bench = DriverBench(card_of(), psam=psam, entries=[OTHER_PIN] * 2)
    assert bench.code(name, 1, bench.info) == code


@pytest.mark.parametrize(("version", "header"), [("2.0", "842400010C"), ("3.0", "8424000114")])
def test_reload_by_hsm_asks_for_the_new_pin_in_step_2(version: str, header: str) -> None:
    card = blocked_card(version)
    bench, centre = DriverBench(card, entries=[OTHER_PIN] * 3), Centre(card)
    base, info = base_and_info(bench, centre)
    step1 = bench.done("iReloadPIN_HSM_Step1", 1, info)
    assert step1.split("|")[1] == "0090" and not bench.keypad.prompts
    step2 = bench.done("iReloadPIN_HSM_Step2", centre.authentication(base, step1))
    assert step2.split("|")[1] == "0173" and step2.split("|")[3:] == [header, OTHER_PIN, ""]
    assert bench.keypad.prompts == [Prompt.NEW_PIN, Prompt.NEW_PIN_AGAIN]
    assert bench.done("iReloadPIN_HSM_Step3", centre.secure_message(base, step2)) == ""
    bench.done("iVerifyPIN", 1)


@pytest.mark.parametrize("version", VERSIONS)
def test_unblock_by_hsm_has_an_empty_pin_field(version: str) -> None:
    card = blocked_card(version)
    bench, centre = DriverBench(card), Centre(card)
    base, info = base_and_info(bench, centre)
    step2 = bench.done(
        "iUnblockPIN_HSM_Step2",
        centre.authentication(base, bench.done("iUnblockPIN_HSM_Step1", 1, info)),
    )
    assert step2.split("|")[3:] == ["8424000004", "", ""]
    bench.done("iUnblockPIN_HSM_Step3", centre.secure_message(base, step2))
    assert tries_of(card) == PIN_LIMIT


FORMS: list[Callable[[str], str]] = [
    str.lower,
    lambda key: key[10:],
    lambda key: key[10:].lower().rstrip("|"),
]


@pytest.mark.parametrize("form", FORMS)
def test_a_secure_message_without_header_is_completed(form: Callable[[str], str]) -> None:
    card = blocked_card()
    bench, centre = DriverBench(card, entries=[OTHER_PIN] * 2), Centre(card)
    base, info = base_and_info(bench, centre)
    key = centre.authentication(base, bench.done("iReloadPIN_HSM_Step1", 1, info))
    step2 = bench.done("iReloadPIN_HSM_Step2", key)
    assert bench.done("iReloadPIN_HSM_Step3", form(centre.secure_message(base, step2))) == ""


@pytest.mark.parametrize(("spoil", "code"), [("00" * 8, -23), ("8424000004DEADBEEF", -27016)])
def test_another_or_a_wrong_secure_message_changes_nothing(spoil: str, code: int) -> None:
    card = blocked_card()
    bench, centre = DriverBench(card), Centre(card)
    base, info = base_and_info(bench, centre)
    key = centre.authentication(base, bench.done("iUnblockPIN_HSM_Step1", 1, info))
    bench.done("iUnblockPIN_HSM_Step2", key)
    assert bench.code("iUnblockPIN_HSM_Step3", spoil) == code
    assert tries_of(card) == 0


def test_a_wrong_puk_authentication_counts_and_is_of_the_25536_family() -> None:
    bench = DriverBench(card_of())
    bench.done("iUnblockPIN_HSM_Step1", 1, bench.info)
    assert -25552 < bench.code("iUnblockPIN_HSM_Step2", "00" * 16) <= -25536


def test_an_older_spelling_calls_the_same_function() -> None:
    bench = DriverBench(blocked_card())
    bench.done("iUnlockPIN", 1, bench.info)
    assert tries_of(bench.card) == PIN_LIMIT


def test_a_pin_from_the_caller_is_taken_where_the_build_has_that_function() -> None:
    bench = DriverBench(card_of())
    assert bench.done("iVerifyPINK", 1, PIN) == ""
    assert bench.code("iVerifyPINK", 1, WRONG_PIN) == -51
    assert bench.code("iVerifyPINK", 1, "12a4") == -33
    assert DriverBench(card_of(), profile=STRICT).code("iVerifyPINK", 1, PIN) == -13


def test_no_pin_is_in_the_repr_of_an_event() -> None:
    bench = DriverBench(card_of(), entries=[PIN])
    bench.done("iVerifyPINK", 1, PIN)
    bench.done("iVerifyPIN", 1)
    assert PIN not in repr(bench.events) and bench.sent(Role.NEW)
