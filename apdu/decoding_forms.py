"""What pasted bytes can be, and how much they look like each of it."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

from apdu.decoding_card import Context
from apdu.instructions import find
from apdu.status import meaning
from apdu.tags import BY_TAG
from apdu.tlv import TlvError, parse

WITH_DATA = (0x61, 0x62, 0x63)
"""First bytes of the status words, beside 9000, that may follow data."""


class Form(Enum):
    """What bytes can be; the values are the words of `--as`."""

    ATR = "atr"
    COMMAND = "command"
    RESPONSE = "response"
    TLV = "tlv"
    RECORD = "record"
    FILE = "file"
    STATUS = "sw"
    LOCATOR = "afl"
    TERMINAL_RESULTS = "tvr"
    CARD_RESULTS = "cvr"
    PROFILE = "aip"

    @property
    def en(self) -> str:
        """The form in words."""
        return _NAMES[self][0]

    @property
    def zh(self) -> str:
        """The form in Chinese."""
        return _NAMES[self][1]


_NAMES: dict[Form, tuple[str, str]] = {
    Form.ATR: ("answer to reset", "复位应答"),
    Form.COMMAND: ("command", "命令"),
    Form.RESPONSE: ("answer", "应答"),
    Form.TLV: ("BER-TLV", "BER-TLV数据对象"),
    Form.RECORD: ("record", "记录"),
    Form.FILE: ("contents of a file", "文件内容"),
    Form.STATUS: ("status word", "状态字"),
    Form.LOCATOR: ("application file locator", "应用文件定位器"),
    Form.TERMINAL_RESULTS: ("terminal verification results", "终端验证结果"),
    Form.CARD_RESULTS: ("card verification results", "卡片验证结果"),
    Form.PROFILE: ("application interchange profile", "应用交互特征"),
}


def _like_atr(raw: bytes, known: Context) -> int:
    return 95 if raw[0] in (0x3B, 0x3F) and 2 <= len(raw) <= 33 else 0


def _like_status(raw: bytes, known: Context) -> int:
    return 90 if len(raw) == 2 and (raw[0] == 0x90 or raw[0] & 0xF0 in (0x60, 0x90)) else 0


def _like_command(raw: bytes, known: Context) -> int:
    if len(raw) < 4:
        return 0
    instruction = find(raw[0], raw[1])
    exact = instruction is not None and (instruction.cla, instruction.ins) == (raw[0], raw[1])
    return 80 if exact else 35 if instruction is not None and raw[0] & 0x60 == 0 else 0


def _like_response(raw: bytes, known: Context) -> int:
    if len(raw) < 3 or raw[-2] & 0xF0 not in (0x60, 0x90):
        return 0
    sw = int.from_bytes(raw[-2:], "big")
    if known.command is not None:
        return 93
    if sw == 0x9000:
        return 88
    return 20 if sw >> 8 in WITH_DATA and "unknown" not in meaning(sw).en else 0


def _like_tlv(raw: bytes, known: Context) -> int:
    try:
        objects = parse(raw)
    except TlvError:
        first = BY_TAG.get(raw[0])
        return 75 if first is not None and first.form == "tlv" else 0
    if raw[-2:] == b"\x90\x00" or not any(item.value for item in objects):
        return 0
    tags = [BY_TAG.get(item.tag) for item in objects]
    if tags and tags[0] is not None and tags[0].form == "tlv":
        return 85
    return 70 if all(tags) and tags else 0


def _like_record(raw: bytes, known: Context) -> int:
    if known.file is not None:
        return 92
    return 65 if len(raw) > 2 and raw[1] == len(raw) - 2 else 0


def _like_file(raw: bytes, known: Context) -> int:
    if known.file is not None:
        return 91
    return 64 if len(raw) > 4 and raw[1] + 2 < len(raw) else 0


def _like_locator(raw: bytes, known: Context) -> int:
    return 30 if len(raw) % 4 == 0 and not raw[0] & 7 and raw[0] else 0


LIKENESS: dict[Form, Callable[[bytes, Context], int]] = {
    Form.ATR: _like_atr,
    Form.COMMAND: _like_command,
    Form.RESPONSE: _like_response,
    Form.TLV: _like_tlv,
    Form.RECORD: _like_record,
    Form.FILE: _like_file,
    Form.STATUS: _like_status,
    Form.LOCATOR: _like_locator,
    Form.TERMINAL_RESULTS: lambda raw, known: 20 if len(raw) == 5 else 0,
    Form.CARD_RESULTS: lambda raw, known: 45 if len(raw) == 4 and raw[0] == 0x03 else 0,
    Form.PROFILE: lambda raw, known: 5 if len(raw) == 2 else 0,
}
"""How likely, 0 for not at all; bytes that break the form are sorted out later."""
