"""SSSE, the social security system environment: issuer data, the holder, fingerprints, photo.

Sources: LD/T 32.6 tables 1, 3 and 9, sections 8.1.1 to 8.1.4; reader specification section 10.2 for 3.0.
"""

from __future__ import annotations

from datetime import date
from functools import cache

from apdu import fields
from apdu.layout.access import FREE, Access
from apdu.layout.codes import CardClass, Nation, Sex
from apdu.layout.declaration import Structure, Vector
from apdu.layout.item import Item, Secrecy
from apdu.layout.spec import DirectorySpec, FileSpec

NAME = "SSSE"
DF_NAME = bytes.fromhex("7378312E73682EC9E7BBE1B1A3D5CF")
UPDATE = Access.parse("UKSSSE")
READ_PROTECTED = Access.parse("RKSSSE")
NAME_LENGTH = 30
NAME_EXTENSION_LENGTH = 20

_ISSUER_ITEMS = (
    Item(
        0x01,
        "Card identification code",
        "卡的识别码",
        fields.identifier(16),
        source="LD/T 32.6 section 8.1.1.1",
    ),
    Item(
        0x02,
        "Card class",
        "卡的类别",
        fields.ascii_text(1),
        codes=(CardClass,),
        source="LD/T 32.6 section 8.1.1.2",
    ),
    Item(0x03, "Specification version", "规范版本", fields.ascii_text(4), source="LD/T 32.6 section 8.1.1.3"),
    Item(
        0x04,
        "Initialising institution",
        "初始化机构编号",
        fields.identifier(12),
        source="LD/T 32.6 section 8.1.1.4",
    ),
    Item(0x05, "Issue date", "发卡日期", fields.day(), source="LD/T 32.6 section 8.1.1.5"),
    Item(0x06, "Valid until", "卡有效期", fields.day(), source="LD/T 32.6 section 8.1.1.6"),
    # Longer entries are met; drivers take nine characters (reader specification section 10.4).
    Item(
        0x07, "Card number", "卡号", fields.text(9), also=range(10, 251), source="LD/T 32.6 section 8.1.1.7"
    ),
)

_NUMBER = Item(
    0x08,
    "Social security number",
    "社会保障号码",
    fields.ascii_text(18),
    secrecy=Secrecy.IDENTITY,
    source="LD/T 32.6 section 8.1.2.1",
)
_HOLDER_NAME = Item(0x09, "Name", "姓名", fields.split_text(NAME_LENGTH), source="LD/T 32.6 section 8.1.2.2")
_NAME_EXTENSION = Item(
    0x4E,
    "Name extension",
    "姓名扩展",
    fields.split_text(NAME_EXTENSION_LENGTH),
    source="LD/T 32.6 section 8.1.2.2",
)
_PERSON_ITEMS = (
    Item(0x0A, "Sex", "性别", fields.ascii_text(1), codes=(Sex,), source="LD/T 32.6 section 8.1.2.3"),
    Item(0x0B, "Nation", "民族", fields.digits(1), codes=(Nation,), source="LD/T 32.6 section 8.1.2.4"),
    Item(0x0C, "Place of birth", "出生地", fields.region(), source="LD/T 32.6 section 8.1.2.5"),
    Item(0x0D, "Date of birth", "出生日期", fields.day(), source="LD/T 32.6 section 8.1.2.6"),
)

_ISSUER_VECTORS = (
    Vector(
        "0110990100D15600000500000001A1B2C3D4 020133 0304322E3030 040C915600000299010099010001"
        "050420240102 060420340101 0709413030303030303131",
        (
            (0x01, "990100D15600000500000001A1B2C3D4"),
            (0x02, "3"),
            (0x03, "2.00"),
            (0x04, "915600000299010099010001"),
            (0x05, date(2024, 1, 2)),
            (0x06, date(2034, 1, 1)),
            (0x07, "A00000011"),
        ),
    ),
    Vector(  # no limit of validity, version filled with 00, an unset authentication code
        "0110990100D15600000500000002FFFFFFFF 020131 0304322E3000 040C915600000299010099010002"
        "050420240102 0604FFFFFFFF 0709413939303130303038",
        (
            (0x01, "990100D15600000500000002FFFFFFFF"),
            (0x02, "1"),
            (0x03, "2.0"),
            (0x04, "915600000299010099010002"),
            (0x05, date(2024, 1, 2)),
            (0x06, None),
            (0x07, "A99010008"),
        ),
    ),
)
_PERSON = (
    (0x08, "990100199003070019"),
    (0x09, "测试甲"),
    (0x0A, "1"),
    (0x0B, "01"),
    (0x0C, "990100"),
    (0x0D, date(1990, 3, 7)),
)
_NUMBER_AND_NAME = "0812393930313030313939303033303730303139 091EB2E2CAD4BCD7" + "00" * 24
_AFTER_NAME = "0A0131 0B0101 0C03990100 0D0419900307"
_UNSET_PERSON = "0812" + "00" * 18 + "091E" + "00" * 30
_UNSET_AFTER_NAME = "0A0139 0B01FF 0C03FFFFFF 0D04FFFFFFFF"
_UNSET = ((0x08, ""), (0x09, ""), (0x0A, "9"), (0x0B, ""), (0x0C, ""), (0x0D, None))
_PERSON_VECTORS = (
    Vector(f"{_NUMBER_AND_NAME} 4E14{'00' * 20} {_AFTER_NAME}", (*_PERSON[:2], (0x4E, ""), *_PERSON[2:])),
    Vector(f"{_UNSET_PERSON} 4E14{'FF' * 20} {_UNSET_AFTER_NAME}", (*_UNSET[:2], (0x4E, ""), *_UNSET[2:])),
)
_PERSON_VECTORS_1 = (
    Vector(f"{_NUMBER_AND_NAME} {_AFTER_NAME}", _PERSON),
    Vector(f"{_UNSET_PERSON} {_UNSET_AFTER_NAME}", _UNSET),
)


def _picture(fid: int, names: tuple[str, str], size: int, *, read: Access, source: str) -> FileSpec:
    """A transparent file with opaque contents."""
    name, name_zh = names
    sample = (bytes(range(251)) * (size // 251 + 1))[:size]
    return FileSpec(
        NAME,
        fid,
        name,
        name_zh,
        Structure.TRANSPARENT,
        read,
        UPDATE,
        (Item(None, name, name_zh, fields.opaque(size), secrecy=Secrecy.SECRET, offset=0),),
        source,
        size=size,
        vectors=(Vector(bytes(size).hex(), ((name, bytes(size)),)), Vector(sample.hex(), ((name, sample),))),
    )


@cache
def directory(version: str) -> DirectorySpec:
    """The environment of a "1.0", "2.0" or "3.0" card.

    1.0 has neither name extension nor photo and reads fingerprints freely; 3.0 protects EF06 with RKSSSE.
    """
    first = version == "1.0"
    issuer = FileSpec(
        NAME,
        0xEF05,
        "Issuer data",
        "发卡机构数据文件",
        Structure.VARIABLE,
        FREE,
        UPDATE,
        _ISSUER_ITEMS,
        "LD/T 32.6 table 3, section 8.1.1",
        vectors=_ISSUER_VECTORS,
    )
    holder = FileSpec(
        NAME,
        0xEF06,
        "Basic personal data",
        "持卡人的基本信息文件",
        Structure.VARIABLE,
        READ_PROTECTED if version == "3.0" else FREE,
        UPDATE,
        (_NUMBER, _HOLDER_NAME, *(() if first else (_NAME_EXTENSION,)), *_PERSON_ITEMS),
        "LD/T 32.6 table 3, section 8.1.2; reader specification section 10.2",
        vectors=_PERSON_VECTORS_1 if first else _PERSON_VECTORS,
    )
    read = FREE if first else READ_PROTECTED
    names = "Fingerprints", "指纹数据文件"
    fingerprints = _picture(0xEF07, names, 768, read=read, source="LD/T 32.6 section 8.1.3")
    files = [issuer, holder, fingerprints]
    if not first:
        names = "Photo", "照片信息文件"
        files.append(_picture(0xEF08, names, 4096, read=READ_PROTECTED, source="LD/T 32.6 section 8.1.4"))
    return DirectorySpec(NAME, DF_NAME, None, "社会保障系统环境", tuple(files))


DIRECTORY_FID = 0xEF1E
"""The directory file: its SFI is what tag 88 of the environment announces; cards in use have 1E there."""

AID_LENGTH = 6
_ENTRY_CHILDREN = (
    Item(0x4F, "Application name", "应用标识符", fields.opaque(AID_LENGTH)),
    Item(0x50, "Application label", "应用标签", fields.text(16)),
)
_DIRECTORY_VECTORS = (
    Vector(
        "611A 4F06D15600000503 5010C9E7BBE1B1A3CFD5D0C5CFA2C7F83200",
        ((0x61, (bytes.fromhex("D15600000503"), "社会保险信息区2")),),
    ),
    Vector("611A 4F06" + "00" * 6 + "5010" + "00" * 16, ((0x61, (bytes(6), "")),)),
)


def directory_file(entries: int) -> FileSpec:
    """The directory file of the environment with one entry for each application that has an AID."""
    return FileSpec(
        NAME,
        DIRECTORY_FID,
        "Directory of the environment",
        "社会保障系统环境目录文件",
        Structure.VARIABLE,
        FREE,
        UPDATE,
        (Item(0x61, "Application entry", "应用入口", children=_ENTRY_CHILDREN, occurs=entries),),
        "LD/T 32.3 section 6.3",
        optional=True,
        vectors=_DIRECTORY_VECTORS,
    )


def join_name(name: bytes, extension: bytes = b"") -> str:
    """The holder's name from the value bytes of tags 09 and 4E, joined before decoding.

    Raises FieldError where the joined bytes are no GBK text.
    """
    joined = name.rstrip(fields.PADDING) + extension.rstrip(fields.PADDING)
    return str(fields.text(NAME_LENGTH + NAME_EXTENSION_LENGTH).parse(joined.ljust(50, b"\0")))


def split_name(name: str) -> tuple[str, str]:
    """The parts of a name for tags 09 and 4E: whole characters, as many as fit into 09 first."""
    first = name
    while len(first.encode("gbk")) > NAME_LENGTH:
        first = first[:-1]
    return first, name[len(first) :]
