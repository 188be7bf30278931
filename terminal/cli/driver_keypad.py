"""The driver's keypad at the console of its service: hidden entry, one line for each prompt."""

from __future__ import annotations

from getpass import getpass

from terminal.driver.keypad import Key, entered
from terminal.driver.ports import Prompt
from terminal.text import Pin

CANCEL = "c"


class ConsoleKeypad:
    """A person at the terminal the service was started in; Enter alone is the time-out."""

    def enter(self, prompt: Prompt) -> Pin:
        """Ask; raises as `terminal.driver.ports.Keypad`."""
        try:
            typed = getpass(f"{prompt.value} (c cancels, Enter alone times out) ").strip()
        except EOFError:
            typed = CANCEL
        return entered({CANCEL: Key.CANCEL, "": Key.TIMEOUT}.get(typed, typed))
