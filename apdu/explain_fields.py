"""One field of an exchange as people read it: names, value and bytes, masked."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from apdu.addressing import Place
from apdu.command import Command
from apdu.layout import Item, Secrecy
from apdu.redact import citizen_numbers, mask_id
from apdu.response import Response

MASK = "****"
CITIZEN_DIGITS = 18
_TEXTS: dict[type, Callable[[Any], str]] = {
    bytes: lambda value: str(value.hex().upper()),
    datetime: lambda value: str(value.isoformat(" ")),
}


@dataclass(frozen=True, slots=True)
class Field:
    """One piece of an exchange: where it stands, its names, its value for people and its hex, both masked."""

    path: str
    name: str
    name_zh: str
    value: str
    raw: str
    source: str


def shown(value: Any, item: Item, *, masked: bool = True) -> str:
    """A value as people read it: codes with their meaning, fen as yuan, identity masked; "" where unset."""
    if masked and item.secrecy is not Secrecy.OPEN:
        return mask_id(str(value)) if item.secrecy is Secrecy.IDENTITY else MASK
    if value is None:
        return ""
    if masked and isinstance(value, str) and citizen_numbers(value.encode("ascii", "replace")):
        return mask_id(value) if len(value) == CITIZEN_DIGITS else MASK
    if item.coding is not None and item.coding.unit == "fen":
        return f"{value // 100}.{value % 100:02} CNY"
    meaning = item.describe(value) if item.codes else None
    return f"{value} ({meaning[0]} {meaning[1]})" if meaning else _TEXTS.get(type(value), str)(value)


def plain(path: str, names: tuple[str, str], value: str, raw: bytes | str, source: str) -> Field:
    """A field that is no item of a file; bytes are shown in hex, hex that is masked already as it is."""
    return Field(path, *names, value, raw if isinstance(raw, str) else raw.hex().upper(), source)


Decoder = Callable[[Command, Response, Place], Iterable[Field]]
"""What the fields of one instruction's command and answer are."""
