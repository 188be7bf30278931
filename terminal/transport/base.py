"""The transport seam: bytes to a card and back, whatever carries them.

A real card over PC/SC, a virtual card in process and a tape all look like this. T=0 completion (61xx, 6Cxx) happens
above this seam, in `terminal.session`.
"""

from __future__ import annotations

from typing import Protocol


class TransportError(Exception):
    """Something between terminal and card failed; the card said nothing about it."""


class ReaderError(TransportError):
    """The reader itself failed or cannot be used."""


class ReaderHintError(ReaderError):
    """An address that leads to no reader, or to more than one; the message lists the candidates."""


class ReaderAddressError(ReaderHintError):
    """What is written where an address belongs is none."""


class DamagedCardError(ReaderError):
    """The file that stands for a card is damaged."""


class NoCardError(TransportError):
    """There is no card where one is needed."""


class CardRemovedError(NoCardError):
    """The card was pulled while it was in use."""


class CardMuteError(TransportError):
    """The card is there but does not answer (no answer to reset, or none to a command)."""


class PowerLostError(TransportError):
    """The card has lost its power, or was reset, while it was in use: what was verified or selected counts no more."""


class CardUnpoweredError(CardMuteError, PowerLostError):
    """The power of the slot was taken away: the card is there and mute until it is powered again."""


class CardResetError(ReaderError, PowerLostError):
    """Another program reset the card: what was verified or selected counts no more."""


class PinPad(Protocol):
    """A keypad of the reader's own: the PIN goes from it to the card and never through the terminal (PC/SC part 10).

    `template` is the command with an empty PIN block in place, as the card would be sent it.
    """

    def verify(self, template: bytes, *, shortest: int, longest: int, timeout_s: float) -> bytes:
        """Have a PIN typed and verified; returns the card's answer, or raises TransportError."""

    def change(self, template: bytes, *, shortest: int, longest: int, timeout_s: float) -> bytes:
        """Have the old PIN typed, then the new one twice; returns the card's answer, or raises TransportError."""


class Connection(Protocol):
    """One powered card."""

    @property
    def atr(self) -> bytes:
        """The answer to reset, complete."""

    @property
    def protocol(self) -> str:
        """`T=0`, `T=1` or `raw`."""

    @property
    def pin_pad(self) -> PinPad | None:
        """The reader's keypad, None where it has none."""

    def transmit(self, apdu: bytes) -> bytes:
        """Send one APDU and return data and status word; raises TransportError."""

    def reset(self) -> bytes:
        """Reset the card; returns the new answer to reset."""

    def close(self) -> None:
        """Power the card off and release the reader; harmless when repeated."""


class Reader(Protocol):
    """One slot that cards go into."""

    @property
    def name(self) -> str:
        """What a person calls this reader."""

    def card_present(self) -> bool:
        """Whether there is a card in the slot."""

    def connect(self) -> Connection:
        """Power the card on; raises NoCardError, CardMuteError or ReaderError."""

    def wait(self, present: bool, timeout_s: float | None = None) -> bool:
        """Return True once there is a card in the slot (or none), False when `timeout_s` seconds have passed.

        None waits for ever. Raises ReaderError where the reader itself goes away; Ctrl-C is KeyboardInterrupt.
        """
