"""A terminal that is closed while something is written to it, or asked at it."""

from __future__ import annotations

import os
import pty
import sys
import termios
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest

from terminal.cli.driver_keypad import ConsoleKeypad
from terminal.cli.output import say
from terminal.driver.ports import KeypadCancelledError, Prompt


@pytest.fixture
def ends() -> Iterator[list[int]]:
    """The two ends of a terminal: whoever sits at it, and the program's; what a test closes it takes out."""
    ends = list(pty.openpty())
    yield ends
    for end in ends:
        os.close(end)


@pytest.mark.parametrize("err", [False, True])
def test_what_is_said_to_a_closed_terminal_is_lost_and_ends_nothing(
    err: bool, ends: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    with open(ends.pop(), "w", encoding="utf-8") as its:
        monkeypatch.setattr(sys, "stderr" if err else "stdout", its)
        say("before", err=err)
        assert os.read(ends[0], 100).strip() == b"before"
        os.close(ends.pop())
        say("afterwards", err=err)
        say("and again", err=err)


def test_a_full_disk_is_no_closed_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    with suppress(OSError), open("/dev/full", "w", encoding="utf-8") as full:
        monkeypatch.setattr(sys, "stdout", full)
        with pytest.raises(OSError, match="No space"):
            say("a receipt")


def test_an_entry_at_a_terminal_that_is_closed_is_cancelled(
    ends: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    ended: list[type[BaseException]] = []

    def enter() -> None:
        with pytest.raises(KeypadCancelledError) as cancelled:
            ConsoleKeypad().enter(Prompt.PIN)
        ended.append(cancelled.type)

    with open(ends.pop(), encoding="utf-8") as its:
        monkeypatch.setattr(sys, "stdin", its)
        asking, pause = threading.Thread(target=enter, daemon=True), threading.Event()
        asking.start()
        while asking.is_alive() and termios.tcgetattr(its)[3] & termios.ECHO:
            pause.wait(0.01)
        os.close(ends.pop())
        asking.join(30)
    assert ended == [KeypadCancelledError]
