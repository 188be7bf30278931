"""DF03, social insurance 1: unemployment, work ability, pension, injury, maternity, relatives, certificates.

Sources: LD/T 32.6 tables 6 and 9, section 8.4; revision table 2 and annex C for what 1.0 cards hold.
"""

from __future__ import annotations

from functools import cache

from apdu import fields
from apdu.layout import df03_samples as samples
from apdu.layout.codes import (
    ConfirmationResult,
    InjuryRecognitionResult,
    InsuranceKind,
    PensionKind,
    SelfCareGrade,
    SupportInsuranceKind,
    SupportRelation,
    WorkAbilityConclusion,
    WorkAbilityMatter,
    WorkInjuryGrade,
    YesNo,
)
from apdu.layout.declaration import Structure
from apdu.layout.rows import ANNEX_C, UNPUBLISHED, file, row
from apdu.layout.spec import DirectorySpec

NAME = "DF03"
DF_NAME = bytes.fromhex("D15600000502")
FID = 0xDF03

_ITEMS_05 = (
    row(0x61, "Unemployment insurance region", "失业保险参保地所属行政区划代码", fields.region(), "8.4.1.1"),
    row(0x60, "Latest unemployment registration date", "最近一次办理失业登记日期", fields.day(), "8.4.1.2"),
    row(
        0x98, "Latest unemployment benefit claim date", "最近一次失业保险金申领日期", fields.day(), "8.4.1.3"
    ),
    row(
        0x62,
        "Claim reporting date or data update date",
        "失业保险金申领报到日期/信息更新日期",
        fields.day(),
        "8.4.1.4",
    ),
    row(0x63, "Contribution period, total", "失业保险累计缴费年限", fields.ascii_text(3), "8.4.1.5"),
    row(0x64, "Contribution period, effective", "失业保险有效缴费年限", fields.ascii_text(3), "8.4.1.6"),
    row(0x65, "Benefit months granted", "应领取失业保险金月数", fields.ascii_text(3), "8.4.1.7"),
    row(0x66, "Benefit months drawn", "已领取失业保险金月数", fields.ascii_text(3), "8.4.1.8"),
)
_LATER_05 = {item.tag: item for item in _ITEMS_05}
_ITEMS_05_1 = (
    row(
        0x61,
        "Monthly unemployment benefit rate",
        "月失业保险金支付标准",
        fields.amount_digits(),
        ANNEX_C,
        reused_as=_LATER_05[0x61],
    ),
    row(0x60, "Latest unemployment registration date", "最近一次办理失业登记日期", fields.day(), "8.4.1.2"),
    row(
        0x98, "Latest unemployment benefit claim date", "最近一次失业保险金申领日期", fields.day(), "8.4.1.3"
    ),
    row(
        0x62,
        "Claim reporting date or data update date",
        "失业保险金申领报到日期/信息更新日期",
        fields.day(),
        "8.4.1.4",
    ),
    row(0x63, "Contribution period, total", "失业保险累计缴费年限", fields.ascii_text(3), "8.4.1.5"),
    row(0x64, "Contribution period, effective", "失业保险有效缴费年限", fields.ascii_text(3), "8.4.1.6"),
    row(0x65, "Benefit months granted", "应领取失业保险金月数", fields.ascii_text(3), "8.4.1.7"),
    row(0x66, "Benefit months drawn", "已领取失业保险金月数", fields.ascii_text(3), "8.4.1.8"),
)
_ITEMS_06 = (
    row(0x45, "Work ability assessment number", "劳动能力鉴定编号", fields.text(20), "8.4.2.1"),
    row(
        0x46,
        "Assessment matter",
        "申请鉴定事项代码",
        fields.ascii_text(2),
        "8.4.2.2",
        codes=WorkAbilityMatter,
    ),
    row(0x47, "Disability grade", "伤残等级", fields.ascii_text(2), "8.4.2.3", codes=WorkInjuryGrade),
    row(0x48, "Self-care grade", "生活自理障碍等级", fields.ascii_text(1), "8.4.2.4", codes=SelfCareGrade),
    row(
        0x49,
        "Loss of work ability, conclusion",
        "丧失劳动能力鉴定结论",
        fields.ascii_text(1),
        "8.4.2.5",
        codes=WorkAbilityConclusion,
    ),
    row(0x67, "Assessment date", "劳动能力鉴定日期", fields.day(), "8.4.2.6"),
    row(0x6B, "Assessment body", "劳动能力鉴定机构名称", fields.text(60), "8.4.2.7"),
    row(
        0x4A,
        "Confirmation matter",
        "申请确认事项",
        (
            row(
                0x13,
                "Confirmation matter code",
                "申请确认事项代码",
                fields.ascii_text(2),
                "8.4.2.8",
                codes=WorkAbilityMatter,
            ),
            row(
                0x14,
                "Confirmation result",
                "确认事项结论",
                fields.ascii_text(1),
                "8.4.2.9",
                codes=ConfirmationResult,
            ),
            row(0x15, "Assistive device granted", "配置辅助器具项目名称", fields.text(20), "8.4.2.10"),
            row(0x16, "Confirmation date", "申请劳动能力确认日期", fields.day(), "8.4.2.11"),
            row(0x17, "Confirming body", "申请劳动能力确认机构名称", fields.text(60), "8.4.2.12"),
        ),
        "8.4.2.8",
        occurs=3,
    ),
)
_ITEMS_06_1 = (
    row(0x67, "Assessment date", "劳动能力鉴定日期", fields.day(), "8.4.2.6"),
    row(0x6B, "Assessment body", "劳动能力鉴定机构名称", fields.text(60), "8.4.2.7"),
)
_ITEMS_07 = (
    row(
        0x70, "Pension insurance kind", "养老保险险种类型", fields.ascii_text(3), "8.4.3.1", codes=PensionKind
    ),
    row(0x71, "Pension insurance region", "养老保险参保地所属行政区划代码", fields.region(), "8.4.3.2"),
    row(0x6E, "Pension account opened on", "基本养老保险个人账户建立日期", fields.day(), "8.4.3.3"),
    row(0x6C, "Retirement date", "离退休日期", fields.day(), "8.4.3.4"),
    row(0x6F, "Pension paid from", "待遇享受开始日期", fields.day(), "8.4.3.5"),
    row(0x73, "Pension data updated on", "养老保险信息更新日期", fields.day(), "8.4.3.6"),
)
_LATER_07 = {item.tag: item for item in _ITEMS_07}
_ITEMS_07_1 = (
    row(
        0x70,
        "Months of pension contributions",
        "养老保险费累计缴纳月数",
        fields.ascii_text(3),
        ANNEX_C,
        reused_as=_LATER_07[0x70],
        follows=0x71,
    ),
    row(
        0x71,
        "Own contributions with interest",
        "基本养老保险个人账户个人缴纳部分本息储存额",
        fields.amount_digits(),
        ANNEX_C,
        reused_as=_LATER_07[0x71],
    ),
    row(0x6E, "Pension account opened on", "基本养老保险个人账户建立日期", fields.day(), "8.4.3.3"),
    row(0x6C, "Retirement date", "离退休日期", fields.day(), "8.4.3.4"),
    row(
        0x6F,
        "Pension account changed on",
        "基本养老保险个人账户变更日期",
        fields.day(),
        ANNEX_C,
        reused_as=_LATER_07[0x6F],
        follows=0x71,
    ),
    row(0x73, "Pension data updated on", "养老保险信息更新日期", fields.day(), "8.4.3.6"),
)
_ITEMS_15 = (
    row(0x7A, "Work injury insurance region", "工伤保险参保地所属行政区划代码", fields.region(), "8.4.4.1"),
    row(0x7B, "Periodic injury benefit from", "工伤定期待遇享受开始日期", fields.day(), "8.4.4.2"),
    row(0x7C, "Work injury data updated on", "工伤保险信息更新日期", fields.day(), "8.4.4.3"),
)
_ITEMS_16 = (
    row(0x51, "Maternity insurance region", "生育保险参保地所属行政区划代码", fields.region(), "8.4.5.1"),
    row(
        0x5F, "Spouse without employment", "职工未就业配偶标识", fields.ascii_text(1), "8.4.5.2", codes=YesNo
    ),
)
_ITEMS_17 = (
    row(0x3B, "Injury recognition number", "工伤认定编号", fields.text(20), "8.4.6.1"),
    row(0x3C, "Employer at the time", "用人单位名称", fields.text(70), "8.4.6.2"),
    row(
        0x3D,
        "Injury recognition result",
        "工伤认定结论",
        fields.ascii_text(1),
        "8.4.6.3",
        codes=InjuryRecognitionResult,
    ),
    row(0x3E, "Injury recognition date", "工伤认定日期", fields.day(), "8.4.6.4"),
    row(0x3F, "Injury recognition body", "工伤认定部门名称", fields.text(60), "8.4.6.5"),
)
_ITEMS_18 = (
    row(
        0x74,
        "Survivor support, insurance kind",
        "供养险种类型",
        fields.ascii_text(3),
        "8.4.7.1",
        codes=SupportInsuranceKind,
    ),
    row(0x75, "Survivor support, region", "参保地所属行政区划代码", fields.region(), "8.4.7.2"),
    row(0x76, "Relation to the insured", "供养关系", fields.one_digit(), "8.4.7.3", codes=SupportRelation),
    row(0x77, "Support paid from", "供养待遇享受开始日期", fields.day(), "8.4.7.4"),
    row(0x78, "Support data updated on", "供养亲属信息更新日期", fields.day(), "8.4.7.5"),
)
_ITEMS_19 = (
    row(
        0x79,
        "Insurance certificate",
        "参保凭证信息",
        (
            row(0x18, "Insurance kind", "险种类型", fields.ascii_text(3), "8.4.8.1", codes=InsuranceKind),
            row(0x19, "Insurance region", "参保地所属行政区划代码", fields.region(), "8.4.8.2"),
            row(0x1A, "Local membership from", "本地参保起始日期", fields.day(), "8.4.8.3"),
            row(0x1B, "Local membership to", "本地参保终止日期", fields.day(), "8.4.8.4"),
            row(
                0x1C,
                "Own contributions paid locally",
                "本地个人实际缴费金额",
                fields.amount_digits(),
                "8.4.8.5",
            ),
            row(0x1D, "Months paid locally", "本地实际缴费月数", fields.ascii_text(3), "8.4.8.6"),
            row(0x1E, "Certificate issued on", "凭证出具日期", fields.day(), "8.4.8.7"),
        ),
        "8.4.8.1",
        occurs=4,
    ),
)
_FILES = (
    file(
        "DF03/EF05",
        ("Unemployment insurance", "失业保险信息文件"),
        _ITEMS_05,
        ("PIN or RK2DF03", "UK1DF03"),
        "table 6",
        vectors=samples.EF05,
    ),
    file(
        "DF03/EF06",
        ("Work ability assessment", "劳动能力鉴定信息文件"),
        _ITEMS_06,
        ("PIN or RK1DF03", "UK2DF03"),
        "table 6",
        vectors=samples.EF06,
    ),
    file(
        "DF03/EF07",
        ("Pension insurance", "养老保险信息文件"),
        _ITEMS_07,
        ("PIN or RK1DF03", "UK3DF03"),
        "table 6",
        vectors=samples.EF07,
    ),
    file(
        "DF03/EF15",
        ("Work injury insurance", "工伤保险信息文件"),
        _ITEMS_15,
        ("PIN or RK1DF03", "UK4DF03"),
        "table 6",
        vectors=samples.EF15,
    ),
    file(
        "DF03/EF16",
        ("Maternity insurance", "生育保险信息文件"),
        _ITEMS_16,
        ("PIN or RK1DF03", "UK5DF03"),
        "table 6",
        vectors=samples.EF16,
    ),
    file(
        "DF03/EF17",
        ("Work injury recognition", "工伤认定信息文件"),
        _ITEMS_17,
        ("PIN or RK1DF03", "UK6DF03"),
        "table 6",
        vectors=samples.EF17,
    ),
    file(
        "DF03/EF18",
        ("Supported relatives", "供养亲属信息文件"),
        _ITEMS_18,
        ("PIN or RK1DF03", "UK7DF03"),
        "table 6",
        vectors=samples.EF18,
    ),
    file(
        "DF03/EF19",
        ("Insurance certificates", "参保凭证信息文件"),
        _ITEMS_19,
        ("PIN or RK1DF03", "UK8DF03"),
        "table 6",
        vectors=samples.EF19,
        structure=Structure.FIXED,
        record_length=41,
    ),
)
_FILES_1 = (
    file(
        "DF03/EF05",
        ("Unemployment insurance", "失业保险信息文件"),
        _ITEMS_05_1,
        ("PIN and RK2DF03", "UK1DF03"),
        "(1.0) table 7",
        vectors=samples.EF05_1,
    ),
    file(
        "DF03/EF06",
        ("Assessment of lost work ability", "丧失劳动能力鉴定信息文件"),
        _ITEMS_06_1,
        ("PIN", "UK2DF03"),
        "(1.0) table 7",
        vectors=samples.EF06_1,
    ),
    file(
        "DF03/EF07",
        ("Pension insurance", "养老保险信息文件"),
        _ITEMS_07_1,
        ("PIN and RK1DF03", "UK3DF03"),
        "(1.0) table 7",
        vectors=samples.EF07_1,
    ),
    file(
        "DF03/EF08",
        ("Work injury insurance", "工伤保险信息文件"),
        (),
        ("(PIN and RK3DF03) or UK4DF03", "UK4DF03"),
        "(1.0) table 7",
        vectors=UNPUBLISHED,
        optional=True,
        opaque_records=True,
    ),
    file(
        "DF03/EF09",
        ("Maternity insurance", "生育保险信息文件"),
        (),
        ("(PIN and RK4DF03) or UK5DF03", "UK5DF03"),
        "(1.0) table 7",
        vectors=UNPUBLISHED,
        optional=True,
        opaque_records=True,
    ),
    file(
        "DF03/EF0A",
        ("New rural pension insurance", "新农保信息文件"),
        (),
        ("(PIN and RK5DF03) or UK6DF03", "UK6DF03"),
        "(1.0) table 7",
        vectors=UNPUBLISHED,
        optional=True,
        opaque_records=True,
    ),
)


@cache
def directory(version: str) -> DirectorySpec:
    """DF03 of a "1.0", "2.0" or "3.0" card."""
    return DirectorySpec(NAME, DF_NAME, FID, "社会保险信息区1", _FILES_1 if version == "1.0" else _FILES)
