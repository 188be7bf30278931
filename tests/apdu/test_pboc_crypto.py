"""Known answers of the bank application's cryptography, each checked against independent libraries too."""

from __future__ import annotations

import gmalg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyemv import ac, kd, mac, sm

from apdu.crypto import pboc
from apdu.crypto.algorithm import Algorithm, block_cipher
from apdu.crypto.session import cbc_last_block

pytestmark = pytest.mark.filterwarnings("ignore::cryptography.utils.CryptographyDeprecationWarning")
DES, SM4 = Algorithm.DES, Algorithm.SM4
x = bytes.fromhex


V2_FACTOR = x("0622800010000101")
V2_COUNTER = x("0240")
V2_MASTERS = (
    "F0C34A8124CEE0A91A0B034AA97D6EAC",
    "D30F45EABC12AC3EF56B0C0D7F8654DE",
    "12B1AC4AF070CC35612BFE2D30AB600D",
)
SYN_MASTERS = (
    "10111213141516171819101112131415",
    "20212223242526272829202122232425",
    "30313233343536373839303132333435",
)
V2_CARD = {
    DES: (
        "014D996FCC8F49157DC8B49E3BCDFD99",
        "36B13B54CA7B3D35122CAEA263B7FC1B",
        "4189345AD478091860D3586478D14AB1",
    ),
    SM4: (
        "7FFAA44D749A5FC72C88CAA85A340D9F",
        "E7B19C500DAE4778F6CE1DCD8E90ABCA",
        "D6AF939F659742EE7482B4AD3BE30FE3",
    ),
}
V2_SESSION = {
    DES: (
        "D4102725E6E5AD329E55AAB50BF23DA9",
        "96C3578397877DB5A145B3D8A56E1224",
        "EA80DA2ED32A471AC343F55484147A0F",
    ),
    SM4: (
        "6F108B43D40C6B098EABB30C4DD50E56",
        "0283646F8B70F2520B75590D5074E20F",
        "E2B942FD34AA3832A0719593D4737CD2",
    ),
}
SYN_CARD = {
    DES: (
        "455D1873A524A72F155B877FFB701E41",
        "0DDCADCC428E49330965BF5A3EF506C9",
        "A37143122129644B88406D0279AC22B0",
    ),
    SM4: (
        "853183C5549A74BB4BB16D2110B57464",
        "9552063B0015DE8F9FB57A5DD4734846",
        "7053747F02A9F8AB25B2428D64BC28D2",
    ),
}
SYN_SESSION = {
    DES: (
        "C0D9982D7CA56CF622B6DD00BF54052F",
        "6D060FF7DC369059FF23DFF87127B363",
        "AA39E14864B3CEC768B48F73499D8CE1",
    ),
    SM4: (
        "96B769F58597AAC3DB77A157534B90E5",
        "3CFC773725A62219AC835A2C8A10A857",
        "B7558A59AB011C98ECBB7BB7FD1CD3EE",
    ),
}
SYN_FACTOR = "4567890000000301"
CHAINS = [
    (algorithm, x(factor), counter, *chain)
    for factor, counter, masters, card, session in (
        (V2_FACTOR.hex(), "0240", V2_MASTERS, V2_CARD, V2_SESSION),
        (SYN_FACTOR, "0001", SYN_MASTERS, SYN_CARD, SYN_SESSION),
    )
    for algorithm in (DES, SM4)
    for chain in zip(masters, card[algorithm], session[algorithm], strict=True)
] + [
    (
        SM4,
        x("8866010000030400"),
        "0001",
        "F23BF4AE92B554C116139D4F67322667",
        "016F6E76BD8E6FB4A17C28C4B05E03A8",
        "9ECF9220F32AE56187D3C2444967FC0E",
    )
]


@pytest.mark.parametrize("chain", CHAINS)
def test_card_and_session_keys_are_those_of_the_known_chains(
    chain: tuple[Algorithm, bytes, str, str, str, str],
) -> None:
    algorithm, factor, counter, master, card, session = chain
    assert pboc.card_key(algorithm, x(master), factor) == x(card)
    assert pboc.transaction_key(algorithm, x(card), x(counter)) == x(session)


@pytest.mark.parametrize(
    ("card", "counter", "session"),
    [
        ("0D2E3CB0BC1F9E03AED58F663A2F9679", "000E", "C3D3F062E9992B4E923D338D66193526"),
        ("40BF52BFD9AD67456B078A19011A1391", "0001", "85FF218BB721253B726B8F8BFFA4326E"),
    ],
)
def test_further_published_session_keys(card: str, counter: str, session: str) -> None:
    assert pboc.transaction_key(DES, x(card), x(counter)) == x(session)


def test_derivation_takes_the_last_sixteen_digits_of_number_and_sequence() -> None:
    assert pboc.derivation_input("6212345678900000003", "01") == x(SYN_FACTOR)
    assert pboc.derivation_input("123", "01") == x("0000000000012301")


V1 = x("0000000012340000000000340156D86004A800015612051601010101017C00000E03A4B904")
V2 = x("000000000001000000000000015600800460000156140701001E78EEBC7D00024003A04002")
PUBLISHED_SM4 = x("00000000000000000000000001560000000800015616051800412AB4B67D00000103A00000")
SYN = x("000000001234000000000000015600000080000156261121001A2B3C4D7C00000103A00000")
SYN_TC = SYN[:-4] + x("03600000")


@pytest.mark.parametrize(
    ("algorithm", "session", "message", "expected"),
    [
        (DES, "C3D3F062E9992B4E923D338D66193526", V1, "F294D7022FA9B058"),
        (DES, V2_SESSION[DES][0], V2, "5D016C91005E7CC2"),
        (SM4, V2_SESSION[SM4][0], V2, "520A1DE30C1F85F7"),
        (SM4, "9ECF9220F32AE56187D3C2444967FC0E", PUBLISHED_SM4, "179E0D01A7D1791D"),
        (DES, SYN_SESSION[DES][0], SYN, "FC1BEDC45DEC8CF1"),
        (DES, SYN_SESSION[DES][0], SYN_TC, "3BFA4D9F379E40F9"),
        (SM4, SYN_SESSION[SM4][0], SYN, "F2C933288AF84FA6"),
        (SM4, SYN_SESSION[SM4][0], SYN_TC, "723C2E95D889BFFB"),
    ],
)
def test_application_cryptograms(algorithm: Algorithm, session: str, message: bytes, expected: str) -> None:
    assert pboc.cryptogram(algorithm, x(session), message) == x(expected)


@pytest.mark.parametrize(
    ("algorithm", "session", "request_", "code", "expected"),
    [
        (DES, "C3D3F062E9992B4E923D338D66193526", "F294D7022FA9B058", "3030", "3846EEB4C8D34271"),
        (DES, V2_SESSION[DES][0], "5D016C91005E7CC2", "3031", "21415243527CE78F"),
        (DES, V2_SESSION[DES][0], "5D016C91005E7CC2", "3030", "C01B237749040E2B"),
        (SM4, V2_SESSION[SM4][0], "520A1DE30C1F85F7", "3030", "F2377BD16CB641D5"),
        (SM4, V2_SESSION[SM4][0], "520A1DE30C1F85F7", "3031", "EFB181041A71FBF0"),
        (SM4, "9ECF9220F32AE56187D3C2444967FC0E", "179E0D01A7D1791D", "3030", "DC16134D6FF5CF97"),
        (DES, SYN_SESSION[DES][0], "FC1BEDC45DEC8CF1", "3030", "90C10DCDF2DEEA61"),
        (SM4, SYN_SESSION[SM4][0], "F2C933288AF84FA6", "3030", "135C34EB917CA268"),
    ],
)
def test_response_cryptograms(
    algorithm: Algorithm, session: str, request_: str, code: str, expected: str
) -> None:
    assert pboc.response_cryptogram(algorithm, x(session), x(request_), x(code)) == x(expected)


@pytest.mark.parametrize(("algorithm", "expected"), [(DES, "D1F61152"), (SM4, "9BA7776C")])
def test_discretionary_data_mac(algorithm: Algorithm, expected: str) -> None:
    assert pboc.data_mac(algorithm, x(V2_SESSION[algorithm][2]), V2_COUNTER, x("0000001000")) == x(expected)


V2_SCRIPTS = {
    DES: (
        "841E00000442CA0591",
        "8418000004FC1D8DD2",
        "8416000004CED3BD17",
        "84240000045154F5A2",
        "04DA9F580503FE9538A6",
        "04DA9F790A0000000100008D410252",
        "04DC010C0A70045F34010161AE180C",
    ),
    SM4: (
        "841E0000040F67FFE4",
        "841800000490DCAFA4",
        "84160000049BEBF284",
        "842400000485BB8AD1",
        "04DA9F580503FB7F9B66",
        "04DA9F790A0000000100003892C8C8",
        "04DC010C0A70045F340101B740D4DF",
    ),
}
SYN_SCRIPTS = {
    DES: ("841E0000047F27079E", "8418000004A7FD9BCF", "8416000004ABEC3022", "842400000491A4E649"),
    SM4: ("841E000004FD82B319", "84180000041E427702", "8416000004504276D3", "8424000004CF387A02"),
}
SCRIPTS = [
    (algorithm, sessions[algorithm][2], counter, request, script)
    for sessions, counter, requests, scripts in (
        (V2_SESSION, "0240", {DES: "5D016C91005E7CC2", SM4: "520A1DE30C1F85F7"}, V2_SCRIPTS),
        (SYN_SESSION, "0001", {DES: "FC1BEDC45DEC8CF1", SM4: "F2C933288AF84FA6"}, SYN_SCRIPTS),
    )
    for algorithm, request in requests.items()
    for script in scripts[algorithm]
]


@pytest.mark.parametrize(("algorithm", "session", "counter", "request_", "script"), SCRIPTS)
def test_script_macs(algorithm: Algorithm, session: str, counter: str, request_: str, script: str) -> None:
    raw = x(script)
    data, sent = raw[5:-4], raw[-4:]
    made = pboc.script_mac(
        algorithm,
        x(session),
        header=raw[:4],
        length=raw[4],
        counter=x(counter),
        request=x(request_),
        data=data,
    )
    assert made[:4] == sent


PIN_CHANGES = [
    (DES, 1, None, "842400021467E9CDE728CC295DC48BAFEFD63D7B4ED3126104"),
    (DES, 0, None, "84240002144E1E3255E1888C05B5FBB6E0734B84EBBC44C8CF"),
    (DES, 1, "1234", "8424000114DF4B5D834EC5E2FBC48BAFEFD63D7B4E64E63600"),
    (DES, 0, "1234", "84240001148019DE1D86C5546CB5FBB6E0734B84EB08EEEFC6"),
    (SM4, 1, None, "8424000214CF7B7A7CCA69F0A8D6A73C51C85BE9A7BCBE715A"),
    (SM4, 0, None, "8424000214B3444D89D08CA8E45B7CC394277FA8143ACE344E"),
    (SM4, 1, "1234", "8424000114463CB07D10FC2E7C7646C46426C7E84A698BCE26"),
    (SM4, 0, "1234", "84240001141D88451675F800FA6A6722F886ACBF8205DD398E"),
]


@pytest.mark.parametrize(("algorithm", "mask", "current", "script"), PIN_CHANGES)
def test_pin_change_scripts(algorithm: Algorithm, mask: int, current: str | None, script: str) -> None:
    raw = x(script)
    keys = V2_CARD[algorithm]
    _, encryption, authentication = V2_SESSION[algorithm]
    block = pboc.change_block(x(keys[mask]), "123456", current)
    data = pboc.encrypt_script(algorithm, x(encryption), block)
    asked = x("5D016C91005E7CC2" if algorithm is DES else "520A1DE30C1F85F7")
    mac_ = pboc.script_mac(
        algorithm,
        x(authentication),
        header=raw[:4],
        length=0x14,
        counter=V2_COUNTER,
        request=asked,
        data=data,
    )
    assert raw == raw[:4] + b"\x14" + data + mac_[:4]
    assert pboc.decrypt_script(algorithm, x(encryption), data) == block
    assert pboc.read_change_block(x(keys[mask]), block, current) == "123456"


def test_pin_blocks() -> None:
    assert pboc.pin_block("1234") == x("241234FFFFFFFFFF")
    assert pboc.pin_block("123456") == x("26123456FFFFFFFF")
    assert pboc.read_pin_block(x("26123456FFFFFFFF")) == "123456"


@pytest.mark.parametrize("block", ["16123456FFFFFFFF", "2612345FFFFFFFFF", "26123456FFFFFFF0", "26123456"])
def test_what_is_no_pin_block_holds_no_pin(block: str) -> None:
    assert pboc.read_pin_block(x(block)) is None


def test_a_change_block_under_another_key_holds_no_pin() -> None:
    block = pboc.change_block(bytes(16), "123456")
    assert pboc.read_change_block(b"\xa5" * 16, block) is None
    assert pboc.read_change_block(bytes(16), block[:7]) is None


# Independent libraries --------------------------------------------------------------------------------


def without_parity(key: bytes) -> bytes:
    return bytes(byte & 0xFE for byte in key)


@given(st.binary(min_size=16, max_size=16), st.text("0123456789", min_size=12, max_size=16))
def test_card_keys_agree_with_an_emv_library(master: bytes, number: str) -> None:
    theirs = kd.derive_icc_mk_a(master, number.encode(), b"01")
    ours = pboc.card_key(DES, master, pboc.derivation_input(number, "01"))
    assert without_parity(ours) == without_parity(theirs)


@given(st.binary(min_size=16, max_size=16), st.binary(max_size=80), st.binary(min_size=8, max_size=8))
def test_3des_cryptograms_and_script_macs_agree_with_an_emv_library(
    key: bytes, message: bytes, arqc: bytes
) -> None:
    assert pboc.cryptogram(DES, key, message) == ac.generate_ac(key, message, ac.PaddingType.EMV, 8)
    assert pboc.response_cryptogram(DES, key, arqc, b"00") == ac.generate_arpc_1(key, arqc, b"00")
    made = pboc.script_mac(
        DES, key, header=b"\x84\x18\0\0", length=4, counter=b"\0\1", request=arqc, data=message
    )
    assert made == sm.generate_command_mac(key, b"\x84\x18\0\0\x04\0\1" + arqc + message, 8)


@given(st.binary(min_size=16, max_size=16), st.text("0123456789", min_size=4, max_size=12))
def test_pin_blocks_agree_with_an_emv_library(key: bytes, pin: str) -> None:
    assert pboc.pin_block(pin) == sm.format_iso9564_2_pin_block(pin)
    block = sm.format_vis_pin_block(key, pin)
    assert pboc.change_block(key, pin) == block
    encrypted = sm.encrypt_command_data(key, block, sm.EncryptionType.VISA)
    assert pboc.encrypt_script(DES, key, block) == encrypted


@given(st.binary(min_size=16, max_size=16), st.binary(max_size=80))
def test_sm4_cryptograms_agree_with_a_library_in_plain_python(key: bytes, message: bytes) -> None:
    cipher = gmalg.SM4(key)
    padded = message + b"\x80" + bytes(-(len(message) + 1) % 16)
    state = bytes(16)
    for start in range(0, len(padded), 16):
        state = cipher.encrypt(bytes(a ^ b for a, b in zip(state, padded[start : start + 16], strict=True)))
    assert pboc.cryptogram(SM4, key, message) == state[:8]


@pytest.mark.parametrize(
    ("text", "padding", "expected"),
    [
        (b"Now is the time for all ", 1, "A1C72E74EA3FA9B6"),
        (b"Now is the time for all ", 2, "E9086230CA3BE796"),
        (b"Now is the time for it", 1, "2E2B1428CC78254F"),
        (b"Now is the time for it", 2, "5A692CE64F404145"),
    ],
)
def test_iso_9797_algorithm_3_of_the_oracle_and_ours(text: bytes, padding: int, expected: str) -> None:
    key = x("0123456789ABCDEFFEDCBA9876543210")
    assert mac.mac_iso9797_3(key[:8], key[8:], text, padding, 8) == x(expected)
    if padding == 2:
        assert pboc.cryptogram(DES, key, text) == x(expected)


def test_sm4_of_the_standard() -> None:
    key = x("0123456789ABCDEFFEDCBA9876543210")
    assert block_cipher(SM4, key)(key) == x("681EDF34D206965E86B3E94F536E4246")
    assert gmalg.SM4(key).encrypt(key) == x("681EDF34D206965E86B3E94F536E4246")


def test_sm4_after_a_million_encryptions() -> None:
    block = key = x("0123456789ABCDEFFEDCBA9876543210")
    encrypt = block_cipher(SM4, key)
    for _ in range(1_000_000):
        block = encrypt(block)
    assert block == x("595298C7C6FD271F0402F804C33D3F66")


def test_sm4_in_a_chain_and_as_a_counter() -> None:
    key = x("EEF3C9888129755F2C769DBC459448CE")
    initial = x("FBD7B7AB0793F814B28A970F9E859C05")
    plain = x("99C9D02D03F2CD394A680DC51B112322")
    assert cbc_last_block(SM4, key, plain, initial) == x("530EDF0605A302F30096AE46BD6316AF")
    standard = x("0123456789ABCDEFFEDCBA9876543210")
    stream = block_cipher(SM4, standard)(bytes(16))
    mixed = bytes(a ^ b for a, b in zip(stream, standard, strict=True))
    assert mixed == x("2754B10C806AEF23698989882D80903A")


def test_the_oracle_knows_the_generic_emv_answers() -> None:
    """The variants PBOC does not use: they only show that the oracle is asked in the right way."""
    master = x("0123456789ABCDEFFEDCBA9876543210")
    card = kd.derive_icc_mk_a(master, b"12345678901234567", b"45")
    assert card == x("946DC1A8C78A624519BC4645CB073737")
    session = kd.derive_common_sk(card, x("1234567890123456"))
    assert session == x("C7AEDF49AEF2F146D692400E0B851A8F")
    message = x("0123456789ABCDEF") * 2
    assert ac.generate_ac(session, message, ac.PaddingType.EMV) == x("19C1FBC83EBDC0D5")
    assert ac.generate_ac(session, message, ac.PaddingType.VISA) == x("FA77FC8D3E6CC06A")
    answered = x("19C1FBC83EBDC0D5")
    assert ac.generate_arpc_1(card, answered, b"\0\0") == x("78A372523FA35A03")
    assert ac.generate_arpc_1(session, answered, b"\0\0") == x("C3620580668E5B65")
    assert kd.derive_icc_mk_b(master, b"12345678901234567", b"45") == x("F767ECC2263B2C543775CB62AB6B57D6")
    assert kd.derive_icc_mk_b(master, b"123456789012345679", b"00") == x("1083E9C8A72AA26BDC9B10570B73BACB")
    assert kd.derive_icc_mk_b(master, b"000000000000000005", b"23") == x("2608BAA2378C92DAE0948A97E0CD230B")
    assert kd.derive_common_sk(master, x("001C000000000000")) == x("E9FB384AF807B940FEDCEA613461B0C4")
    assert kd.derive_visa_sm_sk(master, x("001C")) == x("0123456789ABCDF2FEDCBA987654CDF2")
    visa = x("94E3194C02105E3B153438D562D5A49D")
    assert kd.derive_visa_sm_sk(visa, x("0003")) == x("94E3194C02105E38153438D562D55B61")
