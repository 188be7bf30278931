"""Reading all that a card lets itself be read of: whole directories, memories, and names that are tried.

Nothing here writes, and nothing ends at a refusal: what a card refuses is part of what was found.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from apdu.command import Command
from apdu.commands import (
    StorageType,
    read_binary,
    read_record,
    select_file,
    select_name,
    storage_error_counter,
    storage_read,
    storage_select_type,
)
from apdu.layout import DirectorySpec, FileSpec, Structure
from apdu.layout.access import NEVER
from apdu.layout.old_cards import OLD_CARDS
from apdu.response import Response
from terminal.errors import expect_ok
from terminal.flow.steps import Procedure
from terminal.procedures.files import RECORD_NOT_FOUND
from terminal.procedures.identify import CardKind

FILE_NOT_FOUND = 0x6A82
LAST_RECORD = 254
CHUNK = 0xF0
"""Bytes of one READ BINARY: what every reader passes in a short command."""

COUNTER_BYTES = {CardKind.SLE4442: 4, CardKind.SLE4428: 3}


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a card answered instead: the command and its status word."""

    command: Command
    sw: int


@dataclass(frozen=True, slots=True, repr=False)
class FileFound:
    """What of a file could be read: `records`, or the `body` of a transparent one, and the refusal that ended it."""

    spec: FileSpec
    records: tuple[bytes, ...] = ()
    body: bytes = b""
    refused: Refusal | None = None

    def __repr__(self) -> str:
        return f"FileFound({self.spec.path}, {len(self.records)} records, {len(self.body)} bytes)"


@dataclass(frozen=True, slots=True)
class DirectoryFound:
    """A directory: the files it has, in the order of the layout, or the refusal that answered its selection."""

    spec: DirectorySpec
    files: tuple[FileFound, ...] = ()
    refused: Refusal | None = None

    @property
    def absent(self) -> bool:
        """Whether the card has no such directory."""
        return self.refused is not None and self.refused.sw == FILE_NOT_FOUND


@dataclass(frozen=True, slots=True)
class NameTried:
    """One application name and how its SELECT was answered."""

    label: str
    name: bytes
    response: Response


def read_directory(spec: DirectorySpec) -> Procedure[DirectoryFound]:
    """Select a directory by its name, or by its FID where it has none, and read every file it has."""
    refused = yield from enter(spec)
    if refused is not None:
        return DirectoryFound(spec, refused=refused)
    files = yield from read_files(spec.files)
    return DirectoryFound(spec, files)


def enter(spec: DirectorySpec) -> Procedure[Refusal | None]:
    """Make a directory current; the refusal where the card does not let it."""
    command = select_name(spec.df_name) if spec.df_name else select_file(spec.fid or 0, p1=0x00)
    response = yield command
    return None if response.ok else Refusal(command, response.sw)


def read_files(specs: Sequence[FileSpec]) -> Procedure[tuple[FileFound, ...]]:
    """Every file of the current directory that the card has; what nobody may ever read is not asked for."""
    found = []
    for spec in specs:
        if spec.structure is Structure.INTERNAL:
            continue
        file = yield from _read_file(spec)
        if file is not None:
            found.append(file)
    return tuple(found)


def _read_file(spec: FileSpec) -> Procedure[FileFound | None]:
    if spec.read == NEVER:
        return FileFound(spec)
    command = select_file(spec.fid)
    response = yield command
    if response.sw == FILE_NOT_FOUND:
        return None
    if not response.ok:
        return FileFound(spec, refused=Refusal(command, response.sw))
    return (yield from (_read_body(spec) if spec.structure is Structure.TRANSPARENT else _read_records(spec)))


def _read_records(spec: FileSpec) -> Procedure[FileFound]:
    """Records by number until there are no more, so that foreign ones are found as well."""
    records: list[bytes] = []
    for number in range(1, LAST_RECORD + 1):
        command = read_record(number)
        response = yield command
        if response.sw == RECORD_NOT_FOUND:
            break
        if not response.ok:
            return FileFound(spec, tuple(records), refused=Refusal(command, response.sw))
        records.append(response.data)
    return FileFound(spec, tuple(records))


def _read_body(spec: FileSpec) -> Procedure[FileFound]:
    size, body = spec.size or 0, b""
    while len(body) < size:
        command = read_binary(len(body), le=min(CHUNK, size - len(body)))
        response = yield command
        if not response.ok or not response.data:
            return FileFound(spec, body=body, refused=Refusal(command, response.sw))
        body += response.data
    return FileFound(spec, body=body)


def read_memory(kind: CardKind) -> Procedure[FileFound]:
    """The whole memory of a memory card; raises CardRefusedError where the reader does not take the card's type."""
    command = storage_select_type(StorageType[kind.name])
    response = yield command
    expect_ok(command, response, f"selecting the card type {kind.value}")
    (spec,) = OLD_CARDS[kind.value].files
    size, body = spec.size or 0, b""
    while len(body) < size:
        command = storage_read(len(body), min(CHUNK, size - len(body)))
        response = yield command
        if not response.ok or not response.data:
            return FileFound(spec, body=body, refused=Refusal(command, response.sw))
        body += response.data
    return FileFound(spec, body=body)


def code_tries(kind: CardKind) -> Procedure[int | None]:
    """Tries left for a memory card's code; None where the answer does not tell. Not every reader can ask."""
    response = yield storage_error_counter(COUNTER_BYTES[kind])
    return response.data[0].bit_count() if response.ok and response.data else None


def try_names(names: Sequence[tuple[str, bytes]]) -> Procedure[tuple[NameTried, ...]]:
    """Select each name (label and bytes) and keep how the card answered."""
    tried = []
    for label, name in names:
        response = yield select_name(name)
        tried.append(NameTried(label, name, response))
    return tuple(tried)
