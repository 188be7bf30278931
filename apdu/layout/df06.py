"""DF06, social relief and preferential care (informative annex).

Sources: LD/T 32.6 annex B, tables B6 to B8.
"""

from __future__ import annotations

from functools import cache

from apdu import fields
from apdu.layout.codes import PreferentialCare, SocialRelief
from apdu.layout.rows import file, row
from apdu.layout.samples import an, cn, day, fen, tlv, vectors
from apdu.layout.spec import DirectorySpec

NAME = "DF06"
DF_NAME = bytes.fromhex("BEC8D6FAD3EBD3C5B8A7D0C5CFA2C7F8")
FID = 0xDF06

_ITEMS_05 = (
    row(0xC0, "Relief paying body", "救助金发放机构名称", fields.text(70), "B4.2.1.1"),
    row(0xC2, "Relief paying body, code", "救助金发放机构代码", fields.ascii_text(9), "B4.2.1.2"),
    row(
        0xC3,
        "Social relief 1",
        "社会救助信息1",
        (
            row(0xE3, "Relief kind", "社会救助代码", fields.digits(1), "B4.2.1.3", codes=SocialRelief),
            row(0xE4, "Relief approved on", "社会救助批准日期", fields.day(), "B4.2.1.4"),
            row(0xE5, "Relief reviewed on", "社会救助复核日期", fields.day(), "B4.2.1.5"),
            row(
                0xE6, "Latest relief amount", "最近一次获得社会救助的金额", fields.amount_digits(), "B4.2.1.6"
            ),
            row(0xE7, "Relief paid up to month", "社会救助已发放月度", fields.digits(3), "B4.2.1.7"),
        ),
        "B4.2.1.3",
    ),
    row(
        0xC4,
        "Social relief 2",
        "社会救助信息2",
        (
            row(0xE3, "Relief kind", "社会救助代码", fields.digits(1), "B4.2.1.3", codes=SocialRelief),
            row(0xE4, "Relief approved on", "社会救助批准日期", fields.day(), "B4.2.1.4"),
            row(0xE5, "Relief reviewed on", "社会救助复核日期", fields.day(), "B4.2.1.5"),
            row(
                0xE6, "Latest relief amount", "最近一次获得社会救助的金额", fields.amount_digits(), "B4.2.1.6"
            ),
            row(0xE7, "Relief paid up to month", "社会救助已发放月度", fields.digits(3), "B4.2.1.7"),
        ),
        "B4.2.1.3",
    ),
    row(
        0xC5,
        "Social relief 3",
        "社会救助信息3",
        (
            row(0xE3, "Relief kind", "社会救助代码", fields.digits(1), "B4.2.1.3", codes=SocialRelief),
            row(0xE4, "Relief approved on", "社会救助批准日期", fields.day(), "B4.2.1.4"),
            row(0xE5, "Relief reviewed on", "社会救助复核日期", fields.day(), "B4.2.1.5"),
            row(
                0xE6, "Latest relief amount", "最近一次获得社会救助的金额", fields.amount_digits(), "B4.2.1.6"
            ),
            row(0xE7, "Relief paid up to month", "社会救助已发放月度", fields.digits(3), "B4.2.1.7"),
        ),
        "B4.2.1.3",
    ),
)
_VECTORS_05 = vectors(
    an(0xC0, 70, "测试机构", ""),
    an(0xC2, 9, "D2143569X", ""),
    tlv(
        0xC3,
        cn(0xE3, 1, "01", "09"),
        day(0xE4, "20200229", ""),
        day(0xE5, "20190901", ""),
        fen(0xE6, 123456, 0),
        cn(0xE7, 3, "202401", ""),
    ),
    tlv(
        0xC4,
        cn(0xE3, 1, "01", "09"),
        day(0xE4, "20200229", ""),
        day(0xE5, "20190901", ""),
        fen(0xE6, 80000, None),
        cn(0xE7, 3, "202401", ""),
    ),
    tlv(
        0xC5,
        cn(0xE3, 1, "01", "09"),
        day(0xE4, "20200229", ""),
        day(0xE5, "20190901", ""),
        fen(0xE6, 5000, 0),
        cn(0xE7, 3, "202401", ""),
    ),
)
_ITEMS_06 = (
    row(0xC6, "Care paying body", "优待抚恤金发放机构", fields.text(70), "B4.2.2.1"),
    row(0xC8, "Care paying body, code", "优待抚恤金发放机构代码", fields.ascii_text(9), "B4.2.2.2"),
    row(0xC9, "Care code 1", "优待抚恤代码1", fields.digits(1), "B4.2.2.3", codes=PreferentialCare),
    row(0xCA, "Care approved on 1", "优待抚恤批准日期1", fields.day(), "B4.2.2.4"),
    row(0xCB, "Care ends on 1", "优待抚恤截止日期1", fields.day(), "B4.2.2.5"),
    row(
        0xCC,
        "Conscript allowance of the year",
        "当年义务兵优待金发放标准",
        fields.amount_digits(),
        "B4.2.2.6",
    ),
    row(0xCD, "Care paid up to year 1", "优待抚恤已发放年度1", fields.digits(2), "B4.2.2.11"),
    row(0xCE, "Care code 2", "优待抚恤代码2", fields.digits(1), "B4.2.2.3", codes=PreferentialCare),
    row(0xCF, "Care approved on 2", "优待抚恤批准日期2", fields.day(), "B4.2.2.4"),
    row(0xD0, "Care ends on 2", "优待抚恤截止日期2", fields.day(), "B4.2.2.5"),
    row(0xD1, "Periodic pension of the year", "当年定期抚恤金发放标准", fields.amount_digits(), "B4.2.2.7"),
    row(0xD2, "Care paid up to month 2", "优待抚恤已发放月度2", fields.digits(3), "B4.2.2.12"),
    row(0xD3, "Care code 3", "优待抚恤代码3", fields.digits(1), "B4.2.2.3", codes=PreferentialCare),
    row(0xD4, "Care approved on 3", "优待抚恤批准日期3", fields.day(), "B4.2.2.4"),
    row(0xD5, "Care ends on 3", "优待抚恤截止日期3", fields.day(), "B4.2.2.5"),
    row(0xD6, "Periodic subsidy of the year", "当年定期补助发放标准", fields.amount_digits(), "B4.2.2.8"),
    row(0xD7, "Care paid up to month 3", "优待抚恤已发放月度3", fields.digits(3), "B4.2.2.12"),
    row(0xD8, "Care code 4", "优待抚恤代码4", fields.digits(1), "B4.2.2.3", codes=PreferentialCare),
    row(0xD9, "Care approved on 4", "优待抚恤批准日期4", fields.day(), "B4.2.2.4"),
    row(0xDA, "Care ends on 4", "优待抚恤截止日期4", fields.day(), "B4.2.2.5"),
    row(
        0xDB, "Pension of the year, central funds", "当年抚恤金标准(中央)", fields.amount_digits(), "B4.2.2.9"
    ),
    row(
        0xDC,
        "Pension supplement of the year, local funds",
        "当年抚恤金补助标准(地方)",
        fields.amount_digits(),
        "B4.2.2.9",
    ),
    row(
        0xDD,
        "Health allowance of the year, central funds",
        "当年保健金标准(中央)",
        fields.amount_digits(),
        "B4.2.2.10",
    ),
    row(
        0xDE,
        "Health allowance supplement of the year, local funds",
        "当年保健金补助标准(地方)",
        fields.amount_digits(),
        "B4.2.2.10",
    ),
    row(0xDF, "Disability pension paid up to month", "伤残抚恤金已发放月度", fields.digits(3), "B4.2.2.12"),
    row(
        0xE0,
        "Disability pension supplement paid up to month",
        "伤残抚恤补助金已发放月度",
        fields.digits(3),
        "B4.2.2.12",
    ),
    row(
        0xE1,
        "Disability health allowance paid up to year",
        "伤残保健金已发放年度",
        fields.digits(2),
        "B4.2.2.11",
    ),
    row(
        0xE2,
        "Disability health allowance supplement paid up to year",
        "伤残保健补助金已发放年度",
        fields.digits(2),
        "B4.2.2.11",
    ),
)
_VECTORS_06 = vectors(
    an(0xC6, 70, "测试机构", "测试单位"),
    an(0xC8, 9, "D2143569X", ""),
    cn(0xC9, 1, "01", "04"),
    day(0xCA, "20250630", ""),
    day(0xCB, "20240102", ""),
    fen(0xCC, 80000, None),
    cn(0xCD, 2, "2024", ""),
    cn(0xCE, 1, "01", "04"),
    day(0xCF, "20250630", ""),
    day(0xD0, "20240102", ""),
    fen(0xD1, 5000, 0),
    cn(0xD2, 3, "202401", ""),
    cn(0xD3, 1, "01", "04"),
    day(0xD4, "20250630", ""),
    day(0xD5, "20240102", ""),
    fen(0xD6, 123456, None),
    cn(0xD7, 3, "202401", ""),
    cn(0xD8, 1, "01", "04"),
    day(0xD9, "20250630", ""),
    day(0xDA, "20240102", ""),
    fen(0xDB, 80000, 0),
    fen(0xDC, 123456, None),
    fen(0xDD, 5000, 0),
    fen(0xDE, 80000, None),
    cn(0xDF, 3, "202401", ""),
    cn(0xE0, 3, "202401", ""),
    cn(0xE1, 2, "2024", ""),
    cn(0xE2, 2, "2024", ""),
)

_FILES = (
    file(
        "DF06/EF05",
        ("Social relief", "社会救助信息数据文件"),
        _ITEMS_05,
        ("RK1DF06", "UK1DF06"),
        "table B6",
        vectors=_VECTORS_05,
    ),
    file(
        "DF06/EF06",
        ("Preferential care", "优待抚恤信息数据文件"),
        _ITEMS_06,
        ("RK1DF06", "UK2DF06"),
        "table B8",
        vectors=_VECTORS_06,
    ),
)


@cache
def directory(version: str) -> DirectorySpec:
    """DF06, the same in every version."""
    return DirectorySpec(NAME, DF_NAME, FID, "救助与优抚信息区", _FILES)
