"""Keypads without a person at them: a script for tests, and a queue that a page or a control interface answers."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator
from enum import Enum

from terminal.driver.ports import (
    KeypadCancelledError,
    KeypadLengthError,
    KeypadTimeoutError,
    Prompt,
)
from terminal.driver.presence import LOOK_EVERY_S, somebody_waits
from terminal.text import Pin


class Key(Enum):
    """What is entered instead of digits."""

    CANCEL = "CANCEL"
    TIMEOUT = "TIMEOUT"


Entry = str | Key
"""Digits, or one of the keys; a text `CANCEL` or `TIMEOUT` means the key."""


class KeypadScriptError(AssertionError):
    """A script is asked for more entries than it has: the test that wrote it is wrong, or the driver asks too often."""


def entered(entry: Entry) -> Pin:
    """What an entry gives the driver; raises KeypadCancelledError, KeypadTimeoutError, KeypadLengthError."""
    if entry in (Key.CANCEL, Key.CANCEL.value):
        raise KeypadCancelledError
    if entry in (Key.TIMEOUT, Key.TIMEOUT.value):
        raise KeypadTimeoutError
    try:
        return Pin(str(entry))
    except ValueError:
        raise KeypadLengthError from None


class ScriptedKeypad:
    """Answers from a list, one for each entry; `prompts` are those shown so far. Never shows its entries."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self.prompts: list[Prompt] = []
        self._entries: Iterator[Entry] = iter(tuple(entries))

    def enter(self, prompt: Prompt) -> Pin:
        """The next answer; raises KeypadScriptError where there is none."""
        self.prompts.append(prompt)
        try:
            return entered(next(self._entries))
        except StopIteration:
            raise KeypadScriptError(
                f"the keypad script has no answer for entry {len(self.prompts)} ({prompt.value.en}); add one"
            ) from None


class QueueKeypad:
    """Waits for somebody else to answer: `prompt` is what it shows, `answer` presses keys.

    An entry that nobody makes within `timeout_s` seconds is a time-out. Answers given before they are asked for
    are refused: a PIN is never kept. Once it has ended, whatever it asks or would ask is cancelled; so is what it asks
    for a caller that has gone.
    """

    def __init__(self, timeout_s: float = 60.0) -> None:
        self._timeout_s = timeout_s
        self._changed = threading.Condition()
        self._prompt: Prompt | None = None
        self._entry: Entry | None = None
        self._ended = False

    @property
    def prompt(self) -> Prompt | None:
        """What the keypad shows, None while it asks nothing."""
        return self._prompt

    def wait_for_prompt(self, timeout_s: float) -> Prompt | None:
        """The prompt once there is one, None after `timeout_s` seconds."""
        with self._changed:
            self._changed.wait_for(lambda: self._prompt is not None, timeout_s)
            return self._prompt

    def answer(self, entry: Entry) -> bool:
        """Press keys for the entry that is asked for; False where none is."""
        with self._changed:
            if self._prompt is None or self._entry is not None:
                return False
            self._entry = entry
            self._changed.notify_all()
            return True

    def end(self) -> None:
        """Let nobody wait for an entry any more."""
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def enter(self, prompt: Prompt) -> Pin:
        """Show a prompt and wait for its answer."""
        until = time.monotonic() + self._timeout_s
        with self._changed:
            self._prompt, self._entry = prompt, None
            self._changed.notify_all()
            try:
                while self._awaits(until):
                    self._changed.wait(max(0.0, min(LOOK_EVERY_S, until - time.monotonic())))
                given_up = self._ended or not somebody_waits()
                entry = self._entry or (Key.CANCEL if given_up else Key.TIMEOUT)
            finally:
                self._prompt = self._entry = None
                self._changed.notify_all()
        return entered(entry)

    def _awaits(self, until: float) -> bool:
        """Whether the entry that is asked for may still come."""
        return self._entry is None and not self._ended and time.monotonic() < until and somebody_waits()
