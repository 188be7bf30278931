"""The data objects of the bank's application: tags with their names, form and whether they identify a person.

Sources: EMV Book 3 annex A, PBOC (JR/T 0025.5 annex A) for what only Chinese cards have.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

EMV = "EMV Book 3 annex A"
PBOC = "JR/T 0025.5 annex A"


@dataclass(frozen=True, slots=True)
class TagSpec:
    """One data object. `form` says what the value is: n (BCD number), cn (digits filled with F), an (text),
    b (bytes), date (YYMMDD), dol, or tlv for templates. Values that tell who somebody is have `identity`.
    """

    tag: int
    name: str
    name_zh: str
    form: str = "b"
    identity: bool = False
    source: str = EMV


TAGS: tuple[TagSpec, ...] = (
    TagSpec(0x4F, "Application identifier", "应用标识符"),
    TagSpec(0x50, "Application label", "应用标签", "an"),
    TagSpec(0x57, "Track 2 equivalent data", "磁条2等效数据", "cn", identity=True),
    TagSpec(0x5A, "Card number", "主账号", "cn", identity=True),
    TagSpec(0x5F20, "Cardholder name", "持卡人姓名", "an"),
    TagSpec(0x5F24, "Expiration date", "应用失效日期", "date"),
    TagSpec(0x5F25, "Effective date", "应用生效日期", "date"),
    TagSpec(0x5F28, "Issuer country code", "发卡行国家代码", "n"),
    TagSpec(0x5F2A, "Transaction currency code", "交易货币代码", "n"),
    TagSpec(0x5F2D, "Language preference", "首选语言", "an"),
    TagSpec(0x5F30, "Service code", "服务码", "n"),
    TagSpec(0x5F34, "Card number sequence", "主账号序列号", "n"),
    TagSpec(0x61, "Application template", "应用模板", "tlv"),
    TagSpec(0x6F, "File control information", "文件控制信息模板", "tlv"),
    TagSpec(0x70, "Record template", "记录模板", "tlv"),
    TagSpec(0x71, "Issuer script, before the second cryptogram", "发卡行脚本模板1", "tlv"),
    TagSpec(0x72, "Issuer script, after the second cryptogram", "发卡行脚本模板2", "tlv"),
    TagSpec(0x77, "Answer template, tagged", "响应报文模板格式2", "tlv"),
    TagSpec(0x80, "Answer template, untagged", "响应报文模板格式1"),
    TagSpec(0x82, "Application interchange profile", "应用交互特征"),
    TagSpec(0x83, "Command template", "命令模板"),
    TagSpec(0x84, "DF name", "专用文件名"),
    TagSpec(0x86, "Issuer script command", "发卡行脚本命令"),
    TagSpec(0x87, "Application priority indicator", "应用优先指示器"),
    TagSpec(0x88, "Directory file SFI", "目录文件短标识符"),
    TagSpec(0x8A, "Authorisation response code", "授权响应码", "an"),
    TagSpec(0x8C, "Card risk management DOL 1", "卡片风险管理数据对象列表1", "dol"),
    TagSpec(0x8D, "Card risk management DOL 2", "卡片风险管理数据对象列表2", "dol"),
    TagSpec(0x8E, "Cardholder verification methods", "持卡人验证方法列表"),
    TagSpec(0x8F, "CA public key index", "认证中心公钥索引"),
    TagSpec(0x90, "Issuer public key certificate", "发卡行公钥证书"),
    TagSpec(0x91, "Issuer authentication data", "发卡行认证数据"),
    TagSpec(0x92, "Issuer public key remainder", "发卡行公钥余项"),
    TagSpec(0x93, "Signed static application data", "签名的静态应用数据"),
    TagSpec(0x94, "Application file locator", "应用文件定位器"),
    TagSpec(0x95, "Terminal verification results", "终端验证结果"),
    TagSpec(0x9B, "Transaction status information", "交易状态信息"),
    TagSpec(0x9A, "Transaction date", "交易日期", "date"),
    TagSpec(0x9C, "Transaction type", "交易类型", "n"),
    TagSpec(0xA5, "FCI proprietary template", "FCI专用模板", "tlv"),
    TagSpec(0xBF0C, "FCI issuer discretionary data", "FCI发卡行自定义数据", "tlv"),
    TagSpec(0x9F02, "Amount, authorised", "授权金额", "n"),
    TagSpec(0x9F03, "Amount, other", "其他金额", "n"),
    TagSpec(0x9F07, "Application usage control", "应用用途控制"),
    TagSpec(0x9F08, "Application version", "应用版本号"),
    TagSpec(0x9F0B, "Cardholder name, extended", "持卡人姓名扩展", "an"),
    TagSpec(0x9F0D, "Issuer action code, default", "发卡行行为代码-缺省"),
    TagSpec(0x9F0E, "Issuer action code, denial", "发卡行行为代码-拒绝"),
    TagSpec(0x9F0F, "Issuer action code, online", "发卡行行为代码-联机"),
    TagSpec(0x9F10, "Issuer application data", "发卡行应用数据"),
    TagSpec(0x9F11, "Issuer code table index", "发卡行代码表索引", "n"),
    TagSpec(0x9F12, "Application preferred name", "应用首选名称", "an"),
    TagSpec(0x9F13, "ATC of the last online transaction", "上次联机应用交易计数器"),
    TagSpec(0x9F14, "Lower consecutive offline limit", "连续脱机交易下限"),
    TagSpec(0x9F17, "PIN tries left", "PIN尝试计数器"),
    TagSpec(0x9F1A, "Terminal country code", "终端国家代码", "n"),
    TagSpec(0x9F1F, "Track 1 discretionary data", "磁条1自定义数据", "an", identity=True),
    TagSpec(0x9F21, "Transaction time", "交易时间", "n"),
    TagSpec(0x9F23, "Upper consecutive offline limit", "连续脱机交易上限"),
    TagSpec(0x9F26, "Application cryptogram", "应用密文"),
    TagSpec(0x9F27, "Cryptogram information data", "密文信息数据"),
    TagSpec(0x9F2D, "ICC PIN certificate", "IC卡PIN加密公钥证书", identity=True),
    TagSpec(0x9F32, "Issuer public key exponent", "发卡行公钥指数"),
    TagSpec(0x9F36, "Application transaction counter", "应用交易计数器"),
    TagSpec(0x9F37, "Unpredictable number", "不可预知数"),
    TagSpec(0x9F38, "Processing options DOL", "处理选项数据对象列表", "dol"),
    TagSpec(0x9F42, "Application currency code", "应用货币代码", "n"),
    TagSpec(0x9F44, "Application currency exponent", "应用货币指数", "n"),
    TagSpec(0x9F46, "ICC public key certificate", "IC卡公钥证书", identity=True),
    TagSpec(0x9F47, "ICC public key exponent", "IC卡公钥指数"),
    TagSpec(0x9F48, "ICC public key remainder", "IC卡公钥余项"),
    TagSpec(0x9F49, "Dynamic data authentication DOL", "动态数据认证数据对象列表", "dol"),
    TagSpec(0x9F4A, "Static data authentication tag list", "静态数据认证标签列表"),
    TagSpec(0x9F4B, "Signed dynamic application data", "签名的动态应用数据"),
    TagSpec(0x9F4D, "Transaction log entry", "交易日志入口"),
    TagSpec(0x9F4E, "Merchant name", "商户名称", "an"),
    TagSpec(0x9F4F, "Transaction log format", "交易日志格式", "dol"),
    TagSpec(0x9F18, "Issuer script identifier", "发卡行脚本标识符"),
    TagSpec(0x9F5B, "Issuer script results", "发卡行脚本结果", source=PBOC),
    TagSpec(0x9F51, "Application currency code", "应用货币代码", "n", source=PBOC),
    TagSpec(0x9F52, "Application default action", "应用缺省行为", source=PBOC),
    TagSpec(0x9F53, "Consecutive limit, international", "连续脱机交易限制数（国际-货币）", source=PBOC),
    TagSpec(0x9F54, "Cumulative amount limit", "累计脱机交易金额限制", "n", source=PBOC),
    TagSpec(0x9F56, "Issuer authentication indicator", "发卡行认证指示位", source=PBOC),
    TagSpec(0x9F57, "Issuer country code", "发卡行国家代码", "n", source=PBOC),
    TagSpec(0x9F58, "Lower consecutive offline limit", "连续脱机交易下限", source=PBOC),
    TagSpec(0x9F59, "Upper consecutive offline limit", "连续脱机交易上限", source=PBOC),
    TagSpec(0x9F5C, "Cumulative amount upper limit", "累计脱机交易金额上限", "n", source=PBOC),
    TagSpec(0x9F5D, "Available offline amount", "可用脱机金额", "n", source=PBOC),
    TagSpec(0x9F61, "Number of the identity document", "持卡人证件号", "an", identity=True, source=PBOC),
    TagSpec(0x9F62, "Kind of identity document", "持卡人证件类型", source=PBOC),
    TagSpec(0x9F66, "Terminal transaction qualifiers", "终端交易属性", source=PBOC),
    TagSpec(0x9F68, "Card additional processes", "卡片附加处理", source=PBOC),
    TagSpec(0x9F6D, "Electronic cash: reset threshold", "电子现金重置阈值", "n", source=PBOC),
    TagSpec(
        0x9F72, "Consecutive limit, international country", "连续脱机交易限制数（国际-国家）", source=PBOC
    ),
    TagSpec(0x9F73, "Currency conversion parameters", "货币转换参数", source=PBOC),
    TagSpec(0x9F74, "Electronic cash: issuer authorisation code", "电子现金发卡行授权码", "an", source=PBOC),
    TagSpec(
        0x9F75, "Cumulative amount limit, dual currency", "累计脱机交易金额限制（双货币）", "n", source=PBOC
    ),
    TagSpec(0x9F76, "Secondary application currency", "第二应用货币代码", "n", source=PBOC),
    TagSpec(0x9F77, "Electronic cash: balance limit", "电子现金余额上限", "n", source=PBOC),
    TagSpec(0x9F78, "Electronic cash: single transaction limit", "电子现金单笔交易限额", "n", source=PBOC),
    TagSpec(0x9F79, "Electronic cash: balance", "电子现金余额", "n", source=PBOC),
    TagSpec(0x9F7A, "Electronic cash supported by the terminal", "电子现金终端支持指示器", "n", source=PBOC),
    TagSpec(0x9F7F, "Card production life cycle data", "卡片生产周期数据", source=PBOC),
    TagSpec(0xDF4D, "Load log entry", "圈存日志入口", source=PBOC),
    TagSpec(0xDF69, "SM algorithms supported by the terminal", "SM算法支持指示器", source=PBOC),
)

BY_TAG: Mapping[int, TagSpec] = {entry.tag: entry for entry in TAGS}


def tag_name(tag: int) -> str:
    """The English name of a tag, or its hex where it is not known."""
    known = BY_TAG.get(tag)
    return known.name if known else f"tag {tag:02X}"


def secret(tag: int) -> bool:
    """Whether values of this tag identify a person and are never written."""
    known = BY_TAG.get(tag)
    return known is not None and known.identity


def tag_bytes(tag: int) -> bytes:
    """A tag as it stands in data: one, two or three bytes."""
    return tag.to_bytes((tag.bit_length() + 7) // 8, "big")
