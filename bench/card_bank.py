"""What is sent to the bank's application: whole transactions, and cryptograms alone."""

from __future__ import annotations

import time
from collections.abc import Callable

from card_harness import SECONDS_A_ROUND, Transmit, powered, rate
from null_card import NullCard

from apdu.bank_commands import generate_cryptogram, get_processing_options, read_bank_record
from apdu.commands import select_name
from apdu.pboc import DEBIT_AID, Cryptogram, parse_locator
from virtual_card.card import ProcessorCard
from virtual_card.issuer import issue


def bank_transactions(sm: bool) -> tuple[Callable[[], float], Callable[[], float]]:
    """SELECT, GPO, every record of the file locator and GENERATE AC at the bank's side, over T=0; the null's too."""
    issued = issue("ssc-3.0", 1)
    assert isinstance(issued, ProcessorCard)
    apdus: list[bytes] = []
    card = powered(issued.fork())

    def ask(raw: bytes) -> bytes:
        apdus.append(raw)
        answer = card.transmit(raw)
        if answer[-2] == 0x6C:
            apdus.pop()
            return ask(raw[:4] + answer[-1:])
        return ask(b"\x00\xc0\0\0" + answer[-1:]) if answer[-2] == 0x61 else answer

    ask(select_name(DEBIT_AID).encode())
    values = bytes(9) + (b"\x01" if sm else b"\x00")
    options = ask(get_processing_options(values).encode())
    for entry in parse_locator(options[4:-2]):
        for number in entry.records:
            ask(read_bank_record(number, entry.sfi).encode())
    if ask(generate_cryptogram(Cryptogram.ARQC, bytes(52)).encode())[-2:] != b"\x90\0":
        raise SystemExit("the card refuses a transaction of the bank")
    null = NullCard()
    return (
        lambda: rate(powered(issued.fork()).transmit, apdus, counted=1),
        lambda: rate(null.transmit, apdus, counted=1),
    )


def cryptograms(sm: bool) -> tuple[Callable[[], float], Callable[[], float]]:
    """First GENERATE AC a second, SELECT and GPO before each one left out of the time; the same of the null card."""
    before = [select_name(DEBIT_AID).encode()[:-1]]
    before.append(get_processing_options(bytes(9) + (b"\x01" if sm else b"\x00")).encode()[:-1])
    wanted = generate_cryptogram(Cryptogram.ARQC, bytes(52)).encode()[:-1]
    issued = issue("ssc-3.0", 1)
    assert isinstance(issued, ProcessorCard)
    card = powered(issued.fork())
    for apdu in before:
        card.transmit(apdu)
    if card.transmit(wanted)[0] != 0x61:
        raise SystemExit("the card refuses GENERATE AC")

    def timed(transmit: Transmit) -> float:
        spent, count, end = 0.0, 0, time.perf_counter() + SECONDS_A_ROUND
        while time.perf_counter() < end:
            for apdu in before:
                transmit(apdu)
            start = time.perf_counter()
            transmit(wanted)
            spent += time.perf_counter() - start
            count += 1
        return count / spent

    return lambda: timed(powered(issued.fork()).transmit), lambda: timed(NullCard().transmit)
