"""BER-TLV and the bank's flags as fields: tags by name, DOLs, file locator, and every bit that is set."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from apdu.dol import parse_dol
from apdu.explain_data import Field
from apdu.pboc import (
    ADA,
    AIP,
    CVR,
    CVR_LENGTH,
    CVR_PREFIX,
    TVR,
    Bit,
    Cryptogram,
    IssuerData,
    LocatorError,
    described,
    first_cryptogram,
    parse_locator,
    second_cryptogram,
)
from apdu.redact import citizen_numbers, mask_id, masked_hex
from apdu.tags import BY_TAG, EMV, TagSpec, tag_name
from apdu.tlv import Tlv, TlvError, parse

HIDDEN = "****"
TVR_LENGTH = 5
TEXTS = frozenset({0x50, 0x84, 0x9F12, 0x5F20, 0x9F0B, 0x9F4E})
"""Tags whose value is a name people read."""

SOCIAL_TAGS: Mapping[int, tuple[str, str]] = {0x9F0C: ("Algorithm template", "算法标识模板")}
SOCIAL_ALGORITHMS = {b"\x01": "01 DES/3DES", b"\x02": "02 SSF33", b"\x03": "03 SM4"}


def tlv_fields(raw: bytes, *, masked: bool) -> Iterator[Field]:
    """Every data object of `raw`, templates opened; raises TlvError with the offset."""
    yield from _objects(parse(raw), "", masked)


def _objects(objects: tuple[Tlv, ...], path: str, masked: bool) -> Iterator[Field]:
    for item in objects:
        here = f"{path}/{item.tag:02X}".lstrip("/")
        children = _children(item)
        if children is not None:
            yield from _objects(children, here, masked)
            continue
        known = BY_TAG.get(item.tag)
        name, name_zh = _names(item.tag, path)
        hidden = masked and known is not None and known.identity
        yield Field(
            here, name, name_zh, _value(item, path, hidden), _raw(item.value, hidden, masked), _source(known)
        )
        if not hidden:
            yield from _inside(item, here)


def _children(item: Tlv) -> tuple[Tlv, ...] | None:
    """What a template holds: one the table knows, or the social card's 9F0C; None for everything else."""
    known = BY_TAG.get(item.tag)
    if item.tag in SOCIAL_TAGS or (known is not None and known.form == "tlv"):
        return parse(item.value, item.offset)
    return None


def _names(tag: int, path: str) -> tuple[str, str]:
    if path.endswith("9F0C") and tag == 0x86:
        return "Algorithm", "算法标识"
    known = BY_TAG.get(tag)
    return (known.name, known.name_zh) if known else (f"Unknown tag {tag:02X}", "未知标签")


def _value(item: Tlv, path: str, hidden: bool) -> str:
    known = BY_TAG.get(item.tag)
    if hidden:
        digits = (
            _text(item.value)
            if known is not None and known.form == "an"
            else item.value.hex().upper().rstrip("F")
        )
        return (
            mask_id(digits)
            if digits.isalnum() and known is not None and known.form in ("an", "cn")
            else HIDDEN
        )
    if path.endswith("9F0C") and item.tag == 0x86:
        return SOCIAL_ALGORITHMS.get(item.value, "unknown algorithm")
    if item.tag in TEXTS or (known is not None and known.form == "an"):
        return _text(item.value)
    if known is not None and known.form == "date" and item.value.hex().isdecimal() and len(item.value) == 3:
        return f"20{item.value[0]:02x}-{item.value[1]:02x}-{item.value[2]:02x}"
    return item.value.hex().upper().rstrip("F") if known is not None and known.form in ("n", "cn") else ""


def _text(value: bytes) -> str:
    text = value.decode("gbk", "replace").rstrip("\0 ")
    return text if text.isprintable() and "\ufffd" not in text else ""


def _raw(value: bytes, hidden: bool, masked: bool) -> str:
    if hidden:
        return "**" * len(value)
    return masked_hex(value, citizen_numbers(value) if masked else ())


def _source(known: TagSpec | None) -> str:
    return known.source if known else ""


def _inside(item: Tlv, path: str) -> Iterator[Field]:
    """What a value is made of, where it is of a form of its own; a value that breaks its form says nothing."""
    known = BY_TAG.get(item.tag)
    reader = _dol if known is not None and known.form == "dol" else _READERS.get(item.tag)
    if reader is None:
        return
    try:
        yield from list(reader(item.value, path))
    except (TlvError, ValueError) as error:
        yield Field(path, "Not well formed", "格式错误", str(error), "", "")


def _dol(raw: bytes, path: str) -> Iterator[Field]:
    for entry in parse_dol(raw):
        known = BY_TAG.get(entry.tag)
        name_zh = known.name_zh if known else "未知标签"
        yield Field(
            f"{path}/{entry.tag:02X}",
            tag_name(entry.tag),
            name_zh,
            _bytes(entry.length),
            "",
            _source(known),
        )


def _bytes(count: int) -> str:
    return f"{count} byte{'s' * (count != 1)}"


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
            if kind
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


def _issuer_data(raw: bytes, path: str) -> Iterator[Field]:
    told = IssuerData.parse(raw)
    for name, name_zh, value in (
        ("Key index", "密钥索引", told.key_index),
        ("Cryptogram version", "密文版本号", told.version),
        ("Algorithm", "算法标识", told.algorithm),
    ):
        yield Field(path, name, name_zh, f"{value:02X}", f"{value:02X}", "JR/T 0025.5 annex A")
    yield from cvr_fields(told.cvr, f"{path}/CVR")


def _untagged(raw: bytes, path: str) -> Iterator[Field]:
    """Template 80: AIP and file locator, or a cryptogram; told by their lengths."""
    try:
        options = [*aip_fields(raw[:2], f"{path}/82"), *locator_fields(raw[2:], f"{path}/94")]
    except (LocatorError, ValueError):
        options = []
    if options:
        yield from options
    elif len(raw) >= 19:
        kind = next((kind for kind in Cryptogram if kind == raw[0] & 0xC0), Cryptogram.AAC)
        yield Field(
            f"{path}/9F27",
            "Cryptogram information data",
            "密文信息数据",
            f"{kind.name} {kind.en} {kind.zh}",
            f"{raw[0]:02X}",
            EMV,
        )
        yield Field(
            f"{path}/9F36",
            "Application transaction counter",
            "应用交易计数器",
            str(int.from_bytes(raw[1:3], "big")),
            raw[1:3].hex().upper(),
            EMV,
        )
        yield Field(f"{path}/9F26", "Application cryptogram", "应用密文", "", raw[3:11].hex().upper(), EMV)
        yield from _issuer_data(raw[11:], f"{path}/9F10")


def _default_action(raw: bytes, path: str) -> Iterator[Field]:
    yield from flag_fields(ADA, raw, path)


_READERS: Mapping[int, Callable[[bytes, str], Iterator[Field]]] = {
    0x80: _untagged,
    0x82: aip_fields,
    0x94: locator_fields,
    0x95: tvr_fields,
    0x9F10: _issuer_data,
    0x9F52: _default_action,
}
