"""Which items of which files a caller means, and their values (reader specification section 10, pFileAddr).

    addr  := file+                 file := name "|" ( item "|" )* "$"
    name  := ( "SSSE" | "3F00" | "DF" hh ) "EF" hh
    item  := tag [ ":" n ]         tag  := hh, or a record number where the file is cyclic
    values: the same, with values in the place of items

`parse_*` and `render_*` know the grammar alone; `resolve` holds an address against the card's layout.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from apdu.layout import DirectorySpec, FileSpec, Item, Structure
from terminal.driver.codes import ReturnCode, refuse

_NAME = re.compile(r"(SSSE|3F00|DF[0-9A-F]{2})(EF[0-9A-F]{2})", re.IGNORECASE)
_ITEM = re.compile(r"([0-9A-F]{1,2})(?::([1-9][0-9]{0,2}))?", re.IGNORECASE)
ENVIRONMENT, ENVIRONMENT_FID = "SSSE", "3F00"


@dataclass(frozen=True, slots=True)
class FileName:
    """A file as the caller wrote it (`text` goes into the answer), and as it is meant: `SSSE`, 0xEF05."""

    text: str
    directory: str
    fid: int

    @property
    def place(self) -> tuple[str, int]:
        """Directory and FID: what makes two names the same file."""
        return self.directory, self.fid


@dataclass(frozen=True, slots=True)
class ItemName:
    """An item as the caller wrote it: the n-th record with a tag, or the record of that number in a cyclic file."""

    text: str

    @property
    def tag(self) -> int:
        """The record identifier."""
        return int(self.text.split(":")[0], 16)

    @property
    def occurrence(self) -> int:
        """Which of the records with that tag, 1 for the first."""
        return int(self.text.partition(":")[2] or "1")


@dataclass(frozen=True, slots=True)
class FileAddress:
    """One file of an address and the items asked of it; none where the whole file is meant."""

    name: FileName
    items: tuple[ItemName, ...] = ()


@dataclass(frozen=True, slots=True, repr=False)
class FileValues:
    """One file of a data string: its name and its values in the order of the address."""

    name: FileName
    values: tuple[str, ...]

    def __repr__(self) -> str:
        return f"FileValues({self.name.text}, {len(self.values)} values)"


@dataclass(frozen=True, slots=True, repr=False)
class Target:
    """An address held against the layout.

    `items` for records found by tag, with the occurrence; `record` for one record of a cyclic file (newest = 1);
    neither where the whole file is meant: every record of a cyclic one, the bytes of a transparent one.
    """

    address: FileAddress
    directory: DirectorySpec
    file: FileSpec
    items: tuple[tuple[Item, int], ...] = ()
    record: int | None = None

    @property
    def cyclic(self) -> bool:
        """Whether the file is a ring of records."""
        return self.file.structure is Structure.CYCLIC

    def __repr__(self) -> str:
        return f"Target({_joined(self.address.name, [item.text for item in self.address.items])})"


def parse_address(text: str, *, fid_alike: bool = True) -> tuple[FileAddress, ...]:
    """The files and items of pFileAddr; `fid_alike` takes `3F00EF05` for `SSSEEF05`. Raises CallError -23."""
    return tuple(
        FileAddress(_name(name, fid_alike), tuple(_item(part) for part in parts))
        for name, parts in _files(text, ReturnCode.BAD_DATA)
    )


def parse_values(text: str, *, fid_alike: bool = True) -> tuple[FileValues, ...]:
    """The files and values of pWriteData. Raises CallError -23, and -41 for a separator inside a value."""
    return tuple(
        FileValues(_name(name, fid_alike), parts) for name, parts in _files(text, ReturnCode.CHARACTER)
    )


def render_address(files: Sequence[FileAddress]) -> str:
    """An address as a caller writes it."""
    return "".join(_joined(file.name, [item.text for item in file.items]) for file in files)


def render_values(files: Sequence[FileValues]) -> str:
    """Values in the shape of their address."""
    return "".join(_joined(file.name, file.values) for file in files)


def resolve(address: Sequence[FileAddress], layout: Sequence[DirectorySpec]) -> tuple[Target, ...]:
    """Each file as the card's layout declares it; raises CallError -23 for a file or tag it does not have."""
    return tuple(_target(file, layout) for file in address)


def match_values(targets: Sequence[Target], values: Sequence[FileValues]) -> tuple[tuple[str, ...], ...]:
    """The values to write for each target; raises CallError -23 where their shape is not that of the address.

    A cyclic file is named alone and given one record; a transparent one its whole content.
    """
    if [target.address.name.place for target in targets] != [file.name.place for file in values]:
        raise refuse(
            ReturnCode.BAD_DATA,
            "写入数据的文件与地址不一致",
            "the files of the data are not those of the address",
        )
    for target, file in zip(targets, values, strict=True):
        expected = len(target.items) or 1
        if len(file.values) != expected:
            raise refuse(
                ReturnCode.BAD_DATA,
                f"{file.name.text}应有{expected}个值，实有{len(file.values)}个",
                f"{file.name.text} is addressed with {expected} values, {len(file.values)} are given",
            )
    return tuple(file.values for file in values)


def _files(text: str, inside: ReturnCode) -> list[tuple[str, tuple[str, ...]]]:
    """Name and parts of each file; `inside` is the code for a `$` that ends no file: in data it is in a value."""
    if not text.endswith("$"):
        raise _malformed("不以$结束", "the last file does not end with $")
    found = []
    for part in text[:-1].split("$"):
        if not part.endswith("|"):
            raise refuse(inside, "$前缺少|", "a | is missing before $")
        name, *rest = part[:-1].split("|")
        found.append((name, tuple(rest)))
    return found


def _name(text: str, fid_alike: bool) -> FileName:
    match = _NAME.fullmatch(text)
    if match is None or (match[1].upper() == ENVIRONMENT_FID and not fid_alike):
        raise _malformed("文件名无法识别", "a file name is SSSE or DF and two digits, EF and two digits")
    directory = match[1].upper().replace(ENVIRONMENT_FID, ENVIRONMENT)
    return FileName(text, directory, int(match[2], 16))


def _item(text: str) -> ItemName:
    if not _ITEM.fullmatch(text):
        raise _malformed("数据项无法识别", "an item is two hexadecimal digits, and :n for its n-th record")
    return ItemName(text)


def _malformed(zh: str, en: str) -> Exception:
    return refuse(ReturnCode.BAD_DATA, zh, en)


def _joined(name: FileName, parts: Sequence[str]) -> str:
    return "|".join((name.text, *parts, "$"))


def _target(address: FileAddress, layout: Sequence[DirectorySpec]) -> Target:
    directory = next((entry for entry in layout if entry.name == address.name.directory), None)
    file = directory.file(address.name.fid) if directory else None
    if directory is None or file is None:
        raise refuse(
            ReturnCode.BAD_DATA,
            f"该版本卡片无文件{address.name.text}",
            f"a card of this version has no file {address.name.text}",
        )
    if file.structure is Structure.CYCLIC:
        return Target(address, directory, file, record=_record(address))
    if file.structure is Structure.TRANSPARENT:
        if address.items:
            raise _malformed("透明文件没有数据项", f"{address.name.text} is one piece and has no items")
        return Target(address, directory, file)
    if not address.items:
        raise _malformed("未指定数据项", f"no item of {address.name.text} is named")
    return Target(address, directory, file, tuple(_declared(file, item) for item in address.items))


def _record(address: FileAddress) -> int | None:
    if not address.items:
        return None
    only = address.items[0].text
    if len(address.items) > 1 or not only.isdigit() or not int(only):
        raise _malformed(
            "循环文件只能指定一个记录号", "a cyclic file is asked for one record number, the newest is 1"
        )
    return int(only)


def _declared(file: FileSpec, name: ItemName) -> tuple[Item, int]:
    item = next((item for item in file.items if item.tag == name.tag), None)
    if item is None or name.occurrence > item.occurs:
        raise _malformed(
            f"{file.path}无数据项{name.text}",
            f"{file.path} has no item {name.text} on a card of this version",
        )
    return item, name.occurrence
