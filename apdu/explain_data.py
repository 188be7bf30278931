"""The data of each command and answer as fields, one function per instruction, in the order of the bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from apdu import tlv
from apdu.addressing import Place, binary_offset, is_binary_command, is_record_command
from apdu.command import Command
from apdu.fields import FieldError
from apdu.instructions import secret_data
from apdu.keys import KEYS, KeySpec, by_reference
from apdu.layout import FileSpec, Item, ItemValue, LayoutError, Secrecy, Structure
from apdu.redact import citizen_numbers, hidden_in_data, mask_id, masked_hex
from apdu.response import Response
from apdu.status import tries_left

_MASK = "****"
CITIZEN_DIGITS = 18
_ALGORITHMS = {1: "01 DES/3DES", 2: "02 SSF33", 3: "03 SM4"}
_KEY_TYPES = {2: "purchase", 6: "MAC", 7: "encryption", 8: "MAC and encryption", 9: "load", 12: "TAC"}
_CIPHER_MODES = {
    0x00: "encrypt, last or only part",
    0x02: "encrypt, more follows",
    0x05: "MAC in one part",
    0x07: "MAC, first part",
    0x03: "MAC, middle part",
    0x01: "MAC, last part",
}
_FACTOR_NAMES = (
    ("Card factor", "卡级分散因子"),
    ("City factor", "市级分散因子"),
    ("Province factor", "省级分散因子"),
)
_TEXTS: dict[type, Callable[[Any], str]] = {
    bytes: lambda value: str(value.hex().upper()),
    datetime: lambda value: str(value.isoformat(" ")),
}
_SELECTION = "LD/T 32.5 section 6.11"
_PSAM_SESSION = "LD/T 32.9 section 9"


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
        return mask_id(str(value)) if item.secrecy is Secrecy.IDENTITY else _MASK
    if value is None:
        return ""
    if masked and isinstance(value, str) and citizen_numbers(value.encode("ascii", "replace")):
        return mask_id(value) if len(value) == CITIZEN_DIGITS else _MASK
    if item.coding is not None and item.coding.unit == "fen":
        return f"{value // 100}.{value % 100:02} CNY"
    meaning = item.describe(value) if item.codes else None
    return f"{value} ({meaning[0]} {meaning[1]})" if meaning else _TEXTS.get(type(value), str)(value)


def _plain(path: str, names: tuple[str, str], value: str, raw: bytes | str, source: str) -> Field:
    return Field(path, *names, value, raw if isinstance(raw, str) else raw.hex().upper(), source)


# Files ------------------------------------------------------------------------------------------------


def decode_file_data(command: Command, response: Response, place: Place) -> Iterator[Field]:
    """Items read or written: records with their tags, transparent bytes by their offset."""
    data = command.data or response.data
    target = place.addressed(command)
    if not data:
        return
    if target.file is None:
        raw = masked_hex(data, hidden_in_data(command, data, place))
        yield _plain(target.path, ("Undeclared data", "未定义数据"), "", raw, "")
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
            yield _plain(path, ("Unpublished item", "未公布数据项"), "", raw, file.source)
            start = end
            continue
        try:
            yield from item_fields(file, file.decode_record(data[start:end]))
        except LayoutError as error:
            raw = masked_hex(data, hidden)[2 * start : 2 * end]
            names = ("Unreadable record", "无法解析的记录")
            yield _plain(
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


# Selection and the PIN --------------------------------------------------------------------------------


def _select(command: Command, response: Response, place: Place) -> Iterator[Field]:
    if place.file is not None:
        yield _plain(
            place.path, ("File", "文件"), f"{place.file.name} {place.file.name_zh}", command.data, _SELECTION
        )
    elif command.data:
        label = f"{place.directory.name} {place.directory.label_zh}" if place.directory else ""
        known = label if response.ok or response.sw1 == 0x61 else ""
        yield _plain(place.path, ("Name", "名称"), known, command.data, _SELECTION)
    yield from _control_information(response.data, place.path)


def _control_information(data: bytes, path: str) -> Iterator[Field]:
    try:
        objects = tlv.parse(data)
        name = tlv.find(objects, 0x6F, 0x84)
        directory = tlv.find(objects, 0x6F, 0xA5, 0x88)
        algorithm = tlv.find(objects, 0x6F, 0xA5, 0x9F0C, 0x86)
    except tlv.TlvError as error:
        yield _plain(path, ("Control information", "文件控制信息"), str(error), data, _SELECTION)
        return
    if name is not None:
        yield _plain(f"{path}/6F/84", ("DF name", "DF名"), _gbk(name.value), name.value, _SELECTION)
    if directory is not None:
        yield _plain(
            f"{path}/6F/A5/88",
            ("Directory file SFI", "目录文件短标识符"),
            directory.value.hex().upper(),
            directory.value,
            _SELECTION,
        )
    if algorithm is not None:
        value = _ALGORITHMS.get(int.from_bytes(algorithm.value, "big"), "unknown")
        source = "reader specification section 10.1"
        yield _plain(f"{path}/6F/A5/9F0C/86", ("Algorithm", "算法标识"), value, algorithm.value, source)


def _gbk(name: bytes) -> str:
    text = name.decode("gbk", "replace")
    return text if text.isprintable() and "\ufffd" not in text else ""


def _pin(command: Command, response: Response, place: Place) -> Iterator[Field]:
    if command.data:
        names = {
            0x5E: ("Old and new PIN", "原密码及新密码"),
            0x24: ("Protected PIN data", "加密的密码数据"),
        }.get(command.ins, ("PIN", "个人密码"))
        yield _plain("", names, _MASK, "**" * len(command.data), "LD/T 32.5 section 6.14")
    yield from _tries(response)


def _tries(response: Response) -> Iterator[Field]:
    left = tries_left(response.sw)
    if left is not None:
        yield _plain("", ("Tries left", "剩余次数"), str(left), f"{response.sw:04X}", "LD/T 32.5 section 5.4")


# Authentication ---------------------------------------------------------------------------------------


def _challenge(command: Command, response: Response, place: Place) -> Iterator[Field]:
    if response.data:
        names = ("Challenge", "随机数")
        yield _plain("", names, f"{len(response.data)} bytes", response.data, "LD/T 32.5 section 6.5")


def _internal(command: Command, response: Response, place: Place) -> Iterator[Field]:
    source = "LD/T 32.5 section 6.7"
    if command.data:
        yield _plain("", ("Key", "密钥"), _key_text(by_reference("SSSE", 0x00)), "00", source)
        yield _plain("", ("Session key input", "过程密钥输入"), "", command.data[:8], source)
        yield _plain("", ("Value to authenticate", "鉴别原始信息"), "", command.data[8:16], source)
        yield from _version(command.data[16:], source)
    if response.data:
        yield _plain("", ("Authentication data", "鉴别数据"), "", response.data, source)


def _external(command: Command, response: Response, place: Place) -> Iterator[Field]:
    source = "LD/T 32.5 section 6.4"
    owner = place.directory.name if place.directory else "SSSE"
    key = by_reference(owner, command.p2)
    yield _plain("", ("Key", "密钥"), _key_text(key), f"{command.p2:02X}", source)
    if command.data:
        yield _plain("", ("Authentication data", "鉴别数据"), "", command.data[:8], source)
        yield _plain("", ("Value authenticated", "鉴别原始信息"), "", command.data[8:16], source)
        yield from _version(command.data[16:], source)
    yield from _tries(response)


def _version(data: bytes, source: str) -> Iterator[Field]:
    if data:
        yield _plain("", ("Key version", "密钥版本"), str(data[0]), data, source)


def _key_text(key: KeySpec | None) -> str:
    return f"{key.name} ({key.purpose} {key.purpose_zh})" if key else "no such key in this directory"


# PSAM -------------------------------------------------------------------------------------------------


def _environment(command: Command, response: Response, place: Place) -> Iterator[Field]:
    names = ("Province of the card", "用户卡省级代码")
    yield _plain("", names, command.data.hex().upper(), command.data, _PSAM_SESSION)


def _deliver(command: Command, response: Response, place: Place) -> Iterator[Field]:
    levels, kind = command.p1 >> 5, command.p1 & 0x1F
    key = next((key for key in KEYS if command.p2 in key.psam_ids().values()), None)
    usage = f"{levels} levels, {_KEY_TYPES.get(kind, f'type {kind}')}"
    yield _plain("", ("Key usage", "密钥用途"), usage, f"{command.p1:02X}", _PSAM_SESSION)
    yield _plain(
        "",
        ("Key", "密钥"),
        _key_text(key) if key else "no key of the table",
        f"{command.p2:02X}",
        _PSAM_SESSION,
    )
    factors = min(levels, 3, len(command.data) // 8)
    for level in range(factors):
        yield _plain("", _FACTOR_NAMES[level], "", command.data[8 * level : 8 * level + 8], _PSAM_SESSION)
    if command.data:
        yield _plain(
            "", ("Session key input", "过程密钥输入"), "", command.data[8 * factors :], _PSAM_SESSION
        )


def _cipher(command: Command, response: Response, place: Place) -> Iterator[Field]:
    mode = _CIPHER_MODES.get(command.p1, "unknown")
    yield _plain("", ("Operation", "运算方式"), mode, f"{command.p1:02X}", _PSAM_SESSION)
    if command.data:
        secret = secret_data(command.cla, command.ins, command.data)
        raw = "**" * len(command.data) if secret else command.data.hex().upper()
        yield _plain("", ("Input", "输入数据"), _MASK if secret else "", raw, _PSAM_SESSION)
    if response.data:
        yield _plain("", ("Result", "运算结果"), "", response.data, _PSAM_SESSION)


# Memory cards -----------------------------------------------------------------------------------------

_STORAGE = "PC/SC part 3 section 3.2.2"


def _card_type(command: Command, response: Response, place: Place) -> Iterator[Field]:
    known = place.directory.label_zh if place.directory else "unknown"
    yield _plain(place.path, ("Card type", "存储卡类型"), known, command.data, _STORAGE)


def _error_counter(command: Command, response: Response, place: Place) -> Iterator[Field]:
    if response.data:
        yield _plain(
            place.path,
            ("Error counter", "错误计数器"),
            f"{response.data[0].bit_count()} tries",
            response.data[:1],
            _STORAGE,
        )


def _code(command: Command, response: Response, place: Place) -> Iterator[Field]:
    if command.data:
        yield _plain(place.path, ("Security code", "可编程安全码"), _MASK, "**" * len(command.data), _STORAGE)


Decoder = Callable[[Command, Response, Place], Iterable[Field]]

DECODERS: dict[str, Decoder] = {
    "SELECT": _select,
    "READ RECORD": decode_file_data,
    "UPDATE RECORD": decode_file_data,
    "READ BINARY": decode_file_data,
    "UPDATE BINARY": decode_file_data,
    "READ MEMORY": decode_file_data,
    "WRITE MEMORY": decode_file_data,
    "VERIFY": _pin,
    "CHANGE PIN": _pin,
    "PIN CHANGE/UNBLOCK": _pin,
    "GET CHALLENGE": _challenge,
    "INTERNAL AUTHENTICATION": _internal,
    "EXTERNAL AUTHENTICATION": _external,
    "INITIALIZE ENVIRONMENT": _environment,
    "DELIVERY SESSION KEY": _deliver,
    "CIPHER DATA": _cipher,
    "SELECT CARD TYPE": _card_type,
    "READ ERROR COUNTER": _error_counter,
    "PRESENT CODE": _code,
    "CHANGE CODE": _code,
}
