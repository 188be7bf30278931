"""Items and files of LD/T 32.6 written as rows: what every module of an application declares them with."""

from __future__ import annotations

from typing import Any

from apdu.fields import Coding, opaque
from apdu.layout.access import Access
from apdu.layout.code import Code
from apdu.layout.declaration import Structure, Vector
from apdu.layout.item import Item
from apdu.layout.spec import FileSpec

STANDARD = "LD/T 32.6"
ANNEX_C = "annex C"
REVISION = "revision table 2"
"""Places of the standard that tell what 1.0 cards hold under tags that 2.0 gave another meaning."""


def row(
    tag: int | None,
    name: str,
    name_zh: str,
    what: Coding | tuple[Item, ...],
    place: str,
    *,
    codes: type[Code] | tuple[type[Code], ...] = (),
    offset: int | None = None,
    occurs: int = 1,
    reused_as: Item | None = None,
    follows: int | None = None,
) -> Item:
    """An item: a coding or children, and its place in the standard (a section number, or an annex by name)."""
    coding, children = (None, what) if isinstance(what, tuple) else (what, ())
    return Item(
        tag,
        name,
        name_zh,
        coding,
        children=children,
        codes=codes if isinstance(codes, tuple) else (codes,),
        offset=offset,
        occurs=occurs,
        reused_as=reused_as,
        follows=follows,
        source=f"{STANDARD} {place}" if " " in place else f"{STANDARD} section {place}",
    )


def file(
    path: str,
    names: tuple[str, str],
    items: tuple[Item, ...] | Item,
    rights: tuple[str, str],
    place: str,
    *,
    structure: Structure = Structure.VARIABLE,
    **options: Any,
) -> FileSpec:
    """A file at `DF01/EF05`: names, items, rights to read and update, place in the standard.

    One Item is the record of a cyclic file. `options` are further fields of FileSpec.
    """
    directory, fid = path.split("/")
    if isinstance(items, Item):
        structure = Structure.CYCLIC
        options["record_length"] = items.length
        items = (items,)
    return FileSpec(
        directory,
        int(fid, 16),
        *names,
        structure,
        Access.parse(rights[0]),
        Access.parse(rights[1]),
        items,
        f"{STANDARD} {place}",
        **options,
    )


RESERVED_SIZE = 0x128
"""The standard writes lengths in hexadecimal; that of the reserved files is the digits 128."""

UNPUBLISHED = (
    Vector("E80401020304", ((0xE8, bytes.fromhex("01020304")),)),
    Vector("E80101 E80102 FA00", ((0xE8, b"\x01"), (0xE8, b"\x02"), (0xFA, b""))),
)
"""Vectors of a file whose items are not published: any records."""


def reserved(path: str, number: int, update: str) -> FileSpec:
    """A reserved file of DF01: transparent, free to read, its contents not defined."""
    names = f"Reserved file {number}", f"预留信息文件{number}"
    sample = (bytes(range(251)) * 2)[:RESERVED_SIZE]
    return file(
        path,
        names,
        (row(None, *names, opaque(RESERVED_SIZE), "table 9", offset=0),),
        ("free", update),
        "tables 4 and 9",
        structure=Structure.TRANSPARENT,
        size=RESERVED_SIZE,
        vectors=tuple(
            Vector(contents.hex(), ((names[0], contents),)) for contents in (bytes(RESERVED_SIZE), sample)
        ),
    )
