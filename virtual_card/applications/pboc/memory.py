"""The bank's cells in the card's memory, and everything about its side that no command changes."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import cast

from apdu.dol import Dol, parse_dol
from apdu.pboc import LOG_SFI
from virtual_card.applications.pboc.contents import BankContents, Blocked, History
from virtual_card.nonvolatile import Cell, NonVolatile

COUNTER, ONLINE, TRIES, OFFLINE, SCRIPTS, BLOCKED, HISTORY, AMOUNT = 0, 2, 4, 5, 6, 7, 8, 9
"""Places in the cell of numbers; the two counters and the amount in fen (6 bytes) are big-endian."""

NUMBERS_LENGTH = 15
AMOUNT_LENGTH = 6
MAX_AMOUNT = 256**AMOUNT_LENGTH - 1
OBJECT_NAME, PIN_NAME, NUMBERS_NAME = "bank/objects", "bank/pin", "bank/numbers"


def file_name(sfi: int) -> str:
    """What the cell of a file is called in images and journals."""
    return f"bank/{sfi:02X}"


@dataclass(frozen=True, slots=True, repr=False)
class BankProfile:
    """The bank's side compiled: where its cells are, its lists taken apart."""

    contents: BankContents
    numbers: int
    pin: int
    objects: int
    places: Mapping[int, int]
    files: Mapping[int, int]
    processing: Dol
    first: Dol
    second: Dol
    dynamic: Dol
    log: Dol


def cells_of(contents: BankContents) -> dict[str, Cell]:
    """What changes on the bank's side, by name, as the memory holds it."""
    numbers = bytearray(NUMBERS_LENGTH)
    numbers[COUNTER:ONLINE] = contents.counter.to_bytes(2, "big")
    numbers[ONLINE:TRIES] = contents.online_counter.to_bytes(2, "big")
    numbers[TRIES] = contents.pin_tries
    numbers[OFFLINE] = contents.offline_count
    numbers[SCRIPTS] = contents.scripts
    numbers[BLOCKED] = contents.blocked
    numbers[HISTORY] = contents.history
    numbers[AMOUNT:] = contents.offline_amount.to_bytes(AMOUNT_LENGTH, "big")
    cells: dict[str, Cell] = {
        NUMBERS_NAME: numbers,
        PIN_NAME: [contents.pin.encode("ascii")],
        OBJECT_NAME: [contents.objects[tag] for tag in sorted(contents.objects)],
    }
    for sfi, records in sorted(contents.files.items()):
        cells[file_name(sfi)] = list(records)
    return cells


def compile_bank(contents: BankContents, first_cell: int) -> BankProfile:
    """The run-time form; `first_cell` is where the cells of `cells_of` begin in the card's memory."""
    contents = deepcopy(contents)
    files = {sfi: first_cell + 3 + index for index, sfi in enumerate(sorted(contents.files))}
    return BankProfile(
        contents=contents,
        numbers=first_cell,
        pin=first_cell + 1,
        objects=first_cell + 2,
        places={tag: index for index, tag in enumerate(sorted(contents.objects))},
        files=files,
        processing=parse_dol(contents.lists.processing),
        first=parse_dol(contents.lists.first),
        second=parse_dol(contents.lists.second),
        dynamic=parse_dol(contents.lists.dynamic),
        log=parse_dol(contents.objects.get(0x9F4F, b"")) if LOG_SFI in files else (),
    )


def bank_snapshot(contents: BankContents, memory: NonVolatile) -> BankContents:
    """`contents` with everything that changes replaced by what the memory holds now."""
    cells = dict(zip(memory.names, memory.cells, strict=True))
    numbers = cast(bytearray, cells[NUMBERS_NAME])
    objects = cast("list[bytes]", cells[OBJECT_NAME])
    return replace(
        contents,
        counter=int.from_bytes(numbers[COUNTER:ONLINE], "big"),
        online_counter=int.from_bytes(numbers[ONLINE:TRIES], "big"),
        pin_tries=numbers[TRIES],
        offline_count=numbers[OFFLINE],
        scripts=numbers[SCRIPTS],
        blocked=Blocked(numbers[BLOCKED]),
        history=History(numbers[HISTORY]),
        offline_amount=int.from_bytes(numbers[AMOUNT:], "big"),
        pin=cast("list[bytes]", cells[PIN_NAME])[0].decode("ascii"),
        objects=dict(zip(sorted(contents.objects), objects, strict=True)),
        files={sfi: list(cast("list[bytes]", cells[file_name(sfi)])) for sfi in sorted(contents.files)},
    )
