"""The reader's side of vpcd without a PC/SC daemon: listens for a card as vsmartcard's driver does, and drives it.

The card is whatever emulator connects to the port: one of ours, or another that speaks the protocol, such as
vsmartcard's vicc. Only the address named is listened on.
"""

from __future__ import annotations

import contextlib
import select
import socket
import time
from types import TracebackType
from typing import Self

from apdu.atr import AtrError
from apdu.atr import parse as parse_atr
from apdu.vpcd import Control, Unframer, frame
from terminal.transport.base import CardMuteError, CardRemovedError, NoCardError, ReaderError

ANSWER_TIMEOUT_S = 30.0
"""Longer than any card works on a command; no card of another kind is given up earlier."""
ATR_TIMEOUT_S = 5.0
RECEIVE_BYTES = 1 << 16


class VpcdReader:
    """`with VpcdReader("127.0.0.1", 35963) as reader:` is a slot where cards come in over TCP, one at a time.

    Port 0 takes a free one; `address` tells which. Raises ReaderError where the address cannot be listened on.
    """

    def __init__(self, host: str, port: int) -> None:
        try:
            self._listener = socket.create_server((host, port), backlog=1)
        except (OSError, OverflowError) as error:
            reason = getattr(error, "strerror", None) or error
            raise ReaderError(
                f"cannot listen for a card at {host}:{port}: {reason}; where a PC/SC daemon with vpcd listens "
                "there, use its reader instead (pcsc:NAME)"
            ) from None
        self.address: tuple[str, int] = self._listener.getsockname()[:2]
        self._line: Line | None = None
        self._connection: VpcdConnection | None = None

    @property
    def name(self) -> str:
        """`vpcd:HOST:PORT`."""
        host, port = self.address
        return f"vpcd:{host}:{port}"

    def card_present(self) -> bool:
        """Whether a card is connected."""
        return self.wait(True, 0)

    def connect(self) -> VpcdConnection:
        """Power the card on, an earlier connection to it ends; raises NoCardError, CardMuteError, CardRemovedError."""
        if not self.card_present() or self._line is None:
            raise NoCardError(f"no card in {self.name}; a card emulator connects to that address")
        if self._connection is not None:
            self._connection.close()
        self._line.send(Control.POWER_ON.message)
        self._connection = VpcdConnection(self._line)
        return self._connection

    def wait(self, present: bool, timeout_s: float | None = None) -> bool:
        """Whether a card came (or went) within `timeout_s`; None waits for ever."""
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        return self._await_card(deadline) if present else self._await_removal(deadline)

    def _await_card(self, deadline: float | None) -> bool:
        while self._line is None or self._line.lost(0):
            self._drop()
            if not select.select([self._listener], (), (), _left(deadline))[0]:
                return False
            self._line = self._accepted()
        return True

    def _await_removal(self, deadline: float | None) -> bool:
        """A card that has gone is noticed before the next one is let in."""
        if self._line is None:
            self.card_present()
        if self._line is not None and not self._line.lost(_left(deadline)):
            return False
        self._drop()
        return True

    def _drop(self) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None

    def _accepted(self) -> Line | None:
        """The line to a card that has just connected; None where it does not speak the protocol."""
        line = Line(self._listener.accept()[0], self.name)
        try:
            line.ask(Control.ATR.message, ATR_TIMEOUT_S)
        except (CardRemovedError, CardMuteError):
            line.close()
            return None
        return line

    def close(self) -> None:
        """Stop listening and let the card go; harmless when repeated."""
        self._drop()
        self._listener.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _left(deadline: float | None) -> float | None:
    return None if deadline is None else max(0.0, deadline - time.monotonic())


class Line:
    """The connection to one card, from its insertion to its removal; every call raises CardRemovedError after it."""

    def __init__(self, connection: socket.socket, reader: str) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.reader = reader
        self._connection = connection
        self._unframer = Unframer()
        self._closed = False

    def send(self, message: bytes) -> None:
        """Send a message that is not answered."""
        try:
            self._connection.sendall(message)
        except OSError:
            raise self._removed() from None

    def ask(self, message: bytes, timeout_s: float) -> bytes:
        """Send a message and return the payload of its answer; raises CardMuteError after `timeout_s`.

        A card that was silent has lost step, and is let go.
        """
        self.send(message)
        deadline = time.monotonic() + timeout_s
        while True:
            try:
                self._connection.settimeout(max(0.001, deadline - time.monotonic()))
                piece = self._connection.recv(RECEIVE_BYTES)
            except TimeoutError:
                self.close()
                raise CardMuteError(
                    f"the card in {self.reader} has not answered for {timeout_s:.0f} s"
                ) from None
            except OSError:
                piece = b""
            if not piece:
                raise self._removed()
            payloads = self._unframer.feed(piece)
            if payloads:
                return payloads[0]

    def lost(self, timeout_s: float | None) -> bool:
        """Whether the card goes within `timeout_s`; a card that speaks without being asked counts as gone."""
        return self._closed or bool(select.select([self._connection], (), (), timeout_s)[0])

    def close(self) -> None:
        """Let the card go; harmless when repeated."""
        self._closed = True
        self._connection.close()

    def _removed(self) -> CardRemovedError:
        self.close()
        return CardRemovedError(f"the card was removed from {self.reader}")


class VpcdConnection:
    """A powered card, as `terminal.transport.base.Connection`."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._open = True
        self._atr = self._ask_atr()

    @property
    def atr(self) -> bytes:
        """The answer to reset."""
        return self._atr

    @property
    def protocol(self) -> str:
        """The first protocol that the answer to reset offers; `raw` where it is no answer to reset."""
        try:
            return f"T={parse_atr(self._atr).protocols[0]}"
        except AtrError:
            return "raw"

    @property
    def pin_pad(self) -> None:
        """No keypad."""
        return None

    def transmit(self, apdu: bytes) -> bytes:
        """Send one APDU and return data and status word; raises CardRemovedError, CardMuteError or ReaderError."""
        if not self._open:
            raise ReaderError(f"the connection to {self._line.reader} is closed")
        if len(apdu) < 2:
            raise ReaderError("one byte is no APDU, and would be a control of the reader's")
        return self._line.ask(frame(apdu), ANSWER_TIMEOUT_S)

    def reset(self) -> bytes:
        """Reset the card; returns the new answer to reset."""
        self._line.send(Control.RESET.message)
        self._atr = self._ask_atr()
        return self._atr

    def close(self) -> None:
        """Power the card off, which stays in the reader; harmless when repeated."""
        if self._open:
            self._open = False
            with contextlib.suppress(CardRemovedError):
                self._line.send(Control.POWER_OFF.message)

    def _ask_atr(self) -> bytes:
        atr = self._line.ask(Control.ATR.message, ATR_TIMEOUT_S)
        if not atr:
            raise CardMuteError(f"the card in {self._line.reader} gives no answer to reset")
        return atr
