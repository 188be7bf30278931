"""A small card with every structure and kind of access rule, and the terminal's side of an authentication."""

from __future__ import annotations

import random

from apdu.crypto import Algorithm, authentication_data, session_key
from virtual_card.applications.social import social_card
from virtual_card.card import ProcessorCard
from virtual_card.nonvolatile import Cell
from virtual_card.state import FREE, NEVER, AccessRule, CardContents, CardFile, Directory, Face, KeyState

ATR = bytes.fromhex("3B6D00000099534944869999010000000100")[:17]
SSSE_NAME = bytes.fromhex("7378312E73682EC9E7BBE1B1A3D5CF")
SELECT_SSSE = "00A404000F7378312E73682EC9E7BBE1B1A3D5CF"
SELECT_DF04 = "00A4040006D15600000503"
SELECT_DF03 = "00A4040006D15600000502"
VERIFY = "0020000003123456"
RAW = bytes.fromhex("A1A2A3A4A5A6A7A8")

PIN_RULE: AccessRule = (frozenset({"PIN"}),)


def key_value(name: str, version: int = 1) -> bytes:
    """A key of the sample card."""
    return random.Random(f"{name}/{version}").randbytes(16)


def key(name: str, reference: int, versions: int = 1, limit: int = 3) -> KeyState:
    """A key of the sample card with `versions` versions."""
    values = {number: key_value(name, number) for number in range(1, versions + 1)}
    return KeyState(name, reference, values, tries_left=limit, limit=limit)


def rule(*alternatives: str) -> AccessRule:
    """An access rule: `rule("PIN RK1DF04", "UK1DF04")` is (PIN and RK1DF04) or UK1DF04."""
    return tuple(frozenset(terms.split()) for terms in alternatives)


def sample_contents(algorithm: Algorithm = Algorithm.SM4) -> CardContents:
    """SSSE, DF03 and DF04 with one file of each kind."""
    update = rule("UKSSSE")
    ssse = Directory(
        "SSSE",
        SSSE_NAME,
        0x3F00,
        algorithm=algorithm,
        announces_algorithm=True,
        directory_sfi=0x1E,
        keys=[key("IRK", 0, 3), key("UKSSSE", 4, 3), key("BK", 5, limit=0), key("RKSSSE", 0x0A)],
        files=[
            CardFile(
                0xEF05, "VARIABLE", FREE, update, records=_records("0102AABB", "020133", "0304332E3030")
            ),
            CardFile(0xEF06, "VARIABLE", rule("RKSSSE"), update, records=_records("0802AAAA", "090131")),
            CardFile(0xEF07, "TRANSPARENT", FREE, update, body=bytes(range(256)) + bytes(range(44))),
            CardFile(
                0xEF09, "VARIABLE", FREE, FREE, records=_records("0A0101", "0B0102", "0A0103", "0B0104")
            ),
        ],
    )
    df03 = Directory(
        "DF03",
        bytes.fromhex("D15600000502"),
        0xDF03,
        parent="SSSE",
        keys=[key("RK1DF03", 0x84)],
        files=[CardFile(0xEF05, "VARIABLE", rule("RK1DF03"), NEVER, records=_records("300133"))],
    )
    df04 = Directory(
        "DF04",
        bytes.fromhex("D15600000503"),
        0xDF04,
        parent="SSSE",
        keys=[key("STKDF04", 0x82), key("RK1DF04", 0x84), key("UK1DF04", 0x85)],
        files=[
            CardFile(0xEF05, "VARIABLE", PIN_RULE, rule("UK1DF04"), records=_records("810144")),
            CardFile(
                0xEF06, "FIXED", rule("PIN RK1DF04"), FREE, records=_records("90019191"), record_length=4
            ),
            CardFile(0xEF07, "TRANSPARENT", rule("PIN", "RK1DF04"), FREE, body=bytes(8)),
            CardFile(
                0xEF08, "CYCLIC", FREE, FREE, records=_records("0303", "0202"), record_length=2, max_records=3
            ),
            CardFile(0xEF0A, "VARIABLE", NEVER, NEVER, records=_records("FA00")),
            CardFile(0xEF0B, "VARIABLE", FREE, FREE, records=_records("0100"), max_records=2),
        ],
    )
    return CardContents("3.0", ATR, [ssse, df03, df04], pin=bytes.fromhex("123456"))


def sample_card(
    contents: CardContents | None = None, *, face: Face = "T=0", algorithm: Algorithm = Algorithm.SM4
) -> ProcessorCard:
    """The sample card: strict, powered on, with seeded challenges."""
    card = social_card(
        "ssc-3.0", contents or sample_contents(algorithm), random=random.Random(1).randbytes, face=face
    )
    card.strict = True
    card.power_on()
    return card


def send(card: ProcessorCard, *apdus: str) -> str:
    """Send commands in hex; the last answer in hex."""
    answer = b""
    for apdu in apdus:
        answer = card.transmit(bytes.fromhex(apdu))
    return answer.hex().upper()


def proof(name: str, challenge: bytes, algorithm: Algorithm = Algorithm.SM4, version: int = 1) -> str:
    """The 16 data bytes of EXTERNAL AUTHENTICATION."""
    session = session_key(algorithm, key_value(name, version), challenge)
    return (authentication_data(algorithm, session, RAW) + RAW).hex()


def authenticate(card: ProcessorCard, name: str, reference: int, version: int | None = None) -> str:
    """GET CHALLENGE and EXTERNAL AUTHENTICATION; the status word."""
    challenge = card.transmit(bytes.fromhex("0084000008"))[:8]
    data = proof(name, challenge, card.directory.algorithm, version or 1)
    if version is not None:
        data += f"{version:02X}"
    return send(card, f"008200{reference:02X}{len(data) // 2:02X}{data}")


def fail_authentication(card: ProcessorCard, reference: int) -> str:
    """GET CHALLENGE and a wrong EXTERNAL AUTHENTICATION; the status word."""
    return send(card, "0084000008", f"008200{reference:02X}10" + "00" * 16)


def cells(card: ProcessorCard) -> list[Cell]:
    """The card's memory as it lies, copied."""
    return [cell[:] for cell in card.memory.cells]


def _records(*texts: str) -> list[bytes]:
    return [bytes.fromhex(text) for text in texts]
