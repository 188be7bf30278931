"""Contents of the current file beyond single items: the n-th of a tag, rings of records, transparent files.

Every procedure insists: a refusal is CardRefusedError, but for a record that is not there.
"""

from __future__ import annotations

from apdu.command import SHORT_LE_MAX, Command
from apdu.commands import RecordMode, read_binary, read_record, update_binary, update_record
from apdu.layout import FileSpec
from terminal.errors import CardRefusedError, UnexpectedAnswerError, expect_ok
from terminal.flow.steps import Procedure
from terminal.procedures.files import RECORD_NOT_FOUND, SECURITY_STATE

CHUNK = 0xF0
"""Bytes of one READ or UPDATE BINARY: what every reader passes in a short command."""

LAST_RECORD = 254


def read_occurrence(file: FileSpec, tag: int, occurrence: int = 1) -> Procedure[bytes | None]:
    """The n-th record with a tag, header included; None where the card has fewer. Raises UnexpectedAnswerError."""
    raw: bytes | None = None
    for number in range(occurrence):
        mode = RecordMode.NEXT if number else RecordMode.FIRST
        command = read_record(tag, mode=mode, le=file.item(tag).length + 2)
        raw = yield from _record_or_none(file, command, f"item {tag:02X}")
        if raw is None:
            return None
        if raw[:1] != bytes((tag,)):
            raise UnexpectedAnswerError(
                f"{file.path}: asked for item {tag:02X}, got {raw[:1].hex() or 'nothing'}"
            )
    return raw


def read_numbered(file: FileSpec, number: int) -> Procedure[bytes | None]:
    """The record of a number, in a cyclic file 1 for the newest; None where there is none."""
    command = read_record(number, le=file.record_length or SHORT_LE_MAX)
    return (yield from _record_or_none(file, command, f"record {number}"))


def read_every(file: FileSpec) -> Procedure[list[bytes]]:
    """Every record by number until there are no more; the newest of a cyclic file comes first."""
    records = []
    for number in range(1, LAST_RECORD + 1):
        raw = yield from read_numbered(file, number)
        if raw is None:
            break
        records.append(raw)
    return records


def read_transparent(file: FileSpec) -> Procedure[bytes]:
    """The whole content of a transparent file, which is as long as it is declared."""
    size, body = file.size or 0, b""
    while len(body) < size:
        command = read_binary(len(body), le=min(CHUNK, size - len(body)))
        response = yield command
        part = expect_ok(command, response, f"reading {file.path} from byte {len(body)}", str(file.read))
        if not part:
            raise UnexpectedAnswerError(f"{file.path} ends after {len(body)} bytes, {size} are declared")
        body += part
    return body


def update_occurrence(file: FileSpec, record: bytes, occurrence: int = 1) -> Procedure[None]:
    """Write the n-th record with the tag of `record`, which is a whole one.

    The card is asked to go to the record before it; a card that may not be read is told the number the record has
    where every declared record is there.
    """
    tag = record[0]
    command = update_record(tag, record, mode=RecordMode.NEXT if occurrence > 1 else RecordMode.FIRST)
    try:
        if occurrence > 1:
            yield from read_occurrence(file, tag, occurrence - 1)
    except CardRefusedError as error:
        if error.sw != SECURITY_STATE:
            raise
        command = update_record(_declared_number(file, tag) + occurrence - 1, record)
    yield from _write(file, command, f"item {tag:02X}:{occurrence}")


def append_record(file: FileSpec, record: bytes) -> Procedure[None]:
    """Add a record to a cyclic file; it becomes number 1."""
    yield from _write(file, update_record(0, record, mode=RecordMode.PREVIOUS), "a new record")


def write_transparent(file: FileSpec, body: bytes) -> Procedure[None]:
    """Write the whole content of a transparent file."""
    for start in range(0, len(body), CHUNK):
        yield from _write(file, update_binary(start, body[start : start + CHUNK]), f"from byte {start}")


def _record_or_none(file: FileSpec, command: Command, what: str) -> Procedure[bytes | None]:
    response = yield command
    if response.sw == RECORD_NOT_FOUND:
        return None
    return expect_ok(command, response, f"reading {file.path} {what}", str(file.read))


def _write(file: FileSpec, command: Command, what: str) -> Procedure[None]:
    response = yield command
    expect_ok(command, response, f"writing {file.path} {what}", str(file.update))


def _declared_number(file: FileSpec, tag: int) -> int:
    """The number of the first record with a tag in a file that holds every declared record in table order."""
    before = file.items[: [item.tag for item in file.items].index(tag)]
    return sum(item.occurs for item in before) + 1
