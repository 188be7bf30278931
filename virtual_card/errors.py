"""What can go wrong around a virtual card: no card, card pulled, card mute, a write torn.

The card itself never raises these to report a refusal: a refusal is a status word.
`terminal.transport.virtual` maps them to the terminal's own transport errors.
"""

from __future__ import annotations


class VirtualCardError(Exception):
    """Base of everything the virtual side raises."""


class NoCardError(VirtualCardError):
    """The slot is empty."""


class CardRemovedError(NoCardError):
    """The card was pulled while it was in use; what it had not committed is lost."""


class CardMuteError(VirtualCardError):
    """The card is in the slot but gives no answer: to the reset, to a command, or because it has no power."""


class PowerLostError(CardMuteError):
    """The power of the slot was taken away under the card; what it had not committed is lost."""


class ConnectionClosedError(VirtualCardError):
    """The connection was closed, or replaced by a newer one to the same slot."""


class TornError(VirtualCardError):
    """The power went between two bytes of a write; the next power-on finds old contents or new ones."""


class MemoryFailureError(VirtualCardError):
    """The memory did not take a write; the card undoes the command and answers 6581."""


class FaultPlanError(ValueError):
    """A fault plan that cannot be carried out; `place` is the path of the offending entry."""

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(f"{place}: {reason}")
        self.place = place
        self.reason = reason
