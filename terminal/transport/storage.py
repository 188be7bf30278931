"""Memory cards behind a real reader: storage-card commands in the dialect the reader speaks.

A memory card understands no APDU; the reader does, and readers differ. Procedures speak one language
(`apdu.commands.storage_*`); this wrapper says it in the other where the reader needs that:

| command | ACS | PC/SC part 3 section 3.2.2 |
|---|---|---|
| select card type | `FFA4` | none: the reader knows the card; a read of one byte says whether it does |
| read | `FFB0` | `FFB0` |
| write | `FFD0` | `FFD6` |
| present the code | `FF20`, answered 90 and the error counter | `FF20`, answered 9000 or 63Cx |
| read the error counter | `FFB1` | none: DialectError |
| change the code | `FFD2` | none: DialectError |
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from apdu.command import Command, MalformedApduError
from apdu.commands import StorageDialect, StorageType, storage_read
from apdu.layout.old_cards import SLE4428_ATR, SLE4442_ATR
from terminal.transport.base import Connection, PinPad, Reader, ReaderError

STORAGE_CLASS = 0xFF
SELECT_TYPE, CHANGE_CODE, ERROR_COUNTER = 0xA4, 0xD2, 0xB1
WRITES = frozenset(dialect.value for dialect in StorageDialect)
MEMORY_CARDS = {SLE4442_ATR: StorageType.SLE4442, SLE4428_ATR: StorageType.SLE4428}
"""What readers show of a memory card's answer to reset: its last four bytes."""

PROFILES: Mapping[str, StorageDialect] = {"ACS ": StorageDialect.ACS, "ACR": StorageDialect.ACS}
"""How reader names begin, and the dialect of those readers; every other is taken to speak PC/SC part 3."""

DIALECT_NAMES = {StorageDialect.ACS: "ACS", StorageDialect.PCSC: "PC/SC part 3"}


class DialectError(ReaderError):
    """The reader has no word for what a memory card should be asked."""


def dialect_of(reader: str) -> StorageDialect:
    """The dialect of a reader, by its name."""
    return next((PROFILES[start] for start in PROFILES if reader.startswith(start)), StorageDialect.PCSC)


def memory_card_type(atr: bytes) -> StorageType | None:
    """The kind of memory card an answer to reset belongs to, None for a processor card."""
    return MEMORY_CARDS.get(atr[-4:])


@dataclass(frozen=True, slots=True)
class StorageReader:
    """A reader whose memory cards are spoken to in its dialect; processor cards pass untouched.

    `dialect` None goes by the reader's name.
    """

    reader: Reader
    dialect: StorageDialect | None = None

    @property
    def name(self) -> str:
        """The reader's name."""
        return self.reader.name

    def card_present(self) -> bool:
        """Whether there is a card in the slot."""
        return self.reader.card_present()

    def wait(self, present: bool, timeout_s: float | None = None) -> bool:
        """As the reader waits."""
        return self.reader.wait(present, timeout_s)

    def connect(self) -> Connection:
        """Power the card on; raises as the reader does."""
        connection = self.reader.connect()
        if memory_card_type(connection.atr) is None:
            return connection
        return StorageConnection(connection, self.name, self.dialect or dialect_of(self.name))


class StorageConnection:
    """A memory card in a reader of one dialect."""

    def __init__(self, connection: Connection, reader: str, dialect: StorageDialect) -> None:
        self._connection = connection
        self._reader = reader
        self.dialect = dialect

    @property
    def atr(self) -> bytes:
        """What the reader shows as the card's answer to reset."""
        return self._connection.atr

    @property
    def protocol(self) -> str:
        """The protocol the reader names; a memory card has none of its own."""
        return self._connection.protocol

    @property
    def pin_pad(self) -> PinPad | None:
        """The reader's keypad; memory cards have no PIN for it."""
        return self._connection.pin_pad

    def transmit(self, apdu: bytes) -> bytes:
        """Send one storage-card command in the reader's dialect, return data and status word.

        What is none goes as it is. Raises DialectError for what the dialect cannot say, and TransportError.
        """
        try:
            command = Command.parse(apdu)
        except MalformedApduError:
            return self._connection.transmit(apdu)
        if command.cla != STORAGE_CLASS:
            return self._connection.transmit(apdu)
        if command.ins in WRITES:
            command = replace(command, ins=self.dialect.value)
        say = _PCSC.get(command.ins) if self.dialect is StorageDialect.PCSC else None
        return say(self, command) if say is not None else self._connection.transmit(command.encode())

    def reset(self) -> bytes:
        """Reset the card; returns the new answer to reset."""
        return self._connection.reset()

    def close(self) -> None:
        """Power the card off and release the reader."""
        self._connection.close()

    def _select_type(self, command: Command) -> bytes:
        """The status word of a read of one byte; raises DialectError where another card is in the reader."""
        found = memory_card_type(self.atr)
        if found is None or command.data != bytes((found,)):
            raise DialectError(
                f"reader {self._reader}: the card in it is {found.name if found else 'no memory card'}, another kind "
                "was asked for 存储卡类型不符; check the card"
            )
        return self._connection.transmit(storage_read(0, 1).encode())[-2:]

    def _refuse(self, command: Command) -> bytes:
        raise DialectError(
            f"reader {self._reader}: {_UNSAYABLE[command.ins]} has no command in its dialect "
            f"{DIALECT_NAMES[self.dialect]} 读卡器不支持该存储卡命令; take a reader of the ACS dialect"
        )


_UNSAYABLE = {ERROR_COUNTER: "reading the error counter", CHANGE_CODE: "changing the security code"}
_PCSC: Mapping[int, Callable[[StorageConnection, Command], bytes]] = {
    SELECT_TYPE: StorageConnection._select_type,
    ERROR_COUNTER: StorageConnection._refuse,
    CHANGE_CODE: StorageConnection._refuse,
}
