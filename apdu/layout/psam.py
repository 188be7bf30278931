"""The PSAM: one environment per algorithm, each with the same files and its application DF01.

Source: LD/T 32.9 section 6. Access terms are the PSAM's own keys: DDF-MK of the environment, KID-01 to
KID-03 of the national, provincial and city sections. Key files are named here; what they hold never leaves
a PSAM.
"""

from __future__ import annotations

from datetime import date
from functools import cache

from apdu import fields
from apdu.layout.access import FREE, NEVER, Access
from apdu.layout.declaration import Structure, Vector
from apdu.layout.item import Item
from apdu.layout.spec import DirectorySpec, FileSpec

AID = bytes.fromhex("D15600000590")
APPLICATION_FID = 0xDF01
ENVIRONMENT_NAMES = {
    "sx1": bytes.fromhex("7378312E73682EC9E7BBE1B1A3D5CF"),
    "sx3": bytes.fromhex("7378332E73682EC9E7BBE1B1A3D5CF"),
}
_ENVIRONMENT_FIDS = {"sx1": 0x3F00, "sx3": 0xDDF2}
_MASTER = Access.parse("DDF-MK")

_PUBLIC_ITEMS = (
    Item(None, "Issuer", "发行机构标识", fields.unsigned(1), offset=0),
    Item(None, "PSAM serial number", "PSAM序列号", fields.digits(10), offset=1),
    Item(None, "PSAM version", "PSAM版本号", fields.unsigned(1), offset=11),
    Item(None, "Key card type", "密钥卡类型", fields.unsigned(1), offset=12),
    Item(None, "Issuer FCI data", "发卡方自定义FCI数据", fields.opaque(2), offset=13),
)
_SECTION_ITEMS = (
    Item(None, "Purchase key index", "消费密钥索引号", fields.unsigned(1), offset=0),
    Item(None, "Authentication key version", "鉴别密钥版本", fields.unsigned(1), offset=1),
    Item(None, "Valid from", "应用启用日期", fields.day(), offset=2),
    Item(None, "Valid until", "应用有效日期", fields.day(), offset=6),
)
_DIRECTORY_ITEMS = (
    Item(
        0x61,
        "Application entry",
        "应用入口",
        children=(Item(0x4F, "Application name", "应用标识符", fields.opaque(6)),),
    ),
)

_PUBLIC_VECTORS = tuple(
    Vector(
        f"99{serial}0544{fci}",
        (
            ("Issuer", 0x99),
            ("PSAM serial number", serial),
            ("PSAM version", 5),
            ("Key card type", 0x44),
            ("Issuer FCI data", bytes.fromhex(fci)),
        ),
    )
    for serial, fci in (("99010020250101000001", "0000"), ("99010020300101000002", "0102"))
)
_TERMINAL_VECTORS = tuple(
    Vector(number, (("Terminal number", number),)) for number in ("990100000001", "000000000000")
)
_SEQUENCE_VECTORS = tuple(
    Vector(f"{number:08X}", (("Transaction sequence", number),)) for number in (0, 0x01020304)
)
_SECTION_VECTORS = (
    Vector(
        "01012024010120331231",
        (
            ("Purchase key index", 1),
            ("Authentication key version", 1),
            ("Valid from", date(2024, 1, 1)),
            ("Valid until", date(2033, 12, 31)),
        ),
    ),
    Vector(
        "0300FFFFFFFFFFFFFFFF",
        (
            ("Purchase key index", 3),
            ("Authentication key version", 0),
            ("Valid from", None),
            ("Valid until", None),
        ),
    ),
)
_DIRECTORY_VECTORS = (
    Vector("61084F06D15600000590", ((0x61, (AID,)),)),
    Vector("61084F06000000000000", ((0x61, (bytes(6),)),)),
)
_SECTIONS = (
    (1, "National", "国家"),
    (2, "Provincial", "省级"),
    (3, "City", "市级"),
)


def _transparent(
    directory: str,
    fid: int,
    names: tuple[str, str],
    items: tuple[Item, ...],
    vectors: tuple[Vector, ...],
    *,
    update: Access,
) -> FileSpec:
    last = items[-1]
    return FileSpec(
        directory,
        fid,
        *names,
        Structure.TRANSPARENT,
        FREE,
        update,
        items,
        "LD/T 32.9 section 6",
        size=(last.offset or 0) + last.length,
        vectors=vectors,
    )


def _environment(name: str) -> DirectorySpec:
    listing = FileSpec(
        name,
        0x0001,
        "Directory",
        "目录文件",
        Structure.VARIABLE,
        FREE,
        _MASTER,
        _DIRECTORY_ITEMS,
        "LD/T 32.9 section 6",
        vectors=_DIRECTORY_VECTORS,
    )
    terminal = (Item(None, "Terminal number", "终端机编号", fields.digits(6), offset=0),)
    public = _transparent(
        name,
        0x0015,
        ("PSAM public information", "卡片公共信息文件"),
        _PUBLIC_ITEMS,
        _PUBLIC_VECTORS,
        update=_MASTER,
    )
    information = _transparent(
        name, 0x0016, ("Terminal information", "终端信息文件"), terminal, _TERMINAL_VECTORS, update=_MASTER
    )
    files = (listing, public, information)
    label = f"PSAM环境{name}"
    return DirectorySpec(name, ENVIRONMENT_NAMES[name], _ENVIRONMENT_FIDS[name], label, files)


def _application(environment: str) -> DirectorySpec:
    name = f"{environment}/DF01"
    sequence = (Item(None, "Transaction sequence", "终端交易序号", fields.unsigned(4), offset=0),)
    files = [
        _transparent(
            name,
            0x0019,
            ("Transaction sequence", "终端交易序号文件"),
            sequence,
            _SEQUENCE_VECTORS,
            update=NEVER,
        )
    ]
    for number, level, level_zh in _SECTIONS:
        key = Access.parse(f"KID-0{number}")
        names = f"{level} application information", f"{level_zh}应用信息文件"
        files.append(_transparent(name, 0x0019 + number, names, _SECTION_ITEMS, _SECTION_VECTORS, update=key))
        names = f"{level} key file", f"{level_zh}密钥文件"
        files.append(
            FileSpec(name, 0x0010 + number, *names, Structure.VARIABLE, NEVER, key, (), "LD/T 32.9 section 6")
        )
    return DirectorySpec(name, AID, APPLICATION_FID, f"PSAM应用({environment})", tuple(files))


@cache
def psam_layout() -> tuple[DirectorySpec, ...]:
    """Every directory of a PSAM: environment sx1 (DES) and its DF01, then sx3 (SM4) and its DF01."""
    return tuple(
        directory for name in ENVIRONMENT_NAMES for directory in (_environment(name), _application(name))
    )
