"""DF02, employment and unemployment: skills, state, records, certificate, aid, support policies.

Sources: LD/T 32.6 tables 5 and 9, section 8.3; revision table 2 and annex C for what 1.0 cards hold.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from apdu import fields
from apdu.layout import df02_samples as samples
from apdu.layout.codes import (
    EmploymentAidType,
    EmploymentForm,
    EmploymentPolicyType,
    EmploymentRegistrationType,
    ProfessionalQualification,
    ProfessionalTitleLevel,
    UnemploymentCancelReason,
    UnemploymentReason,
    UnemploymentRegistrationType,
)
from apdu.layout.rows import ANNEX_C, REVISION, file, row
from apdu.layout.spec import DirectorySpec

NAME = "DF02"
DF_NAME = bytes.fromhex("D15600000501")
FID = 0xDF02

_ITEMS_05 = (
    row(0x42, "Professional title code", "专业技术职务代码", fields.ascii_text(3), "8.3.1.1"),
    row(
        0x41,
        "Professional title level",
        "专业技术职务级别",
        fields.ascii_text(3),
        "8.3.1.2",
        codes=ProfessionalTitleLevel,
    ),
    row(
        0x43,
        "Worker skill qualification",
        "职业资格(工人技术等级)信息",
        (
            row(
                0x5A,
                "Worker skill, occupation code",
                "职业资格(工人技术等级)名称代码",
                fields.ascii_text(7),
                "8.3.1.3",
            ),
            row(0x5B, "Worker skill, level", "职业资格(工人技术等级)等级", fields.ascii_text(1), "8.3.1.4"),
            row(
                0x5C,
                "Worker skill, issuing or inspecting body",
                "职业资格(工人技术等级)证书发证/年检机构名称",
                fields.text(70),
                "8.3.1.5",
            ),
            row(
                0x5D,
                "Worker skill, issue or inspection date",
                "职业资格(工人技术等级)证书发证/年检日期",
                fields.day(),
                "8.3.1.6",
            ),
            row(
                0x5E,
                "Worker skill, certificate number",
                "职业资格(工人技术等级)证书编号",
                fields.text(16),
                "8.3.1.7",
            ),
        ),
        "8.3.1.3",
        occurs=2,
    ),
    row(
        0x44,
        "Professional qualification",
        "职业资格(专业技术人员)信息",
        (
            row(
                0x33,
                "Professional qualification, code",
                "职业资格(专业技术人员)名称代码",
                fields.ascii_text(3),
                "8.3.1.8",
                codes=ProfessionalQualification,
            ),
            row(
                0x34,
                "Professional qualification, registering or inspecting body",
                "职业资格(专业技术人员)注册登记/年检机构名称",
                fields.text(70),
                "8.3.1.9",
            ),
            row(
                0x35,
                "Professional qualification, registration or inspection date",
                "职业资格(专业技术人员)注册登记/年检日期",
                fields.day(),
                "8.3.1.10",
            ),
            row(
                0x36,
                "Professional qualification, certificate number",
                "职业资格(专业技术人员)证书编号",
                fields.text(16),
                "8.3.1.11",
            ),
        ),
        "8.3.1.8",
        occurs=2,
    ),
)
_ITEMS_05_1 = (
    row(0x42, "Professional title code", "专业技术职务代码", fields.ascii_text(3), "8.3.1.1"),
    row(
        0x43,
        "Worker skill qualification",
        "职业资格信息",
        (
            row(
                0x5A,
                "Worker skill, occupation code",
                "职业资格(工人技术等级)名称代码",
                fields.ascii_text(7),
                "8.3.1.3",
            ),
            row(0x5B, "Worker skill, level", "职业资格(工人技术等级)等级", fields.ascii_text(1), "8.3.1.4"),
            row(
                0x5C,
                "Worker skill, code of issuing or inspecting body",
                "职业资格发证/年检机构代码",
                fields.ascii_text(9),
                REVISION,
            ),
            row(
                0x5D,
                "Worker skill, issue or inspection date",
                "职业资格(工人技术等级)证书发证/年检日期",
                fields.day(),
                "8.3.1.6",
            ),
        ),
        REVISION,
        occurs=2,
    ),
    row(
        0x40,
        "Degree",
        "学历信息",
        (
            row(0x57, "Degree code", "学位", fields.ascii_text(3), REVISION),
            row(0x58, "Field of study", "专业", fields.digits(3), REVISION),
            row(0x59, "School", "毕业学校名称", fields.text(40), REVISION),
        ),
        REVISION,
        occurs=2,
    ),
)
_ITEMS_06 = (
    row(0x4C, "Latest employment registration date", "最近一次办理就业登记日期", fields.day(), "8.3.2.1"),
    row(
        0x4B,
        "Employment registration kind and form",
        "就业登记类型及形式",
        fields.ascii_text(5),
        "8.3.2.2",
        codes=(EmploymentRegistrationType, EmploymentForm),
    ),
    row(0x4D, "Employment registration region", "就业登记地行政区划代码", fields.region(), "8.3.2.3"),
    row(0x60, "Latest unemployment registration date", "最近一次办理失业登记日期", fields.day(), "8.3.2.4"),
    row(
        0x4F,
        "Unemployment registration kind, reason, cancellation reason",
        "失业登记类型、原因及注销原因",
        fields.ascii_text(6),
        "8.3.2.5",
        codes=(UnemploymentRegistrationType, UnemploymentReason, UnemploymentCancelReason),
    ),
    row(0x50, "Unemployment registration region", "失业登记地行政区划代码", fields.region(), "8.3.2.6"),
    row(0x3A, "Current occupation", "现从事职业", fields.ascii_text(7), "8.3.2.7"),
)
_LATER_06 = {item.tag: item for item in _ITEMS_06}
_ITEMS_06_1 = (
    row(0x4C, "Latest employment registration date", "最近一次办理就业登记日期", fields.day(), "8.3.2.1"),
    row(
        0x4B,
        "Date of first employment",
        "首次参加工作日期",
        fields.day(),
        ANNEX_C,
        reused_as=replace(_LATER_06[0x4B], coding=fields.reused_digits(5)),
    ),
    row(
        0x4D,
        "Labour contract signed on",
        "签订劳动合同日期",
        fields.day(),
        ANNEX_C,
        reused_as=_LATER_06[0x4D],
    ),
    row(0x60, "Latest unemployment registration date", "最近一次办理失业登记日期", fields.day(), "8.3.2.4"),
    row(
        0x4F,
        "Labour contract ended on",
        "终止(解除)劳动合同日期",
        fields.day(),
        ANNEX_C,
        reused_as=replace(_LATER_06[0x4F], coding=fields.digits(3)),
    ),
    row(
        0x50,
        "Labour contract starts on",
        "劳动合同起始日期",
        fields.day(),
        ANNEX_C,
        reused_as=_LATER_06[0x50],
    ),
    row(0x3A, "Current occupation", "现从事职业", fields.ascii_text(7), "8.3.2.7"),
)
_RECORD_07 = row(
    None,
    "Employment record",
    "就业记录",
    (
        row(None, "Occupation", "从事职业", fields.ascii_text(7), "8.3.3.1", offset=0),
        row(None, "Employment start", "就业起始日期", fields.day(), "8.3.3.2", offset=7),
        row(None, "Employment end", "就业终止日期", fields.day(), "8.3.3.3", offset=11),
        row(None, "Employer name", "就业工作单位名称", fields.text(70), "8.3.3.4", offset=15),
    ),
    "8.3.3",
)
_ITEMS_09 = (
    row(
        0x55,
        "Employment and unemployment certificate number",
        "就业失业登记证编号",
        fields.ascii_text(16),
        "8.3.4.1",
    ),
    row(
        0x56,
        "Employment and unemployment certificate, issuer",
        "就业失业登记证发证机构",
        fields.text(70),
        "8.3.4.2",
    ),
    row(
        0x96,
        "Employment and unemployment certificate, issue or inspection date",
        "就业失业登记证发证/年检日期",
        fields.day(),
        "8.3.4.3",
    ),
    row(
        0x97,
        "Employment and unemployment certificate, issuing region",
        "就业失业登记证发证地行政区划代码",
        fields.region(),
        "8.3.4.4",
    ),
)
_LATER_09 = {item.tag: item for item in _ITEMS_09}
_ITEMS_09_1 = (
    row(
        0x55,
        "Work permit number of incoming worker",
        "外来人员就业证编号",
        fields.digits(10),
        ANNEX_C,
        reused_as=replace(_LATER_09[0x55], coding=fields.digits(8)),
    ),
    row(
        0x56,
        "Work permit issuer",
        "就业证签发机关",
        fields.text(70),
        ANNEX_C,
        reused_as=_LATER_09[0x56],
        follows=0x55,
    ),
    row(
        0x96,
        "Work permit issue or inspection date",
        "就业证签发/年检日期",
        fields.day(),
        ANNEX_C,
        reused_as=_LATER_09[0x96],
        follows=0x55,
    ),
    row(0x97, "Work permit valid until", "就业证有效期", fields.day(), ANNEX_C, reused_as=_LATER_09[0x97]),
)
_ITEMS_15 = (
    row(
        0x99,
        "Employment aid recognition",
        "就业援助对象认定信息",
        (
            row(
                0x10,
                "Aid target type",
                "认定为就业援助对象类型",
                fields.ascii_text(3),
                "8.3.5.1",
                codes=EmploymentAidType,
            ),
            row(0x11, "Aid recognised on", "就业援助认定日期", fields.day(), "8.3.5.2"),
            row(0x12, "Aid recognition region", "就业援助认定地行政区划代码", fields.region(), "8.3.5.3"),
        ),
        "8.3.5.1",
        occurs=4,
    ),
    row(0x0F, "Leaving the aid scheme, date", "退出就业援助对象范围的认定日期", fields.day(), "8.3.5.4"),
    row(
        0x1F,
        "Leaving the aid scheme, region",
        "退出就业援助对象范围的认定地行政区划代码",
        fields.region(),
        "8.3.5.5",
    ),
)
_RECORD_16 = row(
    None,
    "Employment support policy",
    "就业扶持政策享受信息",
    (
        row(
            None,
            "Policy type",
            "享受就业扶持政策类型",
            fields.ascii_text(3),
            "8.3.6.1",
            codes=EmploymentPolicyType,
            offset=0,
        ),
        row(None, "Approval date", "享受就业扶持政策核准日期", fields.day(), "8.3.6.2", offset=3),
        row(None, "Support start", "就业扶持政策享受开始日期", fields.day(), "8.3.6.3", offset=7),
        row(None, "Support end", "就业扶持政策享受终止日期", fields.day(), "8.3.6.4", offset=11),
        row(None, "Region", "就业扶持政策享受地行政区划代码", fields.region(), "8.3.6.5", offset=15),
    ),
    "8.3.6",
)
_FILES = (
    file(
        "DF02/EF05",
        ("Occupation and skills", "职业和专业技能信息文件"),
        _ITEMS_05,
        ("PIN or RK1DF02", "UK1DF02"),
        "table 5",
        vectors=samples.EF05,
    ),
    file(
        "DF02/EF06",
        ("Employment state", "就业状况信息文件"),
        _ITEMS_06,
        ("PIN or RK1DF02", "UK2DF02"),
        "table 5",
        vectors=samples.EF06,
    ),
    file(
        "DF02/EF07",
        ("Employment records", "就业记录信息文件"),
        _RECORD_07,
        ("PIN or RK1DF02", "UK3DF02"),
        "table 5",
        vectors=samples.EF07,
        min_records=4,
    ),
    file(
        "DF02/EF09",
        ("Employment and unemployment certificate", "就业失业登记证信息文件"),
        _ITEMS_09,
        ("PIN or RK1DF02", "UK4DF02"),
        "table 5",
        vectors=samples.EF09,
    ),
    file(
        "DF02/EF15",
        ("Employment aid recognition", "就业援助对象认定信息文件"),
        _ITEMS_15,
        ("PIN or RK1DF02", "UK5DF02"),
        "table 5",
        vectors=samples.EF15,
    ),
    file(
        "DF02/EF16",
        ("Employment support policies", "就业扶持政策享受信息文件"),
        _RECORD_16,
        ("PIN or RK1DF02", "UK6DF02"),
        "table 5",
        vectors=samples.EF16,
        min_records=4,
    ),
)
_FILES_1 = (
    file(
        "DF02/EF05",
        ("Occupation and skills", "职业和专业技能信息文件"),
        _ITEMS_05_1,
        ("PIN or UK1DF02", "UK1DF02"),
        "(1.0) table 6",
        vectors=samples.EF05_1,
    ),
    file(
        "DF02/EF06",
        ("Employment and unemployment", "就业与失业信息文件"),
        _ITEMS_06_1,
        ("PIN or UK2DF02", "UK2DF02"),
        "(1.0) table 6",
        vectors=samples.EF06_1,
    ),
    file(
        "DF02/EF07",
        ("Employment records", "就业记录文件"),
        _RECORD_07,
        ("PIN or UK3DF02", "UK3DF02"),
        "(1.0) table 6",
        vectors=samples.EF07,
        min_records=4,
    ),
    file(
        "DF02/EF09",
        ("Work permit of rural mobile workers", "农村流动劳动力就业证信息文件"),
        _ITEMS_09_1,
        ("PIN", "UK5DF02"),
        "annex C",
        vectors=samples.EF09_1,
        optional=True,
    ),
)


@cache
def directory(version: str) -> DirectorySpec:
    """DF02 of a "1.0", "2.0" or "3.0" card."""
    return DirectorySpec(NAME, DF_NAME, FID, "就业与失业信息区", _FILES_1 if version == "1.0" else _FILES)
