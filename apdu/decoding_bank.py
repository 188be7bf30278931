"""BER-TLV and the bank's flags as fields: tags by name, DOLs, file locator, and every bit that is set."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from apdu.decoding_bank_values import AMOUNTS, CODES, NUMBERS, READERS
from apdu.dol import parse_dol
from apdu.explain_fields import Field
from apdu.redact import citizen_numbers, mask_id, masked_hex
from apdu.tags import BY_TAG, TagSpec, tag_name
from apdu.tlv import Tlv, TlvError, parse

HIDDEN = "****"
TEXTS = frozenset({0x50, 0x84, 0x9F12, 0x5F20, 0x9F0B, 0x9F4E})
"""Tags whose value is a name people read."""

SOCIAL_TAGS: Mapping[int, tuple[str, str]] = {0x9F0C: ("Algorithm template", "算法标识模板")}
SOCIAL_ALGORITHMS = {b"\x01": "01 DES/3DES", b"\x02": "02 SSF33", b"\x03": "03 SM4"}


def tlv_fields(raw: bytes, *, masked: bool) -> Iterator[Field]:
    """Every data object of `raw`, templates opened; raises TlvError with the offset."""
    yield from _objects(parse(raw), "", masked)


def _objects(objects: tuple[Tlv, ...], path: str, masked: bool) -> Iterator[Field]:
    for item in objects:
        here = f"{path}/{item.tag:02X}".lstrip("/")
        children = _children(item)
        if children is not None:
            yield from _objects(children, here, masked)
            continue
        known = BY_TAG.get(item.tag)
        name, name_zh = _names(item.tag, path)
        hidden = masked and known is not None and known.identity
        yield Field(
            here, name, name_zh, _value(item, path, hidden), _raw(item.value, hidden, masked), _source(known)
        )
        if not hidden:
            yield from _inside(item, here)


def _children(item: Tlv) -> tuple[Tlv, ...] | None:
    """What a template holds: one the table knows, or the social card's 9F0C; None for everything else."""
    known = BY_TAG.get(item.tag)
    if item.tag in SOCIAL_TAGS or (known is not None and known.form == "tlv"):
        return parse(item.value, item.offset)
    return None


def _names(tag: int, path: str) -> tuple[str, str]:
    if path.endswith("9F0C") and tag == 0x86:
        return "Algorithm", "算法标识"
    known = BY_TAG.get(tag)
    return (known.name, known.name_zh) if known else (f"Unknown tag {tag:02X}", "未知标签")


def _value(item: Tlv, path: str, hidden: bool) -> str:
    known = BY_TAG.get(item.tag)
    if hidden:
        digits = (
            _text(item.value)
            if known is not None and known.form == "an"
            else item.value.hex().upper().rstrip("F")
        )
        return (
            mask_id(digits)
            if digits.isalnum() and known is not None and known.form in ("an", "cn")
            else HIDDEN
        )
    if path.endswith("9F0C") and item.tag == 0x86:
        return SOCIAL_ALGORITHMS.get(item.value, "unknown algorithm")
    coded = _coded(item.tag, item.value)
    if coded is not None:
        return coded
    if item.tag in TEXTS or (known is not None and known.form == "an"):
        return _text(item.value)
    if known is not None and known.form == "date" and item.value.hex().isdecimal() and len(item.value) == 3:
        return f"20{item.value[0]:02x}-{item.value[1]:02x}-{item.value[2]:02x}"
    return item.value.hex().upper().rstrip("F") if known is not None and known.form in ("n", "cn") else ""


def _coded(tag: int, value: bytes) -> str | None:
    """Codes with their meaning, numbers and amounts; None for every other value."""
    if tag in CODES:
        return CODES[tag].get(value, "")
    if tag in NUMBERS:
        return str(int.from_bytes(value, "big"))
    if tag in AMOUNTS and value.hex().isdecimal():
        fen = int(value.hex())
        return f"{fen // 100}.{fen % 100:02}"
    return None


def _text(value: bytes) -> str:
    text = value.decode("gbk", "replace").rstrip("\0 ")
    return text if text.isprintable() and "\ufffd" not in text else ""


def _raw(value: bytes, hidden: bool, masked: bool) -> str:
    if hidden:
        return "**" * len(value)
    return masked_hex(value, citizen_numbers(value) if masked else ())


def _source(known: TagSpec | None) -> str:
    return known.source if known else ""


def _inside(item: Tlv, path: str) -> Iterator[Field]:
    """What a value is made of, where it is of a form of its own; a value that breaks its form says nothing."""
    known = BY_TAG.get(item.tag)
    reader = _dol if known is not None and known.form == "dol" else READERS.get(item.tag)
    if reader is None:
        return
    try:
        yield from list(reader(item.value, path))
    except (TlvError, ValueError) as error:
        yield Field(path, "Not well formed", "格式错误", str(error), "", "")


def _dol(raw: bytes, path: str) -> Iterator[Field]:
    for entry in parse_dol(raw):
        known = BY_TAG.get(entry.tag)
        name_zh = known.name_zh if known else "未知标签"
        yield Field(
            f"{path}/{entry.tag:02X}",
            tag_name(entry.tag),
            name_zh,
            _bytes(entry.length),
            "",
            _source(known),
        )


def _bytes(count: int) -> str:
    return f"{count} byte{'s' * (count != 1)}"
