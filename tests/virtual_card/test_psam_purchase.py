"""The PSAM in a medical purchase, and the loading of its keys, LD/T 32.9 sections 7 and 9, with their vectors."""

from __future__ import annotations

import json

import pytest
from card_samples import send
from vector_cards import (
    DES,
    L1,
    L2,
    L3,
    PSAM_DF01,
    SM4,
    SX1,
    SX3,
    draws,
    proves,
    root_psam,
)

from apdu.crypto import Algorithm, block_cipher, key_loading_mac, message_encrypt
from apdu.keys import root_key
from virtual_card.applications.psam import CITY, NATIONAL, PROVINCIAL, psam_card
from virtual_card.card import ProcessorCard
from virtual_card.description import read_contents

SEQUENCE = "00A40200020019"
PURCHASE = "5A6B7C8D" + "0007" + "00000000" + "00002710" + "00001F40" + "32" + "20250102103000"
FACTORS = {NATIONAL: L3 + L2 + L1, PROVINCIAL: L3 + L2, CITY: L3}
ENVIRONMENT = {DES: SX1, SM4: SX3}
CODE = {DES: "00", SM4: "03"}
MAC1 = {DES: "FCF356B4", SM4: "B1B60D81"}
MAC2 = {DES: "398377EA", SM4: "66E49249"}
BOTH = pytest.mark.parametrize("algorithm", [DES, SM4])
MASTER = root_key("ADFMK")


def initialized(
    card: ProcessorCard, algorithm: Algorithm = DES, factors: str = FACTORS[NATIONAL], version: str = "01"
) -> str:
    data = PURCHASE + version + CODE[algorithm] + factors
    return send(card, ENVIRONMENT[algorithm], PSAM_DF01, f"80700100{len(data) // 2:02X}{data}")


@BOTH
@pytest.mark.parametrize("level", [NATIONAL, PROVINCIAL, CITY])
def test_purchase_vector_at_every_level(algorithm: Algorithm, level: int) -> None:
    card = root_psam("00000005", level)
    assert initialized(card, algorithm, FACTORS[level]) == "6108"
    assert send(card, "00C0000008") == "00000005" + MAC1[algorithm] + "9000"
    assert send(card, f"8072000004{MAC2[algorithm]}") == "9000"


@BOTH
def test_wrong_mac2_is_9302_and_ends_the_purchase(algorithm: Algorithm) -> None:
    card = root_psam("00000005")
    initialized(card, algorithm)
    assert send(card, "807200000400000000") == "9302"
    assert send(card, f"8072000004{MAC2[algorithm]}") == "6901"


@BOTH
def test_psam_may_call_a_wrong_mac2_63cf_and_ends_the_purchase_all_the_same(algorithm: Algorithm) -> None:
    card = root_psam("00000005", wrong_mac2_is_63cf=True)
    initialized(card, algorithm)
    assert send(card, "807200000400000000") == "63CF"
    assert send(card, f"8072000004{MAC2[algorithm]}") == "6901"
    assert read_contents(json.loads(json.dumps(card.state()))).wrong_mac2_is_63cf


@pytest.mark.parametrize("between", ["8072000003AABBCC", "8072010004AABBCCDD", PSAM_DF01, SEQUENCE])
def test_purchase_is_over_after_any_answer_and_any_select(between: str) -> None:
    card = root_psam("00000005")
    initialized(card)
    send(card, between)
    assert send(card, f"8072000004{MAC2[DES]}") == "6901"


def test_delivered_key_and_purchase_displace_each_other() -> None:
    card = root_psam("00000005")
    deliver = f"BFDE670820{FACTORS[NATIONAL]}" + "B0B1B2B3B4B5B6B7"
    assert send(card, SX1, PSAM_DF01, deliver) == "9000"
    data = PURCHASE + "0100" + FACTORS[NATIONAL]
    assert send(card, f"8070010034{data}") == "6108"
    assert send(card, "80FA000008A0A1A2A3A4A5A6A7") == "6901"
    assert send(card, deliver, f"8072000004{MAC2[DES]}") == "6901"


def test_terminal_sequence_counts_up_for_good_even_if_the_card_refuses() -> None:
    card = root_psam("00000005")
    initialized(card)
    card.power_on()
    assert initialized(card) == "6108"
    assert send(card, "00C0000008")[:8] == "00000006"
    assert send(card, SEQUENCE, "00B0000004") == "000000079000"


@pytest.mark.parametrize("factors", ["", L3, L3 + L2])
def test_wrong_number_of_factors_is_6a80_and_uses_up_no_sequence(factors: str) -> None:
    card = root_psam("00000005")
    assert initialized(card, factors=factors) == "6A80"
    assert send(card, SEQUENCE, "00B0000004") == "000000059000"


def test_every_version_of_the_purchase_key_is_held_and_others_are_6a88() -> None:
    card = root_psam()
    assert [initialized(card, version=f"{version:02X}") for version in range(5)] == [
        "6A88",
        "6108",
        "6108",
        "6108",
        "6A88",
    ]


def test_psam_without_purchase_function_answers_9403_if_asked_to() -> None:
    assert initialized(root_psam(without=("DPK",))) == "6A88"
    assert initialized(root_psam(without=("DPK",), refuses_purchase=True)) == "9403"


def test_purchase_key_serves_no_other_command() -> None:
    card = root_psam()
    assert send(card, SX1, PSAM_DF01, f"BFDE670120{FACTORS[NATIONAL]}" + "00" * 8) == "9000"
    assert send(card, "80FA000008" + "00" * 8) == "6985"


@pytest.mark.parametrize(
    ("apdu", "status"),
    [
        ("8070000034" + PURCHASE + "0100" + L3 + L2 + L1, "6A86"),
        ("8070010033" + (PURCHASE + "0100" + L3 + L2 + L1)[:-2], "6700"),
        ("8072000004AABBCCDD", "6901"),
    ],
)
def test_refusals(apdu: str, status: str) -> None:
    assert send(root_psam(), PSAM_DF01, apdu) == status


def test_purchase_belongs_to_the_key_application() -> None:
    data = PURCHASE + "0100" + FACTORS[NATIONAL]
    assert send(root_psam(), SX1, f"8070010034{data}") == "6985"


# Levels -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("strict", "answer"), [(True, "6A80"), (False, "9000")])
def test_level_by_lc_trusts_the_factors_sent(strict: bool, answer: str) -> None:
    card = root_psam(level=CITY, level_by_lc=not strict)
    assert send(card, SX1, PSAM_DF01, f"BFDE670810{L3}" + "00" * 8) == answer
    assert send(card, f"BFDE670818{L3}{L2}" + "00" * 8) == "6A80"


def test_801a_delivers_session_keys_where_the_switch_is_on() -> None:
    deliver = f"801A670820{FACTORS[NATIONAL]}" + "B0B1B2B3B4B5B6B7"
    assert send(root_psam(), SX1, PSAM_DF01, deliver) == "6D00"
    card = root_psam(accepts_801a=True)
    assert send(card, SX1, PSAM_DF01, deliver) == "9000"
    assert send(card, "80FA000008A0A1A2A3A4A5A6A7", "00C0000008") == "0FFA8F30C0C306659000"


# Key loading ------------------------------------------------------------------------------------------

LOADED = "84D4001224A77CC712853A13B2C6E3E32AE38B471FC49F4D3F5E866DDFB05BD7CB4DF9F751A90F1953"


def loader(algorithm: Algorithm = DES, without: tuple[str, ...] = ("UKSSSE",)) -> ProcessorCard:
    card = root_psam(without=without)
    send(card, ENVIRONMENT[algorithm], PSAM_DF01)
    return card


def loads(
    card: ProcessorCard,
    p1: int,
    file: int,
    plain: str,
    algorithm: Algorithm = DES,
) -> str:
    challenge = "01020304"
    draws(card, challenge)
    send(card, "0084000004")
    cipher = message_encrypt(algorithm, MASTER, bytes.fromhex(plain))
    header = bytes((0x84, 0xD4, p1, file, len(cipher) + 4))
    mac = key_loading_mac(algorithm, MASTER, bytes.fromhex(challenge), header + cipher)
    return send(card, (header + cipher + mac).hex())


def test_key_loading_vector() -> None:
    card = loader()
    assert proves(card, "KID-02", "1122334455667788") == "9000"
    draws(card, "01020304")
    assert send(card, "0084000004", LOADED) == "9000"
    (loaded,) = [key for key in card.contents().directory("sx1/DF01").sam_keys if key.id == 0x12]
    assert (loaded.name, loaded.type, loaded.levels, loaded.file) == ("UKSSSE", 8, 2, 0x12)
    factor = bytes.fromhex(L1)
    encrypt = block_cipher(DES, root_key("UKSSSE"))
    assert loaded.value == encrypt(factor) + encrypt(bytes(255 - byte for byte in factor))
    assert send(card, f"BFDE481218{L3}{L2}" + "00" * 8) == "9000"


def test_loaded_key_survives_power_and_image() -> None:
    card = loader()
    proves(card, "KID-02", "1122334455667788")
    draws(card, "01020304")
    send(card, "0084000004", LOADED)
    again = psam_card(read_contents(card.state()))
    again.power_on()
    for held in (card, again):
        held.power_on()
        assert send(held, SX1, PSAM_DF01, f"BFDE481218{L3}{L2}" + "00" * 8) == "9000"


@BOTH
def test_key_is_created_once_and_then_changed(algorithm: Algorithm) -> None:
    card = loader(algorithm)
    assert proves(card, "KID-02", "1122334455667788") == "9000"
    code = CODE[algorithm]
    create = f"4812{'00'}{code}00000000" + "11" * 16
    change = "481200" + "22" * 16
    assert loads(card, 1, 0x12, change, algorithm) == "6A88"
    assert loads(card, 0, 0x12, create, algorithm) == "9000"
    assert loads(card, 0, 0x12, create, algorithm) == "6985"
    assert loads(card, 1, 0x12, change, algorithm) == "9000"
    assert loads(card, 1, 0x12, "481200" + "22" * 8, algorithm) == "6A80"
    name = {DES: "sx1/DF01", SM4: "sx3/DF01"}[algorithm]
    assert [key.value for key in card.contents().directory(name).sam_keys if key.id == 0x12] == [b"\x22" * 16]


def test_single_des_key_is_loaded_with_its_own_algorithm_byte() -> None:
    card = loader(without=("STKSSSE",))
    proves(card, "KID-01", "1122334455667788")
    assert loads(card, 0, 0x11, "2609000000000000" + "11" * 8) == "6A80"
    assert loads(card, 0, 0x11, "2609000100000000" + "11" * 8) == "9000"
    assert loads(card, 1, 0x11, "260900" + "22" * 8) == "9000"


def test_key_file_opens_with_its_own_authentication_key_only() -> None:
    card = loader()
    assert send(card, "0084000004", LOADED) == "6982"
    proves(card, "KID-01", "1122334455667788")
    assert send(card, "0084000004", LOADED) == "6982"
    assert proves(card, "KID-02", "1122334455667788") == "9000"
    assert send(card, LOADED) == "6984"
    assert send(card, "0084000004", LOADED) == "6988"
    assert send(card, LOADED[:4] + "0214" + LOADED[8:]) == "6A86"
    assert send(card, "84D4001205AABBCCDDEE") == "6700"


def test_wrong_authentications_lock_a_loading_key() -> None:
    card = loader()
    wrong = "0082000210" + "00" * 16
    assert [send(card, "0084000008", wrong) for _ in range(4)] == ["63C2", "63C1", "63C0", "6983"]
    assert send(card, "0084000008", "0082000910" + "00" * 16) == "6A88"


def test_loading_belongs_to_the_key_application() -> None:
    card = root_psam()
    assert send(card, SX1, "0084000004", LOADED) == "6A82"
