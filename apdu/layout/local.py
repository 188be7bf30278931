"""Local extensions: what issuers add beside the standard files, each present only where it is asked for.

New directories take DF0A, DF0B and so on, new files EF0C, EF0D and so on in any directory (LD/T 32.6
section 6).
"""

from __future__ import annotations

from collections.abc import Sequence

from apdu import fields
from apdu.layout.access import FREE, Access
from apdu.layout.declaration import Structure
from apdu.layout.item import Item, Secrecy
from apdu.layout.samples import an, cn, vectors
from apdu.layout.spec import DirectorySpec, FileSpec

RID = bytes.fromhex("D156000005")
FIRST_NUMBER, LAST_NUMBER = 0x0A, 0x1E

PERSONNEL = FileSpec(
    "SSSE",
    0xEF0D,
    "Personnel number",
    "人员识别号文件",
    Structure.VARIABLE,
    FREE,
    Access.parse("UKEF0D"),
    (
        Item(0xEA, "Personnel number", "人员识别号", fields.ascii_text(12), secrecy=Secrecy.IDENTITY),
        Item(0xEB, "Region of the first application", "首次申领地行政区划代码", fields.region()),
        # Their meaning is not known; both hold one character.
        Item(0xEC, "Local item EC", "自定义数据项EC", fields.ascii_text(1)),
        Item(0xED, "Local item ED", "自定义数据项ED", fields.ascii_text(1)),
    ),
    "local extension of one province, as drivers in use read it",
    optional=True,
    vectors=vectors(
        an(0xEA, 12, "990100000001", ""),
        cn(0xEB, 3, "990100", ""),
        an(0xEC, 1, "1", ""),
        an(0xED, 1, "0", ""),
    ),
)
"""SSSE/EF0D as one province has it, with an update key of its own."""


def directory(number: int, label_zh: str, files: Sequence[FileSpec] = ()) -> DirectorySpec:
    """A local directory: 0x0A is DF0A with AID D1560000050A. Raises ValueError for a number out of 0A to 1E."""
    if not FIRST_NUMBER <= number <= LAST_NUMBER:
        raise ValueError(f"a local directory is DF0A to DF1E, not DF{number:02X}")
    return DirectorySpec(f"DF{number:02X}", RID + bytes((number,)), 0xDF00 | number, label_zh, tuple(files))
