"""GET CHALLENGE, INTERNAL and EXTERNAL AUTHENTICATION, LD/T 32.5 section 6 and LD/T 32.4 section 9."""

from __future__ import annotations

import pytest
from card_samples import (
    RAW,
    SELECT_DF04,
    SELECT_SSSE,
    VERIFY,
    authenticate,
    fail_authentication,
    key_value,
    proof,
    sample_card,
    sample_contents,
    send,
)

from apdu.crypto import Algorithm

VECTOR_KEYS = {
    Algorithm.DES: bytes.fromhex("D2ADD4092BD0D7A9CDCF3AE37A13E748"),
    Algorithm.SM4: bytes.fromhex("0B035D41FB58267D701CF996DB3CD603"),
}
VECTOR_PROOFS = {Algorithm.DES: "5AD53E781B5DD161", Algorithm.SM4: "CB57BA5CA5EE7311"}


@pytest.mark.parametrize("algorithm", list(VECTOR_KEYS))
def test_internal_authentication_vector(algorithm: Algorithm) -> None:
    contents = sample_contents(algorithm)
    contents.directories[0].key("IRK").versions[1] = VECTOR_KEYS[algorithm]
    card = sample_card(contents)
    assert send(card, "00880000101122334455667788A1A2A3A4A5A6A7A800") == "6108"
    assert send(card, "00C0000008") == VECTOR_PROOFS[algorithm] + "9000"


@pytest.mark.parametrize("algorithm", list(VECTOR_KEYS))
def test_external_authentication_vector(algorithm: Algorithm) -> None:
    contents = sample_contents(algorithm)
    contents.directories[0].key("UKSSSE").versions[1] = VECTOR_KEYS[algorithm]
    card = sample_card(contents)
    card.random = lambda length: bytes.fromhex("1122334455667788")[:length]
    assert send(card, "0084000008") == "11223344556677889000"
    assert send(card, f"0082000410{VECTOR_PROOFS[algorithm]}{RAW.hex()}") == "9000"


def test_internal_authentication_works_from_every_directory_and_version() -> None:
    card = sample_card()
    data = "1122334455667788" + RAW.hex()
    in_environment = send(card, f"0088000010{data}", "00C0000008")
    assert send(card, SELECT_DF04, f"0088000011{data}01", "00C0000008") == in_environment
    assert send(card, f"0088000011{data}02", "00C0000008") != in_environment
    assert send(card, f"0088000011{data}04") == "6A88"


def test_internal_authentication_leaves_the_challenge_alone() -> None:
    card = sample_card()
    challenge = card.transmit(bytes.fromhex("0084000008"))[:8]
    send(card, "0088000010" + "11" * 16)
    assert send(card, f"0082000410{proof('UKSSSE', challenge)}") == "9000"


@pytest.mark.parametrize("apdu", ["008801001011" + "11" * 15, "0088000110" + "11" * 16])
def test_internal_authentication_parameters(apdu: str) -> None:
    assert send(sample_card(), apdu) == "6A86"


@pytest.mark.parametrize("lc", [8, 15, 18])
def test_authentications_of_another_length_answer_6700(lc: int) -> None:
    card = sample_card()
    assert send(card, f"00880000{lc:02X}" + "11" * lc) == "6700"
    assert send(card, f"00820004{lc:02X}" + "11" * lc) == "6700"


@pytest.mark.parametrize(
    ("algorithm", "le", "length"),
    [(Algorithm.SM4, n, n) for n in (4, 8, 16)] + [(Algorithm.DES, 4, 4), (Algorithm.DES, 8, 8)],
)
def test_challenge_lengths(algorithm: Algorithm, le: int, length: int) -> None:
    assert len(send(sample_card(algorithm=algorithm), f"00840000{le:02X}")) == 2 * length + 4


@pytest.mark.parametrize(
    ("algorithm", "apdu", "status"),
    [
        (Algorithm.DES, "0084000010", "6700"),
        (Algorithm.SM4, "0084000000", "6700"),
        (Algorithm.SM4, "0084000005", "6700"),
        (Algorithm.SM4, "0084010008", "6A86"),
    ],
)
def test_refused_challenges(algorithm: Algorithm, apdu: str, status: str) -> None:
    assert send(sample_card(algorithm=algorithm), apdu) == status


@pytest.mark.parametrize("length", [4, 16])
def test_short_and_long_challenges_authenticate(length: int) -> None:
    card = sample_card()
    challenge = card.transmit(bytes.fromhex(f"00840000{length:02X}"))[:length]
    assert send(card, f"0082000410{proof('UKSSSE', challenge)}") == "9000"


def test_every_version_authenticates_and_none_means_version_1() -> None:
    card = sample_card()
    answers = [authenticate(card, "UKSSSE", 4, version) for version in (None, 1, 2, 3, 4)]
    assert answers == ["9000"] * 4 + ["6A88"]


def test_without_challenge_6984_even_for_an_unknown_key() -> None:
    card = sample_card()
    assert send(card, "0082000410" + "00" * 16) == "6984"
    assert send(card, "0082000F10" + "00" * 16) == "6984"


def test_challenge_serves_once_whether_right_or_wrong() -> None:
    card = sample_card()
    challenge = card.transmit(bytes.fromhex("0084000008"))[:8]
    right = f"0082000410{proof('UKSSSE', challenge)}"
    assert [send(card, right), send(card, right)] == ["9000", "6984"]
    challenge = card.transmit(bytes.fromhex("0084000008"))[:8]
    right = f"0082000410{proof('UKSSSE', challenge)}"
    assert [send(card, "0082000410" + "00" * 16), send(card, right)] == ["63C2", "6984"]


def test_only_the_latest_challenge_counts() -> None:
    card = sample_card()
    first = card.transmit(bytes.fromhex("0084000008"))[:8]
    send(card, "0084000008")
    assert send(card, f"0082000410{proof('UKSSSE', first)}") == "63C2"


@pytest.mark.parametrize(
    ("between", "status"),
    [
        ("00B2012C04", "9000"),
        ("00A4020002EF05", "9000"),
        (VERIFY, "9000"),
        (SELECT_SSSE, "9000"),
        (SELECT_DF04, "6984"),
    ],
)
def test_what_kills_a_challenge(between: str, status: str) -> None:
    card = sample_card()
    challenge = card.transmit(bytes.fromhex("0084000008"))[:8]
    assert send(card, between, f"0082000410{proof('UKSSSE', challenge)}") == status


def test_reset_kills_a_challenge() -> None:
    card = sample_card()
    challenge = card.transmit(bytes.fromhex("0084000008"))[:8]
    card.reset()
    assert send(card, f"0082000410{proof('UKSSSE', challenge)}") == "6984"


@pytest.mark.parametrize("reference", [0x00, 0x01, 0x02, 0x82, 0x84, 0xFF])
def test_keys_that_do_not_authenticate_answer_6a88(reference: int) -> None:
    assert fail_authentication(sample_card(), reference) == "6A88"


def test_message_key_of_a_directory_does_not_authenticate() -> None:
    card = sample_card()
    send(card, SELECT_DF04)
    assert authenticate(card, "STKDF04", 0x82) == "6A88"


def test_wrong_proofs_block_a_key_for_good() -> None:
    card = sample_card()
    assert [fail_authentication(card, 4) for _ in range(4)] == ["63C2", "63C1", "63C0", "6983"]
    card.power_on()
    assert authenticate(card, "UKSSSE", 4) == "6983"
    assert authenticate(card, "RKSSSE", 0x0A) == "9000"


def test_right_proof_fills_the_counter_again() -> None:
    card = sample_card()
    fail_authentication(card, 4)
    assert authenticate(card, "UKSSSE", 4) == "9000"
    assert fail_authentication(card, 4) == "63C2"


def test_maintenance_keys_never_lock() -> None:
    card = sample_card()
    assert [fail_authentication(card, 5) for _ in range(5)] == ["63CF"] * 5
    assert authenticate(card, "BK", 5) == "9000"


def test_p1_must_be_00() -> None:
    assert send(sample_card(), "0082010410" + "00" * 16) == "6A86"


def test_keys_do_not_show_in_representations() -> None:
    contents = sample_contents()
    shown = repr(contents) + repr(contents.directories) + repr(sample_card(contents).directory)
    assert key_value("UKSSSE").hex() not in shown.lower()
    assert repr(key_value("UKSSSE")) not in shown
