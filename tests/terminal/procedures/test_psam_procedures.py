"""The terminal's PSAM: environments, key levels, and the five codes that lead to the HSM."""

from __future__ import annotations

import pytest
from scripted import play

from apdu.crypto import Algorithm
from apdu.keys import BY_NAME
from terminal.errors import CardRefusedError, PsamUnfitError
from terminal.procedures import psam

PROVINCE, CITY, CARD = (bytes([number]) * 8 for number in (1, 2, 3))
FACTORS = (PROVINCE, CITY, CARD)
CHALLENGE, RAW = bytes.fromhex("1122334455667788"), bytes.fromhex("8877665544332211")
UKSSSE = BY_NAME["UKSSSE"]


def test_terminal_number_is_read_from_the_environment_after_reset() -> None:
    played = play(psam.terminal_number(), "9901000000019000")
    assert played.result == "990100000001"
    assert played.sent == ["00B0960006"]


@pytest.mark.parametrize(("algorithm", "name"), [(Algorithm.DES, "sx1"), (Algorithm.SM4, "sx3")])
def test_environment_of_the_algorithm_is_selected_by_name(algorithm: Algorithm, name: str) -> None:
    sent = play(psam.open_environment(algorithm), "9000", "9000").sent
    assert sent[0][10:].startswith(name.encode().hex())
    assert sent[1].startswith("00A40000")


@pytest.mark.parametrize("answers", [("6A82",), ("9000", "6A82")])
def test_missing_environment_is_code_2202(answers: tuple[str, ...]) -> None:
    with pytest.raises(PsamUnfitError) as unfit:
        play(psam.open_environment(Algorithm.SM4), *answers)
    assert unfit.value.code == psam.NO_ENVIRONMENT == -2202


def test_ssf33_is_refused_with_its_reason() -> None:
    with pytest.raises(PsamUnfitError, match="-2202: no PSAM environment is published for SSF33"):
        play(psam.open_environment(Algorithm.SSF33))


def deliveries(sent: list[str]) -> list[str]:
    return [apdu for apdu in sent if apdu.startswith("BFDE")]


@pytest.mark.parametrize(
    ("refusals", "usage", "supplied"),
    [(0, 0x68, CARD + CITY + PROVINCE), (1, 0x48, CARD + CITY), (2, 0x28, CARD)],
)
def test_three_two_and_one_factors_are_tried_last_one_first(
    refusals: int, usage: int, supplied: bytes
) -> None:
    answers = ["6A80"] * refusals + ["9000", "AABBCCDD001122339000"]
    played = play(psam.compute_authentication(UKSSSE, Algorithm.DES, FACTORS, CHALLENGE, RAW), *answers)
    last = deliveries(played.sent)[-1]
    assert last[4:8] == f"{usage:02X}{UKSSSE.psam_id:02X}"
    assert bytes.fromhex(last[10:]).startswith(supplied + CHALLENGE)
    assert len(deliveries(played.sent)) == refusals + 1
    assert played.result.hex().upper() == "AABBCCDD00112233"


def test_sm4_pads_challenge_and_data_to_16_bytes_and_folds_the_answer() -> None:
    answer = bytes(range(8)) + bytes([0xFF]) * 8
    played = play(
        psam.compute_authentication(UKSSSE, Algorithm.SM4, FACTORS, CHALLENGE, RAW),
        "9000",
        answer.hex() + "9000",
    )
    assert (CHALLENGE + bytes(8)).hex().upper() in played.sent[0]
    assert (RAW + bytes(8)).hex().upper() in played.sent[1]
    assert played.result == bytes(byte ^ 0xFF for byte in range(8))


@pytest.mark.parametrize(("key", "code"), [("RKSSSE", -2203), ("UKSSSE", -27272), ("IRK", -27272)])
def test_missing_key_has_its_code_and_is_named(key: str, code: int) -> None:
    with pytest.raises(PsamUnfitError, match=f"does not hold {key}") as unfit:
        play(psam.compute_authentication(BY_NAME[key], Algorithm.DES, FACTORS, CHALLENGE, RAW), "6A88")
    assert unfit.value.code == code


def test_no_level_that_fits_is_code_24() -> None:
    with pytest.raises(PsamUnfitError, match="no diversification level of UKSSSE fits") as unfit:
        play(psam.deliver(UKSSSE, Algorithm.DES, FACTORS, CHALLENGE), "6A80", "6A80", "6A80")
    assert unfit.value.code == -24


def test_other_refusals_name_the_key_and_the_status_word() -> None:
    with pytest.raises(CardRefusedError, match=r"delivering the session key of UKSSSE: .* answered 6985"):
        play(psam.deliver(UKSSSE, Algorithm.DES, FACTORS, CHALLENGE), "6985")
    with pytest.raises(
        CardRefusedError, match="computing authentication data with UKSSSE: CIPHER DATA answered 6985"
    ):
        play(psam.compute_authentication(UKSSSE, Algorithm.DES, FACTORS, CHALLENGE, RAW), "9000", "6985")
    with pytest.raises(
        CardRefusedError, match="reading the PSAM's terminal number: READ BINARY answered 6A82"
    ):
        play(psam.terminal_number(), "6A82")


def test_the_five_codes_are_five() -> None:
    assert psam.PSAM_CODES == (-2201, -2202, -2203, -27272, -24)
