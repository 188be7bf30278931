"""The contents of card files as facts, decoded by the layout: the same for an image and for a card that was read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from apdu.explain_fields import shown
from apdu.layout import FileSpec, ItemValue, LayoutError
from terminal.cli.card_sections import Fact, fact
from terminal.text import Text


def body_facts(spec: FileSpec, body: bytes, masked: bool) -> Iterator[Fact]:
    """The items of a transparent file; contents that break the layout as what is wrong with them."""
    try:
        for value in spec.parse(body).values:
            yield from _values(spec, value, spec.path, masked)
    except LayoutError as error:
        yield fact(spec.path, "Unreadable", "无法解析", str(error), body)


def record_facts(spec: FileSpec, records: Iterable[bytes], masked: bool) -> Iterator[Fact]:
    """The items of each record, by tag; a record that breaks the layout as what is wrong with it."""
    records = tuple(records)
    if not records:
        yield fact(spec.path, "Records", "记录", "none")
    seen: dict[str, int] = {}
    for number, record in enumerate(records, 1):
        try:
            value = spec.decode_record(record)
        except LayoutError as error:
            yield fact(f"{spec.path}/{number}", "Unreadable", "无法解析", str(error), record)
            continue
        tag = f"{number}" if value.tag is None else f"{value.tag:02X}"
        seen[tag] = seen.get(tag, 0) + 1
        again = f".{seen[tag]}" if seen[tag] > 1 else ""
        yield from _values(spec, value, f"{spec.path}/{tag}{again}", masked)


def _values(spec: FileSpec, value: ItemValue, path: str, masked: bool) -> Iterator[Fact]:
    for number, part in enumerate(value.parts, 1):
        own = f"{number}" if part.tag is None else f"{part.tag:02X}"
        yield from _values(spec, part, f"{path}/{own}", masked)
    if not value.parts:
        item = value.item
        where = path if item.tag is not None or item.offset is None else f"{path}+{item.offset:04X}"
        unknown = masked and spec.opaque_records  # what nobody published may be anybody's number
        text = f"{item.length} bytes, not shown" if unknown else shown(value.value, item, masked=masked)
        yield Fact(where, Text(item.name, item.name_zh), text, value.raw)
