"""Readers of this machine, as `terminal.transport.base.Reader`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

from terminal.transport.base import TransportError
from terminal.transport.pcsc.connection import PcscConnection
from terminal.transport.pcsc.errors import (
    NO_READERS,
    PROTO_MISMATCH,
    SHARING_VIOLATION,
    ReaderBusyError,
    error_of,
    establish,
    expect_success,
)
from terminal.transport.pcsc.holders import other_clients
from terminal.transport.pcsc.interruptible import interruptible
from terminal.transport.pcsc.scard import CardProtocol, Disposition, Scard, Share
from terminal.transport.pcsc.waiting import slot_state, wait_for_card

BUSY_TIMEOUT_S = 10.0


class Sharing(Enum):
    """Who else may use a card while this program does: in the order tried."""

    EXCLUSIVE_IF_FREE = (Share.EXCLUSIVE, Share.SHARED)
    EXCLUSIVE = (Share.EXCLUSIVE,)
    SHARED = (Share.SHARED,)


def reader_names(scard: Scard) -> tuple[str, ...]:
    """The full names of the readers there are, in the service's order; raises DaemonError where it does not run."""
    context = establish(scard)
    try:
        code, names = scard.SCardListReaders(context, [])
    finally:
        scard.SCardReleaseContext(context)
    if code & 0xFFFFFFFF == NO_READERS:
        return ()
    expect_success(code, None, "listing the readers")
    return tuple(names)


@dataclass(frozen=True, slots=True)
class PcscReader:
    """One reader by its full name.

    `sharing`: who else may use the card; where exclusive use gives way to shared, `tell` is called with a sentence
    about it. `protocols`: what the card may be spoken to in; a card that has none of them is spoken to raw, as some
    memory cards are. `at_close`: what happens to the card at the end; without power, nothing that was verified stays.
    `busy_timeout_s`: how long a transaction of another program is waited for.
    """

    name: str
    scard: Scard
    sharing: Sharing = Sharing.EXCLUSIVE_IF_FREE
    protocols: CardProtocol = CardProtocol.T0 | CardProtocol.T1
    at_close: Disposition = Disposition.UNPOWER
    tell: Callable[[str], None] = lambda sentence: None
    busy_timeout_s: float = BUSY_TIMEOUT_S

    def card_present(self) -> bool:
        """Whether there is a card in the slot; raises ReaderGoneError, DaemonError."""
        return slot_state(self.scard, self.name).present

    def connect(self) -> PcscConnection:
        """Power the card on.

        Raises NoCardError, CardMuteError, ReaderBusyError (naming the program that holds the reader where that can be
        found out), ReaderGoneError, DaemonError.
        """
        try:
            connection = interruptible(self._connect, self.busy_timeout_s, PcscConnection.close)
        except TimeoutError:
            raise ReaderBusyError(
                f"reader {self.name}: powering the card on: a transaction of {other_clients()} has kept it for "
                f"{self.busy_timeout_s:g} s 读卡器被占用; end that program, then repeat"
            ) from None
        if connection.share is not self.sharing.value[0]:
            self.tell(
                f"reader {self.name}: shared with {other_clients()}, which may come between 与其他程序共用读卡器"
            )
        return connection

    def wait(self, present: bool, timeout_s: float | None = None) -> bool:
        """Return True once there is a card in the slot (or none), False after `timeout_s`; see `wait_for_card`."""
        return wait_for_card(self.scard, self.name, present, timeout_s)

    def _connect(self) -> PcscConnection:
        context = establish(self.scard)
        try:
            return self._first_that_is_free(context, self.sharing.value)
        except BaseException:
            self.scard.SCardReleaseContext(context)
            raise

    def _first_that_is_free(self, context: int, shares: Sequence[Share]) -> PcscConnection:
        share, *others = shares
        code, card = self._power_on(context, share)
        if code == SHARING_VIOLATION and others:
            return self._first_that_is_free(context, others)
        if code:
            raise error_of(code, self.name, "powering the card on")
        try:
            return PcscConnection(
                self.scard,
                context,
                card,
                self.name,
                share=share,
                protocols=self.protocols | CardProtocol.RAW,
                at_close=self.at_close,
            )
        except TransportError:
            self.scard.SCardDisconnect(card, self.at_close)
            raise

    def _power_on(self, context: int, share: Share) -> tuple[int, int]:
        code = PROTO_MISMATCH
        card = 0
        for protocols in (self.protocols, CardProtocol.RAW):
            code, card, _ = self.scard.SCardConnect(context, self.name, share, protocols)
            if code & 0xFFFFFFFF != PROTO_MISMATCH:
                break
        return code & 0xFFFFFFFF, card
