"""PIN CHANGE/UNBLOCK, APPLICATION BLOCK, CARD BLOCK, LD/T 32.5 sections 6.1, 6.2 and 6.8, with their vectors."""

from __future__ import annotations

import pytest
from card_samples import send
from vector_cards import (
    AUTHENTICATION,
    DES,
    ONE_KEY_ATR,
    RAW,
    SELECT_DF03,
    SELECT_DF04,
    SM4,
    VERIFY,
    R,
    one_key_card,
    proves,
    roots_card,
)

from apdu.crypto import Algorithm, mac, message_encrypt, session_key
from virtual_card.card import ProcessorCard

SELECT_SSSE = "00A404000F7378312E73682EC9E7BBE1B1A3D5CF"
UNBLOCK = {DES: "842400000406212D02", SM4: "8424000004384B2324"}
RELOAD = {
    DES: "842400010C0DE2B15C580E98FFE94B7AFE",
    SM4: "8424000114270EA7842545D6E2D68963BE16B2C720E3BB4A06",
}
CARD_BLOCK = "8416000004957515EE"
APPLICATION_BLOCK = "841E000104088AFA79"
WRONG = "00200000039999" + "99"
BOTH = pytest.mark.parametrize("algorithm", [DES, SM4])


def sealed(card: ProcessorCard, header: str, body: bytes = b"", key: str = "STKSSSE") -> str:
    """GET CHALLENGE and a command with the right MAC; the status word."""
    node = card.directory.named[key]
    challenge = card.transmit(bytes.fromhex("0084000008"))[:8]
    session = session_key(node.algorithm, node.versions[1], challenge)
    head = bytes.fromhex(header) + bytes((len(body) + 4,))
    return send(card, (head + body + mac(node.algorithm, session, head + body)).hex())


def encrypted(card: ProcessorCard, pin: str, challenge: str = R) -> bytes:
    node = card.directory.named["STKSSSE"]
    session = session_key(node.algorithm, node.versions[1], bytes.fromhex(challenge))
    return message_encrypt(node.algorithm, session, bytes.fromhex(pin))


def pin_blocked(algorithm: Algorithm) -> ProcessorCard:
    card = one_key_card(algorithm)
    assert send(card, *[WRONG] * 6) == "63C0"
    return card


@BOTH
def test_external_and_internal_authentication_vectors(algorithm: Algorithm) -> None:
    card = one_key_card(algorithm)
    proof = AUTHENTICATION[algorithm]
    assert send(card, "0084000008", f"0082000410{proof}{RAW}") == "9000"
    assert send(card, f"0088000010{R}{RAW}", "00C0000008") == proof + "9000"


@BOTH
def test_unblock_vector_fills_the_tries_and_keeps_the_pin(algorithm: Algorithm) -> None:
    card = pin_blocked(algorithm)
    assert send(card, VERIFY) == "6983"
    assert proves(card, "PUK") == "9000"
    assert send(card, "0084000008", UNBLOCK[algorithm]) == "9000"
    assert send(card, VERIFY) == "9000"


@BOTH
def test_reload_vector_sets_the_pin(algorithm: Algorithm) -> None:
    card = pin_blocked(algorithm)
    assert proves(card, "PUK") == "9000"
    assert send(card, "0084000008", RELOAD[algorithm]) == "9000"
    assert send(card, VERIFY) == "9000"
    card.power_on()
    assert send(card, VERIFY) == "9000"


@pytest.mark.parametrize(
    ("algorithm", "proof", "unblock", "reload"),
    [
        (DES, "3B24B232482683BB", "842400000484D9CEC8", "842400010CBC14C677FE042B32ED88555E"),
        (
            SM4,
            "485F91FA427499D1",
            "8424000004C42EA142",
            "8424000114D355B64FE8EF63ED1ACD4DCFD48D2A2272806DB3",
        ),
    ],
)
def test_vectors_from_the_test_roots(algorithm: Algorithm, proof: str, unblock: str, reload: str) -> None:
    card = roots_card(algorithm)
    send(card, *[WRONG] * 6)
    card.random = lambda length: bytes(range(0xE0, 0xE0 + length))
    assert send(card, "0084000008", f"0082000610{proof}C0C1C2C3C4C5C6C7") == "9000"
    card.random = lambda length: bytes(range(0xF0, 0xF0 + length))
    assert send(card, "0084000008", unblock, "0020000000") == "63C6"
    assert send(card, "0084000008", reload, VERIFY) == "9000"


@BOTH
def test_reload_works_from_within_an_application(algorithm: Algorithm) -> None:
    card = one_key_card(algorithm)
    send(card, SELECT_DF04)
    assert proves(card, "PUK") == "9000"
    assert send(card, "0084000008", RELOAD[algorithm]) == "9000"


def test_des_cards_take_a_pin_of_sixteen_digits_in_two_blocks() -> None:
    card = one_key_card(DES)
    proves(card, "PUK")
    assert sealed(card, "84240001", encrypted(card, "1234567812345678")) == "9000"
    assert send(card, "00200000081234567812345678") == "9000"


@pytest.mark.parametrize(("algorithm", "body"), [(DES, ""), (DES, "empty"), (SM4, "")])
def test_reload_of_nothing_takes_the_pin_away(algorithm: Algorithm, body: str) -> None:
    card = one_key_card(algorithm)
    proves(card, "PUK")
    assert sealed(card, "84240001", encrypted(card, "") if body else b"") == "9000"
    assert send(card, "0020000000") == "9000"
    assert card.pin == b""


def test_sixteen_byte_ciphers_demand_a_pin_in_an_encrypted_block() -> None:
    card = one_key_card(SM4)
    proves(card, "PUK")
    assert sealed(card, "84240001", encrypted(card, "")) == "6988"


@pytest.mark.parametrize("pin", ["12", "1A34", "12F4"])
def test_malformed_pin_is_6a80_and_changes_nothing(pin: str) -> None:
    card = one_key_card(SM4)
    proves(card, "PUK")
    before = card.state()
    assert sealed(card, "84240001", encrypted(card, pin)) == "6A80"
    assert card.state() == before


def test_unblock_needs_puk_then_a_challenge_then_the_right_mac() -> None:
    card = one_key_card(SM4)
    assert send(card, "0084000008", UNBLOCK[SM4]) == "6982"
    proves(card, "PUK")
    assert send(card, UNBLOCK[SM4]) == "6984"
    assert send(card, "0084000008", "842400000400000000") == "6988"
    assert send(card, "0084000008", "84240002040000" + "0000") == "6A86"
    assert send(card, "8424000003000000") == "6700"
    assert send(card, "842400010C" + "00" * 12) == "6700"


def test_wrong_macs_count_against_puk_until_the_pin_cannot_be_rescued() -> None:
    card = one_key_card(DES)
    proves(card, "PUK")
    for _ in range(3):
        assert send(card, "0084000008", "842400000400000000") == "6988"
    assert send(card, "0084000008", UNBLOCK[DES]) == "6982"
    assert proves(card, "PUK") == "6983"
    card.power_on()
    assert proves(card, "PUK") == "6983"


def test_authentication_survives_a_wrong_mac_and_a_right_one_fills_the_count() -> None:
    card = one_key_card(DES)
    proves(card, "PUK")
    assert send(card, "0084000008", "842400000400000000") == "6988"
    assert card.contents().directory("SSSE").key("PUK").tries_left == 2
    assert send(card, "0084000008", UNBLOCK[DES]) == "9000"
    assert card.contents().directory("SSSE").key("PUK").tries_left == 3


def test_failed_puk_authentications_count_and_block() -> None:
    card = one_key_card(DES)
    wrong = "0082000610" + "00" * 16
    assert [send(card, "0084000008", wrong) for _ in range(4)] == ["63C2", "63C1", "63C0", "6983"]


def test_reload_verifies_nothing() -> None:
    card = one_key_card(SM4)
    proves(card, "PUK")
    send(card, "0084000008", RELOAD[SM4])
    assert not card.verified


def test_card_block_vector_silences_the_card_for_ever() -> None:
    card = one_key_card(DES)
    assert proves(card, "BK") == "9000"
    assert send(card, "0084000008", CARD_BLOCK) == "9000"
    for apdu in (SELECT_SSSE, SELECT_DF04, VERIFY, "00C0000000", "0084000008", "00FE000000"):
        assert send(card, apdu) == "6A81"
    assert card.power_on() == ONE_KEY_ATR
    assert send(card, SELECT_SSSE) == "6A81"
    assert card.fork().contents().blocked


@pytest.mark.parametrize(("algorithm", "in_df04"), [(DES, True), (SM4, False), (SM4, True)])
def test_card_is_blocked_under_the_environments_key_from_anywhere(
    algorithm: Algorithm, in_df04: bool
) -> None:
    card = one_key_card(algorithm)
    if in_df04:
        send(card, SELECT_DF04)
    proves(card, "BK")
    assert sealed(card, "84160000") == "9000"
    assert send(card, SELECT_SSSE) == "6A81"


def test_application_block_vector_blocks_the_application_alone() -> None:
    card = one_key_card(DES)
    send(card, SELECT_DF04)
    assert proves(card, "LKDF04") == "9000"
    assert send(card, "0084000008", APPLICATION_BLOCK) == "9000"
    assert send(card, "0084000008") == "9303"
    assert send(card, VERIFY) == "9303"
    assert send(card, APPLICATION_BLOCK) == "9303"
    assert send(card, SELECT_DF03)[:2] == "61"
    assert send(card, SELECT_DF04) == "9303"
    card.power_on()
    assert send(card, "00A4000002DF04") == "9303"
    assert send(card, SELECT_SSSE)[:2] == "61"
    assert send(card, VERIFY) == "9000"


@BOTH
def test_df03_can_be_blocked_too(algorithm: Algorithm) -> None:
    card = one_key_card(algorithm)
    send(card, SELECT_DF03)
    proves(card, "LKDF03")
    assert sealed(card, "841E0001", key="STKDF03") == "9000"
    assert send(card, SELECT_DF03) == "9303"
    assert send(card, SELECT_DF04)[:2] == "61"


@pytest.mark.parametrize("select", [SELECT_SSSE, "00A4040006D15600000500"])
def test_only_applications_with_a_block_key_can_be_blocked(select: str) -> None:
    card = one_key_card(SM4)
    assert send(card, select)[:2] == "61"
    assert send(card, "841E000104AABBCCDD") == "6985"


@pytest.mark.parametrize(
    ("select", "key", "apdu"),
    [(SELECT_DF04, "LKDF04", "841E000104AABBCCDD"), (SELECT_SSSE, "BK", "8416000004AABBCCDD")],
)
def test_block_needs_its_key_a_challenge_and_the_right_mac_and_never_locks(
    select: str, key: str, apdu: str
) -> None:
    card = one_key_card(SM4)
    send(card, select)
    before = card.state()
    assert send(card, "0084000008", apdu) == "6982"
    reference = card.directory.named[key].reference
    for _ in range(5):
        assert send(card, "0084000008", f"008200{reference:02X}10" + "00" * 16) == "63CF"
    assert proves(card, key) == "9000"
    assert send(card, apdu) == "6984"
    for _ in range(5):
        assert send(card, "0084000008", apdu) == "6988"
    assert card.state() == before
    assert send(card, apdu[:4] + "0102" + apdu[8:]) == "6A86"
    assert send(card, apdu[:8] + "03AABBCC") == "6700"
