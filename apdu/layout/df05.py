"""DF05, life and health (informative annex).

Sources: LD/T 32.6 annex B, tables B3 to B5.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from apdu import fields
from apdu.layout.codes import (
    AboBloodGroup,
    DisabilityGrade,
    DisabilityKind,
    HealthFlag,
    HealthState,
    RhBloodGroup,
)
from apdu.layout.rows import file, row
from apdu.layout.samples import an, cn, day, tlv, vectors
from apdu.layout.spec import DirectorySpec, FileSpec

NAME = "DF05"
DF_NAME = bytes.fromhex("C9FAC3FCD3EBBDA1BFB5D0C5CFA2C7F8")
FID = 0xDF05

_ITEMS_05 = (
    row(0xA0, "Health state", "健康状况", fields.ascii_text(1), "B4.1.1.1", codes=HealthState),
    row(0xA1, "Disability kind", "残疾类别", fields.ascii_text(1), "B4.1.1.2", codes=DisabilityKind),
    row(0xB9, "Disability grade", "残疾等级", fields.ascii_text(1), "B4.1.1.3", codes=DisabilityGrade),
    row(0xA2, "ABO blood group", "ABO血型代码", fields.text(4), "B4.1.1.4", codes=AboBloodGroup),
    row(0xA9, "Rh blood group", "RH血型代码", fields.digits(1), "B4.1.1.5", codes=RhBloodGroup),
    row(
        0xA3,
        "Contraindicated drug",
        "禁忌药信息",
        (
            row(0xA5, "Contraindicated drug, name", "禁忌药", fields.text(16), "B4.1.1.6"),
            row(0xA6, "Contraindicated drug, code", "禁忌药代码", fields.ascii_text(4), "B4.1.1.7"),
        ),
        "B4.1.1.6",
        occurs=5,
    ),
    row(
        0xA4,
        "Major disease",
        "重大疾病信息",
        (
            row(0xA7, "Major disease, name", "重大疾病", fields.text(16), "B4.1.1.8"),
            row(0xA8, "Major disease, code", "重大疾病代码", fields.ascii_text(3), "B4.1.1.9"),
        ),
        "B4.1.1.8",
        occurs=5,
    ),
    row(0xBA, "Allergen", "过敏物质名称", fields.text(20), "B4.1.1.10"),
    row(0xBB, "Allergic reaction", "过敏反应", fields.text(100), "B4.1.1.11"),
    row(0xAA, "Vaccination", "免疫接种名称", fields.text(20), "B4.1.1.12"),
    row(0xAB, "Vaccination date", "免疫接种时间", fields.day(), "B4.1.1.13"),
    row(0xAC, "Asthma", "哮喘标志", fields.ascii_text(1), "B4.1.1.14", codes=HealthFlag),
    row(0xAD, "Heart disease", "心脏病标志", fields.ascii_text(1), "B4.1.1.15", codes=HealthFlag),
    row(
        0xAE,
        "Cardio-cerebrovascular disease",
        "心脑血管标志",
        fields.ascii_text(1),
        "B4.1.1.16",
        codes=HealthFlag,
    ),
    row(0xAF, "Epilepsy", "癫痫病标志", fields.ascii_text(1), "B4.1.1.17", codes=HealthFlag),
    row(0xB0, "Coagulation disorder", "凝血紊乱标志", fields.ascii_text(1), "B4.1.1.18", codes=HealthFlag),
    row(0xB1, "Diabetes", "糖尿病标志", fields.ascii_text(1), "B4.1.1.19", codes=HealthFlag),
    row(0xB2, "Glaucoma", "青光眼标志", fields.ascii_text(1), "B4.1.1.20", codes=HealthFlag),
    row(0xB3, "Dialysis", "透析标志", fields.ascii_text(1), "B4.1.1.21", codes=HealthFlag),
    row(0xB4, "Organ transplant", "器官移植标志", fields.ascii_text(1), "B4.1.1.22", codes=HealthFlag),
    row(0xB5, "Missing organ", "器官缺失标志", fields.ascii_text(1), "B4.1.1.23", codes=HealthFlag),
    row(
        0xB6, "Detachable prosthesis", "可装卸的义肢标志", fields.ascii_text(1), "B4.1.1.24", codes=HealthFlag
    ),
    row(0xB7, "Pacemaker", "心脏起搏器标志", fields.ascii_text(1), "B4.1.1.25", codes=HealthFlag),
    row(0xBC, "Mental illness", "精神病标志", fields.ascii_text(1), "B4.1.1.26", codes=HealthFlag),
    row(0xB8, "Other medical alerts", "其他医学警示名称", fields.text(40), "B4.1.1.27"),
)
_VECTORS_05 = vectors(
    an(0xA0, 1, "1", "4"),
    an(0xA1, 1, "1", "9"),
    an(0xB9, 1, "1", "4"),
    an(0xA2, 4, "A型", "其他"),
    cn(0xA9, 1, "01", "03"),
    *[tlv(0xA3, an(0xA5, 16, "测试丁", ""), an(0xA6, 4, "1234", ""))] * 5,
    *[tlv(0xA4, an(0xA7, 16, "测试乙", ""), an(0xA8, 3, "123", ""))] * 5,
    an(0xBA, 20, "测试丁", ""),
    an(0xBB, 100, "测试机构", ""),
    an(0xAA, 20, "测试乙", ""),
    day(0xAB, "20200229", ""),
    an(0xAC, 1, "0", "2"),
    an(0xAD, 1, "0", "2"),
    an(0xAE, 1, "0", "2"),
    an(0xAF, 1, "0", "2"),
    an(0xB0, 1, "0", "2"),
    an(0xB1, 1, "0", "2"),
    an(0xB2, 1, "0", "2"),
    an(0xB3, 1, "0", "2"),
    an(0xB4, 1, "0", "2"),
    an(0xB5, 1, "0", "2"),
    an(0xB6, 1, "0", "2"),
    an(0xB7, 1, "0", "2"),
    an(0xBC, 1, "0", "2"),
    an(0xB8, 40, "测试机构", ""),
)
_ITEMS_05_1 = (
    row(0xA0, "Health state", "健康状况", fields.ascii_text(1), "B4.1.1.1", codes=HealthState),
    row(0xA1, "Disability kind", "残疾类别", fields.ascii_text(1), "B4.1.1.2", codes=DisabilityKind),
    row(0xA2, "ABO blood group", "ABO血型代码", fields.text(4), "B4.1.1.4", codes=AboBloodGroup),
    row(
        0xA3,
        "Contraindicated drug",
        "禁忌药信息",
        (
            row(0xA5, "Contraindicated drug, name", "禁忌药", fields.text(16), "B4.1.1.6"),
            row(0xA6, "Contraindicated drug, code", "禁忌药代码", fields.ascii_text(4), "B4.1.1.7"),
        ),
        "B4.1.1.6",
        occurs=5,
    ),
    row(
        0xA4,
        "Major disease",
        "重大疾病信息",
        (
            row(0xA7, "Major disease, name", "重大疾病", fields.text(16), "B4.1.1.8"),
            row(0xA8, "Major disease, code", "重大疾病代码", fields.ascii_text(3), "B4.1.1.9"),
        ),
        "B4.1.1.8",
        occurs=5,
    ),
)
_VECTORS_05_1 = vectors(
    an(0xA0, 1, "1", "4"),
    an(0xA1, 1, "1", "9"),
    an(0xA2, 4, "A型", "其他"),
    *[tlv(0xA3, an(0xA5, 16, "测试甲", ""), an(0xA6, 4, "1234", ""))] * 5,
    *[tlv(0xA4, an(0xA7, 16, "测试丙", ""), an(0xA8, 3, "123", ""))] * 5,
)

_FIRST_TAGS = frozenset({0xA0, 0xA1, 0xA2, 0xA3, 0xA4})
"""What 1.0 cards hold of the file: the other items came with 2.0."""

_FILE = file(
    "DF05/EF05",
    ("Life and health", "生命与健康数据文件"),
    _ITEMS_05,
    ("free", "UK1DF05"),
    "table B3",
    vectors=_VECTORS_05,
)


@cache
def directory(version: str) -> DirectorySpec:
    """DF05 of a "1.0", "2.0" or "3.0" card."""
    return DirectorySpec(NAME, DF_NAME, FID, "生命与健康信息区", (_first() if version == "1.0" else _FILE,))


def _first() -> FileSpec:
    known = tuple(item for item in _ITEMS_05 if item.tag in _FIRST_TAGS)
    return replace(_FILE, items=known, vectors=_VECTORS_05_1)
