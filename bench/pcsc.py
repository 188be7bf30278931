"""How fast a card answers through a real PC/SC daemon, beside a null card behind the same daemon.

The null card is presented by the same code, and answers each command with the bytes that the card gave, looked up.
One PC/SC client in C holds both cards; runs are interleaved in pairs, and the ratio is the median of the pairs'
ratios. The last column is the same card presented without quick acknowledgements. Needs pcscd, vsmartcard-vpcd, gcc,
pkg-config and libpcsclite-dev; about fifteen seconds.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Self

from apdu.commands import get_challenge, read_record, select_name
from apdu.layout.ssse import DF_NAME
from virtual_card.card import VirtualCard
from virtual_card.issuer import issue
from virtual_card.pcscd import PrivateDaemon
from virtual_card.slot import Slot
from virtual_card.vpcd import PresentedSlot

PAIRS = 101
GOAL = 0.9
APDUS_A_RUN = 250
SLOW_APDUS = 20
POWER_ON_TIMEOUT_S = 10.0
CARD, NULL, SLOW = range(3)
NAMES = ("card", "null card", "late acknowledgements")
SOURCE = Path(__file__).with_name("pcsc_client.c")


def read_records(card: VirtualCard) -> list[bytes]:
    """READ RECORD of the seven records of EF05, with their lengths."""
    card.transmit(select_name(DF_NAME).encode())
    return [exact(card, read_record(number, 5).encode()) for number in range(1, 8)]


def mixed(card: VirtualCard) -> list[bytes]:
    """What a visit begins with: application, issuer, holder's file, a challenge."""
    return [select_name(DF_NAME).encode(), *read_records(card), exact(card, get_challenge(8).encode())]


SESSIONS = {"READ RECORD": read_records, "mixed session": mixed}


def exact(card: VirtualCard, apdu: bytes) -> bytes:
    """The same command with the length the card asks for."""
    answer = card.transmit(apdu)
    return apdu[:-1] + answer[-1:] if answer[-2] == 0x6C else apdu


class NullCard(VirtualCard):
    """Answers from a table and does nothing else."""

    kind = "null"
    protocol = "T=0"

    def __init__(self, atr: bytes, answers: Mapping[bytes, bytes]) -> None:
        self.atr = atr
        self._answers = answers

    def power_on(self) -> bytes:
        return self.atr

    def power_off(self) -> None:
        pass

    def transmit(self, apdu: bytes) -> bytes:
        return self._answers[apdu]

    def fork(self) -> Self:
        return self

    def state(self) -> dict[str, Any]:
        return {"kind": self.kind}


class Client:
    """The C program, with a card in each of the readers."""

    def __init__(self, program: Path, daemon: PrivateDaemon, apdus: Sequence[bytes]) -> None:
        self._apdus = len(apdus)
        self._process = subprocess.Popen(
            [program, *(daemon.readers[name] for name in NAMES), "--", *(apdu.hex() for apdu in apdus)],
            env={**os.environ, **daemon.environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def rate(self, reader: int, apdus: int) -> float:
        """APDU/s of one run."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        rounds = -(-apdus // self._apdus)
        self._process.stdin.write(f"{reader} {rounds}\n")
        self._process.stdin.flush()
        said = self._process.stdout.readline()
        if not said:
            raise SystemExit("the client ended; its message is above")
        return rounds * self._apdus / int(said) * 1e9

    def close(self) -> None:
        self._process.communicate()


@contextmanager
def client(program: Path, apdus: Sequence[bytes], card: VirtualCard) -> Iterator[Client]:
    """A daemon with the card, the null card and the card with late acknowledgements, all powered."""
    card.power_on()
    null = NullCard(card.atr, {apdu: card.transmit(apdu) for apdu in apdus})
    with ExitStack() as stack:
        daemon = stack.enter_context(PrivateDaemon(NAMES))
        presented = []
        for name, in_it in zip(NAMES, (card.fork(), null, card.fork()), strict=True):
            quick = name is not NAMES[SLOW]
            there = PresentedSlot(Slot(name), port=daemon.ports[name], quick_acknowledge=quick)
            presented.append(stack.enter_context(there))
            there.insert(in_it)
        if not all(there.wait_powered(POWER_ON_TIMEOUT_S) for there in presented):
            raise SystemExit(f"the daemon did not power every card on\n{daemon.log()}")
        made = Client(program, daemon, apdus)
        stack.callback(made.close)
        yield made


def compiled(directory: Path) -> Path:
    """The C program."""
    flags = subprocess.run(
        ["pkg-config", "--cflags", "--libs", "libpcsclite"], capture_output=True, text=True, check=True
    ).stdout.split()
    program = directory / "pcsc-client"
    subprocess.run(["gcc", "-O2", "-Wall", "-Werror", "-o", program, SOURCE, *flags], check=True)
    return program


def pairs(measured: Client) -> list[tuple[float, float]]:
    """APDU/s of card and null card, taken in turns; every other pair begins with the null card."""
    found = []
    measured.rate(CARD, APDUS_A_RUN)
    measured.rate(NULL, APDUS_A_RUN)
    for number in range(PAIRS):
        order = (CARD, NULL) if number % 2 else (NULL, CARD)
        rates = {reader: measured.rate(reader, APDUS_A_RUN) for reader in order}
        found.append((rates[CARD], rates[NULL]))
    return found


def main() -> int:
    """Measure and print; 1 where the goal is missed."""
    missed = 0
    print(f"{PAIRS} pairs of {APDUS_A_RUN} APDUs, medians; goal for the ratio {GOAL}")
    print(
        f"{'':16}{'card/s':>9}{'null/s':>9}{'ratio':>7}{'from':>7}{'to':>7}{'card µs':>9}{'late ACK/s':>12}  met"
    )
    with tempfile.TemporaryDirectory() as directory:
        program = compiled(Path(directory))
        for name, session in SESSIONS.items():
            card = issue("ssc-3.0", 1)
            card.power_on()
            with client(program, session(card), card) as measured:
                found = pairs(measured)
                slow = measured.rate(SLOW, SLOW_APDUS)
            ratios = [ours / null for ours, null in found]
            ratio = statistics.median(ratios)
            work = statistics.median(1e6 / ours - 1e6 / null for ours, null in found)
            ours, null = (statistics.median(rates) for rates in zip(*found, strict=True))
            missed += ratio < GOAL
            print(
                f"{name:16}{ours:9,.0f}{null:9,.0f}{ratio:7.2f}{min(ratios):7.2f}{max(ratios):7.2f}"
                f"{work:9.1f}{slow:12,.0f}  {'NO' if ratio < GOAL else 'yes'}"
            )
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
