from __future__ import annotations

import signal
import threading

import pytest
from scripted_scard import NAME, VERIFY_CODE, KeypadScard, ScriptedScard

from terminal.cli.pin_source import EMPTY_VERIFY
from terminal.transport.base import ReaderError
from terminal.transport.pcsc.readers import PcscReader
from terminal.transport.pin_entry import (
    PinEntryCancelledError,
    PinEntryError,
    PinEntryTimeoutError,
)
from virtual_card.issuer import issue

VERIFY = bytes.fromhex("0020000000")
CHANGE = bytes.fromhex("805E010000")


def keypad(scard: KeypadScard):
    pad = PcscReader(NAME, scard).connect().pin_pad
    assert pad is not None
    return pad


def card_behind(scard: KeypadScard) -> KeypadScard:
    card = issue("ssc-3.0", 1)
    card.power_on()
    scard.answer = card.transmit
    return scard


def passed_through_us(scard: KeypadScard) -> bytes:
    return b"|".join(repr(call).encode() for call in scard.calls)


def test_pin_typed_at_the_keypad_is_verified_and_never_passes_through_us():
    scard = card_behind(KeypadScard(typed=("123456",)))
    answer = keypad(scard).verify(EMPTY_VERIFY.encode(), shortest=4, longest=16, timeout_s=30)
    assert answer == b"\x90\x00"
    assert scard.inside == [bytes.fromhex("0020000003123456")]
    for form in (b"123456", repr(bytes.fromhex("123456"))[2:-1].encode()):
        assert form not in passed_through_us(scard)


def test_structure_of_verify_is_that_of_part_10():
    scard = card_behind(KeypadScard(typed=("123456",)))
    keypad(scard).verify(VERIFY, shortest=6, longest=6, timeout_s=30)
    _, structure = scard.called("SCardControl")[-1]
    assert structure.hex() == "1e1e8103000606020104080000000008000000" + "0020000003ffffff"


def test_structure_of_change_is_that_of_part_10():
    scard = card_behind(KeypadScard(typed=("123456", "654321", "654321")))
    assert keypad(scard).change(CHANGE, shortest=6, longest=6, timeout_s=30) == b"\x90\x00"
    _, structure = scard.called("SCardControl")[-1]
    assert structure.hex() == (
        "1e1e810300" + "0004" + "0606" + "03" + "02" + "03" + "0408" + "000102" + "000000" + "0c000000"
        "805e010007ffffffffffffff"
    )
    assert scard.inside == [bytes.fromhex("805E010007123456FF654321")]


def test_wrong_pin_is_the_cards_answer():
    scard = card_behind(KeypadScard(typed=("111111",)))
    assert keypad(scard).verify(VERIFY, shortest=4, longest=16, timeout_s=30).hex() == "63c5"


@pytest.mark.parametrize(
    ("refusal", "error", "what"),
    [
        ("6400", PinEntryTimeoutError, "nobody typed"),
        ("6401", PinEntryCancelledError, "cancelled"),
        ("6402", PinEntryError, "differ"),
        ("6403", PinEntryError, "too short or too long"),
        ("6B80", ReaderError, "refuses the layout"),
    ],
)
def test_answers_of_the_reader_itself_are_errors_that_name_it(refusal, error, what):
    scard = KeypadScard(typed=("123456",), refusal=bytes.fromhex(refusal))
    with pytest.raises(error, match=what) as caught:
        keypad(scard).verify(VERIFY, shortest=4, longest=16, timeout_s=30)
    assert str(caught.value).startswith(f"reader {NAME}: typing the PIN: ")
    assert f"({refusal})" in str(caught.value)


def test_change_at_a_keypad_needs_pins_of_one_length():
    scard = KeypadScard(typed=("123456", "1234", "1234"))
    with pytest.raises(PinEntryError, match="4 to 16 digits"):
        keypad(scard).change(CHANGE, shortest=4, longest=16, timeout_s=30)
    assert len(scard.called("SCardControl")) == 2, "features and properties, nothing typed"


def test_limits_of_the_keypad_narrow_those_of_the_card():
    scard = card_behind(KeypadScard(typed=("123456",), properties=bytes.fromhex("060106070108")))
    keypad(scard).verify(VERIFY, shortest=4, longest=16, timeout_s=999)
    control, structure = scard.called("SCardControl")[-1]
    assert control == VERIFY_CODE
    assert (structure[6], structure[5], structure[0]) == (6, 8, 255)


def test_keypad_that_takes_none_of_the_cards_pins_is_refused():
    scard = KeypadScard(properties=bytes.fromhex("06010C07010C"))
    with pytest.raises(ReaderError, match="takes no PIN of 4 to 8 digits"):
        keypad(scard).verify(VERIFY, shortest=4, longest=8, timeout_s=30)


def test_template_with_a_pin_in_it_is_refused():
    with pytest.raises(ValueError, match="must hold no PIN") as caught:
        keypad(KeypadScard()).verify(bytes.fromhex("0020000003123456"), shortest=6, longest=6, timeout_s=30)
    assert "123456" not in str(caught.value)


def test_keypad_without_the_feature_to_change_says_so():
    scard = KeypadScard(features=((6, VERIFY_CODE),))
    with pytest.raises(ReaderError, match="cannot change a PIN"):
        keypad(scard).change(CHANGE, shortest=6, longest=6, timeout_s=30)


@pytest.mark.parametrize(
    "scard", [ScriptedScard(), KeypadScard(features=((7, 1),)), KeypadScard(features=())]
)
def test_reader_without_keypad_has_none(scard):
    assert PcscReader(NAME, scard).connect().pin_pad is None


def test_ctrl_c_ends_the_wait_for_a_pin_and_closing_does_not_wait_for_the_keypad():
    scard, typing, done = KeypadScard(), threading.Event(), threading.Event()
    main = threading.main_thread().ident
    assert main is not None

    def nobody_types(structure: bytes) -> bytes:
        typing.set()
        done.wait(20)
        return b"\x64\x00"

    scard._verify = nobody_types  # type: ignore[method-assign]
    connection = PcscReader(NAME, scard).connect()

    def interrupt() -> None:
        typing.wait(20)
        signal.pthread_kill(main, signal.SIGINT)

    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        threading.Thread(target=interrupt).start()
        with pytest.raises(KeyboardInterrupt):
            connection.pin_pad.verify(VERIFY, shortest=4, longest=16, timeout_s=30)
    finally:
        signal.signal(signal.SIGINT, before)
    connection.close()
    assert scard.called("SCardDisconnect") == []
    with pytest.raises(ReaderError, match="closed"):
        connection.transmit(VERIFY)
    done.set()
    assert scard.disconnected.wait(20)
