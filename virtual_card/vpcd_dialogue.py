"""What a card says to a virtual reader, message for message; the connection is `virtual_card.vpcd`'s."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

from apdu.vpcd import Control, frame, parse_control
from virtual_card.errors import VirtualCardError
from virtual_card.slot import Slot, SlotConnection


class Presence(Enum):
    """What happens to a presented card; the value is the word in JSON."""

    WAITING = "waiting"
    """Nobody listens at the port; it is tried again until somebody does."""
    SILENT = "silent"
    """Something accepts the connection and asks for nothing: no reader, or one that has a card already."""
    CONNECTED = "connected"
    """The reader has the card, and looks at it."""
    POWERED_ON = "powered-on"
    RESET = "reset"
    POWERED_OFF = "powered-off"
    DISCONNECTED = "disconnected"
    """The reader's side closed the connection, or broke the protocol."""
    REMOVED = "removed"
    """The card was taken out of the slot."""


Listener = Callable[[Presence], None]


class Dialogue:
    """The card that is in a slot now, as a reader of vpcd meets it; `begun` once the reader has said something."""

    def __init__(self, slot: Slot, tell: Listener) -> None:
        self._slot = slot
        self._card = slot.card
        self._tell = tell
        self._powered: SlotConnection | None = None
        self.begun = False

    def answer(self, payload: bytes) -> bytes | None:
        """The message that answers, empty where none does; None where the card is gone or mute.

        Raises FramingError for what no reader sends, and what a strict card raises.
        """
        if self._slot.card is not self._card:
            return None
        try:
            if self._powered is not None and len(payload) > 1:
                return frame(self._powered.transmit(payload))
            control = parse_control(payload)
            self._begin()
            return None if control is None else self._control(control)
        except VirtualCardError:
            return None

    def power_off(self) -> None:
        """Take the power from the card, if it has any."""
        if self._powered is not None:
            self._powered.close()
            self._powered = None

    def _begin(self) -> None:
        if not self.begun:
            self.begun = True
            self._tell(Presence.CONNECTED)

    def _control(self, control: Control) -> bytes:
        if control is Control.ATR:
            return frame(self._atr())
        if control is Control.POWER_OFF:
            self.power_off()
            self._tell(Presence.POWERED_OFF)
        elif control is Control.RESET and self._powered is not None:
            self._powered.reset()
            self._tell(Presence.RESET)
        else:
            self._powered = self._slot.connect()
            self._tell(Presence.POWERED_ON)
        return b""

    def _atr(self) -> bytes:
        """Of the powered card; a reader asks a card without power too, to learn whether it is there."""
        if self._powered is not None:
            return self._powered.atr
        return b"" if self._card is None else self._card.atr
