"""What single values of the bank's application say: flags bit by bit, lists, codes.

Each reader takes the bytes and the path of the value and raises ValueError (or TlvError) where they break its form.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from apdu.decoding_bank_sm2 import dynamic_fields, issuer_certificate_fields, static_fields
from apdu.explain_fields import Field
from apdu.pboc import (
    ADA,
    AIP,
    CVR,
    CVR_LENGTH,
    CVR_PREFIX,
    TSI,
    TVR,
    USAGE,
    Bit,
    Cryptogram,
    IssuerData,
    described,
    first_cryptogram,
    parse_locator,
    second_cryptogram,
)
from apdu.tags import EMV, PBOC

TVR_LENGTH = 5
CRYPTOGRAM_LENGTHS = range(19, 44)
"""CID, ATC and cryptogram, and 8 to 32 bytes of tag 9F10."""

NUMBERS = frozenset({0x9F13, 0x9F14, 0x9F17, 0x9F23, 0x9F36, 0x9F53, 0x9F58, 0x9F59, 0x9F72})
"""Tags whose value is a binary number."""

AMOUNTS = frozenset({0x9F02, 0x9F03, 0x9F54, 0x9F5C, 0x9F5D, 0x9F6D, 0x9F77, 0x9F78, 0x9F79})
"""Tags whose value is an amount: twelve digits, the last two of them fen."""

_SUPPORT = {b"\x00": "no 否", b"\x01": "yes 是"}
CODES: Mapping[int, Mapping[bytes, str]] = {
    0xDF69: _SUPPORT,
    0x9F7A: _SUPPORT,
    0x9F56: {b"\x00": "not mandatory 非强制", b"\x80": "mandatory 强制"},
    0x9F62: {
        b"\x00": "identity card 身份证",
        b"\x01": "officer's card 军官证",
        b"\x02": "passport 护照",
        b"\x03": "entry permit 入境证",
        b"\x04": "temporary identity card 临时身份证",
        b"\x05": "other 其它",
    },
}
_METHODS = {
    0x00: "fail 失败",
    0x01: "plain PIN verified by the card 卡片验证明文PIN",
    0x02: "enciphered PIN verified online 联机验证加密PIN",
    0x03: "plain PIN verified by the card, and signature 卡片验证明文PIN并签名",
    0x04: "enciphered PIN verified by the card 卡片验证加密PIN",
    0x1E: "signature 签名",
    0x1F: "no verification 无需CVM",
    0x20: "identity document 出示证件",
}
_CONDITIONS = {
    0x00: "always 总是",
    0x01: "cash at an attended place 有人值守现金",
    0x02: "neither cash nor cashback 非现金",
    0x03: "terminal supports it 终端支持",
    0x04: "manual cash 人工现金",
    0x05: "cashback 返现",
}
_DISCRETIONARY = {
    0x01: "electronic cash balance 电子现金余额",
    0x02: "cumulative offline total 累计脱机金额",
    0x03: "balance and cumulative total 余额及累计金额",
    0x04: "cumulative total and limit 累计金额及限额",
    0x05: "available offline amount 可用脱机金额",
}
_SCRIPT = {0: "not done 未执行", 1: "failed 失败", 2: "done 成功"}
_ALGORITHMS = {0x01: "01 3DES", 0x04: "04 SM4"}


def locator_fields(raw: bytes, path: str = "94") -> Iterator[Field]:
    """The records an application file locator names; raises LocatorError."""
    for entry in parse_locator(raw):
        last = f"-{entry.last}" if entry.last != entry.first else ""
        signed = f", {entry.authenticated} of them signed" if entry.authenticated else ""
        value = f"record {entry.first}{last}{signed}"
        yield Field(
            f"{path}/{entry.sfi:02X}",
            f"File SFI {entry.sfi:02X}",
            "短文件标识符",
            value,
            entry.encode().hex().upper(),
            "EMV Book 3 section 10.2",
        )


def flag_fields(bits: tuple[Bit, ...], raw: bytes, path: str) -> Iterator[Field]:
    """The flags that are set, by byte and bit."""
    none = True
    for bit in described(bits, raw):
        none = False
        number = bit.mask.bit_length()
        yield Field(f"{path}+{bit.byte}.{number}", bit.en, bit.zh, "set 是", f"{bit.mask:02X}", EMV)
    if none:
        yield Field(path, "No flag is set", "无标志", "", raw.hex().upper(), EMV)


def cvr_fields(raw: bytes, path: str = "CVR") -> Iterator[Field]:
    """Card verification results: length byte 03 and three bytes; raises ValueError."""
    if len(raw) != CVR_LENGTH or raw[0] != CVR_PREFIX:
        raise ValueError("card verification results are 4 bytes, the first of them 03")
    second = second_cryptogram(raw)
    for name, name_zh, code in (
        ("First cryptogram", "第一个应用密文", first_cryptogram(raw)),
        ("Second cryptogram", "第二个应用密文", second),
    ):
        kind = next((kind for kind in Cryptogram if kind == code), None)
        value = (
            "not asked for 未请求"
            if code is None
            else f"{kind.name} {kind.en} {kind.zh}"
            if kind is not None
            else "reserved"
        )
        yield Field(f"{path}+2", name, name_zh, value, f"{raw[1]:02X}", "JR/T 0025.5 annex A")
    tries = raw[3] >> 4
    yield Field(
        f"{path}+4",
        "Script commands processed",
        "脚本命令条数",
        str(tries),
        f"{raw[3]:02X}",
        "JR/T 0025.5 annex A",
    )
    if any(bit.in_(raw) for bit in CVR):
        yield from flag_fields(CVR, raw, path)


def tvr_fields(raw: bytes, path: str = "95") -> Iterator[Field]:
    """Terminal verification results, 5 bytes; raises ValueError."""
    if len(raw) != TVR_LENGTH:
        raise ValueError(f"terminal verification results are 5 bytes, not {len(raw)}")
    yield from flag_fields(TVR, raw, path)


def aip_fields(raw: bytes, path: str = "82") -> Iterator[Field]:
    """The application interchange profile, 2 bytes; raises ValueError."""
    if len(raw) != 2:
        raise ValueError(f"an application interchange profile is 2 bytes, not {len(raw)}")
    yield from flag_fields(AIP, raw, path)


def _kind(raw: int) -> str:
    kind = next((kind for kind in Cryptogram if kind == raw & 0xC0), None)
    return "reserved 保留" if kind is None else f"{kind.name} {kind.en} {kind.zh}"


def _issuer_data(raw: bytes, path: str) -> Iterator[Field]:
    told = IssuerData.parse(raw)
    algorithm = _ALGORITHMS.get(told.algorithm, f"{told.algorithm:02X}")
    for name, name_zh, value, byte in (
        ("Key index", "密钥索引", f"{told.key_index:02X}", told.key_index),
        ("Cryptogram version", "密文版本号", f"{told.version:02X}", told.version),
        ("Algorithm", "算法标识", algorithm, told.algorithm),
    ):
        yield Field(path, name, name_zh, value, f"{byte:02X}", PBOC)
    yield from cvr_fields(told.cvr, f"{path}/CVR")
    yield from _discretionary(told.discretionary, path)


def _discretionary(raw: bytes, path: str) -> Iterator[Field]:
    """The issuer's own part: what kind it is, its digits, and 4 bytes of MAC."""
    if len(raw) < 5:
        return
    kind, value, seal = raw[0], raw[1:-4], raw[-4:]
    yield Field(
        f"{path}/IDD",
        "Issuer discretionary data",
        "发卡行自定义数据",
        _DISCRETIONARY.get(kind, ""),
        f"{kind:02X}",
        PBOC,
    )
    yield Field(f"{path}/IDD/value", "Discretionary value", "自定义数据值", "", value.hex().upper(), PBOC)
    yield Field(f"{path}/IDD/MAC", "MAC", "报文鉴别码", "", seal.hex().upper(), PBOC)


def _untagged(raw: bytes, path: str) -> Iterator[Field]:
    """Template 80: AIP and file locator, a cryptogram, or signed dynamic data; told by form and length."""
    try:
        options = [*aip_fields(raw[:2], f"{path}/82"), *locator_fields(raw[2:], f"{path}/94")]
    except ValueError:
        options = []
    signed = list(dynamic_fields(raw, f"{path}/9F4B"))
    if options or signed:
        yield from options or signed
    elif len(raw) in CRYPTOGRAM_LENGTHS:
        kind, counter, made = f"{raw[0]:02X}", raw[1:3].hex().upper(), raw[3:11].hex().upper()
        count = str(int(counter, 16))
        yield Field(f"{path}/9F27", "Cryptogram information data", "密文信息数据", _kind(raw[0]), kind, EMV)
        yield Field(
            f"{path}/9F36",
            "Application transaction counter",
            "应用交易计数器",
            count,
            counter,
            EMV,
        )
        yield Field(f"{path}/9F26", "Application cryptogram", "应用密文", "", made, EMV)
        yield from _issuer_data(raw[11:], f"{path}/9F10")


def _information(raw: bytes, path: str) -> Iterator[Field]:
    if len(raw) != 1:
        raise ValueError(f"cryptogram information data are 1 byte, not {len(raw)}")
    yield Field(f"{path}/kind", "Cryptogram", "应用密文类型", _kind(raw[0]), raw.hex().upper(), EMV)


def _flags(bits: tuple[Bit, ...]) -> Callable[[bytes, str], Iterator[Field]]:
    return lambda raw, path: flag_fields(bits, raw, path)


def _methods(raw: bytes, path: str) -> Iterator[Field]:
    """Two amounts of 4 bytes, then rules of method and condition; bit 7 of a method: the next rule may follow."""
    if len(raw) < 10 or len(raw) % 2:
        raise ValueError("a list of verification methods is 8 bytes and whole rules of 2")
    for number, at in enumerate(range(8, len(raw), 2), 1):
        method, condition = raw[at], raw[at + 1]
        what = _METHODS.get(method & 0x3F, "unknown")
        when = _CONDITIONS.get(condition, "by amount 按金额" if condition in range(6, 10) else "unknown")
        failing = "else the next 失败则下一条" if method & 0x40 else "else failed 失败即止"
        yield Field(
            f"{path}+{number}",
            f"Rule {number}",
            "持卡人验证规则",
            f"{what}; {when}; {failing}",
            raw[at : at + 2].hex().upper(),
            "EMV Book 3 annex C3",
        )


def _log_entry(raw: bytes, path: str) -> Iterator[Field]:
    if len(raw) != 2:
        raise ValueError(f"a log entry is file and number of records, not {len(raw)} bytes")
    yield Field(
        f"{path}/file", "Log file", "日志文件", f"SFI {raw[0]:02X}, {raw[1]} records", raw.hex().upper(), PBOC
    )


def _script_results(raw: bytes, path: str) -> Iterator[Field]:
    if not raw or len(raw) % 5:
        raise ValueError("script results are whole entries of 5 bytes")
    for at in range(0, len(raw), 5):
        outcome, number = _SCRIPT.get(raw[at] >> 4, "unknown"), raw[at] & 15
        where = f", command {number}" if number else ""
        script = raw[at + 1 : at + 5].hex().upper()
        yield Field(
            f"{path}/{script}",
            f"Script {script}",
            "脚本处理结果",
            outcome + where,
            f"{raw[at]:02X}",
            "EMV Book 4 annex A5",
        )


READERS: Mapping[int, Callable[[bytes, str], Iterator[Field]]] = {
    0x80: _untagged,
    0x82: aip_fields,
    0x8E: _methods,
    0x90: issuer_certificate_fields,
    0x93: static_fields,
    0x94: locator_fields,
    0x95: tvr_fields,
    0x9B: _flags(TSI),
    0x9F07: _flags(USAGE),
    0x9F0D: tvr_fields,
    0x9F0E: tvr_fields,
    0x9F0F: tvr_fields,
    0x9F10: _issuer_data,
    0x9F27: _information,
    0x9F4B: dynamic_fields,
    0x9F4D: _log_entry,
    0x9F52: _flags(ADA),
    0x9F5B: _script_results,
    0xDF4D: _log_entry,
}
"""The reader of each tag whose value is made of parts."""
