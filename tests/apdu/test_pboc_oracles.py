"""The bank's cryptography beside independent computations: other libraries, the formulas written once more.

3DES is that of pyemv's tools, SM4 and SM3 those of gmalg; nothing of `apdu.crypto` is used on their side.
"""

from __future__ import annotations

from collections.abc import Callable

import gmalg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyemv import mac, tools

from apdu.bank_keys import TEST_MASTER_KEYS
from apdu.crypto import pboc
from apdu.crypto.algorithm import Algorithm
from apdu.decoding_bank_values import cvr_fields
from apdu.pboc import Cryptogram, IssuerData, first_cryptogram, second_cryptogram
from apdu.tlv import Tlv

DES, SM4 = Algorithm.DES, Algorithm.SM4
x = bytes.fromhex
pytestmark = pytest.mark.filterwarnings("ignore::cryptography.utils.CryptographyDeprecationWarning")
few = settings(max_examples=20, deadline=None)

Encrypt = Callable[[bytes, bytes], bytes]
KEY = st.binary(min_size=16, max_size=16)
COUNTER = st.binary(min_size=2, max_size=2)
EIGHT = st.binary(min_size=8, max_size=8)


def sm4_blocks(key: bytes, data: bytes) -> bytes:
    cipher = gmalg.SM4(key)
    return b"".join(cipher.encrypt(data[at : at + 16]) for at in range(0, len(data), 16))


ENCRYPT: dict[Algorithm, Encrypt] = {DES: tools.encrypt_tdes_ecb, SM4: sm4_blocks}
BLOCK = {DES: 8, SM4: 16}


def inverted(data: bytes) -> bytes:
    return bytes(byte ^ 0xFF for byte in data)


def xor(left: bytes, right: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(left, right, strict=True))


def padded(data: bytes, block: int) -> bytes:
    data += b"\x80"
    return data + bytes(-len(data) % block)


def mac_of(algorithm: Algorithm, key: bytes, message: bytes) -> bytes:
    """The 8-byte MAC: ISO/IEC 9797-1 algorithm 3 under DES, left half of the last CBC block under SM4."""
    if algorithm is DES:
        return mac.mac_iso9797_3(key[:8], key[8:], message, 2)
    state = bytes(16)
    message = padded(message, 16)
    for at in range(0, len(message), 16):
        state = sm4_blocks(key, xor(state, message[at : at + 16]))
    return state[:8]


@pytest.mark.parametrize("algorithm", [DES, SM4])
@given(key=KEY, factor=EIGHT, counter=COUNTER)
@few
def test_card_and_session_keys(algorithm: Algorithm, key: bytes, factor: bytes, counter: bytes) -> None:
    encrypt = ENCRYPT[algorithm]
    assert pboc.card_key(algorithm, key, factor) == encrypt(key, factor + inverted(factor))
    diversified = bytes(6) + counter + bytes(6) + inverted(counter)
    assert pboc.transaction_key(algorithm, key, counter) == encrypt(key, diversified)


@pytest.mark.parametrize("algorithm", [DES, SM4])
@given(key=KEY, message=st.binary(max_size=80), code=COUNTER)
@few
def test_cryptogram_and_its_answer(algorithm: Algorithm, key: bytes, message: bytes, code: bytes) -> None:
    request = mac_of(algorithm, key, message)
    assert pboc.cryptogram(algorithm, key, message) == request
    block = xor(request, code + bytes(6)).ljust(BLOCK[algorithm], b"\0")
    answer = ENCRYPT[algorithm](key, block)[:8]
    assert pboc.response_cryptogram(algorithm, key, request, code) == answer


@pytest.mark.parametrize("algorithm", [DES, SM4])
@given(key=KEY, counter=COUNTER, request=EIGHT, data=st.binary(max_size=60))
@few
def test_script_macs_and_secrets(
    algorithm: Algorithm, key: bytes, counter: bytes, request: bytes, data: bytes
) -> None:
    header, length = x("04DC010C"), len(data) + 4
    made = pboc.script_mac(
        algorithm, key, header=header, length=length, counter=counter, request=request, data=data
    )
    assert made == mac_of(algorithm, key, header + bytes((length,)) + counter + request + data)
    assert pboc.data_mac(algorithm, key, counter, data) == mac_of(algorithm, key, counter + data + b"\0")[:4]
    block = data[:8].ljust(8, b"\5")
    plain = padded(b"\x08" + block, BLOCK[algorithm])
    assert pboc.encrypt_script(algorithm, key, block) == ENCRYPT[algorithm](key, plain)


UDK_ENC = x("36B13B54CA7B3D35122CAEA263B7FC1B")


@pytest.mark.parametrize(
    ("current", "plain"),
    [(None, "08061234563584C2CA80000000000000"), ("1234", "08142634563584C2CA80000000000000")],
)
def test_plain_blocks_of_a_pin_change(current: str | None, plain: str) -> None:
    block = pboc.change_block(UDK_ENC, "123456", current)
    assert padded(b"\x08" + block, 8) == x(plain)
    masked = xor(bytes(4) + UDK_ENC[4:8], x("06123456FFFFFFFF"))
    assert block == (masked if current is None else xor(masked, x("1234000000000000")))


def test_published_sm4_chain_with_its_blocks_in_between() -> None:
    session = x("9ECF9220F32AE56187D3C2444967FC0E")
    message = padded(x("00000000000000000000000001560000000800015616051800412AB4B67D00000103A00000"), 16)
    state = bytes(16)
    for at in range(0, len(message), 16):
        state = sm4_blocks(session, xor(state, message[at : at + 16]))
    assert state == x("179E0D01A7D1791D8357D70AB354360F")
    block = xor(state[:8], b"00" + bytes(6)) + bytes(8)
    assert block == x("27AE0D01A7D1791D0000000000000000")
    assert pboc.response_cryptogram(SM4, session, state[:8], b"00") == sm4_blocks(session, block)[:8]
    assert sm4_blocks(session, block)[:8] == x("DC16134D6FF5CF97")


def test_iso_9797_algorithm_3_with_padding_3() -> None:
    """Length first, then padding 1: PBOC does not use it, the standard's annex gives it beside the others."""
    key, text = x("0123456789ABCDEFFEDCBA9876543210"), b"Now is the time for all "
    with_length = (8 * len(text)).to_bytes(8, "big") + text
    expected = x("AB059463D7A7D170")
    assert mac.mac_iso9797_3(key[:8], key[8:], with_length, 1) == expected


def test_the_oracle_is_sm4() -> None:
    key = x("0123456789ABCDEFFEDCBA9876543210")
    assert sm4_blocks(key, key) == x("681EDF34D206965E86B3E94F536E4246")


def test_script_template_of_the_synthetic_card() -> None:
    session = pboc.transaction_key(
        DES, TEST_MASTER_KEYS.of_card(DES, "6212345678900000003", "01").mac, x("0001")
    )
    header = x("84180000")
    sealed = mac_of(DES, session, header + x("04" + "0001" + "FC1BEDC45DEC8CF1"))[:4]
    command = header + b"\x04" + sealed
    script = Tlv.of(0x72, Tlv(0x9F18, x("00000001")), Tlv(0x86, command)).encode()
    assert script == x("72129F18040000000186098418000004A7FD9BCF")


def test_recorded_answer_of_a_real_card_is_taken_apart() -> None:
    """The issuer data of a recorded GENERATE AC: key index 0, balance 0 under a MAC."""
    told = IssuerData.parse(x("07000103A03002010A010000000000B0992D81"))
    assert (told.key_index, told.version, told.algorithm) == (0, 1, 1)
    assert told.discretionary == x("010000000000B0992D81")
    assert first_cryptogram(told.cvr) == Cryptogram.ARQC
    assert second_cryptogram(told.cvr) is None


@pytest.mark.parametrize(
    ("results", "first", "second", "flags"),
    [
        ("03A00000", "ARQC", None, ()),
        ("03600000", "ARQC", "TC", ()),
        ("03200000", "ARQC", "AAC", ()),
        ("03A40000", "ARQC", None, ("offline PIN verification performed",)),
        ("03640000", "ARQC", "TC", ("offline PIN verification performed",)),
        ("03240000", "ARQC", "AAC", ("offline PIN verification performed",)),
        ("03940000", "TC", None, ("offline PIN verification performed",)),
        ("03804000", "AAC", None, ("PIN try limit exceeded",)),
        (
            "03864000",
            "AAC",
            None,
            (
                "offline PIN verification performed",
                "offline PIN verification failed",
                "PIN try limit exceeded",
            ),
        ),
        (
            "03864200",
            "AAC",
            None,
            (
                "offline PIN verification performed",
                "offline PIN verification failed",
                "PIN try limit exceeded",
                "application blocked because the PIN try limit was exceeded",
            ),
        ),
        (
            "032C0000",
            "ARQC",
            "AAC",
            ("issuer authentication failed", "offline PIN verification performed"),
        ),
        (
            "03A48800",
            "ARQC",
            None,
            (
                "offline PIN verification performed",
                "last online transaction not completed",
                "issuer authentication failed on the last online transaction",
            ),
        ),
    ],
)
def test_known_card_verification_results_say_what_they_mean(
    results: str, first: str, second: str | None, flags: tuple[str, ...]
) -> None:
    fields = {field.name: field.value for field in cvr_fields(x(results))}
    assert fields.pop("First cryptogram").split()[0] == first
    assert fields.pop("Second cryptogram").split()[0] == (second or "not")
    assert fields.pop("Script commands processed") == "0"
    assert tuple(fields) == flags
