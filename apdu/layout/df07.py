"""DF07, personnel and talent: honours, experts, former officers.

Sources: LD/T 32.6 tables 8 and 9, section 8.6.
"""

from __future__ import annotations

from functools import cache

from apdu import fields
from apdu.layout.codes import ExpertKind, HonourLevel, HonourMedal, HonourTitle, PlacementMode
from apdu.layout.rows import file, row
from apdu.layout.samples import an, day, vectors
from apdu.layout.spec import DirectorySpec

NAME = "DF07"
DF_NAME = bytes.fromhex("D15600000504")
FID = 0xDF07

_ITEMS_05 = (
    row(0xF0, "Honorary title", "荣誉称号名称代码", fields.ascii_text(2), "8.6.1.1", codes=HonourTitle),
    row(0xF1, "Honorary title, level", "荣誉称号级别", fields.ascii_text(1), "8.6.1.2", codes=HonourLevel),
    row(0xF2, "Honorary title, approved on", "荣誉称号批准日期", fields.day(), "8.6.1.3"),
    row(0xF3, "Medal", "荣誉奖章名称代码", fields.ascii_text(3), "8.6.1.4", codes=HonourMedal),
    row(0xF4, "Medal, approved on", "荣誉奖章批准日期", fields.day(), "8.6.1.5"),
)
_VECTORS_05 = vectors(
    an(0xF0, 2, "01", "56"),
    an(0xF1, 1, "0", "8"),
    day(0xF2, "20231130", ""),
    an(0xF3, 3, "901", "922"),
    day(0xF4, "20190901", ""),
)
_ITEMS_06 = (
    row(0xF5, "Expert class", "专家类别", fields.ascii_text(3), "8.6.2.1", codes=ExpertKind),
    row(0xF6, "Approved on", "批准日期", fields.day(), "8.6.2.2"),
    row(0xF7, "Approving body", "批准单位名称", fields.text(70), "8.6.2.3"),
)
_VECTORS_06 = vectors(an(0xF5, 3, "100", "990"), day(0xF6, "20240102", ""), an(0xF7, 70, "测试机构", ""))
_ITEMS_07 = (
    row(0xF8, "Transfer to civilian work approved on", "批准转业日期", fields.day(), "8.6.3.1"),
    row(0xF9, "Placement mode", "安置方式", fields.ascii_text(1), "8.6.3.2", codes=PlacementMode),
)
_VECTORS_07 = vectors(day(0xF8, "20200229", ""), an(0xF9, 1, "1", "9"))

_FILES = (
    file(
        "DF07/EF05",
        ("Honours", "荣誉信息文件"),
        _ITEMS_05,
        ("RK1DF07", "UK1DF07"),
        "table 8",
        vectors=_VECTORS_05,
    ),
    file(
        "DF07/EF06",
        ("Expert status", "专家信息文件"),
        _ITEMS_06,
        ("RK2DF07", "UK2DF07"),
        "table 8",
        vectors=_VECTORS_06,
    ),
    file(
        "DF07/EF07",
        ("Former officers", "军队转业干部信息文件"),
        _ITEMS_07,
        ("RK3DF07", "UK3DF07"),
        "table 8",
        vectors=_VECTORS_07,
    ),
)


@cache
def directory(version: str) -> DirectorySpec:
    """DF07 of a "2.0" or "3.0" card; 1.0 has none."""
    return DirectorySpec(NAME, DF_NAME, FID, "人事人才信息区", _FILES)
