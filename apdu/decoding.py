"""What pasted bytes are, told from the bytes: answer to reset, command, answer, TLV, record, file, status word.

Every form that fits is tried; the likeliest is the reading, the others are named. Nothing here raises anything
but DecodingError.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from apdu.addressing import Place
from apdu.atr import AtrError
from apdu.command import Command, MalformedApduError
from apdu.decoding_bank import tlv_fields
from apdu.decoding_bank_values import aip_fields, cvr_fields, locator_fields, tvr_fields
from apdu.decoding_card import (
    Context,
    atr_fields,
    command_fields,
    file_fields,
    matching_files,
    record_fields,
    response_fields,
    status_fields,
)
from apdu.explain_data import Field
from apdu.instructions import INSTRUCTIONS, Instruction, find
from apdu.layout import VERSIONS, DirectorySpec, FileSpec, LayoutError, card_layout
from apdu.pboc import LocatorError
from apdu.status import meaning
from apdu.tags import BY_TAG
from apdu.tlv import TlvError, parse

UNLIKELY = 50
"""By how much a reading may be less likely than the best one and still be named."""

WITH_DATA = (0x61, 0x62, 0x63)
"""First bytes of the status words, beside 9000, that may follow data."""

NEWEST_FIRST = tuple(f"ssc-{version}" for version in reversed(VERSIONS))


class Form(Enum):
    """What bytes can be; the values are the words of `--as`."""

    ATR = "atr"
    COMMAND = "command"
    RESPONSE = "response"
    TLV = "tlv"
    RECORD = "record"
    FILE = "file"
    STATUS = "sw"
    LOCATOR = "afl"
    TERMINAL_RESULTS = "tvr"
    CARD_RESULTS = "cvr"
    PROFILE = "aip"

    @property
    def en(self) -> str:
        """The form in words."""
        return _NAMES[self][0]

    @property
    def zh(self) -> str:
        """The form in Chinese."""
        return _NAMES[self][1]


_NAMES: dict[Form, tuple[str, str]] = {
    Form.ATR: ("answer to reset", "复位应答"),
    Form.COMMAND: ("command", "命令"),
    Form.RESPONSE: ("answer", "应答"),
    Form.TLV: ("BER-TLV", "BER-TLV数据对象"),
    Form.RECORD: ("record", "记录"),
    Form.FILE: ("contents of a file", "文件内容"),
    Form.STATUS: ("status word", "状态字"),
    Form.LOCATOR: ("application file locator", "应用文件定位器"),
    Form.TERMINAL_RESULTS: ("terminal verification results", "终端验证结果"),
    Form.CARD_RESULTS: ("card verification results", "卡片验证结果"),
    Form.PROFILE: ("application interchange profile", "应用交互特征"),
}


class DecodingError(ValueError):
    """Bytes that are not what they were taken for, or a context that does not exist; says what to do."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read the bytes: fields in byte order, and the file a record or contents were read as."""

    form: Form
    path: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Decoded:
    """The likeliest reading, and every other one that fits."""

    reading: Reading
    others: tuple[Reading, ...] = ()


def context(
    kind: str | None = None,
    file: str | None = None,
    command: bytes | None = None,
    instruction: bytes | None = None,
    *,
    masked: bool = True,
) -> Context:
    """What is known beside the bytes: kind of card (`ssc-3.0`), file (`SSSE/EF05`), the command they answer.

    `instruction` is INS, or CLA and INS. Raises DecodingError for a kind or file that is not declared, or a
    command that is none.
    """
    try:
        place = Place.of_kind(kind)
    except ValueError as error:
        raise DecodingError(f"{error}; known are {', '.join(_kinds())}") from None
    return Context(
        place.directories,
        None if file is None else _file(file, kind, place.directories),
        None if command is None else _command(command),
        None if instruction is None else _instruction(instruction),
        masked,
    )


def _kinds() -> tuple[str, ...]:
    from apdu.layout.old_cards import OLD_CARDS

    return (*NEWEST_FIRST, *OLD_CARDS, "psam")


def _file(path: str, kind: str | None, directories: Sequence[DirectorySpec]) -> FileSpec:
    known = [file for entry in directories for file in entry.files]
    for file in known:
        if path.upper() in (file.path.upper(), f"{file.directory}/{file.fid:04X}"):
            return file
    paths = ", ".join(file.path for file in known)
    raise DecodingError(f"{kind or NEWEST_FIRST[0]} cards have no file {path!r}; known are {paths}")


def _command(raw: bytes) -> Command:
    try:
        return Command.parse(raw)
    except MalformedApduError as error:
        raise DecodingError(f"the command answered, {error}") from None


def _instruction(raw: bytes) -> Instruction:
    known = [entry for entry in INSTRUCTIONS if raw in (bytes((entry.ins,)), bytes((entry.cla, entry.ins)))]
    if not known:
        raise DecodingError(f"instruction {raw.hex().upper()} is not known; give INS, or CLA and INS, in hex")
    return known[0]


def decode(raw: bytes, known: Context, form: Form | None = None) -> Decoded:
    """Read the bytes as `form`, or as whatever they look like; raises DecodingError naming the byte."""
    if not raw:
        raise DecodingError("there are no bytes to decode; paste some hex")
    if form is not None:
        readings, reason = _attempt(form, raw, known)
        if not readings:
            raise DecodingError(f"this cannot be read as {form.en} {form.zh}: {reason}")
        return Decoded(readings[0], tuple(readings[1:]))
    found, reasons = _likely(raw, known)
    if not found:
        found, reason = _attempt(Form.TLV, raw, known)
        reasons.append(f"not {Form.TLV.en}: {reason}")
    if not found:
        raise DecodingError(f"{reasons[0]}; --as says what it should be")
    return Decoded(found[0], tuple(found[1:]))


def _likely(raw: bytes, known: Context) -> tuple[list[Reading], list[str]]:
    """Every reading not far less likely than the likeliest form, and why others of these do not fit.

    What looks like a form and breaks it is malformed; it is no longer taken for something far-fetched.
    """
    scores = {form: score for form in Form if (score := _SCORES[form](raw, known))}
    found: list[Reading] = []
    reasons: list[str] = []
    for form in sorted(scores, key=lambda form: -scores[form]):
        if scores[form] < max(scores.values()) - UNLIKELY:
            break
        readings, reason = _attempt(form, raw, known)
        if readings:
            found += readings
        else:
            reasons.append(f"not {form.en}: {reason}")
    return found, reasons


def _attempt(form: Form, raw: bytes, known: Context) -> tuple[list[Reading], str]:
    """The readings in this form, or why there is none."""
    if form in (Form.RECORD, Form.FILE) and known.file is None:
        return _unplaced(form, raw, known)
    try:
        return [_reading(form, raw, known)], ""
    except (AtrError, MalformedApduError, TlvError) as error:
        return [], f"byte {error.offset}: {error.reason}"
    except LayoutError as error:
        return [], f"byte {error.offset} of {error.path}: {error.reason}"
    except (LocatorError, ValueError) as error:
        return [], f"byte {len(raw)}: {error}"


def _reading(form: Form, raw: bytes, known: Context) -> Reading:
    path = known.file.path if known.file is not None and form in (Form.RECORD, Form.FILE) else ""
    return Reading(form, path, tuple(_READERS[form](raw, known)))


def _unplaced(form: Form, raw: bytes, known: Context) -> tuple[list[Reading], str]:
    """Records whose file nobody named: every file whose declaration fits them."""
    single = len(raw) >= 2 and raw[1] == len(raw) - 2
    if single is not (form is Form.RECORD):
        return [], f"byte {min(1, len(raw) - 1)}: the length byte does not end the record with the bytes"
    searched = [known.directories, *(card_layout(kind[4:]) for kind in NEWEST_FIRST)]
    for directories in searched:
        files = matching_files(raw, directories)
        if files:
            return [_reading(form, raw, replace(known, file=file)) for file in files], ""
    return [], f"byte 0: no file declares tag {raw[0]:02X} in this length; --file names the file"


def _status_reader(raw: bytes, known: Context) -> Iterator[Field]:
    if len(raw) != 2:
        raise ValueError(f"a status word is 2 bytes, not {len(raw)}")
    yield from status_fields(raw, known)


_READERS: dict[Form, Callable[[bytes, Context], Iterator[Field]]] = {
    Form.ATR: atr_fields,
    Form.COMMAND: command_fields,
    Form.RESPONSE: response_fields,
    Form.TLV: lambda raw, known: tlv_fields(raw, masked=known.masked),
    Form.RECORD: record_fields,
    Form.FILE: file_fields,
    Form.STATUS: _status_reader,
    Form.LOCATOR: lambda raw, known: locator_fields(raw),
    Form.TERMINAL_RESULTS: lambda raw, known: tvr_fields(raw),
    Form.CARD_RESULTS: lambda raw, known: cvr_fields(raw),
    Form.PROFILE: lambda raw, known: aip_fields(raw),
}


# How likely, 0 for not at all; bytes that break the form are sorted out later ---------------------


def _like_atr(raw: bytes, known: Context) -> int:
    return 95 if raw[0] in (0x3B, 0x3F) and 2 <= len(raw) <= 33 else 0


def _like_status(raw: bytes, known: Context) -> int:
    return 90 if len(raw) == 2 and (raw[0] == 0x90 or raw[0] & 0xF0 in (0x60, 0x90)) else 0


def _like_command(raw: bytes, known: Context) -> int:
    if len(raw) < 4:
        return 0
    instruction = find(raw[0], raw[1])
    exact = instruction is not None and (instruction.cla, instruction.ins) == (raw[0], raw[1])
    return 80 if exact else 35 if instruction is not None and raw[0] & 0x60 == 0 else 0


def _like_response(raw: bytes, known: Context) -> int:
    if len(raw) < 3 or raw[-2] & 0xF0 not in (0x60, 0x90):
        return 0
    sw = int.from_bytes(raw[-2:], "big")
    if known.command is not None:
        return 93
    if sw == 0x9000:
        return 88
    return 20 if sw >> 8 in WITH_DATA and "unknown" not in meaning(sw).en else 0


def _like_tlv(raw: bytes, known: Context) -> int:
    try:
        objects = parse(raw)
    except TlvError:
        first = BY_TAG.get(raw[0])
        return 75 if first is not None and first.form == "tlv" else 0
    if raw[-2:] == b"\x90\x00" or not any(item.value for item in objects):
        return 0
    tags = [BY_TAG.get(item.tag) for item in objects]
    if tags and tags[0] is not None and tags[0].form == "tlv":
        return 85
    return 70 if all(tags) and tags else 0


def _like_record(raw: bytes, known: Context) -> int:
    if known.file is not None:
        return 92
    return 65 if len(raw) > 2 and raw[1] == len(raw) - 2 else 0


def _like_file(raw: bytes, known: Context) -> int:
    if known.file is not None:
        return 91
    return 64 if len(raw) > 4 and raw[1] + 2 < len(raw) else 0


def _like_locator(raw: bytes, known: Context) -> int:
    return 30 if len(raw) % 4 == 0 and not raw[0] & 7 and raw[0] else 0


_SCORES: dict[Form, Callable[[bytes, Context], int]] = {
    Form.ATR: _like_atr,
    Form.COMMAND: _like_command,
    Form.RESPONSE: _like_response,
    Form.TLV: _like_tlv,
    Form.RECORD: _like_record,
    Form.FILE: _like_file,
    Form.STATUS: _like_status,
    Form.LOCATOR: _like_locator,
    Form.TERMINAL_RESULTS: lambda raw, known: 20 if len(raw) == 5 else 0,
    Form.CARD_RESULTS: lambda raw, known: 45 if len(raw) == 4 and raw[0] == 0x03 else 0,
    Form.PROFILE: lambda raw, known: 5 if len(raw) == 2 else 0,
}
