"""What a command asks for its readers, operator, input and back office; a tape deck records or replays them.

The deck of everyday, `Deck`, hands everything on as it is. Recording and replaying decks stand in its place in the
context of a command, so that the command itself knows nothing of tapes.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # every command imports this module, few need these
    from terminal.backoffice.ports import BackOffice
    from terminal.flow.operator import Operator
    from terminal.text import Pin, Text
    from terminal.transport.base import Reader


class NoInputError(Exception):
    """What was to be read from outside the session is not there, or is nothing of the kind."""


class Deck:
    """Hands on what it is given. Everything comes as a way to open it: a replaying deck opens nothing.

    `on_tape`: what goes through this deck is recorded or replayed.
    """

    on_tape = False

    def reader(
        self, role: str, address: str, open_reader: Callable[[], AbstractContextManager[Reader]]
    ) -> AbstractContextManager[Reader]:
        """The reader for a role (`old`, `new`, `psam`, `reader`: small letters, digits, hyphens), open inside `with`.

        `address` is what a person called it.
        """
        return open_reader()

    def operator(self, make: Callable[[], Operator]) -> Operator:
        """The person at the terminal."""
        return make()

    def line(self, read: Callable[[], str | None], *, apdus: bool = False) -> str | None:
        """A line that is typed or piped in, without its end; None where there are no more.

        `apdus`: nothing but APDUs are read. Raises KeyboardInterrupt, which is recorded.
        """
        return read()

    def pin(self, obtain: Callable[[], Pin]) -> Pin:
        """The holder's PIN, wherever the command has it from; raises NoInputError and KeyboardInterrupt, recorded."""
        return obtain()

    def choice(self, text: Text, ask: Callable[[], bool]) -> bool:
        """A yes or no that the session depends on and that does not come from its operator; `text` is for people."""
        return ask()

    def back_office(
        self, open_office: Callable[[], AbstractContextManager[BackOffice]]
    ) -> AbstractContextManager[BackOffice]:
        """The back office, open inside `with`."""
        return open_office()

    def now(self, now: Callable[[], datetime]) -> Callable[[], datetime]:
        """The terminal's clock."""
        return now

    def random(self, random: Callable[[int], bytes]) -> Callable[[int], bytes]:
        """The terminal's source of randomness."""
        return random


def beneath(reader: Reader) -> Reader:
    """The reader that a recording one watches; the reader itself where nobody records it."""
    inner: Reader | None = getattr(reader, "beneath", None)
    return reader if inner is None else inner
