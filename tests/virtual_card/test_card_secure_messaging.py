"""Updates with a MAC, LD/T 32.4 section 8.2 and LD/T 32.7 section 7.4."""

from __future__ import annotations

import pytest
from card_samples import send
from test_card_maintenance import sealed
from vector_cards import DES, SELECT_DF04, SM4, one_key_card, proves

from apdu.crypto import Algorithm
from virtual_card.card import ProcessorCard

RECORD = bytes.fromhex("020133")
BOTH = pytest.mark.parametrize("algorithm", [DES, SM4])


def opened(algorithm: Algorithm) -> ProcessorCard:
    card = one_key_card(algorithm)
    assert proves(card, "UKSSSE") == "9000"
    return card


def test_update_record_vector() -> None:
    card = opened(DES)
    assert send(card, "0084000008", "04DC022807020133B7AC2953") == "9000"
    assert send(card, "00B2022803") == "0201339000"


@BOTH
def test_updates_with_a_right_mac_are_written(algorithm: Algorithm) -> None:
    card = opened(algorithm)
    assert sealed(card, "04DC0228", RECORD) == "9000"
    assert send(card, "00B2022803") == "0201339000"
    assert sealed(card, "04D68802", bytes.fromhex("AABB")) == "9000"


@BOTH
def test_applications_use_their_own_key(algorithm: Algorithm) -> None:
    card = one_key_card(algorithm)
    send(card, SELECT_DF04)
    proves(card, "UK1DF04")
    assert sealed(card, "04DC8C28", bytes.fromhex("8C0111"), key="STKDF04") == "9000"


@pytest.mark.parametrize("apdu", ["04DC022803020133", "04DC02280411223344", "04D6880004AABBCCDD"])
def test_missing_mac_is_6987(apdu: str) -> None:
    assert send(opened(SM4), "0084000008", apdu) == "6987"


@pytest.mark.parametrize("apdu", ["04DC022807020133AABBCCDD", "04D6880006AABBAABBCCDD"])
def test_wrong_mac_is_6988_and_uses_up_the_challenge(apdu: str) -> None:
    card = opened(SM4)
    before = card.state()
    assert send(card, apdu) == "6984"
    assert send(card, "0084000008", apdu) == "6988"
    assert send(card, apdu) == "6984"
    assert card.state() == before


def test_access_rule_comes_before_the_mac() -> None:
    assert sealed(one_key_card(SM4), "04DC0228", RECORD) == "6982"


def test_content_is_judged_after_the_mac() -> None:
    card = opened(SM4)
    assert sealed(card, "04DC0228", bytes.fromhex("030133")) == "6A85"
    assert sealed(card, "04DC0428", RECORD) == "6A85"
    assert sealed(card, "04D68500", bytes(2)) == "6981"


def test_challenge_serves_one_message() -> None:
    card = opened(DES)
    send(card, "0084000008", "04DC022807020133B7AC2953")
    assert send(card, "04DC022807020133B7AC2953") == "6984"
