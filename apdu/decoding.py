"""What pasted bytes are, told from the bytes: answer to reset, command, answer, TLV, record, file, status word.

Every form that fits is tried; the likeliest is the reading, the others are named. Nothing here raises anything
but DecodingError.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

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
from apdu.decoding_forms import LIKENESS, Form
from apdu.explain_fields import Field
from apdu.instructions import INSTRUCTIONS, Instruction
from apdu.layout import VERSIONS, DirectorySpec, FileSpec, LayoutError, card_layout
from apdu.pboc import LocatorError
from apdu.tlv import TlvError

UNLIKELY = 50
"""By how much a reading may be less likely than the best one and still be named."""

NEWEST_FIRST = tuple(f"ssc-{version}" for version in reversed(VERSIONS))


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
    scores = {form: score for form in Form if (score := LIKENESS[form](raw, known))}
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
