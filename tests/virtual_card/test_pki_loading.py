from __future__ import annotations

import pytest
from pki_samples import ADMINISTRATOR_PIN, Kiosk, encrypted, fixed_pairs, kiosk, pin_key

from virtual_card.applications.pki.contents import TEST_MASTER_KEY

MASTER, CHANGE = "84D40100", "845E0100"
NEW_KEY = bytes(range(16, 32))
RECORD = bytes(3) + NEW_KEY
OLD = pin_key(ADMINISTRATOR_PIN)


@pytest.fixture(autouse=True)
def _pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    fixed_pairs(monkeypatch)


@pytest.fixture(name="ready")
def _ready() -> Kiosk:
    desk = kiosk()
    assert desk.master() == desk.administrator() == "9000"
    return desk


def test_new_master_key_replaces_the_old_one(ready: Kiosk) -> None:
    assert ready.sealed(MASTER, TEST_MASTER_KEY, RECORD) == "9000"
    assert ready.master() == "63C5"
    assert ready.master(NEW_KEY) == "9000"


def test_new_administrator_pin_replaces_the_old_one(ready: Kiosk) -> None:
    assert ready.sealed(CHANGE, OLD, bytes.fromhex("876543")) == "9000"
    assert ready.administrator() == "63C5"
    assert ready.administrator("876543") == "9000"


@pytest.mark.parametrize(
    ("header", "key", "plain"), [(MASTER, TEST_MASTER_KEY, RECORD), (CHANGE, OLD, b"\x99\x99")]
)
def test_nothing_is_replaced_before_it_was_proved(header: str, key: bytes, plain: bytes) -> None:
    desk = kiosk()
    assert desk.user() == "9000"
    assert desk.sealed(header, key, plain) == "6982"
    assert desk.master() == desk.administrator() == "9000"


@pytest.mark.parametrize(
    ("header", "key", "plain"), [(MASTER, TEST_MASTER_KEY, RECORD), (CHANGE, OLD, b"\x99\x99")]
)
def test_wrong_mac_answers_6988_and_changes_nothing(
    ready: Kiosk, header: str, key: bytes, plain: bytes
) -> None:
    assert ready.sealed(header, key, plain, wrong=True) == "6988"
    assert ready.master() == ready.administrator() == "9000"


def test_the_mac_begins_with_the_challenge_which_serves_once(ready: Kiosk) -> None:
    cipher = encrypted(OLD, bytes.fromhex("028765800000000000000000" + "00000000"))
    assert ready(f"{CHANGE}14{cipher.hex()}00000000") == "6984"
    assert ready.sealed(CHANGE, OLD, b"\x87\x65", wrong=True) == "6988"
    assert ready(f"{CHANGE}14{cipher.hex()}00000000") == "6984"


@pytest.mark.parametrize(
    ("header", "key", "plain"),
    [
        (MASTER, TEST_MASTER_KEY, bytes(24)),
        (MASTER, TEST_MASTER_KEY, bytes(18)),
        (CHANGE, OLD, b"\x12"),
        (CHANGE, OLD, b"\x1a\x22"),
        (CHANGE, OLD, bytes(9)),
    ],
)
def test_what_is_no_key_or_no_pin_answers_6a80(ready: Kiosk, header: str, key: bytes, plain: bytes) -> None:
    assert ready.sealed(header, key, plain) == "6A80"


def test_cipher_text_that_opens_to_nothing_answers_6988(ready: Kiosk) -> None:
    assert ready.wrapped(CHANGE, OLD, encrypted(OLD, b"\xff" * 16)) == "6988"


@pytest.mark.parametrize(
    ("command", "word"),
    [
        ("84D4010010" + "00" * 16, "6700"),
        ("84D4000024" + "00" * 36, "6A86"),
        ("84D4011124" + "00" * 36, "6A86"),
        ("845E010024" + "00" * 36, "6700"),
        ("845E000014" + "00" * 20, "6A86"),
    ],
)
def test_malformed_loading_is_refused(ready: Kiosk, command: str, word: str) -> None:
    ready.challenge()
    assert ready(command) == word
