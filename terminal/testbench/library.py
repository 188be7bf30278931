"""The reader library (ICC_Reader_*) as a bench gives it to programs: calls are written down, and can be injected."""

from __future__ import annotations

from collections.abc import Sequence

from apdu.command import Command, MalformedApduError
from apdu.response import Response
from terminal.driver.lower import SLOTS, Argument, ReaderLibrary, Reply
from terminal.flow.steps import Role
from terminal.session import CardExchanged, CardPowered
from terminal.testbench.injections import Injections
from terminal.testbench.transcript import Transcript

POWER_ON, APPLICATION = "ICC_Reader_PowerOn", "ICC_Reader_Application"


class BenchLibrary:
    """As `terminal.driver.lower.ReaderLibrary`; an injected code reaches neither reader nor card."""

    def __init__(self, library: ReaderLibrary, injections: Injections, transcript: Transcript) -> None:
        self._library = library
        self._injections = injections
        self._transcript = transcript

    def call(self, name: str, arguments: Sequence[Argument], caller: object = None) -> Reply:
        """Call the function, or answer what was injected."""
        order = self._injections.due(name)
        call = self._transcript.begin(name, tuple(arguments), injected=order is not None)
        reply = self._library.call(name, arguments, caller) if order is None else Reply(order.code)
        self._transcript.end_lower(call, reply.code, _happened(name, arguments, reply))
        return reply

    def hang_up(self, caller: object) -> None:
        """The caller is gone."""
        self._library.hang_up(caller)


def _happened(name: str, arguments: Sequence[Argument], reply: Reply) -> CardPowered | CardExchanged | None:
    """What went on below a call, in the words that a driver's events have for it."""
    if reply.code < 0 or name not in (POWER_ON, APPLICATION):
        return None
    slot, apdu = int(arguments[1]), arguments[-1]
    role = Role.PSAM if SLOTS.get(slot) == "sam" else Role.NEW
    if not isinstance(apdu, bytes):
        return CardPowered(role, f"slot {slot:02X}", reply.data)
    try:
        return CardExchanged(role, Command.parse(apdu), Response.parse(reply.data))
    except MalformedApduError:
        return None
