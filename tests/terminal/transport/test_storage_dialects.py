from __future__ import annotations

from typing import TypeVar

import pytest

from apdu import commands as c
from apdu.command import Command
from apdu.commands import StorageDialect, StorageType
from apdu.response import Response
from terminal.flow.steps import Procedure
from terminal.procedures.identify import CardKind
from terminal.procedures.old_card import read_old_card
from terminal.transport.base import Connection
from terminal.transport.storage import DialectError, StorageReader, dialect_of
from terminal.transport.virtual import VirtualReader
from virtual_card.issuer import issue
from virtual_card.slot import Slot

T = TypeVar("T")

ACS, PCSC = StorageDialect.ACS, StorageDialect.PCSC
WORDS = {ACS: {0xA4, 0xB0, 0xD0, 0x20, 0xB1, 0xD2}, PCSC: {0xB0, 0xD6, 0x20}}
CODE = {"sle4442": b"\xff" * 3, "sle4428": b"\xff" * 2}
KINDS = sorted(CODE)


class OneDialect:
    """A connection to a reader that knows the words of one dialect and answers 6D00 to every other."""

    def __init__(self, connection: Connection, dialect: StorageDialect) -> None:
        self._connection = connection
        self._dialect = dialect

    def __getattr__(self, name: str):
        return getattr(self._connection, name)

    def transmit(self, apdu: bytes) -> bytes:
        known = len(apdu) < 2 or apdu[0] != 0xFF or apdu[1] in WORDS[self._dialect]
        return self._connection.transmit(apdu) if known else b"\x6d\x00"


class OneDialectReader(VirtualReader):
    """A reader of one dialect, which it is named after as real ones are."""

    def __init__(self, slot: Slot, dialect: StorageDialect) -> None:
        super().__init__(slot)
        self._dialect = dialect

    @property
    def name(self) -> str:
        return {ACS: "ACS ACR38U 00 00", PCSC: "OMNIKEY CardMan 3x21 00 00"}[self._dialect]

    def connect(self):
        return OneDialect(super().connect(), self._dialect)


def reader(kind: str, dialect: StorageDialect) -> StorageReader:
    slot = Slot("slot")
    slot.insert(issue(kind, 1))
    return StorageReader(OneDialectReader(slot, dialect))


def ask(connection: Connection, command: Command) -> Response:
    return Response.parse(connection.transmit(command.encode()))


def driven(procedure: Procedure[T], connection: Connection) -> T:
    response = None
    while True:
        try:
            command = next(procedure) if response is None else procedure.send(response)
        except StopIteration as stop:
            return stop.value
        response = ask(connection, command)


@pytest.mark.parametrize("dialect", [ACS, PCSC])
@pytest.mark.parametrize("kind", KINDS)
def test_old_card_is_read_in_the_dialect_of_the_reader(kind, dialect):
    connection = reader(kind, dialect).connect()
    card = driven(read_old_card(CardKind(kind)), connection)
    assert card.number.isascii() and len(card.number) >= 8


@pytest.mark.parametrize("dialect", [ACS, PCSC])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("said", [ACS, PCSC])
def test_write_is_said_in_the_dialect_of_the_reader_however_it_was_put(kind, dialect, said):
    connection = reader(kind, dialect).connect()
    assert ask(connection, c.storage_write(0x40, b"\xab", said)).sw == 0x6982
    assert ask(connection, c.storage_present_code(CODE[kind])).sw1 == 0x90
    assert ask(connection, c.storage_write(0x40, b"\xab", said)).ok
    assert ask(connection, c.storage_read(0x40, 1)).data == b"\xab"


def test_dialect_without_error_counter_says_so_and_sends_nothing():
    storage = reader("sle4442", PCSC)
    connection = storage.connect()
    for command, what in (
        (c.storage_error_counter(), "reading the error counter"),
        (Command(0xFF, 0xD2, 0, 0, b"\x11\x22\x33"), "changing the security code"),
    ):
        with pytest.raises(DialectError, match=f"reader OMNIKEY CardMan 3x21 00 00: {what}") as caught:
            ask(connection, command)
        assert "112233" not in str(caught.value)
    assert storage.reader.slot.exchanges == 0
    assert ask(reader("sle4442", ACS).connect(), c.storage_error_counter()).data == b"\x07\0\0\0"


def test_selecting_another_kind_of_card_than_the_one_there_is_refused_in_both():
    select = c.storage_select_type(StorageType.SLE4428)
    assert ask(reader("sle4442", ACS).connect(), select).sw == 0x6300
    with pytest.raises(DialectError, match="the card in it is SLE4442, another kind"):
        ask(reader("sle4442", PCSC).connect(), select)


def test_selecting_the_card_there_is_answers_what_a_read_answers():
    select = c.storage_select_type(StorageType.SLE4442)
    assert ask(reader("sle4442", PCSC).connect(), select) == Response(b"", 0x9000)


def test_processor_card_passes_untouched():
    storage = reader("ssc-3.0", ACS)
    assert isinstance(storage.connect(), OneDialect)


def test_what_is_no_storage_card_command_goes_as_it_is():
    connection = reader("sle4442", PCSC).connect()
    assert connection.transmit(bytes.fromhex("00A4040000")) == b"\x6e\x00"
    assert connection.transmit(b"\xff") == b"\x67\x00"
    assert connection.reset() == connection.atr
    connection.close()


@pytest.mark.parametrize(
    ("name", "dialect"),
    [
        ("ACS ACR38U 00 00", ACS),
        ("ACR39U ICC Reader 00 00", ACS),
        ("Identiv uTrust 3512 00 00", PCSC),
        ("My ACS clone 00 00", PCSC),
    ],
)
def test_dialect_goes_by_the_readers_name(name, dialect):
    assert dialect_of(name) is dialect


def test_dialect_can_be_said():
    slot = Slot("slot")
    slot.insert(issue("sle4442", 1))
    connection = StorageReader(OneDialectReader(slot, PCSC), ACS).connect()
    assert ask(connection, c.storage_select_type(StorageType.SLE4442)).sw == 0x6D00
