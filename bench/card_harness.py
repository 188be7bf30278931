"""The card that is measured, the null card beside it, and the rate at which either answers."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from functools import cache

from null_card import NullCard

from apdu.crypto import Algorithm, authentication_data, session_key
from apdu.keys import BY_NAME, KEYS
from apdu.layout import card_layout
from virtual_card.applications.social import social_card, social_contents
from virtual_card.card import ProcessorCard

SECONDS_A_ROUND = 0.15
KEY = bytes(range(16))
RAW = bytes.fromhex("A1A2A3A4A5A6A7A8")
ATR = bytes.fromhex("3B6D00000081544B318660990100000001")
Transmit = Callable[[bytes], bytes]


@cache
def blank() -> ProcessorCard:
    """A 3.0 card with SM4 and all its files, blank."""
    layout = card_layout("3.0")
    files = {
        file.path: file.blank() if file.structure.name == "TRANSPARENT" else file.blank_records()
        for directory in layout
        for file in directory.files
    }
    names = {directory.name for directory in layout}
    keys = {
        key.name: {version + 1: KEY for version in range(key.versions)} for key in KEYS if key.owner in names
    }
    contents = social_contents(
        "3.0",
        algorithm=Algorithm.SM4,
        atr=ATR,
        layout=layout,
        keys=keys,
        files=files,
        pin=bytes.fromhex("123456"),
    )
    return social_card("ssc-3.0", contents, random=random.Random(1).randbytes)


def opened(card: ProcessorCard) -> ProcessorCard:
    """The card powered on, its keys for reading and updating SSSE authenticated, EF05 selected."""
    card.strict = True
    card.power_on()
    for name in ("RKSSSE", "UKSSSE"):
        challenge = card.transmit(bytes.fromhex("0084000008"))[:8]
        expect(card.transmit(external_authenticate(name, challenge)), b"\x90\x00")
    expect(card.transmit(bytes.fromhex("00A4000002EF05")), b"\x90\x00")
    return card


def powered(card: ProcessorCard) -> ProcessorCard:
    """The card powered on, nothing selected by the terminal."""
    card.strict = True
    card.power_on()
    return card


def external_authenticate(name: str, challenge: bytes) -> bytes:
    """The command that proves knowledge of a key of SSSE."""
    proof = authentication_data(Algorithm.SM4, session_key(Algorithm.SM4, KEY, challenge), RAW)
    return bytes((0x00, 0x82, 0x00, BY_NAME[name].reference or 0, 0x10)) + proof + RAW


def expect(answer: bytes, status: bytes) -> None:
    """Refuse to measure a card that does not do its work."""
    if answer[-2:] != status:
        raise SystemExit(f"the card answered {answer[-2:].hex()} where {status.hex()} was expected")


def rate(transmit: Transmit, apdus: Sequence[bytes], counted: int | None = None) -> float:
    """Commands a second over whole passes through `apdus`; `counted` says how many a pass counts for."""
    passes = 0
    start = time.perf_counter()
    while (elapsed := time.perf_counter() - start) < SECONDS_A_ROUND:
        for apdu in apdus:
            transmit(apdu)
        passes += 1
    return passes * (len(apdus) if counted is None else counted) / elapsed


def of_card(apdus: Sequence[bytes]) -> Callable[[], float]:
    """The rate of a fresh open card; every answer is checked once before anything is measured."""
    card = opened(blank().fork())
    for apdu in apdus:
        if card.transmit(apdu)[-2] not in (0x90, 0x61):
            raise SystemExit(f"the card refuses {apdu.hex()}")
    return lambda: rate(card.transmit, apdus)


def of_null(apdus: Sequence[bytes]) -> Callable[[], float]:
    """The rate of the null card."""
    return lambda: rate(NullCard().transmit, apdus)
