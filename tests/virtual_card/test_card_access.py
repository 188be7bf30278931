"""Access rules, and how long PIN and keys hold, LD/T 32.6 section 6 and LD/T 32.7 section 6.6."""

from __future__ import annotations

import pytest
from card_samples import (
    SELECT_DF03,
    SELECT_DF04,
    SELECT_SSSE,
    VERIFY,
    authenticate,
    fail_authentication,
    rule,
    sample_card,
    sample_contents,
    send,
)

from virtual_card.access import compile_rule
from virtual_card.state import FREE, NEVER

READ_PIN, READ_BOTH, READ_EITHER, READ_NEVER = "00B2012C03", "00B2013404", "00B0870008", "00B2015402"
READ_KEY = "00B2013404"


def test_nothing_granted_refuses_all_but_free() -> None:
    card = sample_card()
    assert send(card, "00B2012C04")[-4:] == "9000"
    assert send(card, READ_KEY) == "6982"
    send(card, SELECT_DF04)
    assert [send(card, apdu) for apdu in (READ_PIN, READ_BOTH, READ_EITHER, READ_NEVER)] == ["6982"] * 4


def test_pin_opens_pin_and_either_but_not_both() -> None:
    card = sample_card()
    send(card, SELECT_DF04, VERIFY)
    answers = [send(card, apdu)[-4:] for apdu in (READ_PIN, READ_BOTH, READ_EITHER, READ_NEVER)]
    assert answers == ["9000", "6982", "9000", "6982"]


def test_key_opens_either_but_not_pin_or_both() -> None:
    card = sample_card()
    send(card, SELECT_DF04)
    authenticate(card, "RK1DF04", 0x84)
    answers = [send(card, apdu)[-4:] for apdu in (READ_PIN, READ_BOTH, READ_EITHER, READ_NEVER)]
    assert answers == ["6982", "6982", "9000", "6982"]


def test_pin_and_key_open_both() -> None:
    card = sample_card()
    send(card, SELECT_DF04, VERIFY)
    authenticate(card, "RK1DF04", 0x84)
    assert send(card, READ_BOTH)[-4:] == "9000"
    assert send(card, READ_NEVER) == "6982"


def test_pin_condition_is_met_where_no_pin_is_set() -> None:
    contents = sample_contents()
    contents.pin = b""
    assert send(sample_card(contents), SELECT_DF04, READ_PIN)[-4:] == "9000"


def test_update_needs_its_own_right() -> None:
    card = sample_card()
    send(card, SELECT_DF04, VERIFY)
    assert send(card, "00DC012C03810155") == "6982"
    authenticate(card, "UK1DF04", 0x85)
    assert send(card, "00DC012C03810155") == "9000"


def test_key_of_the_same_number_in_another_directory_does_not_count() -> None:
    card = sample_card()
    send(card, SELECT_DF03)
    assert authenticate(card, "RK1DF04", 0x84) == "63C2"
    assert authenticate(card, "RK1DF03", 0x84) == "9000"
    assert send(card, "00B2012C03")[-4:] == "9000"
    assert send(card, SELECT_DF04, READ_EITHER) == "6982"


def test_pin_outlives_the_directory_until_reset() -> None:
    card = sample_card()
    send(card, VERIFY)
    assert send(card, SELECT_DF04, SELECT_DF03, SELECT_DF04, READ_PIN)[-4:] == "9000"
    card.reset()
    assert send(card, SELECT_DF04, READ_PIN) == "6982"


@pytest.mark.parametrize(
    ("way", "status"),
    [
        ((SELECT_DF04,), "9000"),
        (("00A4020002EF05",), "9000"),
        ((SELECT_SSSE, SELECT_DF04), "6982"),
        ((SELECT_DF03, SELECT_DF04), "6982"),
        (("00A40000027F01",), "9000"),
    ],
)
def test_key_of_an_application_holds_until_another_is_selected(way: tuple[str, ...], status: str) -> None:
    card = sample_card()
    send(card, SELECT_DF04)
    authenticate(card, "RK1DF04", 0x84)
    assert send(card, *way, READ_EITHER)[-4:] == status


def test_key_of_the_environment_holds_in_its_applications_until_reset() -> None:
    card = sample_card()
    authenticate(card, "RKSSSE", 0x0A)
    assert send(card, SELECT_DF04, SELECT_SSSE, READ_KEY)[-4:] == "9000"
    card.reset()
    assert send(card, READ_KEY) == "6982"


def test_key_of_the_environment_is_lost_with_its_tree() -> None:
    contents = sample_contents()
    bank = sample_contents().directories[0]
    bank.name, bank.df_name, bank.fid = "PSE", b"1PAY.SYS.DDF01", None
    bank.files, bank.keys = [], []
    contents.directories.append(bank)
    card = sample_card(contents)
    authenticate(card, "RKSSSE", 0x0A)
    assert send(card, "00A404000E" + b"1PAY.SYS.DDF01".hex())[:2] == "61"
    assert send(card, SELECT_SSSE, READ_KEY) == "6982"


def test_failed_authentication_takes_the_key_back() -> None:
    card = sample_card()
    authenticate(card, "RKSSSE", 0x0A)
    fail_authentication(card, 0x0A)
    assert send(card, READ_KEY) == "6982"


def test_rules_become_masks() -> None:
    bits = {"PIN": 1, "A": 2, "B": 4}
    assert compile_rule(FREE, bits) == (0,)
    assert compile_rule(NEVER, bits) == ()
    assert compile_rule(rule("PIN A", "B"), bits) == (3, 4)
    assert compile_rule(rule("C", "PIN"), bits) == (1,)
