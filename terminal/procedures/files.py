"""Reading and writing items of card files by tag, checked against the layout."""

from __future__ import annotations

from typing import Any

from apdu.commands import RecordMode, read_record, select_file, select_name, update_record
from apdu.layout import DirectorySpec, FileSpec
from terminal.errors import UnexpectedAnswerError, expect_ok
from terminal.flow.steps import Procedure

RECORD_NOT_FOUND = 0x6A83
SECURITY_STATE = 0x6982


def select_directory(directory: DirectorySpec) -> Procedure[bytes]:
    """Make a directory current by its name, or by its FID where it has none; its FCI. Raises CardRefusedError."""
    command = (
        select_name(directory.df_name) if directory.df_name else select_file(directory.fid or 0, p1=0x00)
    )
    response = yield command
    return expect_ok(command, response, f"selecting {directory.name}")


def select_ef(file: FileSpec) -> Procedure[None]:
    """Make a file of the current directory current. Raises CardRefusedError."""
    command = select_file(file.fid)
    response = yield command
    expect_ok(command, response, f"selecting {file.path}")


def declared_file(directory: DirectorySpec, fid: int) -> FileSpec:
    """The declaration of a file; raises ValueError where the layout has none (a bug of the caller)."""
    file = directory.file(fid)
    if file is None:
        raise ValueError(f"{directory.name} has no file {fid:04X}")
    return file


def read_item(file: FileSpec, tag: int) -> Procedure[Any]:
    """The value of the first record with this tag in the current file; None where the card has no such record.

    The tag that comes back is checked. Raises CardRefusedError, UnexpectedAnswerError, LayoutError.
    """
    raw = yield from _read_record(file, tag)
    return None if raw is None else file.decode_record(raw).value


def read_item_bytes(file: FileSpec, tag: int) -> Procedure[bytes | None]:
    """The value bytes of the first record with this tag, for values that span records; otherwise as `read_item`."""
    raw = yield from _read_record(file, tag)
    return None if raw is None else raw[2:]


def _read_record(file: FileSpec, tag: int) -> Procedure[bytes | None]:
    command = read_record(tag, mode=RecordMode.FIRST, le=file.item(tag).length + 2)
    response = yield command
    if response.sw == RECORD_NOT_FOUND:
        return None
    raw = expect_ok(command, response, f"reading {file.path} item {tag:02X}", str(file.read))
    if not raw or raw[0] != tag:
        raise UnexpectedAnswerError(
            f"{file.path}: asked for item {tag:02X}, got {raw[:1].hex() or 'nothing'}"
        )
    return raw


def update_record_by_tag(file: FileSpec, record: bytes) -> Procedure[bool]:
    """Write one whole record, found by its tag; False where the card wants an authentication first (6982).

    Raises CardRefusedError on every other refusal.
    """
    command = update_record(record[0], record, mode=RecordMode.FIRST)
    response = yield command
    if response.sw == SECURITY_STATE:
        return False
    expect_ok(command, response, _writing(file, record), str(file.update))
    return True


def insist_on_record(file: FileSpec, record: bytes) -> Procedure[None]:
    """Write one whole record, found by its tag; raises CardRefusedError on every refusal."""
    command = update_record(record[0], record, mode=RecordMode.FIRST)
    response = yield command
    expect_ok(command, response, _writing(file, record), str(file.update))


def _writing(file: FileSpec, record: bytes) -> str:
    return f"writing {file.path} item {record[0]:02X}"
