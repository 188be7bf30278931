"""The HSM's text messages, both ways."""

from __future__ import annotations

from dataclasses import replace

import pytest

from apdu.commands import pin_reload, pin_unblock
from apdu.crypto import Algorithm
from apdu.keys import BY_NAME
from apdu.purse import Amounts, PurchaseOffer
from terminal.backoffice.ports import HsmMessage
from terminal.procedures.hsm import (
    Challenges,
    HsmAnswerError,
    PurchaseBegun,
    base_read_message,
    debit_message,
    external_authentication_message,
    read_debit,
    read_pairs,
    sealed_command,
    secure_message,
)
from terminal.procedures.social import SocialCard
from terminal.text import Pin

CARD = SocialCard(
    card_id="990100D15600000500000001FFFFFFFF",
    number="A00000011",
    version="3.0",
    issued=None,
    valid_until=None,
    algorithm=Algorithm.SM4,
    historical_bytes=bytes.fromhex("00814D22086572990100000001"),
)
FIRST = Challenges(raw=bytes.fromhex("A1" * 8), process=bytes.fromhex("B2" * 8))
SECOND = Challenges(raw=bytes.fromhex("C3" * 8), process=bytes.fromhex("D4" * 8))
HEAD = "990100|00814D22086572990100000001|03|"


def test_base_read_carries_both_pairs_process_factor_first() -> None:
    message = base_read_message(CARD, FIRST, SECOND)
    assert message == f"01|{HEAD}{CARD.card_id}|{'B2' * 8}|{'A1' * 8}|{'D4' * 8}|{'C3' * 8}|"


def test_base_read_of_a_card_without_protected_data_leaves_two_fields_empty() -> None:
    assert base_read_message(CARD, FIRST, None).endswith(f"|{'A1' * 8}|||")


def test_external_authentication_names_the_key_by_its_address() -> None:
    message = external_authentication_message(CARD, BY_NAME["UKSSSE"], FIRST)
    assert message == f"02|{HEAD}0094|{'B2' * 8}|{'A1' * 8}|"


@pytest.mark.parametrize("text", ["{0}{1}|{2}{3}|", "{0}{1}|{2}{3}", "{0}{1}|{2}{3}|rest"])
def test_pairs_are_read_in_either_case_with_or_without_the_last_separator(text: str) -> None:
    a, b, c, d = (bytes([number]) * 8 for number in (0xAA, 0xBB, 0xCC, 0xDD))
    answer = text.format(a.hex(), b.hex().upper(), c.hex(), d.hex())
    assert read_pairs(answer, 2) == [(a, b), (c, d)]


OFFER = PurchaseOffer(0, 0, 0, "2030", 7, 1, 3, bytes.fromhex("5A6B7C8D"))
BEGUN = PurchaseBegun(
    OFFER, Amounts(0, 10000, 8000), "000000000000", bytes.fromhex("00000005"), bytes.fromhex("20250102103000")
)


def test_debit_message_carries_two_amounts_and_the_terminals_sequence() -> None:
    message = debit_message(CARD, BEGUN)
    told = "00000005|03|017F|5A6B7C8D|0007|0000271000001F40|32|000000000000|20250102103000|"
    assert message == f"04|{HEAD.removesuffix('03|')}{told}"


@pytest.mark.parametrize(
    "begun",
    [replace(BEGUN, amounts=Amounts(1)), replace(BEGUN, offer=replace(OFFER, key_version=4))],
    ids=["account-pays", "unknown-key"],
)
def test_a_debit_that_the_hsm_has_no_message_for_is_told(begun: PurchaseBegun) -> None:
    with pytest.raises(HsmAnswerError, match="PSAM"):
        debit_message(CARD, begun)


def test_a_certified_debit_is_read_in_either_case() -> None:
    answer = "00000005|20250102103000|fcf356b4|398377EA|0be1ea8d|"
    assert read_debit(answer, BEGUN) == tuple(map(bytes.fromhex, ("FCF356B4", "398377EA", "0BE1EA8D")))


@pytest.mark.parametrize(
    "answer",
    [
        "00000006|20250102103000|FCF356B4|398377EA|0BE1EA8D|",
        "00000005|20250102103001|FCF356B4|398377EA|0BE1EA8D|",
        "00000005|20250102103000|FCF356B4|398377EA|",
        "00000005|20250102103000|FCF356B4|398377EA|0BE1|",
        "00000005|20250102103000|FCF356B4|398377EA|none|",
        "",
    ],
)
def test_an_answer_that_is_not_that_debits_is_none(answer: str) -> None:
    with pytest.raises(HsmAnswerError):
        read_debit(answer, BEGUN)


def test_empty_field_is_no_pair() -> None:
    assert read_pairs("|" + "00" * 16 + "|", 2) == [None, (bytes(8), bytes(8))]


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ("", "answered 1 fields, 2 expected"),
        ("00" * 16, "answered 1 fields, 2 expected"),
        ("XY|XY|", "not hexadecimal"),
        ("00|00|", "has 1 bytes, 16 expected"),
        ("00" * 17 + "||", "has 17 bytes, 16 expected"),
    ],
)
def test_malformed_answer_is_refused_in_words_without_its_bytes(answer: str, problem: str) -> None:
    with pytest.raises(HsmAnswerError, match=problem):
        read_pairs(answer, 2)


CHALLENGE = bytes.fromhex("E5" * 8)
SEALED = "8424000114" + "AB" * 16 + "01020304"


def test_secure_message_names_key_challenge_and_header_and_keeps_the_pin_apart() -> None:
    text = secure_message(CARD, BY_NAME["STKSSSE"], CHALLENGE, pin_reload(bytes(16)))
    assert text == f"03|{HEAD}0173|{'E5' * 8}|8424000114||"
    message = HsmMessage(text, Pin("654321"))
    assert message.wire == f"03|{HEAD}0173|{'E5' * 8}|8424000114|654321|"
    assert "654321" not in repr(message) + message.text
    unblock = secure_message(CARD, BY_NAME["STKSSSE"], CHALLENGE, pin_unblock())
    assert HsmMessage(unblock).wire == f"03|{HEAD}0173|{'E5' * 8}|8424000004||"


@pytest.mark.parametrize("answer", [SEALED + "|", SEALED.lower(), SEALED[10:] + "|", SEALED[10:].lower()])
def test_sealed_command_comes_with_or_without_its_header(answer: str) -> None:
    assert sealed_command(answer, pin_reload(bytes(16))).encode().hex().upper() == SEALED


@pytest.mark.parametrize("answer", ["", "|", SEALED[:-2], SEALED + "00", "8424000004ABCDEF01|", "no hex|"])
def test_another_command_than_the_one_asked_for_is_refused(answer: str) -> None:
    with pytest.raises(HsmAnswerError):
        sealed_command(answer, pin_reload(bytes(16)))
