"""The file tree of a plain ISO/IEC 7816-4 card: one schema for the YAML that describes it and for its image.

`load_tree` reads a hand-written file; `read_tree` any data of JSON types. Bytes and identifiers are hex text,
with blanks between bytes as one likes; numbers are decimal. What the fields mean to the card stands in
docs/iso7816-card.md.
"""

from __future__ import annotations

import os
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import Meta, Struct

from virtual_card.description_reader import DescriptionError
from virtual_card.iso_tree_check import check
from virtual_card.state import Face

OCTETS = r"^\s*([0-9A-Fa-f]{2}\s*)*$"
IDENTIFIER = r"^[0-9A-Fa-f]{4}$"
REFERENCE = r"^[0-9A-Fa-f]{2}$"
TAG = r"^([0-9A-Fa-f]{2}){1,2}$"
PASSWORD_NAME = r"^[A-Z][A-Z0-9-]*$"
_EXPLAINED = {
    OCTETS: "should be bytes in hex",
    IDENTIFIER: "should be a file identifier of four hex digits",
    REFERENCE: "should be a reference of two hex digits",
    TAG: "should be a tag of two or four hex digits",
    PASSWORD_NAME: "should be a name of capital letters, digits and -, as in PIN1",
}

Octets = Annotated[str, Meta(pattern=OCTETS)]
Identifier = Annotated[str, Meta(pattern=IDENTIFIER)]
Reference = Annotated[str, Meta(pattern=REFERENCE)]
Tag = Annotated[str, Meta(pattern=TAG)]
PasswordName = Annotated[str, Meta(pattern=PASSWORD_NAME)]
ShortIdentifier = Annotated[int, Meta(ge=1, le=30)]
Tries = Annotated[int, Meta(ge=1, le=15)]
TriesLeft = Annotated[int, Meta(ge=0, le=15)]
FileSize = Annotated[int, Meta(ge=0, le=0xFFFF)]
RecordLength = Annotated[int, Meta(ge=1, le=255)]
RecordCount = Annotated[int, Meta(ge=1, le=254)]
Structure = Literal["transparent", "linear-fixed", "linear-variable", "cyclic"]
WriteBehaviour = Literal["or", "and", "once"]
LifeCycle = Literal["activated", "deactivated"]
PastEnd = Literal["6B00", "6A86"]

TreeT = TypeVar("TreeT", bound="Tree")
NEXT_STEP = "Correct the file; docs/iso7816-card.md describes every field."


class TreeError(ValueError):
    """A tree file that cannot be read or describes no card; names file, place, reason and next step."""


class DamagedTreeError(TreeError):
    """A tree file that is no YAML at all."""


class Rights(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Access rules: `free`, `never`, or password names joined by `and` and `or`.

    `update` covers erasing; `write` (WRITE and APPEND) is as `update` where it is left out.
    """

    read: str = "free"
    update: str = "never"
    write: str | None = None
    activate: str = "never"
    deactivate: str = "never"


class LifeCycleRights(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who may activate and deactivate a directory."""

    activate: str = "never"
    deactivate: str = "never"


class PasswordEntry(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A password; `reference` is P2 of VERIFY, `tries` the limit, `tries_left` what is left of it."""

    name: PasswordName
    reference: Reference
    value: Octets
    tries: Tries = 3
    tries_left: TriesLeft | None = None

    def __repr__(self) -> str:
        return f"PasswordEntry({self.name})"


class FileEntry(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An elementary file. Transparent: `contents`, `size`, `max_size`; the others: `records` and their limits.

    `size` pads the contents with erased bytes; `max_size` is how far UPDATE BINARY may let it grow.
    `record_length` is the length of every record (linear-fixed, cyclic) or the longest allowed.
    """

    fid: Identifier
    structure: Structure
    sfi: ShortIdentifier | None = None
    label: str = ""
    access: Rights = Rights()
    writing: WriteBehaviour = "or"
    state: LifeCycle = "activated"
    contents: Octets = ""
    size: FileSize | None = None
    max_size: FileSize | None = None
    records: list[Octets] = []
    record_length: RecordLength | None = None
    max_records: RecordCount | None = None

    def __repr__(self) -> str:
        return f"FileEntry({self.fid}, {self.structure})"


class DirectoryEntry(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A dedicated file; `fid` is needed by all but the master file, which is 3F00.

    `aid` is the DF name, `label` the application label of its FMD, `proprietary` the bytes of A5 in its FCI,
    `data_objects` what GET DATA finds, by tag.
    """

    fid: Identifier = "3F00"
    aid: Octets = ""
    label: str = ""
    proprietary: Octets = ""
    access: LifeCycleRights = LifeCycleRights()
    state: LifeCycle = "activated"
    passwords: list[PasswordEntry] = []
    data_objects: dict[Tag, Octets] = {}
    files: list[FileEntry] = []
    directories: list[DirectoryEntry] = []

    def __repr__(self) -> str:
        return f"DirectoryEntry({self.fid}, {len(self.files)} files, {len(self.directories)} directories)"


class Tree(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A whole card; `atr` is made from the card's abilities where it is left out.

    `past_end` answers an offset past the end of a file. `security_attributes`: FCP and FCI say in 8C what access
    takes.
    """

    master_file: DirectoryEntry
    atr: Octets | None = None
    past_end: PastEnd = "6B00"
    security_attributes: bool = False


class TreeState(Tree, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an image holds of such a card: its tree as it is now, its kind and its face."""

    kind: Literal["iso7816"]
    face: Face


def load_tree(path: str | os.PathLike[str]) -> Tree:
    """The tree of a YAML file; raises TreeError, DamagedTreeError where it is no YAML."""
    document = _document(path)
    try:
        return read_tree(document)
    except DescriptionError as error:
        raise TreeError(f"{path}: {error.place}: {error.reason}. {NEXT_STEP}") from None


def read_tree(document: object) -> Tree:
    """The tree of data as YAML or JSON gives it; raises DescriptionError naming the entry that is wrong."""
    return _read(document, Tree)


def read_state(document: object) -> TreeState:
    """The state that an image holds; raises DescriptionError."""
    return _read(document, TreeState)


def _read(document: object, shape: type[TreeT]) -> TreeT:
    try:
        tree = msgspec.convert(document, shape, strict=False)
    except msgspec.ValidationError as error:
        reason, _, place = str(error).partition(" - at `")
        where = place.replace("`", "").replace("$.", "").replace("$", "") or "card"
        raise DescriptionError(where, _explained(reason)) from None
    check(tree)
    return tree


def _explained(reason: str) -> str:
    """The reason with a regular expression replaced by what it means."""
    for pattern, meaning in _EXPLAINED.items():
        if repr(pattern) in reason:
            return meaning
    return reason[:1].lower() + reason[1:]


def _document(path: str | os.PathLike[str]) -> Any:
    """A YAML document with all scalars as text, so that 5000, 0010 and 1E10 stay the hex they are."""
    from apdu.yaml_text import YamlError, parse, read_text

    try:
        return parse(read_text(path), all_text=True)
    except OSError as error:
        raise TreeError(f"{path}: {error.strerror}. Check the name and the rights of the file.") from None
    except UnicodeDecodeError:
        raise DamagedTreeError(f"{path}: this is no UTF-8 text. Save the file as UTF-8.") from None
    except YamlError as error:
        place = f"{error.place}: " if error.place else ""
        raise DamagedTreeError(f"{path}: {place}no valid YAML ({error.problem}). {NEXT_STEP}") from None
