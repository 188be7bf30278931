"""The bench's keypad: answers what it was told beforehand, then whoever is at it: a page, a console, or nobody."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable

from terminal.driver.keypad import Key, entered
from terminal.driver.ports import Keypad, KeypadTimeoutError, Prompt
from terminal.text import Pin


class BenchKeypad:
    """A script that can be replaced while programs run; `person` is asked when it is used up.

    Without a person, an entry that nobody prepared is a time-out at once, so that no test hangs. `unprepared` counts
    them. Its entries are never shown.
    """

    def __init__(self, person: Keypad | None = None) -> None:
        self._lock = threading.Lock()
        self._script: deque[str] = deque()
        self._always: str | None = None
        self._person = person
        self.unprepared = 0

    @property
    def prepared(self) -> int:
        """How many entries are left in the script."""
        with self._lock:
            return len(self._script)

    @property
    def always(self) -> bool:
        """Whether one entry is prepared for all prompts that come after the script."""
        with self._lock:
            return self._always is not None

    def tell(self, entries: Iterable[str], always: str | None = None) -> None:
        """Replace the script: digits, CANCEL or TIMEOUT, one for each entry; `always` for all that come after."""
        with self._lock:
            self._script = deque(entries)
            self._always = always

    def enter(self, prompt: Prompt) -> Pin:
        """One entry; raises as `terminal.driver.ports.Keypad`."""
        with self._lock:
            entry = self._script.popleft() if self._script else self._always
        if entry is not None:
            return entered(entry)
        if self._person is not None:
            return self._person.enter(prompt)
        self.unprepared += 1
        raise KeypadTimeoutError


def is_entry(text: str) -> bool:
    """Whether a text can be told to a keypad: digits, or the name of a key."""
    return text in {key.value for key in Key} or (text.isascii() and text.isdecimal())
