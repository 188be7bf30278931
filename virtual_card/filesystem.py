"""The card compiled for running: slotted directories, files and keys, shared by all its forks.

What changes while a card lives is not here but in the cells of `NonVolatile`, by number: 0 the try counters
(PIN first, then every key), 1 the blocked flags (card first, then every directory), 2 the PIN, then for every
directory one cell a file, one for its purse and one for a PSAM's working keys.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from apdu.crypto.algorithm import Algorithm, block_cipher
from apdu.purse import ACCOUNT_RECORD, FULL_RECORD
from virtual_card.access import PIN_BIT, PIN_CONDITION, Masks, compile_rule
from virtual_card.nonvolatile import Cell, NonVolatile
from virtual_card.purse_memory import PURSE_LOG, purse_cell
from virtual_card.sam_memory import sam_cell
from virtual_card.state import CardContents, CardFile, Directory, Face, KeyState, Purse, StructureName

if TYPE_CHECKING:
    from virtual_card.applications.pboc.contents import BankContents
    from virtual_card.applications.pki.contents import PkiContents
    from virtual_card.card import Neighbour

TRIES, FLAGS, PIN, FIRST_FILE = 0, 1, 2, 3
PIN_TRIES_INDEX = 0
CARD_FLAG = 0


@dataclass(frozen=True, slots=True)
class FileNode:
    """One elementary file at run time; `cell` numbers its contents."""

    path: str
    fid: int
    structure: StructureName
    transparent: bool
    cell: int
    read: Masks
    update: Masks
    record_length: int | None
    max_records: int


@dataclass(frozen=True, slots=True, repr=False)
class KeyNode:
    """One key at run time: its bit among the granted conditions and the place of its try counter."""

    name: str
    reference: int | None
    bit: int
    counter: int
    limit: int
    algorithm: Algorithm
    versions: Mapping[int, bytes]
    _encryptors: dict[int, Callable[[bytes], bytes]] = field(default_factory=dict)

    def session_key(self, version: int, challenge: bytes) -> bytes:
        """The session key of an existing version from a random of at most a block (LD/T 32.4 section 8.4).

        The key's encryptor is made once and kept: a new cipher object costs ten times its use.
        """
        encrypt = self._encryptors.get(version)
        if encrypt is None:
            encrypt = self._encryptors[version] = block_cipher(self.algorithm, self.versions[version])
        return encrypt(challenge.ljust(self.algorithm.block, b"\0"))


@dataclass(frozen=True, slots=True)
class PurseNode:
    """The medical purse at run time: the cell of its amounts, and the file of its transactions."""

    cell: int
    log: FileNode


@dataclass(frozen=True, slots=True, repr=False)
class DirectoryNode:
    """One directory at run time; `keys` (by reference) and `named` also hold those of its environment.

    `purse` and `sam_keys` (a cell number) are None where it has none.

    `kept` masks the conditions that outlive entering it: the PIN, its own keys and its environment's
    (LD/T 32.5 section 6.11.1, LD/T 32.7 section 6.6).
    """

    name: str
    environment: str
    algorithm: Algorithm
    fci: bytes
    flag: int
    kept: int
    direct: bool
    by_fid: Mapping[int, FileNode]
    by_sfi: Mapping[int, FileNode]
    keys: Mapping[int, KeyNode]
    named: Mapping[str, KeyNode]
    purse: PurseNode | None
    sam_keys: int | None


NeighbourMaker = Callable[[NonVolatile], "Neighbour"]
"""Makes a further environment of the chip over the memory of one card."""


@dataclass(frozen=True, slots=True, repr=False)
class Profile:
    """Everything about a card that no command changes. Names and identifiers map to directories in order of
    creation:

    the first is found from anywhere, unless the current environment has one of its own.
    """

    contents: CardContents
    root: DirectoryNode
    directories: Mapping[str, DirectoryNode]
    by_name: Mapping[bytes, tuple[DirectoryNode, ...]]
    by_fid: Mapping[int, tuple[DirectoryNode, ...]]
    block: int
    neighbours: tuple[NeighbourMaker, ...] = ()


def tlv(tag: bytes, value: bytes) -> bytes:
    """A data object with a one-byte length."""
    return tag + bytes((len(value),)) + value


def control_information(directory: Directory) -> bytes:
    """The FCI that SELECT answers (LD/T 32.5 section 6.11.4); none for a directory without name."""
    if not directory.df_name:
        return b""
    name = tlv(b"\x84", directory.df_name)
    if directory.parent is not None:
        return tlv(b"\x6f", name)
    proprietary = b""
    if directory.directory_sfi is not None:
        proprietary += tlv(b"\x88", bytes((directory.directory_sfi,)))
    if directory.announces_algorithm and directory.algorithm is not None:
        proprietary += tlv(b"\x9f\x0c", tlv(b"\x86", bytes((directory.algorithm,))))
    return tlv(b"\x6f", name + tlv(b"\xa5", proprietary))


def compile_card(contents: CardContents, face: Face) -> tuple[Profile, NonVolatile]:
    """The run-time form of a description and its memory; raises ValueError where it contradicts itself."""
    return _Compiler(_own(contents), face).result()


def _own(contents: CardContents) -> CardContents:
    """A copy that nobody else changes; what cannot change is shared, or ten thousand cards would not fit."""
    return replace(
        contents,
        directories=[
            replace(
                entry,
                files=[replace(file, records=file.records[:]) for file in entry.files],
                keys=[replace(key, versions=dict(key.versions)) for key in entry.keys],
                sam_keys=[replace(key) for key in entry.sam_keys],
            )
            for entry in contents.directories
        ],
        notes=dict(contents.notes),
        bank=deepcopy(contents.bank),
        pki=deepcopy(contents.pki),
    )


class _Compiler:
    """Walks a description once and numbers its keys, flags and files in order."""

    def __init__(self, contents: CardContents, face: Face) -> None:
        self.contents = contents
        self.face = face
        self.tries = bytearray((contents.pin_tries,))
        self.flags = bytearray((contents.blocked,))
        self.names = ["tries", "blocked", "pin"]
        self.files: list[Cell] = []
        self.environments = {entry.name: entry for entry in contents.directories if entry.parent is None}
        self.own_keys = {entry.name: self._keys(entry) for entry in contents.directories}
        self.bits = {PIN_CONDITION: PIN_BIT} | {
            name: key.bit for keys in self.own_keys.values() for name, key in keys.items()
        }

    def result(self) -> tuple[Profile, NonVolatile]:
        if not self.contents.directories:
            raise ValueError("a card needs at least one directory")
        nodes = [self._directory(entry) for entry in self.contents.directories]
        by_name: dict[bytes, tuple[DirectoryNode, ...]] = {}
        by_fid: dict[int, tuple[DirectoryNode, ...]] = {}
        for entry, node in zip(self.contents.directories, nodes, strict=True):
            by_name[entry.df_name] = (*by_name.get(entry.df_name, ()), node)
            if entry.fid is not None:
                by_fid[entry.fid] = (*by_fid.get(entry.fid, ()), node)
        block = max(node.algorithm.block for node in nodes)
        directories = {node.name: node for node in nodes}
        profile = Profile(self.contents, nodes[0], directories, by_name, by_fid, block)
        pin: Cell = [self.contents.pin]
        profile = replace(profile, neighbours=tuple(self._neighbours()))
        return profile, NonVolatile(tuple(self.names), [self.tries, self.flags, pin, *self.files])

    def _neighbours(self) -> Iterator[NeighbourMaker]:
        if self.contents.bank is not None:
            yield self._bank(self.contents.bank)
        if self.contents.pki is not None:
            yield self._pki(self.contents.pki)

    def _pki(self, pki: PkiContents) -> NeighbourMaker:
        """The PKI application of the chip; its cells follow those made before."""
        from virtual_card.applications.pki.application import PkiSide
        from virtual_card.applications.pki.memory import cells_of, compile_pki

        profile = compile_pki(pki, FIRST_FILE + len(self.files))
        for name, contents in cells_of(pki).items():
            self._cell(name, contents)
        return partial(PkiSide, profile)

    def _bank(self, bank: BankContents) -> NeighbourMaker:
        """The bank's environment of the chip; its cells follow those of the card's own side."""
        from virtual_card.applications.pboc.application import Bank
        from virtual_card.applications.pboc.memory import cells_of, compile_bank

        profile = compile_bank(bank, FIRST_FILE + len(self.files))
        for name, contents in cells_of(bank).items():
            self._cell(name, contents)
        return partial(Bank, profile)

    def _environment(self, entry: Directory) -> Directory:
        name = entry.name if entry.parent is None else entry.parent
        if name not in self.environments:
            raise ValueError(f"{entry.name} names {name} as its environment, which the card does not have")
        return self.environments[name]

    def _algorithm(self, entry: Directory) -> Algorithm:
        algorithm = self._environment(entry).algorithm
        if algorithm is None:
            raise ValueError(f"the environment of {entry.name} names no algorithm")
        return algorithm

    def _keys(self, entry: Directory) -> dict[str, KeyNode]:
        return {key.name: self._key(key, entry) for key in entry.keys}

    def _key(self, key: KeyState, entry: Directory) -> KeyNode:
        self.tries.append(key.tries_left)
        counter = len(self.tries) - 1
        algorithm = self._algorithm(entry)
        bit = PIN_BIT << counter
        return KeyNode(key.name, key.reference, bit, counter, key.limit, algorithm, key.versions)

    def _directory(self, entry: Directory) -> DirectoryNode:
        environment = self._environment(entry)
        keys = self.own_keys[environment.name] | self.own_keys[entry.name]
        files = [self._file(entry, file) for file in entry.files]
        purse = None if entry.purse is None else self._purse(entry, entry.purse, files)
        sam_keys = (
            self._cell(f"{entry.name}/keys", sam_cell(entry.sam_keys)) if entry.takes_sam_keys else None
        )
        self.flags.append(entry.blocked)
        return DirectoryNode(
            name=entry.name,
            environment=environment.name,
            algorithm=self._algorithm(entry),
            fci=control_information(entry),
            flag=len(self.flags) - 1,
            kept=PIN_BIT | sum(key.bit for key in keys.values()),
            direct=(entry.face or environment.face or self.face) == "apdu",
            by_fid={file.fid: file for file in files},
            by_sfi={file.fid & 0x1F: file for file in files if 0 < file.fid & 0x1F < 0x1F},
            keys={key.reference: key for key in keys.values() if key.reference is not None},
            named=keys,
            purse=purse,
            sam_keys=sam_keys,
        )

    def _purse(self, entry: Directory, purse: Purse, files: list[FileNode]) -> PurseNode:
        log = next((file for file in files if file.fid == PURSE_LOG), None)
        if log is None or log.structure != "CYCLIC" or log.record_length not in (ACCOUNT_RECORD, FULL_RECORD):
            raise ValueError(f"{entry.name} has a purse and needs a cyclic EF08 of 20 or 28 bytes a record")
        return PurseNode(self._cell(f"{entry.name}/purse", purse_cell(purse)), log)

    def _cell(self, name: str, contents: Cell) -> int:
        self.files.append(contents)
        self.names.append(name)
        return FIRST_FILE + len(self.files) - 1

    def _file(self, entry: Directory, file: CardFile) -> FileNode:
        path = f"{entry.name}/{file.fid:04X}"
        transparent = file.structure == "TRANSPARENT"
        if file.structure in ("FIXED", "CYCLIC") and not file.record_length:
            raise ValueError(f"{path} is {file.structure} and needs a record length")
        body: Cell = bytearray(file.body) if transparent else [bytes(record) for record in file.records]
        return FileNode(
            path=path,
            fid=file.fid,
            structure=file.structure,
            transparent=transparent,
            cell=self._cell(path, body),
            read=compile_rule(file.read, self.bits),
            update=compile_rule(file.update, self.bits),
            record_length=file.record_length,
            max_records=file.max_records,
        )
