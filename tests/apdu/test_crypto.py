"""Published vectors; the roots of the second card are the project's test roots."""

from __future__ import annotations

import pytest

from apdu.crypto import (
    Algorithm,
    UnpublishedAlgorithmError,
    authentication_data,
    block_cipher,
    diversify,
    factors,
    fold,
    key_loading_mac,
    mac,
    message_decrypt,
    message_encrypt,
    session_key,
    tac_key,
)
from apdu.crypto.session import cbc_last_block, mac_tail, pad
from apdu.keys import BY_NAME, root_key

DES, SM4 = Algorithm.DES, Algorithm.SM4
ROOT = bytes.fromhex("0123456789ABCDEFFEDCBA9876543210")
HISTORICAL = bytes.fromhex("00995349 4D 8699990100000001")
R = bytes.fromhex("1122334455667788")
RAW = bytes.fromhex("A1A2A3A4A5A6A7A8")
CARD_KEY = {
    DES: bytes.fromhex("D2ADD4092BD0D7A9CDCF3AE37A13E748"),
    SM4: bytes.fromhex("0B035D41FB58267D701CF996DB3CD603"),
}
STK = {DES: bytes.fromhex("E20F7793F673CAC6"), SM4: CARD_KEY[SM4]}

TERMINAL_CARD = bytes.fromhex("0081544B318660990100A1B2C3")
PATH = factors("990100", TERMINAL_CARD)


def run(first: int) -> bytes:
    """Eight bytes counting up."""
    return bytes(range(first, first + 8))


def card_key(name: str, algorithm: Algorithm) -> bytes:
    root = root_key(name)
    if name in BY_NAME:
        root = root[: BY_NAME[name].length(algorithm)]
    return diversify(algorithm, root, *PATH)


@pytest.mark.parametrize(
    ("algorithm", "key", "plain", "cipher"),
    [
        (SM4, ROOT.hex(), ROOT.hex(), "681EDF34D206965E86B3E94F536E4246"),
        (DES, "133457799BBCDFF1", "0123456789ABCDEF", "85E813540F0AB405"),
    ],
)
def test_the_block_ciphers_are_the_published_ones(
    algorithm: Algorithm, key: str, plain: str, cipher: str
) -> None:
    assert block_cipher(algorithm, bytes.fromhex(key))(bytes.fromhex(plain)).hex().upper() == cipher


@pytest.mark.parametrize(
    ("algorithm", "level", "expected"),
    [
        (DES, 1, "E09C79056022A847DF9419487F315DE4"),
        (DES, 2, "37E5C42313846990EA69A5665FAB9614"),
        (DES, 3, "D2ADD4092BD0D7A9CDCF3AE37A13E748"),
        (SM4, 1, "4442CFF38E2E84C3027FAC4B6CE05812"),
        (SM4, 2, "6354D05BC7D873D7BDEFE178E5BE816D"),
        (SM4, 3, "0B035D41FB58267D701CF996DB3CD603"),
    ],
)
def test_diversification_of_every_level(algorithm: Algorithm, level: int, expected: str) -> None:
    path = factors("990100", HISTORICAL)[:level]
    assert diversify(algorithm, ROOT, *path).hex().upper() == expected


def test_an_eight_byte_key_is_diversified_with_single_des() -> None:
    path = factors("990100", HISTORICAL)
    assert diversify(DES, ROOT[:8], *path).hex().upper() == "E20F7793F673CAC6"


def test_factors_of_a_card() -> None:
    assert [factor.hex().upper() for factor in PATH] == [
        "3939303030307368",
        "3939303130307378",
        "8660990100A1B2C3",
    ]


def test_zhejiang_leaves_the_county_out_of_the_city_factor() -> None:
    assert factors("331100", HISTORICAL)[1] == b"331100sx"
    assert factors("331102", HISTORICAL) == (b"330000sh", b"331100sx", HISTORICAL[5:])
    assert factors("320205", HISTORICAL)[1] == b"320205sx"


@pytest.mark.parametrize(
    ("region", "historical"), [("9901", HISTORICAL), ("9901AB", HISTORICAL), ("990100", R)]
)
def test_factors_refuse_what_has_another_length(region: str, historical: bytes) -> None:
    with pytest.raises(ValueError):
        factors(region, historical)


@pytest.mark.parametrize(
    ("algorithm", "challenge", "expected"),
    [
        (DES, R, "430BFBE5C6467A45"),
        (DES, R[:4], "68642D94DB0DFD9F"),
        (SM4, R, "43E611F4DF956E2C45A4C988AD96FD5A"),
    ],
)
def test_session_keys(algorithm: Algorithm, challenge: bytes, expected: str) -> None:
    assert session_key(algorithm, CARD_KEY[algorithm], challenge).hex().upper() == expected


def test_session_key_of_a_single_des_key() -> None:
    assert session_key(DES, bytes.fromhex("E20F7793F673CAC6"), R).hex().upper() == "326E7565BE0BA8E5"


def test_a_random_longer_than_a_block_is_refused() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        session_key(DES, CARD_KEY[DES], bytes(16))
    assert len(session_key(SM4, CARD_KEY[SM4], bytes(16))) == 16


@pytest.mark.parametrize(("algorithm", "expected"), [(DES, "5AD53E781B5DD161"), (SM4, "CB57BA5CA5EE7311")])
def test_authentication_data(algorithm: Algorithm, expected: str) -> None:
    session = session_key(algorithm, CARD_KEY[algorithm], R)
    assert authentication_data(algorithm, session, RAW).hex().upper() == expected


def test_sm4_authentication_data_is_the_block_folded() -> None:
    block = block_cipher(SM4, session_key(SM4, CARD_KEY[SM4], R))(RAW + bytes(8))
    assert block.hex().upper() == "23F97007E2B614B5E8AECA5B475867A4"
    assert fold(block).hex().upper() == "CB57BA5CA5EE7311"


@pytest.mark.parametrize(
    ("algorithm", "message", "expected"),
    [
        (DES, "8424000004", "06212D02"),
        (SM4, "8424000004", "384B2324"),
        (DES, "842400010C 0DE2B15C580E98FF", "E94B7AFE"),
        (SM4, "8424000114 270EA7842545D6E2D68963BE16B2C720", "E3BB4A06"),
        (DES, "8416000004", "957515EE"),
        (DES, "841E000104", "088AFA79"),
        (DES, "04DC022807 020133", "B7AC2953"),
    ],
)
def test_macs_of_secure_messaging(algorithm: Algorithm, message: str, expected: str) -> None:
    session = session_key(algorithm, STK[algorithm], R)
    assert mac(algorithm, session, bytes.fromhex(message)).hex().upper() == expected


def test_the_sm4_mac_is_the_last_block_folded_to_four_bytes() -> None:
    session = session_key(SM4, STK[SM4], R)
    last = cbc_last_block(SM4, session, pad(bytes.fromhex("8424000004"), 16))
    assert last.hex().upper() == "824FDA59615EE73632560877E90C163C"
    assert mac_tail(SM4, last).hex().upper() == "384B2324"


@pytest.mark.parametrize(
    ("algorithm", "expected"), [(DES, "0DE2B15C580E98FF"), (SM4, "270EA7842545D6E2D68963BE16B2C720")]
)
def test_encrypted_pins_are_the_published_ones_and_decrypt(algorithm: Algorithm, expected: str) -> None:
    session = session_key(algorithm, STK[algorithm], R)
    cipher = message_encrypt(algorithm, session, bytes.fromhex("123456"))
    assert cipher.hex().upper() == expected
    assert message_decrypt(algorithm, session, cipher) == bytes.fromhex("123456")


@pytest.mark.parametrize(("plain", "blocks"), [(b"", 1), (bytes(6), 1), (bytes(7), 1), (bytes(8), 2)])
def test_encryption_pads_only_an_incomplete_block(plain: bytes, blocks: int) -> None:
    session = session_key(DES, STK[DES], R)
    cipher = message_encrypt(DES, session, plain)
    assert len(cipher) == 8 * blocks
    assert message_decrypt(DES, session, cipher) == plain


@pytest.mark.parametrize("cipher", [b"", bytes(7), bytes.fromhex("5AD53E781B5DD161")])
def test_what_is_no_encrypted_message_is_refused(cipher: bytes) -> None:
    with pytest.raises(ValueError):
        message_decrypt(DES, session_key(DES, STK[DES], R), cipher)


AMOUNTS = "000004D2000001F400001F40"
TERMINAL = "990100000001"
TIME = "20300115093000"


@pytest.mark.parametrize(
    ("random", "session", "message", "expected"),
    [
        ("DEADBEEF00050102", "BBB409E9604EBC0A", f"{AMOUNTS}32{TERMINAL}{TIME}", "57254396"),
        ("DEADBEEF00050102", "BBB409E9604EBC0A", AMOUNTS, "742A55BE"),
        ("DEADBEEF00038000", "8D6378DA68A43F6F", f"00002710000009C431{TERMINAL}", "EFC87969"),
        ("DEADBEEF00038000", "8D6378DA68A43F6F", f"000009C431{TERMINAL}{TIME}", "3DE57502"),
    ],
)
def test_purse_macs(random: str, session: str, message: str, expected: str) -> None:
    key = session_key(DES, CARD_KEY[DES], bytes.fromhex(random))
    assert key.hex().upper() == session
    assert mac(DES, key, bytes.fromhex(message)).hex().upper() == expected


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (f"{AMOUNTS}32{TERMINAL}00000102{TIME}", "3BFE5CB3"),
        (f"000030D40003000009C431{TERMINAL}{TIME}", "3DDF1792"),
    ],
)
def test_transaction_certificates(message: str, expected: str) -> None:
    key = tac_key(DES, CARD_KEY[DES])
    assert key.hex().upper() == "1F62EEEA51C330E1"
    assert mac(DES, key, bytes.fromhex(message)).hex().upper() == expected


@pytest.mark.parametrize(
    ("name", "root"),
    [
        ("IRK", "E2FCCBA9AB6AEFDE881EB743FFAEFEB0"),
        ("RKSSSE", "62A121347AF7AA5A29CC74868EBDAB7F"),
        ("PUK", "7406BCE94EFC31F8298CB55D28279788"),
        ("STKSSSE", "3C1CFF608BF90CC66AE4733BE043F362"),
        ("DPK", "D43EA8283E1050DC6E33DF7FDF245F64"),
        ("DTK", "60A3A9C220BEF7A671174D880600AAE3"),
        ("DLK", "A6E458EB536D6B24B32E960CAB0A4248"),
        ("ADFMK", "FE0F196C7C556C8708A03BD5DD8B5145"),
        ("UKSSSE", "8634B2329A258E5783D64C3716685CE0"),
    ],
)
def test_test_roots(name: str, root: str) -> None:
    assert root_key(name).hex().upper() == root


@pytest.mark.parametrize(
    ("algorithm", "province", "city"),
    [
        (DES, "284A574C681DCC7BC9D3C92FDA4C8425", "C3DA39D5E5E6C219981F30BA55FC9B60"),
        (SM4, "87950309D8CB911C1CDBE5171A30AEA0", "040FBD08F51E38CD6509E292E0327324"),
    ],
)
def test_the_irk_of_province_and_city(algorithm: Algorithm, province: str, city: str) -> None:
    assert diversify(algorithm, root_key("IRK"), *PATH[:1]).hex().upper() == province
    assert diversify(algorithm, root_key("IRK"), *PATH[:2]).hex().upper() == city


@pytest.mark.parametrize(
    ("name", "des", "sm4"),
    [
        ("IRK", "FE488F4ACB6766715925118A648CEDD8", "E43BB6B7F65CAEEED3B05CC960D4EB88"),
        ("RKSSSE", "874ADC0EA40778EF915C968D9F90B29E", "BF2DAB64ED0D57A5DD35F8B7B3387221"),
        ("PUK", "511C4B96D02DC13DB6B94EDEC213B3E2", "27E5017564688200493CF5BF98CC3A4B"),
        ("STKSSSE", "FF0BCCBD0AEF8551", "8D15CB22A06322A5A0EBE55E075FD4FE"),
        ("DPK", "AB36493E4CE577583F65309D0DCE9205", "DA679CD4EC0079C8E8DC40A2960F53F9"),
        ("DTK", "D9EAD5AD6EAC3E11807839E98FE3D0BB", "279E8A43A5724864BCDD8782A3CCAE8D"),
        ("DLK", "302D046160D9C36F49BF90FDCB18B571", "72A9523916A56E33A58BCF04635637F1"),
    ],
)
def test_card_keys_under_both_algorithms(name: str, des: str, sm4: str) -> None:
    assert card_key(name, DES).hex().upper() == des
    assert card_key(name, SM4).hex().upper() == sm4


@pytest.mark.parametrize(
    ("name", "process", "raw", "des", "sm4"),
    [
        ("IRK", 0xB0, 0xA0, "0FFA8F30C0C30665", "D0EEE844F7E2F65C"),
        ("RKSSSE", 0xD0, 0xC0, "38C4C78BEB7AA834", "5F9BAAB93FA891E5"),
        ("PUK", 0xE0, 0xC0, "3B24B232482683BB", "485F91FA427499D1"),
    ],
)
def test_authentications_of_a_card(name: str, process: int, raw: int, des: str, sm4: str) -> None:
    for algorithm, expected in ((DES, des), (SM4, sm4)):
        session = session_key(algorithm, card_key(name, algorithm), run(process))
        assert authentication_data(algorithm, session, run(raw)).hex().upper() == expected


def test_the_psam_answers_the_unfolded_block_of_an_sm4_authentication() -> None:
    session = session_key(SM4, card_key("IRK", SM4), run(0xB0))
    block = block_cipher(SM4, session)(run(0xA0) + bytes(8))
    assert block.hex().upper() == "B1931913FD7593DF617DF1570A976583"


@pytest.mark.parametrize(
    ("algorithm", "header", "pin", "expected"),
    [
        (DES, "842400010C", "123456", "842400010CBC14C677FE042B32ED88555E"),
        (SM4, "8424000114", "123456", "8424000114D355B64FE8EF63ED1ACD4DCFD48D2A2272806DB3"),
        (DES, "8424000004", "", "842400000484D9CEC8"),
        (SM4, "8424000004", "", "8424000004C42EA142"),
    ],
)
def test_reload_and_unblock_messages(algorithm: Algorithm, header: str, pin: str, expected: str) -> None:
    session = session_key(algorithm, card_key("STKSSSE", algorithm), run(0xF0))
    message = bytes.fromhex(header)
    if pin:
        message += message_encrypt(algorithm, session, bytes.fromhex(pin))
    assert (message + mac(algorithm, session, message)).hex().upper() == expected


@pytest.mark.parametrize(
    ("algorithm", "session", "mac1", "mac2", "tac"),
    [
        (DES, "565A65F41EE2BD82", "FCF356B4", "398377EA", "0BE1EA8D"),
        (SM4, "41CD222770BA2240F1939D9D4A1F07D6", "B1B60D81", "66E49249", "5EDF85E9"),
    ],
)
def test_a_medical_debit(algorithm: Algorithm, session: str, mac1: str, mac2: str, tac: str) -> None:
    amounts = "000000000000271000001F40"
    key = session_key(algorithm, card_key("DPK", algorithm), bytes.fromhex("5A6B7C8D00070005"))
    certificate = tac_key(algorithm, card_key("DTK", algorithm))
    time = "20250102103000"
    assert key.hex().upper() == session
    assert mac(algorithm, key, bytes.fromhex(f"{amounts}32{TERMINAL}{time}")).hex().upper() == mac1
    assert mac(algorithm, key, bytes.fromhex(amounts)).hex().upper() == mac2
    message = bytes.fromhex(f"{amounts}32{TERMINAL}00000005{time}")
    assert mac(algorithm, certificate, message).hex().upper() == tac


@pytest.mark.parametrize(
    ("algorithm", "session", "mac1", "mac2", "tac"),
    [
        (DES, "6C33F17070EA9238", "D1448445", "6A7FEF93", "76898B76"),
        (SM4, "DB6EB5F5F00E41E0288C0132D780D5C5", "37B401E4", "92B2DA0F", "42AF494C"),
    ],
)
def test_a_load(algorithm: Algorithm, session: str, mac1: str, mac2: str, tac: str) -> None:
    key = session_key(algorithm, card_key("DLK", algorithm), bytes.fromhex("5A6B7C8D00018000"))
    certificate = tac_key(algorithm, card_key("DTK", algorithm))
    tail = f"000186A031{TERMINAL}"
    time = "20250102103000"
    assert key.hex().upper() == session
    assert mac(algorithm, key, bytes.fromhex(f"00000000{tail}")).hex().upper() == mac1
    assert mac(algorithm, key, bytes.fromhex(f"{tail}{time}")).hex().upper() == mac2
    message = bytes.fromhex(f"000186A00001{tail}{time}")
    assert mac(algorithm, certificate, message).hex().upper() == tac


def test_loading_a_key_into_a_psam() -> None:
    master = root_key("ADFMK")
    key = diversify(DES, root_key("UKSSSE"), PATH[0])
    plain = bytes.fromhex("48 12 00 00 00000000") + key
    cipher = message_encrypt(DES, master, plain)
    message = bytes.fromhex("84D4001224") + cipher
    assert cipher.hex().upper() == "A77CC712853A13B2C6E3E32AE38B471FC49F4D3F5E866DDFB05BD7CB4DF9F751"
    assert key_loading_mac(DES, master, bytes.fromhex("01020304"), message).hex().upper() == "A90F1953"


def test_a_loading_mac_depends_on_the_challenge_under_sm4_too() -> None:
    master, message = root_key("ADFMK"), bytes.fromhex("84D4001224")
    first = key_loading_mac(SM4, master, bytes.fromhex("01020304"), message)
    assert first == mac(SM4, master, message, bytes.fromhex("01020304"))
    assert first != key_loading_mac(SM4, master, bytes.fromhex("01020305"), message)


def test_ssf33_is_recognised_and_refused_with_the_reason() -> None:
    assert Algorithm(2) is Algorithm.SSF33 and Algorithm.SSF33.block == 16
    with pytest.raises(UnpublishedAlgorithmError, match="unpublished"):
        block_cipher(Algorithm.SSF33, ROOT)
    with pytest.raises(UnpublishedAlgorithmError):
        diversify(Algorithm.SSF33, ROOT, b"99000sh!")


def test_a_des_key_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="8 or 16"):
        block_cipher(DES, bytes(24))
