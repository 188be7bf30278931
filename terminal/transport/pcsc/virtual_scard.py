"""`smartcard.scard` with virtual readers in it, for programs that know nothing of them.

Every function has the name, the arguments and the answers of pyscard's. What belongs to a virtual reader is served
here, everything else is passed on to the real functions. Contexts are both at once: with a PC/SC service running, a
context has the service's own number and lists its readers as well; without one it is ours alone. Readers are whatever
looks like `terminal.transport.base.Reader`; nothing here knows of virtual cards.

Where this differs from pcsc-lite: a reconnection that asks for the reader alone, while others are connected, is
refused with SCARD_E_SHARING_VIOLATION, which pcsc-lite's client turns into waiting for ever.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from typing import Any

from terminal.transport.pcsc import errors as code
from terminal.transport.pcsc import virtual_scard_codes as more
from terminal.transport.pcsc import virtual_scard_handles as handles
from terminal.transport.pcsc.scard import PNP_NOTIFICATION, Disposition, EventState, Scard
from terminal.transport.pcsc.virtual_scard_plugged import PluggedReaders
from terminal.transport.pcsc.virtual_scard_reader import CardHandle
from terminal.transport.pcsc.virtual_scard_status import Context, StatusCall

_OURS = 1 << 32
"""Numbers of pcsc-lite have 32 bits; ours lie above, so that neither is ever taken for the other."""


class VirtualScard:
    """The functions of `real` (pyscard's `smartcard.scard`), with virtual readers listed before the real ones.

    Virtual readers come first so that a program that takes the first reader it finds cannot write to a real card.
    Constants and functions that are not about readers are those of `real`. `readers` are the virtual ones.
    """

    def __init__(self, real: Scard) -> None:
        self.real = real
        self.readers = PluggedReaders()
        self._contexts: dict[int, Context] = {}
        self._handles: dict[int, CardHandle] = {}
        self._numbers = itertools.count(_OURS)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)

    def close(self) -> None:
        """Unplug every reader and end every waiting call."""
        self.readers.remove_all()
        for context in list(self._contexts.values()):
            self._cancel(context)

    def has_open(self) -> bool:
        """Whether a program still holds a context or a card."""
        return bool(self._contexts or self._handles)

    def is_ours(self, number: int | None) -> bool:
        """Whether only this object can answer for a context or card handle; the real functions would refuse it."""
        return number in self._handles or (
            number is not None and number >= _OURS and number in self._contexts
        )

    # What a PC/SC program calls.

    def SCardEstablishContext(self, scope: int, /) -> tuple[int, int]:
        """Code and context; there is one even without a PC/SC service."""
        if scope not in more.SCOPES:
            return more.INVALID_VALUE, 0
        result, number = self.real.SCardEstablishContext(scope)
        real = number if result == code.SUCCESS else None
        context = Context(next(self._numbers) if real is None else real, real, self.readers.count)
        self._contexts[context.number] = context
        return code.SUCCESS, context.number

    def SCardReleaseContext(self, context: int, /) -> int:
        """Code; cards still connected through this context are reset."""
        found = self._contexts.pop(context, None)
        if found is None:
            return self.real.SCardReleaseContext(context)
        for handle in [handle for handle in list(self._handles.values()) if handle.context == context]:
            self.SCardDisconnect(handle.number, Disposition.RESET)
        self._cancel(found)
        if found.real is not None:
            self.real.SCardReleaseContext(found.real)
        return code.SUCCESS

    def SCardIsValidContext(self, context: int, /) -> int:
        """Code."""
        if context in self._contexts:
            return code.SUCCESS
        return self.real.SCardIsValidContext(context)

    def SCardListReaders(self, context: int, groups: Sequence[str], /) -> tuple[int, list[str]]:
        """Code and names, virtual readers first, alone where the service fails; groups are as one, as in pcsc-lite."""
        found = self._context(context)
        if found is None:
            return code.INVALID_HANDLE, []
        names: list[str] = []
        if self._serviced(found):
            result, names = self.real.SCardListReaders(found.real or 0, groups)
            if result not in (code.SUCCESS, code.NO_READERS):
                found.real = None
        with self.readers.moved:
            found.listed = self.readers.count
            virtual = list(self.readers.slots)
        listed = virtual + [name for name in names if name not in virtual]
        return (code.SUCCESS if listed else code.NO_READERS), listed

    def SCardListReaderGroups(self, context: int, /) -> tuple[int, list[str]]:
        """Code and the one group there is."""
        if self._context(context) is None:
            return code.INVALID_HANDLE, []
        return code.SUCCESS, [more.DEFAULT_GROUP]

    def SCardGetStatusChange(
        self, context: int, timeout_ms: int, readers: Sequence[Any], /
    ) -> tuple[int, list[EventState]]:
        """Code and the readers as they are; returns at the first change or after `timeout_ms`."""
        states = [(entry[0], entry[1]) for entry in readers]
        found = self._context(context)
        if found is None:
            return code.INVALID_HANDLE, [(name, 0, []) for name, _ in states]
        slots = self.readers.among(name for name, _ in states)
        if found.real is not None and not slots and not _watches_plugs(states):
            return self.real.SCardGetStatusChange(found.real, timeout_ms, readers)
        call = StatusCall(self.real, found, slots, lambda: self.readers.count, self.readers.moved, states)
        return call.run(timeout_ms)

    def SCardCancel(self, context: int, /) -> int:
        """Code; ends the SCardGetStatusChange of another thread on this context."""
        found = self._context(context)
        if found is None:
            return code.INVALID_HANDLE
        if found.waiting:
            self._cancel(found)
            return code.SUCCESS
        return code.SUCCESS if found.real is None else self.real.SCardCancel(found.real)

    def SCardConnect(self, context: int, reader: str, share: int, protocols: int, /) -> tuple[int, int, int]:
        """Code, card handle and the protocol in use."""
        slot = self.readers.slots.get(reader)
        found = self._context(context)
        if found is None:
            return code.INVALID_HANDLE, 0, 0
        if slot is None:
            if found.real is None:
                return code.UNKNOWN_READER, 0, 0
            return self.real.SCardConnect(found.real, reader, share, protocols)
        handle = CardHandle(next(self._numbers), context, slot, share)
        result = handles.connect(handle, protocols)
        if result != code.SUCCESS:
            return result, 0, 0
        self._handles[handle.number] = handle
        return code.SUCCESS, handle.number, slot.protocol

    def SCardReconnect(
        self, card: int, share: int, protocols: int, initialisation: int, /
    ) -> tuple[int, int]:
        """Code and the protocol in use; what the handle had to be told is settled by it."""
        handle = self._handles.get(card)
        if handle is None:
            return self.real.SCardReconnect(card, share, protocols, initialisation)
        result = handles.reconnect(handle, share, protocols, initialisation)
        return result, handle.reader.protocol if result == code.SUCCESS else 0

    def SCardDisconnect(self, card: int, disposition: int, /) -> int:
        """Code."""
        handle = self._handles.get(card)
        if handle is None:
            return self.real.SCardDisconnect(card, disposition)
        return handles.disconnect(handle, disposition, lambda: self._handles.pop(card, None))

    def SCardBeginTransaction(self, card: int, /) -> int:
        """Code; waits for as long as another handle has a transaction."""
        handle = self._handles.get(card)
        if handle is None:
            return self.real.SCardBeginTransaction(card)
        return handles.begin(handle)

    def SCardEndTransaction(self, card: int, disposition: int, /) -> int:
        """Code."""
        handle = self._handles.get(card)
        if handle is None:
            return self.real.SCardEndTransaction(card, disposition)
        return handles.end(handle, disposition)

    def SCardTransmit(self, card: int, protocol: int, apdu: list[int], /) -> tuple[int, list[int]]:
        """Code and answer; waits for as long as another handle has a transaction."""
        handle = self._handles.get(card)
        if handle is None:
            return self.real.SCardTransmit(card, protocol, apdu)
        return handles.transmit(handle, protocol, apdu)

    def SCardStatus(self, card: int, /) -> tuple[int, str, int, int, list[int]]:
        """Code, reader, state with the event counter, the protocol in use and the answer to reset."""
        handle = self._handles.get(card)
        if handle is None:
            return self.real.SCardStatus(card)
        slot = handle.reader
        result = handles.told(handle)
        if result != code.SUCCESS:
            return result, "", 0, 0, []
        with self.readers.moved:
            state = int(handles.card_state(slot)) | (slot.events & 0xFFFF) << 16
            return code.SUCCESS, slot.name, state, slot.protocol, list(slot.atr)

    def SCardControl(self, card: int, control: int, data: list[int], /) -> tuple[int, list[int]]:
        """Code and answer: a virtual reader has no features (PC/SC part 10) and no commands of its own."""
        handle = self._handles.get(card)
        if handle is None:
            return self.real.SCardControl(card, control, data)
        result = handles.told(handle)
        if result == code.SUCCESS and control != more.GET_FEATURE_REQUEST:
            result = more.UNSUPPORTED_FEATURE
        return result, []

    def SCardGetAttrib(self, card: int, attribute: int, /) -> tuple[int, list[int]]:
        """Code and the attribute: the answer to reset, the vendor and the reader's name are known."""
        handle = self._handles.get(card)
        if handle is None:
            return self.real.SCardGetAttrib(card, attribute)
        value = handles.attribute(handle.reader, attribute)
        result = handles.told(handle)
        if result == code.SUCCESS and not value:
            result = more.UNSUPPORTED_FEATURE
        return result, list(value) if result == code.SUCCESS else []

    def SCardSetAttrib(self, card: int, attribute: int, value: list[int], /) -> Any:
        """Code: a virtual reader has no attribute that can be set."""
        if card not in self._handles:
            return self.__getattr__("SCardSetAttrib")(card, attribute, value)
        return more.UNSUPPORTED_FEATURE

    def _context(self, number: int) -> Context | None:
        found = self._contexts.get(number)
        if found is None and self.real.SCardIsValidContext(number) == code.SUCCESS:
            found = self._contexts[number] = Context(number, number, self.readers.count)
        return found

    def _serviced(self, context: Context) -> bool:
        if context.real is None:
            result, number = self.real.SCardEstablishContext(more.SCOPES[0])
            context.real = number if result == code.SUCCESS else None
        return context.real is not None

    def _cancel(self, context: Context) -> None:
        with self.readers.moved:
            context.cancels += 1
            self.readers.moved.notify_all()


def _watches_plugs(states: Iterable[tuple[str, int]]) -> bool:
    return any(name.lower() == PNP_NOTIFICATION.lower() for name, _ in states)
