"""The PSAM, LD/T 32.9 sections 6 and 9: environments, DELIVERY SESSION KEY, CIPHER DATA."""

from __future__ import annotations

import random
from typing import Any

import pytest
from card_samples import send

from apdu.crypto import Algorithm, factors, fold, mac
from apdu.layout.psam import psam_layout
from virtual_card.applications.psam import CITY, PROVINCIAL, psam_card, psam_contents, working_keys
from virtual_card.card import ProcessorCard
from virtual_card.state import SamKey

ATR = bytes.fromhex("3B6D00000081544B318660990100A1B2C3")
PROVINCE, TOWN, CARD = factors("990100", ATR[4:])
L1, L2, L3 = PROVINCE.hex(), TOWN.hex(), CARD.hex()
CHALLENGE = "B0B1B2B3B4B5B6B7"
RAW = "A0A1A2A3A4A5A6A7"
SX1, SX3 = ("00A404000F73783" + digit + "2E73682EC9E7BBE1B1A3D5CF" for digit in "13")
DF01 = "00A4040006D15600000590"
FILES = {
    "0015": bytes.fromhex("99990100202501010000010544") + bytes(2),
    "0016": bytes.fromhex("990100000001"),
    "0019": bytes(4),
    "001C": bytes.fromhex("01012024010120331231"),
}


def psam(
    levels: dict[str, int] | None = None, extra: tuple[SamKey, ...] = (), **options: Any
) -> ProcessorCard:
    keys = {
        name: [*working_keys(algorithm, levels=levels, path=(PROVINCE, TOWN)), *extra]
        for name, algorithm in (("sx1", Algorithm.DES), ("sx3", Algorithm.SM4))
    }
    layout = psam_layout()
    files = {
        file.path: FILES[file.path[-4:]]
        for directory in layout
        for file in directory.files
        if file.path[-4:] in FILES
    }
    contents = psam_contents(atr=ATR, layout=layout, keys=keys, files=files, **options)
    card = psam_card(contents, random=random.Random(1).randbytes)
    card.strict = True
    card.power_on()
    return card


def delivered(card: ProcessorCard, usage: str, key: str, factors: str, environment: str = SX1) -> str:
    process = CHALLENGE if environment == SX1 else CHALLENGE + "00" * 8
    data = factors + process
    return send(card, environment, DF01, f"BFDE{usage}{key}{len(data) // 2:02X}{data}")


def test_des_environment_is_current_after_reset() -> None:
    card = psam()
    assert send(card, "00B095000F") == FILES["0015"].hex() + "9000"
    assert send(card, "00B095010A")[:4] == "9901"
    assert send(card, "00B0960006") == FILES["0016"].hex() + "9000"


@pytest.mark.parametrize("environment", [SX1, SX3])
def test_application_of_the_current_environment_is_selected(environment: str) -> None:
    card = psam()
    assert send(card, environment)[:2] == "61"
    assert send(card, "00A4000002DF01") == "610A"
    assert send(card, "00C000000A") == "6F088406D156000005909000"
    assert card.directory.algorithm is (Algorithm.DES if environment == SX1 else Algorithm.SM4)
    assert send(card, DF01) == "610A"


def test_ssf33_environment_is_not_in_this_psam() -> None:
    assert send(psam(), SX1.replace("737831", "737832")) == "6A82"


def test_files_of_the_application() -> None:
    card = psam()
    assert send(card, DF01, "00A40200020019", "00B0000004") == "000000009000"
    assert send(card, "00B09C0001") == "019000"
    assert send(card, "00D6990001FF") == "6D00"


@pytest.mark.parametrize(("environment", "status"), [(SX1, "6700"), (SX3, "9000")])
def test_challenge_of_16_bytes_with_sm4_only(environment: str, status: str) -> None:
    assert send(psam(), environment, "0084000010")[-4:] == status


def test_des_internal_authentication_vector() -> None:
    card = psam()
    assert delivered(card, "67", "08", L3 + L2 + L1) == "9000"
    assert send(card, f"80FA000008{RAW}") == "6108"
    assert send(card, "00C0000008") == "0FFA8F30C0C306659000"


def test_sm4_internal_authentication_vector() -> None:
    card = psam()
    assert delivered(card, "67", "08", L3 + L2 + L1, SX3) == "9000"
    assert send(card, f"80FA000010{RAW}" + "00" * 8) == "6110"
    block = bytes.fromhex(send(card, "00C0000010")[:32])
    assert block.hex().upper() == "B1931913FD7593DF617DF1570A976583"
    assert fold(block).hex().upper() == "D0EEE844F7E2F65C"


@pytest.mark.parametrize(
    ("level", "usage", "data"), [(CITY, "27", L3), (PROVINCIAL, "47", L3 + L2), (0, "07", "")]
)
def test_lower_roots_give_the_same_card_key(level: int, usage: str, data: str) -> None:
    keys = working_keys(Algorithm.DES, levels={"IRK": level}, path=(PROVINCE, TOWN, CARD))
    contents = psam_contents(atr=ATR, layout=psam_layout(), keys={"sx1": keys}, files={})
    card = psam_card(contents)
    card.power_on()
    assert delivered(card, usage, "08", data) == "9000"
    assert send(card, f"80FA000008{RAW}", "00C0000008") == "0FFA8F30C0C306659000"


def test_sm4_side_can_answer_at_once() -> None:
    card = psam(sm4_face="apdu")
    delivered(card, "67", "08", L3 + L2 + L1, SX3)
    assert len(send(card, f"80FA000010{RAW}" + "00" * 8)) == 36
    delivered(card, "67", "08", L3 + L2 + L1, SX1)
    assert send(card, f"80FA000008{RAW}") == "6108"


@pytest.mark.parametrize(
    ("usage", "key", "data", "status"),
    [
        ("67", "7F", L3 + L2 + L1, "6A88"),
        ("47", "08", L3 + L2, "6A80"),
        ("67", "08", L3 + L2, "6A80"),
        ("47", "08", L3 + L2 + L1, "6A80"),
        ("67", "08", L3 + L2 + L1 + "00", "6700"),
        ("67", "08", L3 * 4, "6700"),
        ("66", "08", L3 + L2 + L1, "9000"),
    ],
)
def test_delivery_refusals(usage: str, key: str, data: str, status: str) -> None:
    assert delivered(psam(), usage, key, data) == status


def test_keys_live_in_the_application_only() -> None:
    assert send(psam(), f"BFDE670820{L3}{L2}{L1}{CHALLENGE}") == "6A88"


def test_strict_psam_refuses_another_type() -> None:
    assert delivered(psam(lenient_type=False), "66", "08", L3 + L2 + L1) == "6A88"
    assert delivered(psam(lenient_type=False), "67", "08", L3 + L2 + L1) == "9000"


def test_lenient_psam_still_enforces_the_stored_type() -> None:
    card = psam()
    delivered(card, "68", "08", L3 + L2 + L1)
    assert send(card, "80FA050010" + "00" * 16) == "6985"


def test_mac_only_key_does_not_encrypt() -> None:
    card = psam(extra=(SamKey("STK", 6, 3, 0x50, bytes(range(16))),))
    delivered(card, "66", "50", L3 + L2 + L1)
    assert send(card, f"80FA000008{RAW}") == "6985"
    assert send(card, "80FA050010" + "00" * 16) == "6108"


def test_mac_in_one_part_and_in_several_is_the_same() -> None:
    card = psam()
    message = bytes.fromhex("8424000004800000")
    delivered(card, "68", "09", L3 + L2 + L1)
    single = send(card, "80FA050018" + "00" * 8 + RAW + message.hex(), "00C0000008")
    delivered(card, "68", "09", L3 + L2 + L1)
    assert send(card, "80FA070008" + "00" * 8) == "9000"
    assert send(card, f"80FA030008{RAW}") == "9000"
    assert send(card, f"80FA010008{message.hex()}", "00C0000008") == single


def test_sm4_mac_is_folded_to_4_bytes() -> None:
    card = psam()
    delivered(card, "68", "09", L3 + L2 + L1, SX3)
    assert card.sam_session is not None
    session = card.sam_session.key
    message = bytes.fromhex("8424000004" + "80" + "00" * 10)
    assert send(card, "80FA050020" + "00" * 16 + message.hex()) == "6104"
    expected = mac(Algorithm.SM4, session, bytes.fromhex("8424000004"))
    assert send(card, "00C0000004") == expected.hex().upper() + "9000"


def test_unblock_vector() -> None:
    card = psam()
    data = L3 + L2 + L1 + "F0F1F2F3F4F5F6F7"
    assert send(card, DF01, f"BFDE6809{len(data) // 2:02X}{data}") == "9000"
    assert send(card, "80FA050010" + "00" * 8 + "8424000004800000", "00C0000008")[:8] == "84D9CEC8"


@pytest.mark.parametrize("usage", ["67"])
def test_temporary_key_serves_one_encryption(usage: str) -> None:
    card = psam()
    delivered(card, usage, "08", L3 + L2 + L1)
    assert send(card, f"80FA020008{RAW}") == "6108"
    assert send(card, f"80FA000008{RAW}") == "6108"
    assert send(card, f"80FA000008{RAW}") == "6901"


def test_key_of_both_types_serves_one_of_each() -> None:
    card = psam()
    delivered(card, "68", "09", L3 + L2 + L1)
    encrypt, authenticate = f"80FA000008{RAW}", "80FA050010" + "00" * 16
    answers = [send(card, apdu) for apdu in (encrypt, authenticate, encrypt, authenticate)]
    assert answers == ["6108", "6108", "6901", "6901"]


@pytest.mark.parametrize("between", [DF01, "00A40200020019", "BFDE677F20" + "00" * 32])
def test_what_clears_the_temporary_key(between: str) -> None:
    card = psam()
    delivered(card, "67", "08", L3 + L2 + L1)
    send(card, between)
    assert send(card, f"80FA000008{RAW}") == "6901"


def test_reset_clears_the_temporary_key() -> None:
    card = psam()
    delivered(card, "67", "08", L3 + L2 + L1)
    card.reset()
    assert send(card, DF01, f"80FA000008{RAW}") == "6901"


@pytest.mark.parametrize(
    ("apdu", "status"),
    [
        ("80FA040008" + RAW, "6A86"),
        ("80FA000108" + RAW, "6A86"),
        ("80FA000007" + RAW[:14], "6700"),
        ("80FA000048" + RAW * 9, "6700"),
        ("80FA050008" + RAW, "6700"),
        ("80FA000008" + RAW, "6901"),
        ("80FA010008" + RAW, "6901"),
    ],
)
def test_cipher_data_refusals(apdu: str, status: str) -> None:
    assert send(psam(), DF01, apdu) == status


def test_middle_of_a_mac_needs_its_beginning() -> None:
    card = psam()
    delivered(card, "68", "09", L3 + L2 + L1)
    assert send(card, f"80FA030008{RAW}") == "6901"


@pytest.mark.parametrize(
    ("apdu", "status"),
    [
        ("BFEC00000199", "9000"),
        ("BFEC0000029901", "6700"),
        ("BFEC01000199", "6A86"),
        ("801A000008" + RAW, "6D00"),
    ],
)
def test_other_commands(apdu: str, status: str) -> None:
    assert send(psam(), DF01, apdu) == status
