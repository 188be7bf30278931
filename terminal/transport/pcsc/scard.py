"""The winscard functions that this package calls, as a typed seam, and the values they speak in.

Whatever has these functions will do: pyscard's `smartcard.scard`, a multiplexer with virtual readers in it, a fake
in a test. Every function returns the PC/SC return code first (or alone) and never raises for it. Values are those
of pcsc-lite.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum, IntFlag
from importlib import import_module
from typing import Protocol, cast

from terminal.transport.base import ReaderError

SCOPE_SYSTEM = 2
PNP_NOTIFICATION = "\\\\?PnP?\\Notification"
"""The name that stands for "a reader came or went" in SCardGetStatusChange."""


class Share(IntEnum):
    """Who else may use the card during a connection."""

    EXCLUSIVE = 1
    SHARED = 2
    DIRECT = 3


class CardProtocol(IntFlag):
    """Transmission protocols, as a mask to connect with and as the one in use."""

    T0 = 1
    T1 = 2
    RAW = 4


class Disposition(IntEnum):
    """What becomes of the card at the end of a connection or transaction; SCardReconnect takes it for its start."""

    LEAVE = 0
    RESET = 1
    UNPOWER = 2
    EJECT = 3


class State(IntFlag):
    """The lower half of a reader's state; the upper half counts insertions and removals."""

    IGNORE = 0x0001
    CHANGED = 0x0002
    UNKNOWN = 0x0004
    UNAVAILABLE = 0x0008
    EMPTY = 0x0010
    PRESENT = 0x0020
    EXCLUSIVE = 0x0080
    IN_USE = 0x0100
    MUTE = 0x0200


ReaderState = tuple[str, int]
"""A reader and the state its caller knows, to SCardGetStatusChange."""

EventState = tuple[str, int, list[int]]
"""A reader, its state now and its card's answer to reset, from SCardGetStatusChange."""


class Scard(Protocol):
    """The functions of `smartcard.scard`, by their own names; see PC/SC part 5 section 3.2 and the winscard API."""

    def SCardEstablishContext(self, scope: int, /) -> tuple[int, int]:
        """Code and context."""

    def SCardReleaseContext(self, context: int, /) -> int:
        """Code."""

    def SCardIsValidContext(self, context: int, /) -> int:
        """Code."""

    def SCardListReaders(self, context: int, groups: Sequence[str], /) -> tuple[int, list[str]]:
        """Code and names."""

    def SCardConnect(self, context: int, reader: str, share: int, protocols: int, /) -> tuple[int, int, int]:
        """Code, card handle and the protocol in use."""

    def SCardReconnect(
        self, card: int, share: int, protocols: int, initialisation: int, /
    ) -> tuple[int, int]:
        """Code and the protocol in use."""

    def SCardDisconnect(self, card: int, disposition: int, /) -> int:
        """Code."""

    def SCardBeginTransaction(self, card: int, /) -> int:
        """Code; waits for as long as another program has a transaction."""

    def SCardEndTransaction(self, card: int, disposition: int, /) -> int:
        """Code."""

    def SCardTransmit(self, card: int, protocol: int, apdu: Sequence[int], /) -> tuple[int, list[int]]:
        """Code and answer; waits for as long as another program has a transaction."""

    def SCardStatus(self, card: int, /) -> tuple[int, str, int, int, list[int]]:
        """Code, reader, state, the protocol in use and the answer to reset."""

    def SCardGetStatusChange(
        self, context: int, timeout_ms: int, readers: Sequence[ReaderState], /
    ) -> tuple[int, list[EventState]]:
        """Code and the readers as they are; returns at the first change or after `timeout_ms`."""

    def SCardCancel(self, context: int, /) -> int:
        """Code; ends the SCardGetStatusChange of another thread on this context."""

    def SCardControl(self, card: int, control: int, data: Sequence[int], /) -> tuple[int, list[int]]:
        """Code and the driver's answer."""

    def SCardGetAttrib(self, card: int, attribute: int, /) -> tuple[int, list[int]]:
        """Code and the attribute."""


class PyscardMissingError(ReaderError):
    """Real readers are asked for, and pyscard is not installed."""


def system_scard() -> Scard:
    """The functions of the PC/SC service of this machine; raises PyscardMissingError where pyscard is not installed.

    Looked up anew at each call: whatever stands in the place of `smartcard.scard` is what is used.
    """
    try:
        return cast(Scard, import_module("smartcard.scard"))
    except ImportError as error:
        raise PyscardMissingError(
            "readers on PC/SC 读卡器 need pyscard, which is not installed or cannot be loaded "
            f"({error}); on Debian and Ubuntu: apt install pcscd libpcsclite-dev swig gcc python3-dev, then "
            "pip install 'ssc-terminal[pcsc]'"
        ) from error
