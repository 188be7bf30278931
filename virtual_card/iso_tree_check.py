"""What the schema of a file tree cannot say: identifiers that clash, contents that do not fit, unknown names.

Every refusal is a DescriptionError with the path of the entry.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from apdu import atr as answer_to_reset
from apdu.tlv import Tlv, TlvError, parse
from virtual_card.description_reader import DescriptionError
from virtual_card.state import AccessRule

if TYPE_CHECKING:
    from virtual_card.iso_tree import DirectoryEntry, FileEntry, PasswordEntry, Tree

MASTER_FILE = 0x3F00
RESERVED_IDENTIFIERS = {0x0000: "the current file", 0x3FFF: "the current directory", 0xFFFF: "nothing"}
DF_NAME_MAX = 16
DIRECTORY_REFERENCE = 0x80
"""References from here on belong to a directory, below it to the master file (ISO/IEC 7816-4, VERIFY)."""

DEPTH_MAX = 8


def check(tree: Tree) -> None:
    """Raise DescriptionError for the first entry that contradicts the rest of the tree."""
    if tree.atr is not None:
        try:
            answer_to_reset.parse(bytes.fromhex(tree.atr))
        except answer_to_reset.AtrError as error:
            raise DescriptionError("atr", str(error)) from None
    if identifier(tree.master_file.fid) != MASTER_FILE:
        raise DescriptionError("master_file.fid", "the master file is 3F00; leave the field out")
    _Walk().directory(tree.master_file, "master_file", frozenset(), depth=1)


def identifier(fid: str) -> int:
    """A file identifier as a number."""
    return int(fid, 16)


def rule(text: str) -> AccessRule:
    """An access rule in words as alternatives; raises ValueError."""
    from apdu.layout.access import Access

    return Access.parse(text).alternatives


class _Walk:
    """Goes through the tree once and remembers what has to be unique on the card."""

    def __init__(self) -> None:
        self.passwords: set[str] = set()
        self.df_names: set[bytes] = set()

    def directory(self, entry: DirectoryEntry, place: str, inherited: frozenset[str], depth: int) -> None:
        if depth > DEPTH_MAX:
            raise DescriptionError(place, f"directories lie at most {DEPTH_MAX} deep")
        names = inherited.union(self._passwords(entry, place, depth))
        self._df_name(entry, place)
        _check_objects(entry, place)
        _check_rules({"activate": entry.access.activate, "deactivate": entry.access.deactivate}, names, place)
        _check_identifiers(entry, place)
        for number, file in enumerate(entry.files):
            _check_file(file, names, f"{place}.files[{number}]")
        for number, child in enumerate(entry.directories):
            self.directory(child, f"{place}.directories[{number}]", names, depth + 1)

    def _passwords(self, entry: DirectoryEntry, place: str, depth: int) -> Iterator[str]:
        references: set[int] = set()
        for number, password in enumerate(entry.passwords):
            where = f"{place}.passwords[{number}]"
            reference = int(password.reference, 16)
            first = DIRECTORY_REFERENCE * (depth > 1) + 1
            if not first <= reference < first + 0x1F:
                owner = "of a directory" if depth > 1 else "of the master file"
                raise DescriptionError(
                    f"{where}.reference", f"a reference {owner} is {first:02X} to {first + 0x1E:02X}"
                )
            if reference in references or password.name in self.passwords:
                raise DescriptionError(where, "this name or reference is taken")
            _check_password(password, where)
            references.add(reference)
            self.passwords.add(password.name)
            yield password.name

    def _df_name(self, entry: DirectoryEntry, place: str) -> None:
        name = bytes.fromhex(entry.aid)
        if len(name) > DF_NAME_MAX:
            raise DescriptionError(f"{place}.aid", f"a DF name has at most {DF_NAME_MAX} bytes")
        if name and name in self.df_names:
            raise DescriptionError(f"{place}.aid", "another directory has this name")
        self.df_names.add(name)


def _check_password(password: PasswordEntry, place: str) -> None:
    if not bytes.fromhex(password.value):
        raise DescriptionError(f"{place}.value", "a password has at least one byte")
    if password.tries_left is not None and password.tries_left > password.tries:
        raise DescriptionError(f"{place}.tries_left", f"should be at most the {password.tries} of tries")


def _check_objects(entry: DirectoryEntry, place: str) -> None:
    for tag, value in entry.data_objects.items():
        where = f"{place}.data_objects.{tag}"
        try:
            Tlv(int(tag, 16), bytes.fromhex(value)).encode()
        except ValueError as error:
            raise DescriptionError(where, str(error)) from None
    try:
        parse(bytes.fromhex(entry.proprietary))
    except TlvError as error:
        raise DescriptionError(f"{place}.proprietary", f"should be data objects: {error}") from None
    if len(entry.label.encode()) > DF_NAME_MAX:
        raise DescriptionError(f"{place}.label", f"a label has at most {DF_NAME_MAX} bytes in UTF-8")


def _check_rules(rules: dict[str, str | None], names: frozenset[str], place: str) -> None:
    for name, text in rules.items():
        where = f"{place}.access.{name}"
        try:
            terms = frozenset[str]().union(*rule(text)) if text is not None else frozenset()
        except ValueError as error:
            raise DescriptionError(where, str(error)) from None
        if not terms <= names:
            unknown = ", ".join(sorted(terms - names))
            raise DescriptionError(where, f"no password here or above is called {unknown}")


def _check_identifiers(entry: DirectoryEntry, place: str) -> None:
    taken = {identifier(entry.fid)}
    short: set[int] = set()
    children: list[tuple[str, FileEntry | DirectoryEntry]] = [
        *((f"{place}.files[{number}]", file) for number, file in enumerate(entry.files)),
        *((f"{place}.directories[{number}]", child) for number, child in enumerate(entry.directories)),
    ]
    for where, child in children:
        fid = identifier(child.fid)
        if fid == MASTER_FILE:
            raise DescriptionError(f"{where}.fid", "every file below the master file needs one of its own")
        if fid in RESERVED_IDENTIFIERS:
            raise DescriptionError(f"{where}.fid", f"{fid:04X} means {RESERVED_IDENTIFIERS[fid]}")
        if fid in taken:
            raise DescriptionError(f"{where}.fid", f"{fid:04X} is taken by another file or by the directory")
        taken.add(fid)
    for number, file in enumerate(entry.files):
        if file.sfi is not None and file.sfi in short:
            raise DescriptionError(f"{place}.files[{number}].sfi", f"{file.sfi} is taken by another file")
        short.update(() if file.sfi is None else (file.sfi,))


def _check_file(file: FileEntry, names: frozenset[str], place: str) -> None:
    rights = file.access
    _check_rules(
        {
            "read": rights.read,
            "update": rights.update,
            "write": rights.write,
            "activate": rights.activate,
            "deactivate": rights.deactivate,
        },
        names,
        place,
    )
    if file.structure == "transparent":
        _check_transparent(file, place)
    else:
        _check_records(file, place)


def _check_transparent(file: FileEntry, place: str) -> None:
    for name in ("records", "record_length", "max_records"):
        if getattr(file, name):
            raise DescriptionError(f"{place}.{name}", "a transparent file has contents, no records")
    length = len(bytes.fromhex(file.contents))
    size = length if file.size is None else file.size
    if length > size:
        raise DescriptionError(f"{place}.contents", f"{length} bytes do not fit the size of {size}")
    if file.max_size is not None and file.max_size < size:
        raise DescriptionError(f"{place}.max_size", f"should be at least the size of {size}")
    if max(size, file.max_size or 0) == 0:
        raise DescriptionError(place, "a transparent file needs contents, size or max_size")


def _check_records(file: FileEntry, place: str) -> None:
    for name, value in (("contents", file.contents), ("size", file.size), ("max_size", file.max_size)):
        if value not in (None, ""):
            raise DescriptionError(f"{place}.{name}", f"a {file.structure} file has records instead")
    if file.record_length is None and file.structure != "linear-variable":
        raise DescriptionError(f"{place}.record_length", f"a {file.structure} file needs it")
    if file.max_records is None and file.structure == "cyclic":
        raise DescriptionError(f"{place}.max_records", "a cyclic file needs it")
    if file.max_records is not None and len(file.records) > file.max_records:
        raise DescriptionError(
            f"{place}.records", f"{len(file.records)} records, max_records is {file.max_records}"
        )
    longest = file.record_length or 0xFF
    for number, record in enumerate(file.records):
        length = len(bytes.fromhex(record))
        fits = 0 < length <= longest if file.structure == "linear-variable" else length == longest
        if not fits:
            raise DescriptionError(
                f"{place}.records[{number}]", f"{length} bytes do not fit a record length of {longest}"
            )
