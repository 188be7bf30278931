"""How often a second a POS program reads a card (iReadCardBas) through the native library, beside its limits.

The limits, from the same run: the same reads called in Python without library and socket, and a function that answers
the same text and does nothing, called through the same library and socket. One C program for each side calls the
library; runs are interleaved, medians are shown. With `transcript` the bench around the driver keeps every call, as
`ssc serve driver` does. Needs gcc; about fifteen seconds.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

from terminal.driver.driver import SSCardDriver
from terminal.driver.keypad import ScriptedKeypad
from terminal.driver.native.build import TARGETS, build
from terminal.driver.ports import Answer, Argument, Driver
from terminal.driver.profile import STRICT
from terminal.serve.driver.endpoint import VARIABLE
from terminal.serve.driver.native_link import serve_native
from terminal.testbench.bench import TestBench
from terminal.testbench.slots import Place, Slots
from virtual_card.issuer import issue

ROUNDS = 21
CALLS_A_ROUND = 60
FUNCTION, ARGUMENTS = "iReadCardBas", (3,)
KINDS = ("ssc-2.0", "ssc-3.0")
SOURCE = Path(__file__).with_name("driver_client.c")
Timed = Callable[[int], float]


class NullDriver:
    """Answers one text to everything."""

    def __init__(self, text: str) -> None:
        self._answer = Answer(0, text)

    def call(self, name: str, arguments: Sequence[Argument], caller: object = None) -> Answer:
        """The text."""
        return self._answer

    def hang_up(self, caller: object) -> None:
        """Nothing is pending."""


def in_python(driver: Driver) -> Timed:
    """Seconds of so many calls in this process."""

    def run(calls: int) -> float:
        begun = time.perf_counter()
        for _ in range(calls):
            if driver.call(FUNCTION, ARGUMENTS).code:
                raise SystemExit(f"{FUNCTION} failed")
        return time.perf_counter() - begun

    return run


def by_library(stack: ExitStack, bench: TestBench, driver: Driver, directory: Path, program: Path) -> Timed:
    """Seconds of so many calls by the C program through the library, over a socket of their own."""
    native = stack.enter_context(serve_native(driver, bench.library, directory / "endpoint"))
    library = directory.parent / "linux" / "libSSCardDriver.so"
    client = subprocess.Popen(
        [program, library],
        env={**os.environ, VARIABLE: str(native.file)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    stack.callback(client.communicate)

    def run(calls: int) -> float:
        assert client.stdin is not None
        assert client.stdout is not None
        client.stdin.write(f"{calls}\n")
        client.stdin.flush()
        said = client.stdout.readline()
        if not said:
            raise SystemExit("the client ended; its message is above")
        return int(said) / 1e9

    return run


def measured(kind: str, directory: Path, program: Path) -> dict[str, float]:
    """Calls a second of each way, medians of interleaved rounds."""
    with ExitStack() as stack:
        slots = stack.enter_context(Slots())
        slots.put(Place.CONTACT, issue(kind, 1))
        slots.put(Place.SAM, issue("psam", 1))
        bench = TestBench(slots, STRICT)
        driver = SSCardDriver(slots.device, ScriptedKeypad(), STRICT)
        null = NullDriver(driver.call(FUNCTION, ARGUMENTS).text)
        ways = {
            "library": by_library(stack, bench, driver, directory / "driver", program),
            "transcript": by_library(stack, bench, bench.driver, directory / "bench", program),
            "null": by_library(stack, bench, null, directory / "null", program),
            "python": in_python(driver),
        }
        found: dict[str, list[float]] = {name: [] for name in ways}
        for number in range(ROUNDS):
            for name, run in list(ways.items())[:: 1 if number % 2 else -1]:
                found[name].append(CALLS_A_ROUND / run(CALLS_A_ROUND))
        return {name: statistics.median(rates) for name, rates in found.items()}


def main() -> int:
    """Measure and print."""
    print(f"{ROUNDS} rounds of {CALLS_A_ROUND} calls of {FUNCTION}, medians, calls a second")
    print(
        f"{'':10}{'library':>10}{'transcript':>12}{'Python':>10}{'null':>10}{'of Python':>11}{'of null':>9}"
    )
    with tempfile.TemporaryDirectory() as kept:
        directory = Path(kept)
        build(TARGETS["linux"], directory)
        program = directory / "driver-client"
        subprocess.run(["gcc", "-O2", "-Wall", "-Werror", "-o", program, SOURCE, "-ldl"], check=True)
        for kind in KINDS:
            rates = measured(kind, directory, program)
            library, python, null = rates["library"], rates["python"], rates["null"]
            print(
                f"{kind:10}{library:10,.0f}{rates['transcript']:12,.0f}{python:10,.0f}{null:10,.0f}"
                f"{library / python:11.2f}{library / null:9.2f}"
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
