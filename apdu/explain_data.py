"""The data of each command and answer as fields, one function per instruction, in the order of the bytes."""

from __future__ import annotations

from collections.abc import Iterator

from apdu.addressing import Place
from apdu.command import Command
from apdu.explain_fields import MASK, Decoder, Field, plain
from apdu.explain_files import decode_file_data, select_fields
from apdu.instructions import secret_data
from apdu.keys import KEYS, KeySpec, by_reference
from apdu.response import Response
from apdu.status import tries_left

_KEY_TYPES = {2: "purchase", 6: "MAC", 7: "encryption", 8: "MAC and encryption", 9: "load", 12: "TAC"}
_CIPHER_MODES = {
    0x00: "encrypt, last or only part",
    0x02: "encrypt, more follows",
    0x05: "MAC in one part",
    0x07: "MAC, first part",
    0x03: "MAC, middle part",
    0x01: "MAC, last part",
}
_FACTOR_NAMES = (
    ("Card factor", "卡级分散因子"),
    ("City factor", "市级分散因子"),
    ("Province factor", "省级分散因子"),
)
_PSAM_SESSION = "LD/T 32.9 section 9"


def _pin(command: Command, response: Response, place: Place) -> Iterator[Field]:
    if command.data:
        names = {
            0x5E: ("Old and new PIN", "原密码及新密码"),
            0x24: ("Protected PIN data", "加密的密码数据"),
        }.get(command.ins, ("PIN", "个人密码"))
        yield plain("", names, MASK, "**" * len(command.data), "LD/T 32.5 section 6.14")
    yield from _tries(response)


def _tries(response: Response) -> Iterator[Field]:
    left = tries_left(response.sw)
    if left is not None:
        yield plain("", ("Tries left", "剩余次数"), str(left), f"{response.sw:04X}", "LD/T 32.5 section 5.4")


# Authentication ---------------------------------------------------------------------------------------


def _challenge(command: Command, response: Response, place: Place) -> Iterator[Field]:
    if response.data:
        names = ("Challenge", "随机数")
        yield plain("", names, f"{len(response.data)} bytes", response.data, "LD/T 32.5 section 6.5")


def _internal(command: Command, response: Response, place: Place) -> Iterator[Field]:
    source = "LD/T 32.5 section 6.7"
    if command.data:
        yield plain("", ("Key", "密钥"), _key_text(by_reference("SSSE", 0x00)), "00", source)
        yield plain("", ("Session key input", "过程密钥输入"), "", command.data[:8], source)
        yield plain("", ("Value to authenticate", "鉴别原始信息"), "", command.data[8:16], source)
        yield from _version(command.data[16:], source)
    if response.data:
        yield plain("", ("Authentication data", "鉴别数据"), "", response.data, source)


def _external(command: Command, response: Response, place: Place) -> Iterator[Field]:
    source = "LD/T 32.5 section 6.4"
    owner = place.directory.name if place.directory else "SSSE"
    key = by_reference(owner, command.p2)
    yield plain("", ("Key", "密钥"), _key_text(key), f"{command.p2:02X}", source)
    if command.data:
        yield plain("", ("Authentication data", "鉴别数据"), "", command.data[:8], source)
        yield plain("", ("Value authenticated", "鉴别原始信息"), "", command.data[8:16], source)
        yield from _version(command.data[16:], source)
    yield from _tries(response)


def _version(data: bytes, source: str) -> Iterator[Field]:
    if data:
        yield plain("", ("Key version", "密钥版本"), str(data[0]), data, source)


def _key_text(key: KeySpec | None) -> str:
    return f"{key.name} ({key.purpose} {key.purpose_zh})" if key else "no such key in this directory"


# PSAM -------------------------------------------------------------------------------------------------


def _environment(command: Command, response: Response, place: Place) -> Iterator[Field]:
    names = ("Province of the card", "用户卡省级代码")
    yield plain("", names, command.data.hex().upper(), command.data, _PSAM_SESSION)


def _deliver(command: Command, response: Response, place: Place) -> Iterator[Field]:
    levels, kind = command.p1 >> 5, command.p1 & 0x1F
    key = next((key for key in KEYS if command.p2 in key.psam_ids().values()), None)
    usage = f"{levels} levels, {_KEY_TYPES.get(kind, f'type {kind}')}"
    yield plain("", ("Key usage", "密钥用途"), usage, f"{command.p1:02X}", _PSAM_SESSION)
    yield plain(
        "",
        ("Key", "密钥"),
        _key_text(key) if key else "no key of the table",
        f"{command.p2:02X}",
        _PSAM_SESSION,
    )
    factors = min(levels, 3, len(command.data) // 8)
    for level in range(factors):
        yield plain("", _FACTOR_NAMES[level], "", command.data[8 * level : 8 * level + 8], _PSAM_SESSION)
    if command.data:
        yield plain("", ("Session key input", "过程密钥输入"), "", command.data[8 * factors :], _PSAM_SESSION)


def _cipher(command: Command, response: Response, place: Place) -> Iterator[Field]:
    mode = _CIPHER_MODES.get(command.p1, "unknown")
    yield plain("", ("Operation", "运算方式"), mode, f"{command.p1:02X}", _PSAM_SESSION)
    if command.data:
        secret = secret_data(command.cla, command.ins, command.data)
        raw = "**" * len(command.data) if secret else command.data.hex().upper()
        yield plain("", ("Input", "输入数据"), MASK if secret else "", raw, _PSAM_SESSION)
    if response.data:
        yield plain("", ("Result", "运算结果"), "", response.data, _PSAM_SESSION)


# Memory cards -----------------------------------------------------------------------------------------

_STORAGE = "PC/SC part 3 section 3.2.2"


def _card_type(command: Command, response: Response, place: Place) -> Iterator[Field]:
    known = place.directory.label_zh if place.directory else "unknown"
    yield plain(place.path, ("Card type", "存储卡类型"), known, command.data, _STORAGE)


def _error_counter(command: Command, response: Response, place: Place) -> Iterator[Field]:
    if response.data:
        yield plain(
            place.path,
            ("Error counter", "错误计数器"),
            f"{response.data[0].bit_count()} tries",
            response.data[:1],
            _STORAGE,
        )


def _code(command: Command, response: Response, place: Place) -> Iterator[Field]:
    if command.data:
        yield plain(place.path, ("Security code", "可编程安全码"), MASK, "**" * len(command.data), _STORAGE)


DECODERS: dict[str, Decoder] = {
    "SELECT": select_fields,
    "READ RECORD": decode_file_data,
    "UPDATE RECORD": decode_file_data,
    "READ BINARY": decode_file_data,
    "UPDATE BINARY": decode_file_data,
    "READ MEMORY": decode_file_data,
    "WRITE MEMORY": decode_file_data,
    "VERIFY": _pin,
    "CHANGE PIN": _pin,
    "PIN CHANGE/UNBLOCK": _pin,
    "GET CHALLENGE": _challenge,
    "INTERNAL AUTHENTICATION": _internal,
    "EXTERNAL AUTHENTICATION": _external,
    "INITIALIZE ENVIRONMENT": _environment,
    "DELIVERY SESSION KEY": _deliver,
    "CIPHER DATA": _cipher,
    "SELECT CARD TYPE": _card_type,
    "READ ERROR COUNTER": _error_counter,
    "PRESENT CODE": _code,
    "CHANGE CODE": _code,
}
