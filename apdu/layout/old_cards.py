"""Old medical cards: what the social security card replaces. Layouts are local; nothing of them is national.

The SLE4442 layout is one met in Hunan, the SLE4428 layout one met in Jinan (the length of the employer's
name is ours). The old CPU card is an invention of this product: how real ones are read is not public. No
old card is ever written by a terminal.
"""

from __future__ import annotations

from datetime import date

from apdu import fields
from apdu.layout.access import FREE, NEVER
from apdu.layout.declaration import Structure, Vector
from apdu.layout.item import Item, Secrecy
from apdu.layout.spec import DirectorySpec, FileSpec

OLD_CPU_FID = 0x0003
ERASED = 0xFF
"""What an unwritten byte of a memory card reads as."""


def _memory(contents: dict[int, bytes], size: int) -> str:
    """Hex of an erased memory with these bytes written at their offsets."""
    whole = bytearray(bytes((ERASED,)) * size)
    for offset, written in contents.items():
        whole[offset : offset + len(written)] = written
    return whole.hex()


SLE4442_ATR = bytes.fromhex("A2131091")
SLE4428_ATR = bytes.fromhex("92231091")

SLE4442 = DirectorySpec(
    "SLE4442",
    b"",
    None,
    "医保存储卡(SLE4442)",
    (
        FileSpec(
            "SLE4442",
            0,
            "Main memory",
            "主存储区",
            Structure.TRANSPARENT,
            FREE,
            NEVER,
            (
                Item(None, "Answer to reset", "复位应答", fields.opaque(4, ERASED), offset=0),
                Item(None, "Personal number", "个人编号", fields.ascii_text(14), offset=100),
            ),
            "local layout, Hunan",
            size=256,
            blank_fill=ERASED,
            vectors=(
                Vector(
                    _memory({0: SLE4442_ATR, 100: b"99010000000001"}, 256),
                    (("Answer to reset", SLE4442_ATR), ("Personal number", "99010000000001")),
                ),
                Vector(_memory({}, 256), (("Answer to reset", b"\xff" * 4), ("Personal number", ""))),
            ),
        ),
    ),
)

_CODE_AS_READ = {1022: bytes(2)}
_UNSET = (("Answer to reset", SLE4428_ATR), ("Card number", ""), ("ID number", ""), ("Issue date", None))

SLE4428 = DirectorySpec(
    "SLE4428",
    b"",
    None,
    "医保存储卡(SLE4428)",
    (
        FileSpec(
            "SLE4428",
            0,
            "Main memory",
            "主存储区",
            Structure.TRANSPARENT,
            FREE,
            NEVER,
            (
                Item(None, "Answer to reset", "复位应答", fields.opaque(4, ERASED), offset=0),
                Item(None, "Card number", "卡号", fields.text(9), offset=0x20),
                Item(
                    None,
                    "ID number",
                    "公民身份号码",
                    fields.ascii_text(18),
                    secrecy=Secrecy.IDENTITY,
                    offset=0x33,
                ),
                Item(None, "Issue date", "发卡日期", fields.day_text(), offset=0x45),
                Item(None, "Name", "姓名", fields.text(0x28), offset=0x6A),
                Item(None, "Employer", "单位名称", fields.text(60), offset=0x92),
                Item(
                    None,
                    "Security code",
                    "可编程安全码",
                    fields.opaque(2),
                    secrecy=Secrecy.SECRET,
                    offset=1022,
                ),
            ),
            "local layout, Jinan",
            size=1024,
            blank_fill=ERASED,
            vectors=(
                Vector(
                    _memory(
                        {
                            0: SLE4428_ATR,
                            0x20: b"A00000011",
                            0x33: b"99010019900307001920240102",
                            0x6A: "测试甲".encode("gbk"),
                            0x92: "测试单位".encode("gbk"),
                            **_CODE_AS_READ,
                        },
                        1024,
                    ),
                    (
                        ("Answer to reset", SLE4428_ATR),
                        ("Card number", "A00000011"),
                        ("ID number", "990100199003070019"),
                        ("Issue date", date(2024, 1, 2)),
                        ("Name", "测试甲"),
                        ("Employer", "测试单位"),
                        ("Security code", bytes(2)),
                    ),
                ),
                Vector(
                    _memory({0: SLE4428_ATR, **_CODE_AS_READ}, 1024),
                    (*_UNSET, ("Name", ""), ("Employer", ""), ("Security code", bytes(2))),
                ),
            ),
        ),
    ),
)

OLD_CPU = DirectorySpec(
    "DF0003",
    b"",
    OLD_CPU_FID,
    "旧医保CPU卡",
    (
        FileSpec(
            "DF0003",
            0xEF05,
            "Insured person",
            "参保人员信息文件",
            Structure.VARIABLE,
            FREE,
            NEVER,
            (
                Item(0x01, "Personal number", "个人编号", fields.ascii_text(14)),
                Item(0x02, "Name", "姓名", fields.text(30)),
                Item(0x03, "ID number", "公民身份号码", fields.ascii_text(18), secrecy=Secrecy.IDENTITY),
            ),
            "invention of this product",
            vectors=(
                Vector(
                    "010E3939303130303030303030303031"
                    "021EB2E2CAD4BCD7" + "00" * 24 + "0312393930313030313939303033303730303139",
                    ((0x01, "99010000000001"), (0x02, "测试甲"), (0x03, "990100199003070019")),
                ),
                Vector(
                    "010E" + "00" * 14 + "021E" + "00" * 30 + "0312" + "00" * 18,
                    ((0x01, ""), (0x02, ""), (0x03, "")),
                ),
            ),
        ),
    ),
)

OLD_CARDS = {"sle4442": SLE4442, "sle4428": SLE4428, "old-cpu": OLD_CPU}
"""The layout of each kind of old card."""
