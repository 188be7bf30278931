"""A powered card in a real reader, as `terminal.transport.base.Connection`.

Every connection has a PC/SC context of its own, so that threads never share one. What becomes of the card at the end
is always said to the service, never left to its default.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import TypeVar

from terminal.transport.base import CardMuteError, PinPad, ReaderError, TransportError
from terminal.transport.pcsc.errors import (
    COMM_DATA_LOST,
    NOT_TRANSACTED,
    REMOVED_CARD,
    RESET_CARD,
    SUCCESS,
    error_of,
    expect_success,
)
from terminal.transport.pcsc.interruptible import Worker
from terminal.transport.pcsc.scard import CardProtocol, Disposition, Scard, Share
from terminal.transport.pcsc.waiting import wait_for_card

T = TypeVar("T")

PROTOCOL_NAMES = {CardProtocol.T0: "T=0", CardProtocol.T1: "T=1", CardProtocol.RAW: "raw"}
READER_CLASS = b"\xff"
REMOVAL_NOTICED_S = 1.0
"""A pulled card is first one that does not answer: pcscd looks for it every 400 ms."""


class PcscConnection:
    """One powered card; `share` says whether other programs may use it meanwhile.

    Made by `PcscReader.connect`. `at_close` is what happens to the card in `close`.
    """

    def __init__(
        self,
        scard: Scard,
        context: int,
        card: int,
        reader: str,
        *,
        share: Share,
        protocols: CardProtocol,
        at_close: Disposition,
    ) -> None:
        self._scard = scard
        self._context = context
        self._card = card
        self._protocols = protocols
        self._at_close = at_close
        self._closed = False
        self._worker: Worker | None = None
        self.reader = reader
        self.share = share
        self._refresh()

    @property
    def atr(self) -> bytes:
        """The answer to reset, complete."""
        return self._atr

    @property
    def protocol(self) -> str:
        """`T=0`, `T=1` or `raw`, as the reader and the card settled it."""
        return PROTOCOL_NAMES.get(self._protocol, "raw")

    @cached_property
    def _keypad(self) -> PinPad | None:
        from terminal.transport.pcsc.pin_pad import pin_pad_of

        return pin_pad_of(self._scard, self._card, self.reader, self._on_worker)

    @property
    def pin_pad(self) -> PinPad | None:
        """The reader's keypad, None where it has none."""
        return self._keypad

    def transmit(self, apdu: bytes) -> bytes:
        """Send one APDU, return data and status word; answers have up to 65538 bytes.

        Nothing is sent a second time. Raises CardRemovedError, CardMuteError, ReaderGoneError, DaemonError, and
        CardResetError where another program reset the card: the connection goes on, nothing is selected or verified.
        """
        self._check_open()
        sent = _as_t0(apdu) if self._protocol is CardProtocol.T0 else apdu
        code, answer = self._patiently(
            lambda: self._scard.SCardTransmit(self._card, self._protocol, list(sent))
        )
        if not code and not answer:
            code = COMM_DATA_LOST  # so a driver may end an exchange that the card never answered
        self._expect(code, "sending a command to the card")
        if len(answer) < 2:
            raise ReaderError(f"reader {self.reader}: the answer has {len(answer)} bytes; try another reader")
        return bytes(answer)

    def reset(self, *, cold: bool = False) -> bytes:
        """Reset the card, or take its power away and give it back (`cold`); returns the new answer to reset."""
        self._check_open()
        self._reconnect(Disposition.UNPOWER if cold else Disposition.RESET)
        return self._atr

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Keep other programs away from the card for a block; waits for one that has a transaction itself.

        Ends with the card left as it is. Raises as `transmit`.
        """
        self._check_open()
        code = self._patiently(lambda: self._scard.SCardBeginTransaction(self._card))
        self._expect(code, "keeping other programs away from the card")
        try:
            yield
        except BaseException:
            self._end_transaction()
            raise
        self._expect(self._end_transaction(), "letting other programs at the card again")

    def _end_transaction(self) -> int:
        if (
            self._worker is not None and self._worker.left
        ):  # a call still waits in the library, this one behind it
            return SUCCESS
        return self._scard.SCardEndTransaction(self._card, Disposition.LEAVE)

    def close(self) -> None:
        """Do with the card as `at_close` says and release the reader; harmless when repeated."""
        if self._closed:
            return
        self._closed = True
        if self._worker is None:
            self._release()
        else:
            end = self._worker.later if self._worker.left else self._worker.call
            end(self._release)
            self._worker.stop()

    def _release(self) -> None:
        self._scard.SCardDisconnect(self._card, self._at_close)
        self._scard.SCardReleaseContext(self._context)

    def _check_open(self) -> None:
        if self._closed or (self._worker is not None and self._worker.left):
            raise ReaderError(f"reader {self.reader}: this connection is closed; connect again")

    def _patiently(self, call: Callable[[], T]) -> T:
        """Make a call that another program may hold up, so that Ctrl-C ends it; nobody holds up an exclusive one."""
        direct = self.share is Share.EXCLUSIVE and self._worker is None
        return call() if direct else self._on_worker(call)

    def _on_worker(self, call: Callable[[], T]) -> T:
        """Make a call that waits for a person, so that Ctrl-C ends it; later ones go behind it."""
        if self._worker is None:
            self._worker = Worker()
        return self._worker.call(call)

    def _expect(self, code: int, attempted: str) -> None:
        code &= 0xFFFFFFFF
        if code == SUCCESS:
            return
        if code == RESET_CARD:
            self._accept_reset()
        elif code in (NOT_TRANSACTED, COMM_DATA_LOST) and self._pulled():
            code = REMOVED_CARD
        raise error_of(code, self.reader, attempted)

    def _accept_reset(self) -> None:
        """Take the card as it now is, so that the connection goes on; if that fails too, the next call says so."""
        try:
            self._reconnect(Disposition.LEAVE)
        except TransportError:
            return

    def _pulled(self) -> bool:
        try:
            return wait_for_card(self._scard, self.reader, present=False, timeout_s=REMOVAL_NOTICED_S)
        except TransportError:
            return False

    def _reconnect(self, initialisation: Disposition) -> None:
        def reconnect() -> None:
            code, _ = self._scard.SCardReconnect(self._card, self.share, self._protocols, initialisation)
            expect_success(code, self.reader, "resetting the card")
            self._refresh()

        self._patiently(reconnect)

    def _refresh(self) -> None:
        code, _, _, protocol, atr = self._scard.SCardStatus(self._card)
        expect_success(code, self.reader, "powering the card on")
        if not atr:
            raise CardMuteError(
                f"reader {self.reader}: the card gives no answer to reset 卡片无复位应答; insert it again"
            )
        self._protocol = CardProtocol(protocol & (CardProtocol.T0 | CardProtocol.T1 | CardProtocol.RAW))
        self._atr = bytes(atr)

    def __repr__(self) -> str:
        state = "closed" if self._closed else self.share.name.lower()
        return f"PcscConnection({self.reader}, {self.protocol}, {state})"


def _as_t0(apdu: bytes) -> bytes:
    """The APDU as T=0 carries it: five bytes of header always, and no Le behind data (ISO/IEC 7816-3 section 12.2).

    Readers that work at TPDU level send what they are given: Le behind data would be taken for a byte of the next
    command. Commands to the reader itself (class FF) and extended APDUs, which T=0 does not know, stay as they are.
    """
    if apdu[:1] == READER_CLASS:
        return apdu
    if len(apdu) == 4:
        return apdu + b"\0"
    data = apdu[4] if len(apdu) > 5 else 0
    return apdu[:-1] if data and len(apdu) == 5 + data + 1 else apdu
