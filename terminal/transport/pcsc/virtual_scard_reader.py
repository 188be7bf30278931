"""One virtual reader as the PC/SC service sees it: its card, who is connected, who has a transaction.

Two locks. `exchange` belongs to the reader: whoever talks to the card or moves its power holds it, for as long as the
card takes. `moved` belongs to all readers together: it guards what waiting programs look at, and is held for moments.
The order is exchange, then moved. Nobody waits for a transaction while holding `exchange`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from threading import Condition, RLock

from terminal.transport.base import CardMuteError, Connection, NoCardError, Reader, TransportError
from terminal.transport.pcsc import errors as code
from terminal.transport.pcsc import virtual_scard_codes as more
from terminal.transport.pcsc.scard import CardProtocol, Disposition, Share, State

Token = Callable[[], object]
"""What is in the slot now: falsy where it is empty, another object where it is another card."""

_RESETTING = (Disposition.RESET, Disposition.UNPOWER, Disposition.EJECT)


@dataclass(slots=True, eq=False)
class CardHandle:
    """One SCARDHANDLE; `event` is the code it must answer until it reconnects, 0 for none."""

    number: int
    context: int
    reader: VirtualSlot
    share: int
    event: int = 0


class VirtualSlot:
    """A `terminal.transport.base.Reader` with what a PC/SC service keeps about it.

    `events` counts insertions and removals. The card is powered when it goes in, as pcscd does, for its answer to
    reset; it stays so until a program asks otherwise.
    """

    def __init__(self, name: str, reader: Reader, moved: Condition, token: Token | None = None) -> None:
        self.name = name
        self.reader = reader
        self.atr = b""
        self.mute = False
        self.events = 0
        self.protocol = 0
        self.handles: list[CardHandle] = []
        self.owner: CardHandle | None = None
        self.depth = 0
        self.gone = False
        self.exchange = RLock()
        self._moved = moved
        self._token: Token = token or reader.card_present
        self._seen: object = None
        self._connection: Connection | None = None

    @property
    def present(self) -> bool:
        """Whether a card was in the slot when it was last looked at."""
        return bool(self._seen)

    @property
    def powered(self) -> bool:
        """Whether the card has power."""
        return self._connection is not None

    @property
    def exclusive(self) -> bool:
        """Whether a program has the reader for itself."""
        return any(handle.share == Share.EXCLUSIVE for handle in self.handles)

    def look(self, wait: bool = False) -> None:
        """See whether a card was moved; while the card is busy, leave that to whom it is busy for, unless `wait`."""
        if self._token() is self._seen or not self.exchange.acquire(blocking=wait):
            return
        try:
            token = self._token()
            if token is not self._seen:
                self._note(token)
        finally:
            self.exchange.release()

    def state(self) -> State:
        """The reader's state without its counter and without what changed; call with `moved` held."""
        state = State.PRESENT if self.present else State.EMPTY
        if self.exclusive:
            state |= State.EXCLUSIVE
        elif self.handles and self.present:
            state |= State.IN_USE
        return state | State.MUTE if self.mute else state

    def ready(self, handle: CardHandle) -> int:
        """0, or the code that a command on this handle must be answered with; call with `exchange` held."""
        if self._token() is not self._seen:
            self.look()
        if handle.event:
            return handle.event
        if self.owner is not None and self.owner is not handle:
            return code.SHARING_VIOLATION
        return code.SUCCESS

    def transmit(self, protocol: int, apdu: bytes) -> tuple[int, list[int]]:
        """Code and answer; call with `exchange` held, after `ready`."""
        if not self.present:
            return code.NO_SMARTCARD, []
        if protocol != self.protocol:
            return code.PROTO_MISMATCH, []
        try:
            return code.SUCCESS, list(self._powered().transmit(apdu))
        except TransportError as error:
            return self._failure(error), []

    def negotiate(self, protocols: int) -> int:
        """Power the card if it has none and agree on a protocol; 0 or a code. Call with `exchange` held."""
        if not self.present:
            return code.NO_SMARTCARD
        try:
            connection = self._powered()
        except TransportError as error:
            return more.UNPOWERED_CARD if isinstance(error, CardMuteError) else self._failure(error)
        if protocols & CardProtocol.RAW:
            self.protocol = CardProtocol.RAW.value
        elif not protocols & (self.protocol or more.PROTOCOLS[connection.protocol].value):
            return code.PROTO_MISMATCH
        elif not self.protocol:
            self.protocol = more.PROTOCOLS[connection.protocol].value
        return code.SUCCESS

    def dispose(self, disposition: int, *, spare: CardHandle | None = None) -> int:
        """Reset the card or take its power; every handle but `spare` is told. Call with `exchange` held."""
        if disposition not in _RESETTING or not self.present:
            return code.SUCCESS
        result = code.SUCCESS
        if disposition != Disposition.RESET:
            self._power_off()
        elif self._connection is not None:
            try:
                self._answered(self._connection.reset())
            except TransportError as error:
                result = self._failure(error)
        with self._moved:
            self.protocol = 0
            self._tell(code.RESET_CARD, spare)
        return result

    def open(self, handle: CardHandle) -> None:
        """Count a new handle."""
        with self._moved:
            self.handles.append(handle)
            self._moved.notify_all()

    def close(self, handle: CardHandle) -> None:
        """Forget a handle and its transaction; the protocol is agreed anew by whoever comes next."""
        with self._moved:
            if handle in self.handles:
                self.handles.remove(handle)
            if self.owner is handle:
                self.owner, self.depth = None, 0
            if not self.handles:
                self.protocol = 0
            self._moved.notify_all()

    def begin(self, handle: CardHandle) -> None:
        """Begin a transaction, or nest one; call with `exchange` held, after `ready`."""
        with self._moved:
            self.owner = handle
            self.depth += 1

    def end(self, handle: CardHandle, disposition: int) -> int:
        """End a transaction; call with `exchange` held, after `ready`."""
        if self.owner is not handle:
            return code.NOT_TRANSACTED
        self.dispose(disposition)
        with self._moved:
            self.depth -= 1
            if not self.depth:
                self.owner = None
                self._moved.notify_all()
        return code.SUCCESS

    def wait_for_end(self, handle: CardHandle | None) -> None:
        """Wait until no other handle has a transaction, or this one has something to be told."""
        with self._moved:
            self._moved.wait_for(
                lambda: (
                    self.owner is None or self.owner is handle or (handle is not None and handle.event != 0)
                )
            )

    def unplug(self) -> None:
        """The reader goes away, and for its handles the card with it."""
        with self.exchange:
            self._token = lambda: None
            if self._seen:
                self._note(None)
        with self._moved:
            self.gone = True
            self._tell(code.REMOVED_CARD)
            self._moved.notify_all()

    def _note(self, token: object) -> None:
        was, events = self.present, self.events
        if was:
            self._power_off()
        with self._moved:
            self._seen = None
            self.atr, self.mute = b"", False
            self.protocol = 0
            self.owner, self.depth = None, 0
            self._tell(code.REMOVED_CARD)
        if token:
            self._try_power()
        with self._moved:
            self._seen = token
            self.events = events + was + bool(token)
            self._moved.notify_all()

    def _try_power(self) -> None:
        try:
            self._powered()
        except TransportError:
            self.mute = True

    def _powered(self) -> Connection:
        if self._connection is None:
            self._connection = self.reader.connect()
            self._answered(self._connection.atr)
        return self._connection

    def _answered(self, atr: bytes) -> None:
        with self._moved:
            self.atr, self.mute = atr, False

    def _power_off(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def _tell(self, event: int, spare: CardHandle | None = None) -> None:
        for handle in self.handles:
            if handle is not spare and handle.event != code.REMOVED_CARD:
                handle.event = event

    def _failure(self, error: TransportError) -> int:
        if isinstance(error, NoCardError):
            self._connection = None
            self._note(self._token())
            return code.REMOVED_CARD
        return code.NOT_TRANSACTED if isinstance(error, CardMuteError) else code.READER_UNAVAILABLE
