"""The driver's keypad at the console of its service: hidden entry, one line for each prompt."""

from __future__ import annotations

import os
import select
import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager

from terminal.driver.keypad import Key, entered
from terminal.driver.ports import KeypadCancelledError, Prompt
from terminal.driver.presence import LOOK_EVERY_S, somebody_waits
from terminal.text import Pin

CANCEL = "c"
LONGEST_LINE = 1024


class ConsoleKeypad:
    """A person at the terminal the service was started in; Enter alone is the time-out.

    Once it has ended, or its caller has gone, an entry under way is cancelled: the service could not go on while
    somebody is waited for.
    """

    def __init__(self) -> None:
        self._woken, self._wake = os.pipe()

    def enter(self, prompt: Prompt) -> Pin:
        """Ask; raises as `terminal.driver.ports.Keypad`. A terminal that is closed cancels."""
        try:
            typed = self._typed(f"{prompt.value} (c cancels, Enter alone times out) ")
        except (OSError, termios.error):
            raise KeypadCancelledError from None
        return entered({CANCEL: Key.CANCEL, "": Key.TIMEOUT}.get(typed, typed))

    def end(self) -> None:
        """Let nobody wait for an entry any more."""
        os.write(self._wake, b"\0")

    def _typed(self, question: str) -> str:
        terminal = sys.stdin.fileno()
        with _hidden(terminal):
            print(question, end="", file=sys.stderr, flush=True)
            ready: list[int] = []
            while not ready and somebody_waits():
                ready, _, _ = select.select([terminal, self._woken], [], [], LOOK_EVERY_S)
            line = os.read(terminal, LONGEST_LINE) if ready == [terminal] else b""
            print(file=sys.stderr, flush=True)
        return line.decode("utf-8", "replace").strip() if line else CANCEL


@contextmanager
def _hidden(terminal: int) -> Iterator[None]:
    """Nothing that is typed shows, nor what was typed before; afterwards the terminal is as it was."""
    before = termios.tcgetattr(terminal)
    quiet = [*before[:3], before[3] & ~termios.ECHO, *before[4:]]
    termios.tcsetattr(terminal, termios.TCSAFLUSH, quiet)
    try:
        yield
    finally:
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)
