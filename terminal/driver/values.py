"""The text of a card value, both ways (reader specification section 10: `an` characters, `cn` digits, `b` hex).

What is possible in a value is what the layout's coding reads and writes; only the three forms are known here.
A B-TLV is its sub-fields joined with `^`; a record of a cyclic file has a `^` after every field.
"""

from __future__ import annotations

from apdu.fields import Coding, FieldError
from apdu.layout import FileSpec, Item, ItemValue, Structure
from apdu.layout.item import join_record
from terminal.driver.codes import CallError, ReturnCode, refuse

SEPARATOR = "^"
FORBIDDEN = "|$^:"
"""The characters of the grammar cannot stand in a value."""


def text_of(value: ItemValue) -> str:
    """A value as callers read it, padding removed; "" where unset."""
    if value.parts:
        joined = SEPARATOR.join(text_of(part) for part in value.parts)
        return joined if value.item.type == "B-TLV" else joined + SEPARATOR
    if isinstance(value.value, str):
        return value.value
    return "" if value.value is None else _FORMS[value.item.type](value.raw)


def record_text(file: FileSpec, raw: bytes) -> str:
    """The value of one record as READ RECORD returns it; raises LayoutError where it is none."""
    return text_of(file.decode_record(raw))


def encode_record(item: Item, text: str) -> bytes:
    """The record (or the whole transparent content) to write for a value; "" writes the unset value.

    Raises CallError: -41 for a character the value cannot hold, -42 for a wrong length, -23 for the rest.
    """
    value = encode_value(item, text)
    return value if item.tag is None else join_record(item.tag, value)


def encode_content(file: FileSpec, text: str) -> bytes:
    """What to write into a file that is named alone: one record of a cyclic one, all of a transparent one."""
    if file.structure is Structure.TRANSPARENT:
        return _fitting(_octets(text, file.name), file.size or 0, file.name)
    return encode_value(file.items[0], text)


def encode_value(item: Item, text: str) -> bytes:
    """The padded value bytes for a text; raises CallError as `encode_record`."""
    if item.coding is None:
        return _composite(item, text)
    _refuse_forbidden(item, text)
    return bytes(item.coding.empty) if not text else _coded(item, item.coding, text)


def _composite(item: Item, text: str) -> bytes:
    parts = text.removesuffix(SEPARATOR).split(SEPARATOR) if item.type == "record" else text.split(SEPARATOR)
    if len(parts) != len(item.children):
        raise refuse(
            ReturnCode.BAD_DATA,
            f"{item.name_zh}应有{len(item.children)}个子项",
            f"{item.label} has {len(item.children)} parts, {len(parts)} are given",
        )
    encoded = [encode_value(child, part) for child, part in zip(item.children, parts, strict=True)]
    try:
        return item.encode(
            tuple(child.decode(raw).value for child, raw in zip(item.children, encoded, strict=True))
        )
    except FieldError as error:
        raise refuse(ReturnCode.BAD_DATA, item.name_zh, f"{item.label}: {error.reason}") from None


def _coded(item: Item, coding: Coding, text: str) -> bytes:
    raw = _RAW[str(coding.kind)](item, text)
    if len(raw) > coding.length:
        raise _length(item)
    padded = raw + coding.empty[len(raw) :]
    try:
        return bytes(coding.build(coding.parse(padded)))
    except FieldError as error:
        raise _refused(item, text, len(raw), error) from None


def _refused(item: Item, text: str, given: int, error: FieldError) -> CallError:
    """Why the coding refuses: behind what was given it is too short, else a character or the whole of it."""
    if error.offset >= given:
        return _length(item)
    if item.type == "an" or not text.isdigit():
        return _character(item)
    return refuse(ReturnCode.BAD_DATA, item.name_zh, f"{item.label}: {error.reason}")


def _characters(item: Item, text: str) -> bytes:
    try:
        return text.encode("gbk")
    except UnicodeEncodeError:
        raise _character(item) from None


def _digits(item: Item, text: str) -> bytes:
    try:
        return bytes.fromhex(text + "F" * (len(text) % 2))
    except ValueError:
        raise _character(item) from None


def _octets_of(item: Item, text: str) -> bytes:
    return _fitting(_octets(text, item.label), item.length, item.label)


_RAW = {"an": _characters, "cn": _digits, "b": _octets_of}
_FORMS = {
    "an": lambda raw: raw.decode("gbk"),
    "cn": lambda raw: raw.hex().rstrip("f"),
    "b": lambda raw: raw.hex().upper(),
}


def _octets(text: str, label: str) -> bytes:
    if any(character not in "0123456789ABCDEFabcdef" for character in text):
        raise refuse(ReturnCode.CHARACTER, "应为十六进制", f"{label} is written in hexadecimal digits")
    if len(text) % 2:
        raise refuse(ReturnCode.LENGTH, "十六进制位数为奇数", f"{label} has an odd number of digits")
    return bytes.fromhex(text)


def _fitting(raw: bytes, length: int, label: str) -> bytes:
    if len(raw) != length:
        raise refuse(
            ReturnCode.LENGTH, f"应为{length}字节", f"{label} has {length} bytes, {len(raw)} are given"
        )
    return raw


def _refuse_forbidden(item: Item, text: str) -> None:
    if any(character in FORBIDDEN or not character.isprintable() for character in text):
        raise _character(item)


def _character(item: Item) -> CallError:
    return refuse(ReturnCode.CHARACTER, item.name_zh, item.label)


def _length(item: Item) -> CallError:
    return refuse(
        ReturnCode.LENGTH,
        f"{item.name_zh}为{item.length}字节",
        f"{item.label} has {item.length} bytes of type {item.type}",
    )
