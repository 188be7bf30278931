"""The layer below the driver: the seven functions by which programs send their own APDUs (reader library SSSE32).

They work on the driver's device and complete T=0 (61xx, 6Cxx) as the readers in the field do. Sources: LD/T 32.8
section 6; slot 0C and 0D as one common family of readers numbers them, slot 02 is ours.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field

from apdu import atr as answer_to_reset
from apdu.command import Command, MalformedApduError
from apdu.t0 import CompletionError
from terminal.driver.codes import CallError, ReturnCode
from terminal.driver.ports import Device
from terminal.driver.powered import whole_atr
from terminal.driver.presence import somebody_waits
from terminal.exchange import exchange
from terminal.transport.base import (
    CardMuteError,
    Connection,
    NoCardError,
    PowerLostError,
    Reader,
    TransportError,
)

CARD_SLOTS, SAM_SLOTS = range(0x01, 0x10), range(0x11, 0x20)
SLOTS: Mapping[int, str] = {0x01: "contact", 0x02: "contactless", 0x0C: "contact", 0x0D: "sam", 0x11: "sam"}
"""The slots a device has, by the name of its field; the other numbers of both ranges are slots without a card."""

DEVICE_NAMES = re.compile(r"AUTO|(COM|USB|LPT)[1-9]", re.IGNORECASE)
ANSWER_MAX, ATR_MAX = 258, answer_to_reset.LENGTH_MAX
"""Bytes of the response buffers that callers provide."""

LIBRARY_INFO = f"{'SSC-TERMINAL':<16}{'SIMULATOR':<14}01"
"""Maker in 16 characters, model or series in 14, version in 2, filled with blanks."""

_CODES: tuple[tuple[type[Exception], ReturnCode], ...] = (
    (PowerLostError, ReturnCode.NOT_POWERED),
    (NoCardError, ReturnCode.NO_CARD),
    (CardMuteError, ReturnCode.MUTE),
    (TransportError, ReturnCode.CONNECTION),
    (CompletionError, ReturnCode.CHECKSUM),
    (MalformedApduError, ReturnCode.PARAMETER),
)
"""The first match counts; an answer that completes no command counts as one garbled on the way."""

Argument = int | str | bytes


@dataclass(frozen=True, slots=True, repr=False)
class Reply:
    """What a function returns: a handle, a length, 0 or a negative code; and the bytes for its response buffer."""

    code: int
    data: bytes = b""

    def __repr__(self) -> str:
        return f"Reply({self.code}, {len(self.data)} bytes)"


@dataclass(slots=True)
class _Session:
    """What one handle stands for: who opened it, and the slots it has powered."""

    caller: object
    powered: dict[int, Connection] = field(default_factory=dict)

    def power_off(self, slot: int) -> None:
        connection = self.powered.pop(slot, None)
        if connection is not None:
            with suppress(TransportError):
                connection.close()


class ReaderLibrary:
    """ICC_Reader_* on one device; one call at a time, under the lock it shares with the driver.

    `pending` says whether the driver holds a card between two steps: nothing may be sent to that card then, and
    power and APDUs are answered -11. A handle serves the caller that opened it, for others it is -12.
    """

    def __init__(
        self,
        device: Device,
        lock: AbstractContextManager[object],
        pending: Callable[[], bool] = lambda: False,
    ) -> None:
        self._device = device
        self._lock = lock
        self._pending = pending
        self._sessions: dict[int, _Session] = {}
        self._next_handle = 0

    def call(self, name: str, arguments: Sequence[Argument], caller: object = None) -> Reply:
        """A function by its exported name; -13 for one there is not, -14 for arguments it does not take.

        -11 where its turn comes when the caller has gone.
        """
        function = FUNCTIONS.get(name)
        if function is None:
            return Reply(ReturnCode.UNSUPPORTED)
        if tuple(map(type, arguments)) != function.kinds:
            return Reply(ReturnCode.PARAMETER)
        with self._lock:
            if not somebody_waits():
                return Reply(ReturnCode.CONNECTION)
            try:
                return function.work(self, caller, *arguments)
            except CallError as error:
                return Reply(error.code)
            except tuple(kind for kind, _ in _CODES) as error:
                return Reply(next(code for kind, code in _CODES if isinstance(error, kind)))

    def hang_up(self, caller: object) -> None:
        """The caller is gone: close its handles and power its cards off."""
        with self._lock:
            for handle in [handle for handle, session in self._sessions.items() if session.caller is caller]:
                self._close(caller, handle)

    def _open(self, caller: object, name: str) -> Reply:
        if not DEVICE_NAMES.fullmatch(name):
            raise CallError(ReturnCode.PARAMETER)
        handle = self._next_handle
        self._next_handle += 1
        self._sessions[handle] = _Session(caller)
        return Reply(handle)

    def _close(self, caller: object, handle: int) -> Reply:
        session = self._session(caller, handle)
        for slot in tuple(session.powered):
            session.power_off(slot)
        del self._sessions[handle]
        return Reply(ReturnCode.OK)

    def _power_on(self, caller: object, handle: int, slot: int) -> Reply:
        session, reader = self._session(caller, handle), self._reader(slot)
        self._refuse_while_pending()
        session.power_off(slot)
        connection = _powered(reader)
        session.powered[slot] = connection
        return Reply(len(connection.atr), connection.atr)

    def _power_off(self, caller: object, handle: int, slot: int) -> Reply:
        session = self._session(caller, handle)
        self._reader(slot)
        session.power_off(slot)
        return Reply(ReturnCode.OK)

    def _get_status(self, caller: object, handle: int, slot: int) -> Reply:
        session = self._session(caller, handle)
        if not self._reader(slot).card_present():
            session.power_off(slot)
            raise CallError(ReturnCode.NO_CARD)
        return Reply(ReturnCode.OK if slot in session.powered else ReturnCode.NOT_POWERED)

    def _application(self, caller: object, handle: int, slot: int, apdu: bytes) -> Reply:
        session = self._session(caller, handle)
        self._reader(slot)
        self._refuse_while_pending()
        command = Command.parse(apdu)
        if command.extended:
            raise CallError(ReturnCode.UNSUPPORTED)
        if slot not in session.powered:
            raise CallError(ReturnCode.NOT_POWERED)
        try:
            answer = exchange(session.powered[slot].transmit, command).encode()
        except (TransportError, CompletionError):
            session.power_off(slot)
            raise
        if len(answer) > ANSWER_MAX:
            raise CallError(ReturnCode.CHECKSUM)
        return Reply(len(answer), answer)

    def _library_info(self, caller: object) -> Reply:
        return Reply(ReturnCode.OK, LIBRARY_INFO.encode("ascii"))

    def _session(self, caller: object, handle: int) -> _Session:
        session = self._sessions.get(handle)
        if session is None or session.caller is not caller:
            raise CallError(ReturnCode.NOT_CONNECTED)
        return session

    def _reader(self, slot: int) -> Reader:
        if slot not in CARD_SLOTS and slot not in SAM_SLOTS:
            raise CallError(ReturnCode.PARAMETER)
        reader: Reader | None = getattr(self._device, SLOTS[slot]) if slot in SLOTS else None
        if reader is None:
            raise CallError(ReturnCode.NO_CARD)
        return reader

    def _refuse_while_pending(self) -> None:
        if self._pending():
            raise CallError(ReturnCode.CONNECTION)


@dataclass(frozen=True, slots=True)
class LowerFunction:
    """One exported function: the kinds of its input arguments, what does its work, and what it returns if it can."""

    kinds: tuple[type, ...]
    work: Callable[..., Reply]
    returns: str


FUNCTIONS: Mapping[str, LowerFunction] = {
    "ICC_Reader_Open": LowerFunction((str,), ReaderLibrary._open, "a handle, 0 or more"),
    "ICC_Reader_Close": LowerFunction((int,), ReaderLibrary._close, "0"),
    "ICC_Reader_PowerOn": LowerFunction(
        (int, int), ReaderLibrary._power_on, "the length of the answer to reset, which is written"
    ),
    "ICC_Reader_PowerOff": LowerFunction((int, int), ReaderLibrary._power_off, "0"),
    "ICC_Reader_GetStatus": LowerFunction(
        (int, int), ReaderLibrary._get_status, "0 where a card is present and powered"
    ),
    "ICC_Reader_Application": LowerFunction(
        (int, int, bytes),
        ReaderLibrary._application,
        "the length of data and status word, which are written; nothing is on failure; "
        "-14 where the length is not that of the command (4, 5, 5 + Lc, 6 + Lc), -13 for an extended one",
    ),
    "ICC_Reader_Libinfo": LowerFunction(
        (), ReaderLibrary._library_info, "0; 32 characters are written: maker 16, model 14, version 2"
    ),
}
"""Handle first, then slot (a number), then the APDU; the length of an APDU is that of its bytes."""


def _powered(reader: Reader) -> Connection:
    """The card after a cold reset, or a warm one where its answer is none; a card without processor is -1."""
    try:
        connection = reader.connect()
    except CardMuteError:
        connection = reader.connect()
    if connection.protocol == "raw":
        connection.close()
        raise CallError(ReturnCode.CARD_TYPE)
    try:
        whole_atr(connection)
    except CardMuteError:
        connection.close()
        raise
    return connection
