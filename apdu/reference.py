"""The card reference: every file, item, code, key, command and status word as one Markdown page.

Written from the declarations that cards, terminal and trace use, so it says what they do::

    python -m apdu.reference > docs/card-reference.md
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from apdu.addressing import MASTER_FILE
from apdu.instructions import INSTRUCTIONS
from apdu.keys import KEYS, KeySpec
from apdu.layout import EVERYTHING, VERSIONS, DirectorySpec, FileSpec, Item, Structure, card_layout
from apdu.layout.access import Access
from apdu.layout.code import Code
from apdu.layout.codes import TABLES
from apdu.status_in_command import IN_COMMAND
from apdu.status_table import GENERAL

FIRST = VERSIONS[0]
INFORMATIVE = ("DF05", "DF06")
"""Directories of the informative annex: few cards have them."""


@dataclass(frozen=True, slots=True)
class FileEntry:
    """One file as the versions named have it: a row of the file table."""

    file: FileSpec
    versions: tuple[str, ...]

    @property
    def rights(self) -> tuple[str, str]:
        """Read and update rights, with the key names of the version."""
        return _named(self.file.read, self.versions), _named(self.file.update, self.versions)


@dataclass(frozen=True, slots=True)
class ItemEntry:
    """One item or field of a file as the versions named have it: a row of the item table."""

    file: FileSpec
    item: Item
    parent: Item | None
    versions: tuple[str, ...]


def _named(access: Access, versions: tuple[str, ...]) -> str:
    """The right, with the names that the 1.0 texts use where the file is theirs alone."""
    text = str(access)
    if versions == (FIRST,):
        for key in KEYS:
            if key.first_name:
                text = text.replace(key.name, key.first_name)
    return text


def directories() -> dict[str, list[tuple[str, DirectorySpec]]]:
    """Every directory by name, as each version has it; local extensions are left out."""
    found: dict[str, list[tuple[str, DirectorySpec]]] = {}
    for version in VERSIONS:
        for entry in sorted(card_layout(version, options=EVERYTHING), key=_order):
            found.setdefault(entry.name, []).append((version, entry))
    return dict(sorted(found.items(), key=lambda pair: (pair[0] != "SSSE", pair[0])))


def _order(entry: DirectorySpec) -> tuple[bool, str]:
    return entry.name != "SSSE", entry.name


def files() -> list[FileEntry]:
    """Every file once for each set of rights, name and structure that versions give it, as the last has it."""
    found: dict[tuple[object, ...], FileEntry] = {}
    for version, file in _all_files():
        written = _named(file.read, (version,)), _named(file.update, (version,))
        key = file.path, file.name, file.structure, written
        before = found[key].versions if key in found else ()
        found[key] = FileEntry(file, (*before, version))
    return list(found.values())


def _all_files() -> Iterator[tuple[str, FileSpec]]:
    for versions in directories().values():
        places = dict.fromkeys(
            (file.fid, file.structure) for _, entry in versions for file in (*entry.files, *entry.internal)
        )
        for place in sorted(places, key=lambda place: (place[0] == 0, place[0])):
            for version, entry in versions:
                for file in (*entry.files, *entry.internal):
                    if (file.fid, file.structure) == place:
                        yield version, file


def is_local(file: FileSpec) -> bool:
    """Whether a file is an extension beside the standard's."""
    return file.source.startswith("local")


def items() -> list[ItemEntry]:
    """Every item, child and field once for each meaning that versions give it, in the order of the files."""
    found: dict[tuple[object, ...], ItemEntry] = {}
    for version, file in _all_files():
        for item in file.items:
            for parent, shown in ((None, item), *((item, child) for child in item.children)):
                where = (parent.tag, parent.name) if parent and parent.tag is None else parent and parent.tag
                key = file.path, where, shown.tag, shown.name, shown.type, shown.length
                before = found[key].versions if key in found else ()
                found[key] = ItemEntry(file, shown, parent, (*before, version))
    return list(found.values())


# Markdown ---------------------------------------------------------------------------------------------


def _table(head: str, rows: Iterable[Iterable[object]]) -> Iterator[str]:
    columns = head.split(" | ")
    yield f"| {head} |"
    yield "|" + "---|" * len(columns)
    for row in rows:
        yield "| " + " | ".join(str(cell).replace("|", "\\|") for cell in row) + " |"
    yield ""


def _hex(number: int | None, digits: int = 2) -> str:
    return "" if number is None else f"{number:0{digits}X}"


def _directories() -> Iterator[str]:
    def rows() -> Iterator[tuple[str, ...]]:
        yield "MF", f"{MASTER_FILE:04X}", "", "主控文件", ", ".join(VERSIONS)
        for name, versions in directories().items():
            entry = versions[0][1]
            held = ", ".join(version for version, _ in versions)
            yield name, _hex(entry.fid, 4), entry.df_name.hex().upper(), entry.label_zh, held

    yield from _table("directory | FID | DF name | 名称 | versions", rows())


def _file_row(entry: FileEntry) -> tuple[str, ...]:
    file = entry.file
    size = {
        Structure.TRANSPARENT: f"{file.size} bytes",
        Structure.CYCLIC: f"{file.min_records} or more records of {file.record_length} bytes",
        Structure.INTERNAL: f"{sum(item.length for item in file.items)} bytes",
    }.get(file.structure, f"{file.max_records} records" if file.max_records else "records not published")
    fid = "" if file.structure is Structure.INTERNAL else f"EF{file.fid & 0xFF:02X}"
    presence = "optional" if file.optional or file.directory in INFORMATIVE else ""
    return (
        file.directory,
        fid,
        file.name,
        file.name_zh,
        file.structure.value,
        size,
        *entry.rights,
        ", ".join(entry.versions),
        presence,
        file.source,
    )


_FILE_HEAD = "DF | EF | file | 文件 | structure | size | read | update | versions | presence | source"


def _item_rows() -> Iterator[tuple[str, ...]]:
    for entry in items():
        item = entry.item
        place = f"+{item.offset:02X}" if item.offset is not None and item.tag is None else _hex(item.tag)
        if entry.parent is not None and entry.parent.tag is not None:
            place = f"{entry.parent.tag:02X}/{place}"
        times = entry.file.min_records or item.occurs if entry.parent is None else 1
        yield (
            entry.file.path,
            place,
            item.name,
            item.name_zh,
            item.type,
            str(item.length),
            str(times),
            ", ".join(table.table() for table in dict.fromkeys(item.codes)),
            "" if item.secrecy.value == "open" else item.secrecy.value,
            ", ".join(entry.versions),
            item.source or entry.file.source,
        )


def _key_row(key: KeySpec) -> tuple[str, ...]:
    psam = ", ".join(_hex(number) for number in key.psam_ids().values())
    addresses = key.version_addresses or (() if key.hsm_address is None else (key.hsm_address,))
    return (
        key.name + (f" (1.0: {key.first_name})" if key.first_name else ""),
        key.owner,
        _hex(key.reference),
        f"{key.psam_type} / {psam}" if psam else "",
        ", ".join(f"{address:04X}" for address in addresses),
        str(key.versions),
        "never locks" if not key.counted else "",
        "only with its file" if key.where_named else f"from {key.since}",
        key.purpose,
        key.purpose_zh,
    )


def _codes(table: type[Code]) -> Iterator[str]:
    yield f"### {table.table()}"
    yield ""
    yield (table.__doc__ or "").strip()
    yield ""
    yield from _table("code | meaning | 含义", ((str(code), code.en, code.zh) for code in table))


def page() -> str:
    """The whole page as Markdown."""
    lines = [
        "# Card reference",
        "",
        "Generated by `python -m apdu.reference > docs/card-reference.md`; do not edit.",
        "",
        *_contents(),
        *_language(),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _contents() -> Iterator[str]:
    """What is on the card: directories, files, items, the codes in them."""
    yield from ("## Directories", "", *_directories(), "## Files", "")
    yield from _table(_FILE_HEAD, (_file_row(entry) for entry in files() if not is_local(entry.file)))
    yield from ("Local extensions:", "")
    yield from _table(_FILE_HEAD, (_file_row(entry) for entry in files() if is_local(entry.file)))
    yield from (
        "## Items",
        "",
        "`tag/tag` is a child of a B-TLV, `+offset` a field of a record or file. Lengths are bytes of the value.",
        "",
    )
    yield from _table(
        "file | tag | item | 数据项 | type | length | occurs | codes | secrecy | versions | source",
        _item_rows(),
    )
    yield from ("## Code tables", "")
    for table in TABLES:
        yield from _codes(table)


def _language() -> Iterator[str]:
    """What is spoken with it: keys, commands, status words."""
    yield from (
        "## Keys",
        "",
        "`reference` is P2 of EXTERNAL AUTHENTICATION; the HSM address is that of version 1 or of each version.",
        "",
    )
    yield from _table(
        "key | DF | reference | PSAM type / id | HSM | versions | counter | on cards | purpose | 用途",
        map(_key_row, KEYS),
    )
    yield from ("## Commands", "")
    yield from _table(
        "CLA INS | command | 命令 | changes",
        ((f"{i.cla:02X} {i.ins:02X}", i.name, i.name_zh, i.effect.value) for i in INSTRUCTIONS),
    )
    yield from ("## Status words", "")
    yield from _table(
        "status | command | meaning | 含义 | next step | 处理 | source",
        (
            (e.pattern, e.instruction or "any", e.en, e.zh, e.remedy_en, e.remedy_zh, e.source)
            for e in (*GENERAL, *IN_COMMAND)
        ),
    )


if __name__ == "__main__":
    sys.stdout.write(page())
