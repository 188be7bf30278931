"""What is selected, read and written as fields: the items of a file in the order of the bytes."""

from __future__ import annotations

from collections.abc import Iterator

from apdu import tlv
from apdu.addressing import Place, binary_offset, is_binary_command, is_record_command
from apdu.command import Command
from apdu.explain_fields import Field, plain, shown
from apdu.fields import FieldError
from apdu.layout import FileSpec, Item, ItemValue, LayoutError, Secrecy, Structure
from apdu.redact import citizen_numbers, hidden_in_data, masked_hex
from apdu.response import Response

_SELECTION = "LD/T 32.5 section 6.11"
_ALGORITHMS = {1: "01 DES/3DES", 2: "02 SSF33", 3: "03 SM4"}


def decode_file_data(command: Command, response: Response, place: Place) -> Iterator[Field]:
    """Items read or written: records with their tags, transparent bytes by their offset."""
    data = command.data or response.data
    target = place.addressed(command)
    if not data:
        return
    if target.file is None:
        raw = masked_hex(data, hidden_in_data(command, data, place))
        yield plain(target.path, ("Undeclared data", "未定义数据"), "", raw, "")
    elif is_binary_command(command):
        yield from _binary(target.file, data, binary_offset(command))
    elif is_record_command(command):
        yield from _records(target.file, command, data, place)


def _records(file: FileSpec, command: Command, data: bytes, place: Place) -> Iterator[Field]:
    hidden = hidden_in_data(command, data, place)
    start = 0
    while start < len(data):
        end = start + _record_length(file, data, start)
        if file.opaque_records:
            raw = masked_hex(data, hidden)[2 * start + 4 : 2 * end]
            path = f"{file.path}/{data[start]:02X}"
            yield plain(path, ("Unpublished item", "未公布数据项"), "", raw, file.source)
            start = end
            continue
        try:
            yield from item_fields(file, file.decode_record(data[start:end]))
        except LayoutError as error:
            raw = masked_hex(data, hidden)[2 * start : 2 * end]
            names = ("Unreadable record", "无法解析的记录")
            yield plain(
                file.path, names, f"item {error.item or '?'}, byte {error.offset}: {error.reason}", raw, ""
            )
        start = end


def _record_length(file: FileSpec, data: bytes, start: int) -> int:
    if file.structure is Structure.CYCLIC:
        record = file.items[0]
        return len(data) if len(data) in record.also else record.length
    return 2 + data[start + 1] if start + 1 < len(data) else 1


def item_fields(
    file: FileSpec, value: ItemValue, prefix: str = "", *, masked: bool = True
) -> Iterator[Field]:
    """A decoded item of a file as fields, one for each part; `masked` False shows what identifies somebody."""
    item = value.item
    here = f"{prefix or file.path}/{item.tag:02X}" if item.tag is not None else (prefix or file.path)
    if value.parts:
        for part in value.parts:
            yield from item_fields(file, part, here, masked=masked)
        return
    if item.tag is None and item.offset is not None:
        here = f"{here}+{item.offset:02X}"
    yield Field(
        here,
        item.name,
        item.name_zh,
        shown(value.value, item, masked=masked),
        _masked(item, value.raw) if masked else value.raw.hex().upper(),
        item.source or file.source,
    )


def _masked(item: Item, raw: bytes) -> str:
    return masked_hex(raw, citizen_numbers(raw) if item.secrecy is Secrecy.OPEN else range(len(raw)))


def _binary(file: FileSpec, data: bytes, offset: int) -> Iterator[Field]:
    """Items that lie wholly inside the bytes; of others the part that is there, undecoded."""
    for item in file.items:
        start = (item.offset or 0) - offset
        end = start + item.length
        if end <= 0 or start >= len(data):
            continue
        part = data[max(start, 0) : end]
        raw = _masked(item, part)
        if start < 0 or end > len(data):
            value = f"{len(part)} of {item.length} bytes"
        else:
            try:
                value = shown(item.decode(part).value, item)
            except FieldError as error:
                value = f"byte {(item.offset or 0) + error.offset}: {error.reason}"
        where = f"{file.path}+{item.offset or 0:04X}"
        yield Field(where, item.name, item.name_zh, value, raw, item.source or file.source)


def select_fields(command: Command, response: Response, place: Place) -> Iterator[Field]:
    """What was selected, and what its control information tells."""
    if place.file is not None:
        yield plain(
            place.path, ("File", "文件"), f"{place.file.name} {place.file.name_zh}", command.data, _SELECTION
        )
    elif command.data:
        label = f"{place.directory.name} {place.directory.label_zh}" if place.directory else ""
        known = label if response.ok or response.sw1 == 0x61 else ""
        yield plain(place.path, ("Name", "名称"), known, command.data, _SELECTION)
    yield from _control_information(response.data, place.path)


def _control_information(data: bytes, path: str) -> Iterator[Field]:
    try:
        objects = tlv.parse(data)
        name = tlv.find(objects, 0x6F, 0x84)
        directory = tlv.find(objects, 0x6F, 0xA5, 0x88)
        algorithm = tlv.find(objects, 0x6F, 0xA5, 0x9F0C, 0x86)
    except tlv.TlvError as error:
        yield plain(path, ("Control information", "文件控制信息"), str(error), data, _SELECTION)
        return
    if name is not None:
        yield plain(f"{path}/6F/84", ("DF name", "DF名"), _gbk(name.value), name.value, _SELECTION)
    if directory is not None:
        yield plain(
            f"{path}/6F/A5/88",
            ("Directory file SFI", "目录文件短标识符"),
            directory.value.hex().upper(),
            directory.value,
            _SELECTION,
        )
    if algorithm is not None:
        value = _ALGORITHMS.get(int.from_bytes(algorithm.value, "big"), "unknown")
        source = "reader specification section 10.1"
        yield plain(f"{path}/6F/A5/9F0C/86", ("Algorithm", "算法标识"), value, algorithm.value, source)


def _gbk(name: bytes) -> str:
    text = name.decode("gbk", "replace")
    return text if text.isprintable() and "\ufffd" not in text else ""
