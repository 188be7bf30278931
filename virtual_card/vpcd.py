"""Presents the card of a slot to a virtual reader of vsmartcard's vpcd, and so to every PC/SC program.

The card connects to the reader's port; while it is connected it is in the reader. What a fault plan does to the slot,
the reader sees: a card pulled out is a closed connection, and so is a mute one, which comes back at once, since the
protocol has no word for silence.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from types import TracebackType
from typing import Self

from apdu.vpcd import DEFAULT_PORT, FramingError, Unframer
from virtual_card.card import VirtualCard
from virtual_card.errors import VirtualCardError
from virtual_card.slot import Slot
from virtual_card.vpcd_dialogue import Dialogue, Listener, Presence

__all__ = ["Listener", "Presence", "PresentedSlot", "VpcdError"]

LOCALHOST = "127.0.0.1"
RECEIVE_BYTES = 1 << 16
CONNECT_TIMEOUT_S = 5.0
RETRY_S = 0.1
SILENCE_S = 2.0
"""A reader asks for the answer to reset every 0.4 s; so long without a word, it is none, or it has a card already."""


class VpcdError(VirtualCardError):
    """The card cannot be presented at all: the address is no address."""


class PresentedSlot:
    """A slot of ours behind a reader of vpcd: `with PresentedSlot(slot, port=35963) as presented:`.

    The card in the slot, now or later, is presented by a thread of its own until the block ends; `run` does the same
    in the caller's thread until `stop`. A daemon that ends is waited for. `listener` is called in the presenting
    thread. What a strict card raises, leaving the block raises too. Entering raises VpcdError for a host that has no
    address.
    """

    def __init__(
        self,
        slot: Slot,
        host: str = LOCALHOST,
        port: int = DEFAULT_PORT,
        *,
        listener: Listener | None = None,
        quick_acknowledge: bool = True,
    ) -> None:
        self.slot = slot
        self.host = host
        self.port = port
        self._listener = listener
        self._quick = quick_acknowledge
        self._stopping = threading.Event()
        self._powered_once = threading.Event()
        self._busy = threading.RLock()
        self._socket: socket.socket | None = None
        self._lasting: Presence | None = None
        self._failure: Exception | None = None
        self._thread: threading.Thread | None = None

    def insert(self, card: VirtualCard) -> None:
        """Put a card into the slot, and so into the reader; raises ValueError where there is one already."""
        self._powered_once.clear()
        self.slot.insert(card)

    def remove(self) -> VirtualCard | None:
        """Pull the card, between two commands; the daemon notices within its polling time (0.4 s)."""
        with self._busy:
            card = self.slot.remove()
            self._hang_up()
        return card

    def wait_powered(self, timeout_s: float | None = None) -> bool:
        """Whether the daemon has powered the card since it was put in, waiting so long for it."""
        return self._powered_once.wait(timeout_s)

    def forget_power(self) -> None:
        """Let `wait_powered` wait for the next time."""
        self._powered_once.clear()

    def wait_stopped(self) -> None:
        """Wait until the presenting thread ends: when it is stopped, or what a strict card raised has ended it."""
        if self._thread is not None:
            self._thread.join()

    def stop(self) -> None:
        """Let `run` return, after the command that the card is working on; from any thread."""
        self._stopping.set()
        with self._busy:
            self._hang_up()

    def run(self) -> None:
        """Present the card until `stop`; raises what a strict card raises."""
        while not self._stopping.is_set():
            if self.slot.wait(True, RETRY_S):
                self._present()

    def __enter__(self) -> Self:
        self._resolve()
        self._thread = threading.Thread(target=self._run_in_thread, name=f"vpcd {self.port}", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        self.wait_stopped()
        if self._failure is not None and error is None:
            raise self._failure

    def _run_in_thread(self) -> None:
        try:
            self.run()
        except Exception as error:
            self._failure = error

    def _resolve(self) -> None:
        try:
            socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError, OverflowError) as error:
            reason = getattr(error, "strerror", None) or error
            raise VpcdError(f"{self.host}:{self.port} is no address of a virtual reader: {reason}") from None

    def _present(self) -> None:
        connection = self._connected()
        if connection is None:
            self._tell_once(Presence.WAITING)
            self._stopping.wait(RETRY_S)
            return
        with connection:
            with self._busy:
                self._socket = connection
                if self._stopping.is_set():
                    return
            dialogue = Dialogue(self.slot, self._tell)
            try:
                self._serve(connection, dialogue)
            except (ConnectionError, TimeoutError, FramingError):
                pass  # the daemon ended, or what is there is no vpcd
            finally:
                self._leave(dialogue)

    def _connected(self) -> socket.socket | None:
        try:
            connection = socket.create_connection((self.host, self.port), CONNECT_TIMEOUT_S)
        except OSError:
            return None
        if is_loop(connection):
            connection.close()
            return None
        return connection

    def _leave(self, dialogue: Dialogue) -> None:
        """The connection ends: the card loses its power and, unless it was taken out, is presented again."""
        with self._busy:
            self._socket = None
            dialogue.power_off()
        self._powered_once.clear()
        if self._stopping.is_set():
            return
        if not dialogue.begun:
            self._tell_once(Presence.SILENT)
            self._stopping.wait(SILENCE_S)
        elif not self.slot.card_present():
            self._tell(Presence.REMOVED)
        else:
            self._tell(Presence.DISCONNECTED)
            self._stopping.wait(RETRY_S)

    def _serve(self, connection: socket.socket, dialogue: Dialogue) -> None:
        """Answer until the connection ends or the card is gone; raises ConnectionError, FramingError."""
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        feed, receive, send = Unframer().feed, connection.recv, connection.sendall
        piece = self._first(connection)
        while piece:
            for payload in feed(piece):
                with self._busy:
                    answer = dialogue.answer(payload)
                if answer is None:
                    return
                if answer:
                    send(answer)
            if self._quick:
                # vpcd writes length and data apart, and does not write the data until the length is acknowledged.
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
            piece = receive(RECEIVE_BYTES)

    def _first(self, connection: socket.socket) -> bytes:
        """What the reader says first; a listener that says nothing is told of, and waited for."""
        connection.settimeout(SILENCE_S)
        try:
            return connection.recv(RECEIVE_BYTES)
        except TimeoutError:
            self._tell_once(Presence.SILENT)
        finally:
            connection.settimeout(None)
        return connection.recv(RECEIVE_BYTES)

    def _tell_once(self, presence: Presence) -> None:
        """Tell of a state that lasts, but not at every attempt to leave it."""
        if presence is not self._lasting:
            self._tell(presence)
            self._lasting = presence

    def _tell(self, presence: Presence) -> None:
        self._lasting = None
        if presence is Presence.POWERED_ON:
            self._powered_once.set()
        if self._listener is not None:
            self._listener(presence)

    def _hang_up(self) -> None:
        if self._socket is not None:
            with contextlib.suppress(OSError):  # the other side was faster
                self._socket.shutdown(socket.SHUT_RDWR)


def is_loop(connection: socket.socket) -> bool:
    """Whether a connection has been made to itself, as TCP may do where the port is one it gives to clients.

    It would take the port from the daemon that is waited for.
    """
    return bool(connection.getsockname() == connection.getpeername())
