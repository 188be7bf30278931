"""A PSAM's working keys as records of one cell: key file 1, usage 1, id or version 1, key (LD/T 32.9 section 6)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from apdu.keys import KEYS
from virtual_card.nonvolatile import Cell
from virtual_card.state import NATIONAL_FILE, SamKey

PROVINCIAL_FILE, CITY_FILE = 0x12, 0x13
KEY_FILES = (NATIONAL_FILE, PROVINCIAL_FILE, CITY_FILE)
PURCHASE_TYPE = 2
TYPE_BITS = 0x1F
LEVEL_SHIFT = 5

_PROVINCIAL_IDS = frozenset((*range(0x10, 0x18), *range(0x40, 0x80)))
_CITY_IDS = frozenset((*range(0x01, 0x04), *range(0x18, 0x20), *range(0x80, 0xB0), *range(0xB5, 0xC0)))


def key_file(id: int) -> int:
    """The key file that an id belongs to; purchase keys (01 to 03) are given to cities."""
    if id in _PROVINCIAL_IDS:
        return PROVINCIAL_FILE
    return CITY_FILE if id in _CITY_IDS else NATIONAL_FILE


def usage(key: SamKey) -> int:
    """The usage byte: levels still to diversify, and type."""
    return key.levels << LEVEL_SHIFT | key.type


def sam_cell(keys: Sequence[SamKey]) -> list[bytes]:
    """The cell that holds these keys."""
    return [record_of(key.file, usage(key), key.id, key.value) for key in keys]


def record_of(file: int, usage: int, id: int, value: bytes) -> bytes:
    """One key as a record of the cell."""
    return bytes((file, usage, id)) + value


def read_sam_keys(cell: Cell, known: Sequence[SamKey] = ()) -> list[SamKey]:
    """The keys in a cell; names are those of `known` keys of the same type and id, else of the key table."""
    names = {(key.type, key.id): key.name for key in known}
    return [_read(record, names) for record in cast("list[bytes]", cell)]


def find(cell: Cell, type: int, id: int, lenient: bool) -> SamKey | None:
    """The key of this type and id; `lenient`: else one with the id alone, as drivers disagree about types."""
    fallback = None
    for record in cast("list[bytes]", cell):
        if record[2] == id:
            if record[1] & TYPE_BITS == type:
                return _read(record, {})
            fallback = fallback or record
    if not lenient or fallback is None or type == PURCHASE_TYPE:
        return None
    return _read(fallback, {})


def _read(record: bytes, names: dict[tuple[int, int], str]) -> SamKey:
    file, use, id = record[:3]
    type = use & TYPE_BITS
    name = names.get((type, id)) or _table_name(type, id)
    return SamKey(name, type, use >> LEVEL_SHIFT, id, record[3:], file)


def _table_name(type: int, id: int) -> str:
    if type == PURCHASE_TYPE:
        return "DPK"
    return next((key.name for key in KEYS if key.psam_id == id), f"key {id:02X}")
