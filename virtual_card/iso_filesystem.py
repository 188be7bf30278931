"""A tree compiled for running: directories and files with their access masks, and the memory behind them.

Cells of `NonVolatile`: 0 the try counters (one a password), 1 the life cycle status bytes (directories and
files in order), 2 the sizes of transparent files (three bytes each), then one cell a file. A transparent
file's cell is as large as the file may grow.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import cast

from msgspec.structs import replace

from apdu.tlv import Tlv
from virtual_card.access import Masks, compile_rule
from virtual_card.iso_tree import DirectoryEntry, FileEntry, PasswordEntry, Structure, Tree, WriteBehaviour
from virtual_card.iso_tree_check import identifier, rule
from virtual_card.nonvolatile import Cell, NonVolatile
from virtual_card.state import MAX_RECORDS

TRIES, LIFE, SIZES, FIRST_FILE = 0, 1, 2, 3
SIZE_BYTES = 3
ACTIVATED, DEACTIVATED = 0x05, 0x04
"""Life cycle status bytes of the operational state (ISO/IEC 7816-4 section 7.4, life cycle status)."""

RECORD_LENGTH_MAX = 0xFF
ERASED: Mapping[WriteBehaviour, int] = {"or": 0x00, "and": 0xFF, "once": 0x00}


@dataclass(frozen=True, slots=True, repr=False)
class Password:
    """One password at run time: its bit among the granted conditions and the place of its try counter."""

    name: str
    reference: int
    value: bytes
    bit: int
    counter: int
    limit: int


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class IsoDirectory:
    """One dedicated file; `kept` masks the conditions that outlive entering it: its own and those above."""

    fid: int
    parent: IsoDirectory | None
    name: bytes
    label: str
    proprietary: bytes
    life: int
    activate: Masks
    deactivate: Masks
    kept: int
    passwords: Mapping[int, Password]
    data_objects: Mapping[int, Tlv]
    by_fid: dict[int, IsoFile | IsoDirectory] = field(default_factory=dict)
    by_sfi: dict[int, IsoFile] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class IsoFile:
    """One elementary file. `capacity`: bytes it may grow to (transparent) or records it takes.

    `size_at` is the place of a transparent file's size among the sizes; `record_length` that of every record,
    or the longest (variable).
    """

    fid: int
    parent: IsoDirectory
    sfi: int | None
    label: str
    structure: Structure
    writing: WriteBehaviour
    cell: int
    life: int
    size_at: int
    capacity: int
    record_length: int
    read: Masks
    update: Masks
    write: Masks
    activate: Masks
    deactivate: Masks

    @property
    def transparent(self) -> bool:
        """Whether the file has data units, not records."""
        return self.structure == "transparent"

    @property
    def erased(self) -> bytes:
        """The byte of the logical erased state."""
        return bytes((ERASED[self.writing],))


@dataclass(frozen=True, slots=True, repr=False)
class IsoTree:
    """Everything about a card that no command changes; `named` are the directories with a name, in order."""

    tree: Tree
    root: IsoDirectory
    named: tuple[IsoDirectory, ...]


def compile_tree(tree: Tree) -> tuple[IsoTree, NonVolatile]:
    """The run-time form of a checked tree and its memory."""
    compiler = _Compiler()
    root = compiler.directory(tree.master_file, None, "MF", {})
    cells: list[Cell] = [compiler.tries, compiler.life, compiler.sizes, *compiler.files]
    memory = NonVolatile(("tries", "life", "sizes", *compiler.names), cells)
    return IsoTree(tree, root, tuple(compiler.named)), memory


class _Compiler:
    """Walks the tree once, directories before their children, and numbers passwords, nodes and files."""

    def __init__(self) -> None:
        self.tries = bytearray()
        self.life = bytearray()
        self.sizes = bytearray()
        self.names: list[str] = []
        self.files: list[Cell] = []
        self.named: list[IsoDirectory] = []

    def directory(
        self, entry: DirectoryEntry, parent: IsoDirectory | None, path: str, above: Mapping[str, int]
    ) -> IsoDirectory:
        passwords = [self._password(password) for password in entry.passwords]
        bits = {**above, **{password.name: password.bit for password in passwords}}
        node = IsoDirectory(
            fid=identifier(entry.fid),
            parent=parent,
            name=bytes.fromhex(entry.aid),
            label=entry.label,
            proprietary=bytes.fromhex(entry.proprietary),
            life=self._life(entry),
            activate=compile_rule(rule(entry.access.activate), bits),
            deactivate=compile_rule(rule(entry.access.deactivate), bits),
            kept=sum(bits.values()),
            passwords={password.reference: password for password in passwords},
            data_objects={
                int(tag, 16): Tlv(int(tag, 16), bytes.fromhex(value))
                for tag, value in entry.data_objects.items()
            },
        )
        if node.name:
            self.named.append(node)
        for file in entry.files:
            made = self._file(file, node, path, bits)
            node.by_fid[made.fid] = made
            if made.sfi is not None:
                node.by_sfi[made.sfi] = made
        for child in entry.directories:
            directory = self.directory(child, node, f"{path}/{child.fid.upper()}", bits)
            node.by_fid[directory.fid] = directory
        return node

    def _password(self, entry: PasswordEntry) -> Password:
        counter = len(self.tries)
        self.tries.append(entry.tries if entry.tries_left is None else entry.tries_left)
        reference = int(entry.reference, 16)
        return Password(entry.name, reference, bytes.fromhex(entry.value), 1 << counter, counter, entry.tries)

    def _life(self, entry: DirectoryEntry | FileEntry) -> int:
        self.life.append(ACTIVATED if entry.state == "activated" else DEACTIVATED)
        return len(self.life) - 1

    def _file(self, entry: FileEntry, parent: IsoDirectory, path: str, bits: Mapping[str, int]) -> IsoFile:
        rights = entry.access
        update = compile_rule(rule(rights.update), bits)
        size_at = len(self.sizes)
        capacity = self._contents(entry)
        self.names.append(f"{path}/{entry.fid.upper()}")
        return IsoFile(
            fid=identifier(entry.fid),
            parent=parent,
            sfi=entry.sfi,
            label=entry.label,
            structure=entry.structure,
            writing=entry.writing,
            cell=FIRST_FILE + len(self.files) - 1,
            life=self._life(entry),
            size_at=size_at,
            capacity=capacity,
            record_length=entry.record_length or RECORD_LENGTH_MAX,
            read=compile_rule(rule(rights.read), bits),
            update=update,
            write=update if rights.write is None else compile_rule(rule(rights.write), bits),
            activate=compile_rule(rule(rights.activate), bits),
            deactivate=compile_rule(rule(rights.deactivate), bits),
        )

    def _contents(self, entry: FileEntry) -> int:
        """Add the file's cell; the bytes or records that fit it."""
        if entry.structure != "transparent":
            self.files.append([bytes.fromhex(record) for record in entry.records])
            return entry.max_records or MAX_RECORDS
        contents = bytes.fromhex(entry.contents)
        size = len(contents) if entry.size is None else entry.size
        capacity = size if entry.max_size is None else entry.max_size
        self.sizes += size.to_bytes(SIZE_BYTES, "big")
        self.files.append(bytearray(contents.ljust(capacity, bytes((ERASED[entry.writing],)))))
        return capacity


def size_of(memory: NonVolatile, file: IsoFile) -> int:
    """The number of bytes a transparent file has now."""
    sizes = cast(bytearray, memory.cells[SIZES])
    return int.from_bytes(sizes[file.size_at : file.size_at + SIZE_BYTES], "big")


def snapshot(tree: Tree, memory: NonVolatile) -> Tree:
    """`tree` with everything that changes replaced by what the memory holds, in one spelling of hex."""
    return replace(tree, master_file=_Reader(memory).directory(tree.master_file))


class _Reader:
    """Walks a tree in the order of the compiler and reads the memory along."""

    def __init__(self, memory: NonVolatile) -> None:
        tries, life, sizes, *files = memory.cells
        self.tries: Iterator[int] = iter(cast(bytearray, tries))
        self.life: Iterator[int] = iter(cast(bytearray, life))
        self.sizes = iter(bytes(cast(bytearray, sizes)))
        self.files = iter(files)

    def directory(self, entry: DirectoryEntry) -> DirectoryEntry:
        passwords = [
            replace(password, value=_hex(password.value), tries_left=next(self.tries))
            for password in entry.passwords
        ]
        now = replace(
            entry,
            fid=entry.fid.upper(),
            aid=_hex(entry.aid),
            proprietary=_hex(entry.proprietary),
            data_objects={tag.upper(): _hex(value) for tag, value in entry.data_objects.items()},
            passwords=passwords,
            state=self._state(),
        )
        files = [self._file(file) for file in entry.files]
        return replace(now, files=files, directories=[self.directory(child) for child in entry.directories])

    def _state(self) -> str:
        return "activated" if next(self.life) == ACTIVATED else "deactivated"

    def _file(self, entry: FileEntry) -> FileEntry:
        now = replace(entry, fid=entry.fid.upper(), state=self._state())
        body = next(self.files)
        if isinstance(body, list):
            return replace(now, records=[record.hex().upper() for record in body])
        size = int.from_bytes(bytes(next(self.sizes) for _ in range(SIZE_BYTES)), "big")
        return replace(now, contents=body[:size].hex().upper(), size=size, max_size=len(body))


def _hex(text: str) -> str:
    return bytes.fromhex(text).hex().upper()
