"""The bank's application as declared: its names, the file locator, and what every bit of its flags means.

Sources: EMV Book 1 section 12, Book 3 section 10 and annex C; JR/T 0025.5 (PBOC part 5) for the card
verification results, the issuer application data and the application default action.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum

from apdu.crypto.algorithm import Algorithm

PSE_NAME = b"1PAY.SYS.DDF01"
PPSE_NAME = b"2PAY.SYS.DDF01"
DEBIT_AID = bytes.fromhex("A000000333010101")

DIRECTORY_SFI = 0x01
LOG_SFI = 0x0B
LOG_CAPACITY = 10
LAST_COUNTER = 0xFFFF
FIRST_LIST = bytes.fromhex("9F02069F03069F1A0295055F2A029A039C019F37049F21039F4E14")
SECOND_LIST = bytes.fromhex("8A029F02069F03069F1A0295055F2A029A039C019F37049F2103")
PROCESSING_LIST = bytes.fromhex("9F7A019F02065F2A02DF6901")
DYNAMIC_LIST = bytes.fromhex("9F3704")
"""What PBOC cards ask for with both cryptograms, with GPO and with INTERNAL AUTHENTICATE."""

LOG_FORMAT = bytes.fromhex("9A039F21039F02069F03069F1A025F2A029F4E149C019F3602")
"""What an entry of the transaction log holds (tag 9F4F)."""

SIGNED_TAGS = (0x9F02, 0x9F03, 0x9F1A, 0x95, 0x5F2A, 0x9A, 0x9C, 0x9F37)
"""The terminal's part of what a cryptogram is made over, in order (cryptogram version 01)."""

ALGORITHM_CODES = {0x01: Algorithm.DES, 0x04: Algorithm.SM4}
"""The last byte of the fixed part of tag 9F10."""
HASHED_WHOLE_FROM = 11
"""From this SFI on the whole record takes part in data authentication, below it the value of template 70."""


class Cryptogram(IntEnum):
    """What a cryptogram says: the two upper bits of P1 of GENERATE AC and of its answer's first byte."""

    AAC = 0x00
    TC = 0x40
    ARQC = 0x80

    @property
    def en(self) -> str:
        """The decision in words."""
        return {"AAC": "declined", "TC": "approved offline", "ARQC": "online authorisation asked"}[self.name]

    @property
    def zh(self) -> str:
        """The decision in Chinese."""
        return {"AAC": "交易拒绝", "TC": "脱机批准", "ARQC": "请求联机"}[self.name]


class LocatorError(ValueError):
    """An application file locator that names no records."""


@dataclass(frozen=True, slots=True)
class LocatorEntry:
    """Records `first` to `last` of a file; the first `authenticated` of them are signed data."""

    sfi: int
    first: int
    last: int
    authenticated: int

    @property
    def records(self) -> range:
        """The record numbers."""
        return range(self.first, self.last + 1)

    def encode(self) -> bytes:
        """The four bytes of this entry."""
        return bytes((self.sfi << 3, self.first, self.last, self.authenticated))


def parse_locator(raw: bytes) -> tuple[LocatorEntry, ...]:
    """The entries of tag 94; raises LocatorError where one cannot be (EMV Book 3 section 10.2)."""
    if not raw or len(raw) % 4:
        raise LocatorError(f"a file locator is whole entries of 4 bytes, not {len(raw)} bytes")
    entries = []
    for at in range(0, len(raw), 4):
        byte, first, last, authenticated = raw[at : at + 4]
        entry = LocatorEntry(byte >> 3, first, last, authenticated)
        if byte & 7 or not 1 <= entry.sfi <= 30 or not 0 < first <= last or authenticated > last - first + 1:
            raise LocatorError(
                f"entry {at // 4 + 1} of the file locator, {raw[at : at + 4].hex().upper()}, is none"
            )
        entries.append(entry)
    return tuple(entries)


def encode_locator(entries: tuple[LocatorEntry, ...]) -> bytes:
    """The bytes of tag 94."""
    return b"".join(entry.encode() for entry in entries)


@dataclass(frozen=True, slots=True)
class Bit:
    """One flag: `byte` from 1, `mask` within it (several bits where they are a number or a code)."""

    byte: int
    mask: int
    en: str
    zh: str

    def in_(self, raw: bytes) -> bool:
        """Whether any of the flag's bits is set in `raw`."""
        return len(raw) >= self.byte and bool(raw[self.byte - 1] & self.mask)


def flagged(raw: bytes, bits: Iterable[Bit]) -> bytes:
    """`raw` with these flags set."""
    changed = bytearray(raw)
    for bit in bits:
        changed[bit.byte - 1] |= bit.mask
    return bytes(changed)


def described(bits: tuple[Bit, ...], raw: bytes) -> Iterator[Bit]:
    """The flags that are set, in byte order."""
    return (bit for bit in bits if bit.in_(raw))


AIP_SDA = Bit(1, 0x40, "static data authentication", "支持SDA")
AIP_DDA = Bit(1, 0x20, "dynamic data authentication", "支持DDA")
AIP_ISSUER = Bit(1, 0x04, "issuer authentication", "支持发卡行认证")
AIP: tuple[Bit, ...] = (
    AIP_SDA,
    AIP_DDA,
    Bit(1, 0x10, "cardholder verification", "支持持卡人验证"),
    Bit(1, 0x08, "terminal risk management", "执行终端风险管理"),
    AIP_ISSUER,
    Bit(1, 0x01, "combined data authentication", "支持CDA"),
)

TVR_SDA_FAILED = Bit(1, 0x40, "static data authentication failed", "脱机静态数据认证失败")
TVR_DDA_FAILED = Bit(1, 0x08, "dynamic data authentication failed", "脱机动态数据认证失败")
TVR_DATA_MISSING = Bit(1, 0x20, "ICC data missing", "IC卡数据缺失")
TVR_NOT_AUTHENTICATED = Bit(1, 0x80, "offline data authentication not performed", "未进行脱机数据认证")
TVR_EXPIRED = Bit(2, 0x40, "expired application", "应用已过期")
TVR_NOT_YET = Bit(2, 0x20, "application not yet effective", "应用未生效")
TVR_NOT_ALLOWED = Bit(2, 0x10, "service not allowed for this card", "卡片不允许所请求的服务")
TVR_NEW_CARD = Bit(2, 0x08, "new card", "新卡")
TVR_PIN_EXCEEDED = Bit(3, 0x20, "PIN try limit exceeded", "PIN重试次数超限")
TVR_ISSUER_FAILED = Bit(5, 0x40, "issuer authentication failed", "发卡行认证失败")
TVR_SCRIPT_BEFORE_FAILED = Bit(5, 0x20, "script failed before the second cryptogram", "最后一次GAC前脚本失败")
TVR_SCRIPT_AFTER_FAILED = Bit(5, 0x10, "script failed after the second cryptogram", "最后一次GAC后脚本失败")
TVR: tuple[Bit, ...] = (
    TVR_NOT_AUTHENTICATED,
    TVR_SDA_FAILED,
    TVR_DATA_MISSING,
    Bit(1, 0x10, "card on the exception file", "卡片出现在终端异常文件中"),
    TVR_DDA_FAILED,
    Bit(1, 0x04, "combined data authentication failed", "CDA失败"),
    Bit(2, 0x80, "card and terminal have different application versions", "卡片与终端应用版本不一致"),
    TVR_EXPIRED,
    TVR_NOT_YET,
    TVR_NOT_ALLOWED,
    TVR_NEW_CARD,
    Bit(3, 0x80, "cardholder verification failed", "持卡人验证失败"),
    Bit(3, 0x40, "unknown cardholder verification method", "未知的CVM"),
    TVR_PIN_EXCEEDED,
    Bit(3, 0x10, "PIN required, no PIN pad", "要求输入PIN但无密码键盘"),
    Bit(3, 0x08, "PIN required, not entered", "要求输入PIN但未输入"),
    Bit(3, 0x04, "online PIN entered", "输入联机PIN"),
    Bit(4, 0x80, "floor limit exceeded", "交易超过最低限额"),
    Bit(4, 0x40, "lower consecutive offline limit exceeded", "超过连续脱机交易下限"),
    Bit(4, 0x20, "upper consecutive offline limit exceeded", "超过连续脱机交易上限"),
    Bit(4, 0x10, "selected at random for online", "交易被随机选择联机处理"),
    Bit(4, 0x08, "merchant forced online", "商户要求联机交易"),
    Bit(5, 0x80, "default TDOL used", "使用缺省TDOL"),
    TVR_ISSUER_FAILED,
    TVR_SCRIPT_BEFORE_FAILED,
    TVR_SCRIPT_AFTER_FAILED,
)

TSI_RISK_MANAGED = Bit(1, 0x20, "card risk management performed", "卡片风险管理已进行")
TSI_ISSUER = Bit(1, 0x10, "issuer authentication performed", "发卡行认证已进行")
TSI_SCRIPTS = Bit(1, 0x04, "script processing performed", "脚本处理已进行")
TSI: tuple[Bit, ...] = (
    Bit(1, 0x80, "offline data authentication performed", "脱机数据认证已进行"),
    Bit(1, 0x40, "cardholder verification performed", "持卡人验证已进行"),
    TSI_RISK_MANAGED,
    TSI_ISSUER,
    Bit(1, 0x08, "terminal risk management performed", "终端风险管理已进行"),
    TSI_SCRIPTS,
)
"""Transaction status information, tag 9B (EMV Book 3 annex C6)."""

USAGE: tuple[Bit, ...] = (
    Bit(1, 0x80, "domestic cash", "国内现金交易有效"),
    Bit(1, 0x40, "international cash", "国际现金交易有效"),
    Bit(1, 0x20, "domestic goods", "国内商品有效"),
    Bit(1, 0x10, "international goods", "国际商品有效"),
    Bit(1, 0x08, "domestic services", "国内服务有效"),
    Bit(1, 0x04, "international services", "国际服务有效"),
    Bit(1, 0x02, "at cash dispensers", "ATM有效"),
    Bit(1, 0x01, "at other terminals", "除ATM外的终端有效"),
    Bit(2, 0x80, "domestic cashback", "允许国内返现"),
    Bit(2, 0x40, "international cashback", "允许国际返现"),
)
"""Application usage control, tag 9F07 (EMV Book 3 annex C2)."""

CVR_LENGTH = 4
CVR_PREFIX = 0x03
CVR_SECOND_NOT_ASKED = 0x80
CVR_ISSUER_FAILED = Bit(2, 0x08, "issuer authentication failed", "发卡行认证执行但失败")
CVR_PIN_DONE = Bit(2, 0x04, "offline PIN verification performed", "执行了脱机PIN验证")
CVR_PIN_FAILED = Bit(2, 0x02, "offline PIN verification failed", "脱机PIN验证失败")
CVR_NO_ONLINE = Bit(2, 0x01, "unable to go online", "不能联机")
CVR_ONLINE_OPEN = Bit(3, 0x80, "last online transaction not completed", "上次联机交易未完成")
CVR_PIN_EXCEEDED = Bit(3, 0x40, "PIN try limit exceeded", "PIN尝试次数超限")
CVR_VELOCITY = Bit(3, 0x20, "velocity counters exceeded", "频度检查计数器超限")
CVR_NEW_CARD = Bit(3, 0x10, "new card", "新卡")
CVR_ISSUER_FAILED_LAST = Bit(
    3, 0x08, "issuer authentication failed on the last online transaction", "上次联机发卡行认证失败"
)
CVR_ISSUER_MISSING_LAST = Bit(
    3, 0x04, "issuer authentication not performed after online authorisation", "联机授权后未执行发卡行认证"
)
CVR_BLOCKED_BY_PIN = Bit(
    3, 0x02, "application blocked because the PIN try limit was exceeded", "因PIN尝试超限被卡片锁定应用"
)
CVR_SDA_FAILED_LAST = Bit(3, 0x01, "static data authentication failed last time", "上次SDA失败")
CVR_SCRIPT_FAILED = Bit(4, 0x08, "script processing failed on the last transaction", "上次脚本处理失败")
CVR_DDA_FAILED_LAST = Bit(4, 0x04, "dynamic data authentication failed last time", "上次DDA失败")
CVR_DDA_DONE = Bit(4, 0x02, "dynamic data authentication performed", "执行了DDA")
CVR: tuple[Bit, ...] = (
    CVR_ISSUER_FAILED,
    CVR_PIN_DONE,
    CVR_PIN_FAILED,
    CVR_NO_ONLINE,
    CVR_ONLINE_OPEN,
    CVR_PIN_EXCEEDED,
    CVR_VELOCITY,
    CVR_NEW_CARD,
    CVR_ISSUER_FAILED_LAST,
    CVR_ISSUER_MISSING_LAST,
    CVR_BLOCKED_BY_PIN,
    CVR_SDA_FAILED_LAST,
    CVR_SCRIPT_FAILED,
    CVR_DDA_FAILED_LAST,
    CVR_DDA_DONE,
)

ADA_ISSUER_FAILED_ONLINE = Bit(
    1, 0x80, "issuer authentication failed: next transaction online", "发卡行认证失败则下次联机"
)
ADA_ISSUER_FAILED_DECLINE = Bit(1, 0x40, "issuer authentication failed: decline", "发卡行认证失败则拒绝")
ADA_NEW_CARD_ONLINE = Bit(1, 0x02, "new card: online", "新卡则联机")
ADA_NEW_CARD_DECLINE = Bit(1, 0x01, "new card: decline where online is impossible", "新卡且无法联机则拒绝")
ADA_PIN_BLOCKS = Bit(2, 0x80, "PIN try limit exceeded now: block the application", "本次PIN超限则锁定应用")
ADA_PIN_DECLINE = Bit(2, 0x40, "PIN try limit exceeded before: decline", "上次PIN超限则拒绝")
ADA_PIN_ONLINE = Bit(2, 0x20, "PIN try limit exceeded before: online", "上次PIN超限则联机")
ADA: tuple[Bit, ...] = (
    ADA_ISSUER_FAILED_ONLINE,
    ADA_ISSUER_FAILED_DECLINE,
    ADA_NEW_CARD_ONLINE,
    ADA_NEW_CARD_DECLINE,
    ADA_PIN_BLOCKS,
    ADA_PIN_DECLINE,
    ADA_PIN_ONLINE,
)


@dataclass(frozen=True, slots=True)
class IssuerData:
    """Tag 9F10 taken apart: key index, cryptogram version, CVR, algorithm code and discretionary data."""

    key_index: int
    version: int
    cvr: bytes
    algorithm: int
    discretionary: bytes = b""

    @classmethod
    def parse(cls, raw: bytes) -> IssuerData:
        """Raises ValueError where the fixed part of 8 bytes is not there."""
        if len(raw) < 8 or raw[0] != 0x07 or raw[3] != CVR_PREFIX:
            raise ValueError("issuer application data begins with 07, key index, version and a CVR of 03 ...")
        return cls(raw[1], raw[2], raw[3:7], raw[7], raw[9:] if len(raw) > 9 else b"")


def first_cryptogram(cvr: bytes) -> int:
    """The first cryptogram a CVR tells of, coded as `Cryptogram`."""
    return cvr[1] << 2 & 0xC0


def second_cryptogram(cvr: bytes) -> int | None:
    """The second cryptogram a CVR tells of, None where it was not asked for."""
    code = cvr[1] & 0xC0
    return None if code == CVR_SECOND_NOT_ASKED else code
