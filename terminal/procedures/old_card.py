"""Reading an old medical card: its number and, where the local layout has it, the holder's ID number.

Memory cards are read through the readers' storage-card commands, the old CPU card by its records. Never written.
"""

from __future__ import annotations

from dataclasses import dataclass

from apdu.commands import RecordMode, StorageType, read_record, select_file, storage_read, storage_select_type
from apdu.fields import FieldError
from apdu.layout.old_cards import OLD_CARDS, OLD_CPU_FID
from apdu.layout.spec import FileSpec
from terminal.errors import UnexpectedAnswerError, expect_ok
from terminal.flow.steps import Procedure
from terminal.procedures.files import select_ef
from terminal.procedures.identify import CardKind

NUMBER_NAMES = ("Personal number", "Card number")


@dataclass(frozen=True, slots=True)
class OldCard:
    """An old medical card: its kind and the number the insurance centre knows it by."""

    kind: CardKind
    number: str


def read_old_card(kind: CardKind) -> Procedure[OldCard]:
    """Read the card's number; raises CardRefusedError, UnexpectedAnswerError or LayoutError where it cannot be read."""
    (file,) = OLD_CARDS[kind.value].files
    read = _read_cpu_number if kind is CardKind.OLD_CPU else _read_memory_number
    number = yield from read(kind, file)
    if not number:
        raise UnexpectedAnswerError(f"{file.path}: the {kind.value} card holds no number")
    return OldCard(kind, number)


def _read_memory_number(kind: CardKind, file: FileSpec) -> Procedure[str]:
    select = storage_select_type(StorageType[kind.name])
    response = yield select
    expect_ok(select, response, f"selecting the card type {kind.value}")
    item = next(item for item in file.items if item.name in NUMBER_NAMES)
    read = storage_read(item.offset or 0, item.length)
    response = yield read
    raw = expect_ok(read, response, f"reading {item.name.lower()} of the {kind.value} card")
    if len(raw) != item.length:
        raise UnexpectedAnswerError(f"{file.path}: asked for {item.length} bytes, got {len(raw)}")
    try:
        return str(item.decode(raw).value)
    except FieldError as error:
        raise UnexpectedAnswerError(
            f"{file.path}: {item.name.lower()} is unreadable: {error.reason}"
        ) from None


def _read_cpu_number(kind: CardKind, file: FileSpec) -> Procedure[str]:
    select = select_file(OLD_CPU_FID, p1=0x00)
    response = yield select
    expect_ok(select, response, "selecting the old medical application")
    yield from select_ef(file)
    item = next(item for item in file.items if item.name in NUMBER_NAMES)
    read = read_record(item.tag or 0, mode=RecordMode.FIRST, le=item.length + 2)
    response = yield read
    return str(file.decode_record(expect_ok(read, response, f"reading {item.name.lower()}")).value)
