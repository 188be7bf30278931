"""What is sent to the card: plain commands, and those whose proofs are made before anything is measured."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from itertools import cycle

from card_harness import KEY, blank, expect, external_authenticate, opened, rate
from null_card import NullCard

from apdu.commands import (
    RecordMode,
    debit_for_purchase,
    get_response,
    initialize_for_purchase,
    protected,
    update_record,
)
from apdu.crypto import Algorithm, mac, session_key
from apdu.purse import Amounts, purchase_mac1, purchase_session
from apdu.secure_messaging import mac_input, sealed
from virtual_card.applications.social import social_card
from virtual_card.state import Purse

PURCHASES = 400
READ_RECORD = [bytes.fromhex("00B2010412")] * 100
READ_BINARY = [bytes.fromhex("00A4000002EF08"), *[bytes.fromhex("00B00000FA")] * 100]
UPDATE_RECORD = [bytes.fromhex(f"00DC02280302013{digit}") for digit in "1234567890"]
MIXED = [
    bytes.fromhex(apdu)
    for apdu in (
        "00A404000F7378312E73682EC9E7BBE1B1A3D5CF",
        "00C000001E",
        "00A4000002EF05",
        "00B2010412",
        "00B2020403",
        "00B2030406",
        "00B2072C0B",
        "0020000003123456",
        "00A4020002EF06",
        "00B2083014",
        "00B2093020",
        "00DC022803020133",
        "00DC052806050420300101",
        "00A4040006D15600000503",
        "00C0000008",
        "00A4020002EF05",
        "00A40000023F00",
        "00C000001E",
        "00B2052806",
    )
]


def authentications() -> Callable[[], float]:
    """EXTERNAL AUTHENTICATION a second, each with the GET CHALLENGE it needs; the terminal's proofs are made
    before.

    The card draws its challenges from the same seeded source as the terminal's list of proofs, so that every
    authentication derives a new session key and succeeds.
    """
    source = random.Random(2)
    challenges = [source.randbytes(8) for _ in range(512)]
    get_challenge = bytes.fromhex("0084000008")
    apdus = [apdu for r in challenges for apdu in (get_challenge, external_authenticate("UKSSSE", r))]
    card = opened(blank().fork())
    drawn: Iterator[bytes] = cycle(challenges)
    card.random = lambda length: next(drawn)
    for apdu in apdus:
        expect(card.transmit(apdu), b"\x90\x00")
    return lambda: rate(card.transmit, apdus, counted=len(challenges))


def sealed_updates() -> Callable[[], float]:
    """UPDATE RECORD with a MAC a second, each with the GET CHALLENGE it needs; the MACs are made before."""
    source = random.Random(3)
    challenges = [source.randbytes(8) for _ in range(512)]
    get_challenge = bytes.fromhex("0084000008")
    command = protected(update_record(0x02, bytes.fromhex("020133"), 5, RecordMode.FIRST))
    macs = [mac(Algorithm.SM4, session_key(Algorithm.SM4, KEY, r), mac_input(command)) for r in challenges]
    apdus = [apdu for code in macs for apdu in (get_challenge, sealed(command, code).encode())]
    card = opened(blank().fork())
    drawn: Iterator[bytes] = cycle(challenges)
    card.random = lambda length: next(drawn)
    for apdu in apdus:
        expect(card.transmit(apdu), b"\x90\x00")
    return lambda: rate(card.transmit, apdus, counted=len(challenges))


def purchases() -> tuple[Callable[[], float], Callable[[], float]]:
    """Complete purchases a second: INITIALIZE, DEBIT and both answers fetched; MAC1 is made before. The null's too."""
    contents = blank().contents()
    contents.directory("DF04").purse = Purse(balance=1_000_000)
    prepared = social_card("ssc-3.0", contents)
    terminal, amounts, time_bcd, sequence = (
        bytes(6),
        Amounts(1, 1, 1),
        bytes.fromhex("20300101120000"),
        bytes(4),
    )
    begin = initialize_for_purchase(1, amounts, terminal).encode()[:-1]
    apdus: list[bytes] = []
    for number in range(PURCHASES):
        session = purchase_session(Algorithm.SM4, KEY, bytes(4), number, sequence)
        mac1 = purchase_mac1(Algorithm.SM4, session, amounts, terminal, time_bcd)
        debit = debit_for_purchase(sequence, time_bcd, mac1).encode()[:-1]
        apdus += [begin, get_response(22).encode(), debit, get_response(8).encode()]

    def measure() -> float:
        card = opened(prepared.fork())
        card.random = bytes
        for apdu in ("0020000003123456", "00A4040006D15600000503"):
            card.transmit(bytes.fromhex(apdu))
        start = time.perf_counter()
        for apdu in apdus:
            answer = card.transmit(apdu)
        elapsed = time.perf_counter() - start
        expect(answer, b"\x90\x00")
        return PURCHASES / elapsed

    return measure, lambda: rate(NullCard().transmit, apdus, counted=PURCHASES)
