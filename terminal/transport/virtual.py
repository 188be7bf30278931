"""A virtual slot as a reader: the same seam as PC/SC, in process."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from terminal.transport.base import (
    CardMuteError,
    CardRemovedError,
    CardUnpoweredError,
    NoCardError,
    ReaderError,
    TransportError,
)
from virtual_card import errors as virtual
from virtual_card.slot import Slot, SlotConnection

T = TypeVar("T")

_ERRORS: tuple[tuple[type[virtual.VirtualCardError], type[TransportError]], ...] = (
    (virtual.CardRemovedError, CardRemovedError),
    (virtual.NoCardError, NoCardError),
    (virtual.PowerLostError, CardUnpoweredError),
    (virtual.CardMuteError, CardMuteError),
    (virtual.VirtualCardError, ReaderError),
)


def _mapped(act: Callable[[], T]) -> T:
    try:
        return act()
    except virtual.VirtualCardError as error:
        kind = next(seam for foreign, seam in _ERRORS if isinstance(error, foreign))
        raise kind(str(error)) from error


class VirtualConnection:
    """A powered card in a virtual slot, as `terminal.transport.base.Connection`."""

    def __init__(self, connection: SlotConnection) -> None:
        self._connection = connection

    @property
    def atr(self) -> bytes:
        """The answer to reset."""
        return self._connection.atr

    @property
    def protocol(self) -> str:
        """`T=0`, or `raw` for memory cards behind storage-card commands."""
        return self._connection.protocol

    @property
    def pin_pad(self) -> None:
        """A virtual slot has no keypad."""
        return None

    def transmit(self, apdu: bytes) -> bytes:
        """Send one APDU; raises TransportError."""
        return _mapped(lambda: self._connection.transmit(apdu))

    def reset(self) -> bytes:
        """Reset the card; returns the answer to reset."""
        return _mapped(self._connection.reset)

    def close(self) -> None:
        """Power the card off."""
        self._connection.close()


class VirtualReader:
    """A virtual slot, as `terminal.transport.base.Reader`."""

    def __init__(self, slot: Slot) -> None:
        self.slot = slot

    @property
    def name(self) -> str:
        """The slot's name."""
        return self.slot.name

    def card_present(self) -> bool:
        """Whether there is a card in the slot."""
        return self.slot.card_present()

    def connect(self) -> VirtualConnection:
        """Power the card on; raises TransportError."""
        return VirtualConnection(_mapped(self.slot.connect))

    def wait(self, present: bool, timeout_s: float | None = None) -> bool:
        """Whether a card came (or went) within `timeout_s`; other threads insert and remove."""
        return self.slot.wait(present, timeout_s)
