"""Answers to reset, commands, answers, status words, records and files as fields: what each byte is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from apdu import atr
from apdu.addressing import Place, is_record_command
from apdu.command import Command
from apdu.decoding_bank import tlv_fields
from apdu.explain_bank import BY_CLASS
from apdu.explain_data import DECODERS
from apdu.explain_fields import Field
from apdu.explain_files import item_fields
from apdu.explain_purse import PURSE_DECODERS
from apdu.instructions import Instruction, find
from apdu.layout import DirectorySpec, FileSpec, ItemValue, LayoutError, Structure
from apdu.redact import citizen_numbers, hidden_in_command, hidden_in_response, masked_hex
from apdu.redact_bank import hidden_in_templates
from apdu.response import Response
from apdu.status import Kind, meaning, meanings_in_commands
from apdu.tags import BY_TAG
from apdu.tlv import TlvError, parse

_RECORD_MODES = {
    0: "first occurrence",
    1: "last occurrence",
    2: "next",
    3: "previous",
    4: "record number P1",
    5: "all from P1 on",
    6: "all from the last down to P1",
}
_SELECT_MODES = {0: "MF, DF or EF by identifier", 1: "DF by identifier", 2: "EF by identifier", 4: "by name"}
_ONE_OBJECT = ((0x80, 0xCA), (0x04, 0xDA))
"""GET DATA and PUT DATA of the bank's application: P1 and P2 are a tag."""

HISTORICAL_LENGTH = 13
_HISTORICAL = (
    ("Chip supplier", "芯片供应商注册标识", 0, 2),
    ("Chip and operating system", "芯片及操作系统信息", 2, 5),
    ("Card maker", "卡片制造商注册标识", 5, 7),
    ("Issuing region", "发卡地区代码前四位", 7, 9),
    ("Serial number", "卡片序列号", 9, 13),
)


@dataclass(frozen=True, slots=True)
class Context:
    """What is known beside the bytes: kind of card, file, command they answer; `masked` hides identity and PIN."""

    directories: tuple[DirectorySpec, ...] = ()
    file: FileSpec | None = None
    command: Command | None = None
    instruction: Instruction | None = None
    masked: bool = True

    def place(self) -> Place:
        """Where the card stands: at the file that was named, else nowhere in particular."""
        if self.file is None:
            return Place(self.directories)
        found = self.file
        directory = next((entry for entry in self.directories if found in entry.files), None)
        return Place(self.directories, directory, found, found.path)


def atr_fields(raw: bytes, context: Context) -> Iterator[Field]:
    """An answer to reset; raises AtrError."""
    parsed = atr.parse(raw)
    source = "ISO/IEC 7816-3 section 8"
    convention = "direct" if parsed.ts == atr.DIRECT_CONVENTION else "inverse"
    yield Field("TS", "Convention", "约定", convention, f"{parsed.ts:02X}", source)
    yield Field("T0", "Historical bytes", "历史字节数", str(parsed.t0 & 15), f"{parsed.t0:02X}", source)
    for name, value in parsed.interface:
        yield Field(name, "Interface byte", "接口字节", "", f"{value:02X}", source)
    protocols = ", ".join(f"T={protocol}" for protocol in parsed.protocols)
    yield Field("protocols", "Protocols", "传输协议", protocols, "", source)
    yield from _historical(parsed.historical_bytes)
    if parsed.tck is not None:
        yield Field("TCK", "Check byte", "校验字节", "right", f"{parsed.tck:02X}", source)


def _historical(raw: bytes) -> Iterator[Field]:
    """The 13 bytes of a social security card by their places (LD/T 32.2 section 8.4); others as they are."""
    if len(raw) != HISTORICAL_LENGTH:
        yield Field("historical", "Historical bytes", "历史字节", "", raw.hex().upper(), "")
        return
    for name, name_zh, start, end in _HISTORICAL:
        part = raw[start:end].hex().upper()
        yield Field(f"T{start + 1:X}-T{end:X}", name, name_zh, "", part, "LD/T 32.2 section 8.4")


def command_fields(raw: bytes, context: Context) -> Iterator[Field]:
    """A command APDU: header, lengths, and what its data mean; raises MalformedApduError."""
    command = Command.parse(raw)
    place = context.place()
    instruction = find(command.cla, command.ins)
    name, name_zh = (instruction.name, instruction.name_zh) if instruction else ("unknown", "未知命令")
    source = "ISO/IEC 7816-4 section 5.2"
    yield Field("CLA", "Class", "类别字节", _class_text(command.cla), f"{command.cla:02X}", source)
    yield Field("INS", "Instruction", "指令字节", f"{name} {name_zh}", f"{command.ins:02X}", source)
    first, second = _parameters(command, place)
    yield Field("P1", "Parameter 1", "参数1", first, f"{command.p1:02X}", source)
    yield Field("P2", "Parameter 2", "参数2", second, f"{command.p2:02X}", source)
    if command.data:
        hidden = hidden_in_command(command, place) if context.masked else ()
        length = len(command.data)
        yield Field("Lc", "Data length", "数据长度", _bytes(length), f"{length:02X}", source)
        yield Field("data", "Data", "数据", "", masked_hex(command.data, hidden), source)
        for field in _data_fields(command, Response(b"", 0x9000), place, context):
            yield field if context.masked else _revealed(field, command.data)
    if command.le is not None:
        yield Field(
            "Le", "Answer expected", "期望应答长度", _bytes(command.le), f"{command.le & 0xFF:02X}", source
        )


def _revealed(field: Field, data: bytes) -> Field:
    """The field with the data in full where it hid the whole of them."""
    if field.raw != "**" * len(data):
        return field
    return replace(field, value=field.value.replace("****", "").strip(), raw=data.hex().upper())


def _bytes(count: int) -> str:
    return f"{count} byte{'s' * (count != 1)}"


def _class_text(cla: int) -> str:
    if cla == 0xFF:
        return "to the reader 读卡器命令"
    secured = " with secure messaging 安全报文" if cla & 0x04 else ""
    return ("interindustry 行业间" if cla < 0x80 else "proprietary 专有") + secured


def _parameters(command: Command, place: Place) -> tuple[str, str]:
    """What P1 and P2 mean, for the commands that address something."""
    if command.cla == 0xFF:
        return "", f"offset {command.p1 << 8 | command.p2}" if command.ins in (0xB0, 0xD0, 0xD6) else ""
    if command.ins == 0xA4:
        return _SELECT_MODES.get(command.p1, ""), "next occurrence" if command.p2 & 3 == 2 else ""
    if is_record_command(command):
        sfi = f"SFI {command.p2 >> 3:02X}" if command.p2 >> 3 else "current file"
        path = place.addressed(command).path
        target = f"{sfi} ({path})" if path and place.directory is not None else sfi
        what = "number" if command.p2 & 7 >= 4 else "identifier"
        return f"record {what} {command.p1:02X}", f"{target}, {_RECORD_MODES.get(command.p2 & 7, 'reserved')}"
    if command.ins in (0xB0, 0xD6):
        if command.p1 & 0x80:
            return f"SFI {command.p1 & 0x1F:02X}", f"offset {command.p2}"
        return "current file", f"offset {command.p1 << 8 | command.p2}"
    return _object_asked(command) if (command.cla, command.ins) in _ONE_OBJECT else ("", "")


def _object_asked(command: Command) -> tuple[str, str]:
    tag = command.p1 << 8 | command.p2
    known = BY_TAG.get(tag)
    return f"tag {tag:04X}", f"{known.name} {known.name_zh}" if known else ""


def _data_fields(command: Command, response: Response, place: Place, context: Context) -> Iterator[Field]:
    instruction = find(command.cla, command.ins)
    name = instruction.name if instruction else ""
    aimed = place.addressed(command)
    if not context.masked and aimed.file is not None and is_record_command(command):
        data = command.data or response.data
        for value in _values(aimed.file, data):
            yield from item_fields(aimed.file, value, masked=False)
        return
    decode = (DECODERS | PURSE_DECODERS).get(name) or BY_CLASS.get((command.cla, name))
    if decode is not None:
        found = place.after(command, Response(b"", 0x9000)) if name == "SELECT" else place
        yield from decode(command, response, found)


def response_fields(raw: bytes, context: Context) -> Iterator[Field]:
    """Answer data and status word; with the command it answers the data mean what that command asked for."""
    response = Response.parse(raw)
    if response.data:
        place, command = context.place(), context.command
        if command is not None:
            hidden = hidden_in_response(command, response, place) if context.masked else ()
            yield Field("data", "Data", "数据", "", masked_hex(response.data, hidden), "")
            yield from _data_fields(replace(command, data=b""), response, place, context)
        else:
            yield from _answer_data(response.data, context)
    yield from status_fields(raw[-2:], context)


def _answer_data(data: bytes, context: Context) -> Iterator[Field]:
    """Data of an answer to an unknown command: a record of the file named, TLV, or bytes."""
    for read in (record_fields, file_fields) if context.file is not None else ():
        try:
            yield from list(read(data, context))
            return
        except LayoutError:
            continue
    try:
        if all(item.tag in BY_TAG for item in parse(data)):
            yield from list(tlv_fields(data, masked=context.masked))
            return
    except TlvError:
        pass
    hidden = (hidden_in_templates(data) or set()) | citizen_numbers(data) if context.masked else ()
    yield Field("data", "Data", "数据", _bytes(len(data)), masked_hex(data, hidden), "")


def status_fields(raw: bytes, context: Context) -> Iterator[Field]:
    """A status word, and what would help: in the instruction that is known, else in general and in others."""
    sw = int.from_bytes(raw, "big")
    asked = context.command or context.instruction
    told = meaning(sw, asked.cla if asked else None, asked.ins if asked else None)
    yield Field("SW", "Status word", "状态字", f"{told.en} {told.zh}", f"{sw:04X}", told.source)
    if told.remedy_en:
        yield Field(
            "SW", "What would help", "处理建议", f"{told.remedy_en} {told.remedy_zh}", "", told.source
        )
    if asked is None and told.kind is not Kind.SUCCESS:
        for names, inside in meanings_in_commands(sw):
            what = f"{inside.en} {inside.zh}"
            yield Field("SW", f"In {', '.join(names)}", "在该命令中", what, "", inside.source)


def record_fields(raw: bytes, context: Context) -> Iterator[Field]:
    """One record of the file that was named; raises LayoutError."""
    assert context.file is not None
    yield from item_fields(context.file, context.file.decode_record(raw), masked=context.masked)


def file_fields(raw: bytes, context: Context) -> Iterator[Field]:
    """The whole contents of the file that was named; raises LayoutError."""
    assert context.file is not None
    for value in context.file.parse(raw).values:
        yield from item_fields(context.file, value, masked=context.masked)


def _values(file: FileSpec, data: bytes) -> Iterable[ItemValue]:
    """The items of one record or several; none where they do not parse."""
    try:
        return file.parse(data).values
    except LayoutError:
        return ()


def matching_files(raw: bytes, directories: Iterable[DirectorySpec]) -> list[FileSpec]:
    """The record files whose declaration fits these bytes, records of unpublished form left out."""
    return [file for entry in directories for file in entry.files if _fits(file, raw)]


def _fits(file: FileSpec, raw: bytes) -> bool:
    if file.structure in (Structure.TRANSPARENT, Structure.CYCLIC) or file.opaque_records:
        return False
    try:
        values = file.parse(raw).values
    except LayoutError:
        return False
    return bool(values)
