"""DF01, public application: household, residence, personal state, employer, nationality, education.

Sources: LD/T 32.6 tables 4 and 9, section 8.2; revision table 2 and annex C for what 1.0 cards hold.
"""

from __future__ import annotations

from functools import cache

from apdu import fields
from apdu.layout import df01_samples as samples
from apdu.layout.codes import (
    Education,
    EmploymentState,
    HouseholdType,
    IdentityClass,
    MaritalStatus,
    PoliticalStatus,
)
from apdu.layout.declaration import Structure
from apdu.layout.rows import ANNEX_C, REVISION, file, reserved, row
from apdu.layout.spec import DirectorySpec

NAME = "DF01"
DF_NAME = bytes.fromhex("D15600000500")
FID = 0xDF01

_ITEMS_05 = (
    row(
        0x20, "Household registration type", "户口类别", fields.ascii_text(2), "8.2.1.1", codes=HouseholdType
    ),
    row(0x21, "Household registration address", "户口所在地地址", fields.text(80), "8.2.1.2"),
    row(0x0E, "Household registration region", "户口所在地行政区划代码", fields.region(), "8.2.1.3"),
)
_ITEMS_05_1 = (
    row(0x20, "Household registration type", "户口类别", fields.ascii_text(1), REVISION),
    row(0x21, "Household registration address", "户口所在地地址", fields.text(80), "8.2.1.2"),
)
_ITEMS_06 = (
    row(0x23, "Residence address", "常住所在地地址", fields.text(80), "8.2.2.1"),
    row(0x24, "Residence region", "常住所在地行政区划代码", fields.region(), "8.2.2.2"),
    row(0x28, "Telephone", "联系电话", fields.text(15), "8.2.2.3"),
    row(0x2C, "Contact person or guardian, name", "联系人(监护人)姓名", fields.text(50), "8.2.2.4"),
    row(0x2D, "Contact person or guardian, telephone", "联系人(监护人)电话", fields.text(15), "8.2.2.5"),
)
_ITEMS_06_1 = (row(0x28, "Telephone", "联系电话", fields.text(15), "8.2.2.3"),)
_ITEMS_07 = (
    row(
        0x29,
        "Employment or retirement state",
        "个人就业或离退休(职)状态",
        fields.ascii_text(1),
        "8.2.3.1",
        codes=EmploymentState,
    ),
)
_ITEMS_07_1 = (
    row(
        0x29,
        "Employment or retirement state",
        "个人就业或离退休(职)状态",
        fields.ascii_text(1),
        "8.2.3.1",
        codes=EmploymentState,
    ),
    row(0x2A, "Education level", "文化程度", fields.digits(1), REVISION, codes=Education),
)
_ITEMS_08 = (row(0x2B, "Marital status", "婚姻状况", fields.ascii_text(1), "8.2.4.1", codes=MaritalStatus),)
_ITEMS_09 = (
    row(0x2E, "Employer name", "单位名称", fields.text(70), "8.2.5.1"),
    row(0x30, "Employer organisation code", "单位组织机构代码", fields.ascii_text(9), "8.2.5.2"),
    row(0x32, "Identity class", "人员身份类别", fields.ascii_text(2), "8.2.5.3", codes=IdentityClass),
)
_LATER_09 = {item.tag: item for item in _ITEMS_09}
_ITEMS_09_1 = (
    row(0x2E, "Employer name", "单位名称", fields.text(70), "8.2.5.1"),
    row(0x30, "Employer organisation code", "单位组织机构代码", fields.ascii_text(9), "8.2.5.2"),
    row(
        0x32,
        "Employer economic type",
        "单位经济类型",
        fields.ascii_text(3),
        ANNEX_C,
        reused_as=_LATER_09[0x32],
    ),
)
_ITEMS_0A = (
    row(0x37, "Nationality", "国籍", fields.ascii_text(3), "8.2.6.1"),
    row(0x38, "Political status", "政治面貌", fields.ascii_text(2), "8.2.6.2", codes=PoliticalStatus),
    row(0x39, "Date of joining the party", "参加党派日期", fields.day(), "8.2.6.3"),
)
_LATER_0A = {item.tag: item for item in _ITEMS_0A}
_ITEMS_0A_1 = (
    row(0x37, "Contribution base", "缴费基数", fields.amount_digits(), ANNEX_C, reused_as=_LATER_0A[0x37]),
    row(
        0x38,
        "Total wages of last year",
        "上年工资总额",
        fields.amount_digits(),
        ANNEX_C,
        reused_as=_LATER_0A[0x38],
    ),
    row(
        0x39,
        "Wage data updated on",
        "工资信息更新日期",
        fields.day(),
        ANNEX_C,
        reused_as=_LATER_0A[0x39],
        follows=0x38,
    ),
)
_ITEMS_15 = (
    row(0x2A, "Education level", "学历", fields.digits(1), "8.2.7.1", codes=Education),
    row(
        0x40,
        "Degree",
        "学位信息",
        (
            row(0x57, "Degree code", "学位代码", fields.ascii_text(3), "8.2.7.2"),
            row(0x58, "Field of study", "所学专业类别", fields.digits(3), "8.2.7.3"),
            row(0x59, "School", "毕业学校名称", fields.text(40), "8.2.7.4"),
        ),
        "8.2.7.2",
        occurs=3,
    ),
)
_FILES = (
    file(
        "DF01/EF05",
        ("Household registration", "户籍信息文件"),
        _ITEMS_05,
        ("PIN or RK1DF01", "UK1DF01"),
        "table 4",
        vectors=samples.EF05,
    ),
    file(
        "DF01/EF06",
        ("Residence", "常住地信息文件"),
        _ITEMS_06,
        ("PIN or RK1DF01", "UK4DF01"),
        "table 4",
        vectors=samples.EF06,
    ),
    file(
        "DF01/EF07",
        ("Personal state", "个人状况信息文件"),
        _ITEMS_07,
        ("PIN or RK1DF01", "UK2DF01"),
        "table 4",
        vectors=samples.EF07,
    ),
    file(
        "DF01/EF08",
        ("Marital status", "婚姻状况信息文件"),
        _ITEMS_08,
        ("PIN or RK1DF01", "UK3DF01"),
        "table 4",
        vectors=samples.EF08,
    ),
    file(
        "DF01/EF09",
        ("Identity and employer", "人员身份及就业单位信息文件"),
        _ITEMS_09,
        ("PIN or RK1DF01", "UK2DF01"),
        "table 4",
        vectors=samples.EF09,
    ),
    file(
        "DF01/EF0A",
        ("Nationality and political status", "国籍及政治面貌信息文件"),
        _ITEMS_0A,
        ("PIN or RK1DF01", "UK5DF01"),
        "table 4",
        vectors=samples.EF0A,
    ),
    file(
        "DF01/EF15",
        ("Education", "学历信息文件"),
        _ITEMS_15,
        ("PIN or RK1DF01", "UK6DF01"),
        "table 4",
        vectors=samples.EF15,
    ),
    *(
        reserved(f"DF01/EF{0x15 + number:02X}", number, f"UK{key}DF01")
        for number, key in enumerate("789AB", 1)
    ),
)
_FILES_1 = (
    file(
        "DF01/EF05",
        ("Household registration", "户籍信息文件"),
        _ITEMS_05_1,
        ("PIN", "UK1DF01"),
        "(1.0) table 5",
        vectors=samples.EF05_1,
    ),
    file(
        "DF01/EF06",
        ("Correspondence", "通讯信息文件"),
        _ITEMS_06_1,
        ("PIN", "UK4DF01"),
        "(1.0) table 5",
        vectors=samples.EF06_1,
    ),
    file(
        "DF01/EF07",
        ("Personal state", "个人状况信息文件"),
        _ITEMS_07_1,
        ("PIN or UK2DF01", "UK2DF01"),
        "(1.0) table 5",
        vectors=samples.EF07_1,
        structure=Structure.FIXED,
        record_length=3,
    ),
    file(
        "DF01/EF08",
        ("Marital status", "婚姻状况信息文件"),
        _ITEMS_08,
        ("PIN", "UK3DF01"),
        "(1.0) table 5",
        vectors=samples.EF08,
    ),
    file(
        "DF01/EF09",
        ("Employer", "就业单位信息文件"),
        _ITEMS_09_1,
        ("PIN or UK2DF01", "UK2DF01"),
        "(1.0) table 5",
        vectors=samples.EF09_1,
    ),
    file(
        "DF01/EF0A",
        ("Wages", "工资信息文件"),
        _ITEMS_0A_1,
        ("PIN", "UK5DF01"),
        "(1.0) table 5",
        vectors=samples.EF0A_1,
        structure=Structure.FIXED,
        record_length=6,
    ),
)


@cache
def directory(version: str) -> DirectorySpec:
    """DF01 of a "1.0", "2.0" or "3.0" card."""
    return DirectorySpec(NAME, DF_NAME, FID, "公共应用信息区", _FILES_1 if version == "1.0" else _FILES)
