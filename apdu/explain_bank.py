"""The exchanges of the bank's application as fields: what the terminal told, what the card decided and why.

Terminal data and log entries carry no tags; they are read by the card's own lists where it has told them, else by
those PBOC cards have, if their length fits. Sources: EMV Book 3 section 6.5, JR/T 0025.5.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from apdu.addressing import Place
from apdu.bank_lists import DYNAMIC, FIRST, LOG, PROCESSING, SECOND, list_of, log_file
from apdu.command import Command
from apdu.decoding_bank import tlv_fields
from apdu.dol import Dol, split, total
from apdu.explain_fields import Decoder, Field
from apdu.pboc import Cryptogram
from apdu.redact import hidden_in_data, masked_hex
from apdu.response import Response
from apdu.status import tries_left
from apdu.tags import BY_TAG, EMV, tag_name
from apdu.tlv import Tlv, TlvError, parse

_COMMANDS = "EMV Book 3 section 6.5"
_SCRIPTS = "JR/T 0025.5"
_HIDDEN = "****"
_MAC_AT_MOST = 8
_PIN_SCRIPTS = {
    0x00: "PIN UNBLOCK 密码解锁",
    0x01: "PIN CHANGE, current PIN known 修改密码（已知原密码）",
    0x02: "PIN CHANGE, current PIN unknown 修改密码（未知原密码）",
}


def _objects(command: Command, data: bytes, place: Place) -> Iterator[Field]:
    """Data objects with their names; bytes that are none as they are, identity masked."""
    if not data:
        return
    try:
        yield from list(tlv_fields(data, masked=True))
    except TlvError as error:
        raw = masked_hex(data, hidden_in_data(command, data, place))
        yield Field(place.path, "Unreadable data", "无法解析的数据", str(error), raw, EMV)


def _select(command: Command, response: Response, place: Place) -> Iterator[Field]:
    if command.data and place.directory is not None:
        known = f"{place.directory.name} {place.directory.label_zh}"
        yield Field(place.path, "Name", "名称", known, command.data.hex().upper(), "EMV Book 1 section 11.3")
    yield from _objects(command, response.data, place)


def _record(command: Command, response: Response, place: Place) -> Iterator[Field]:
    log = list_of(place.told, LOG)
    if command.p2 >> 3 == log_file(place.told) and len(response.data) == total(log):
        yield from _listed(log, response.data)
    else:
        yield from _objects(command, response.data, place)


def _update(command: Command, response: Response, place: Place) -> Iterator[Field]:
    """The record and the MAC behind it."""
    data = command.data
    length = next((len(data) - size for size in range(4, 9) if _is_template(data[: len(data) - size])), None)
    if length is None:
        yield from _objects(command, data, place)
        return
    yield from _objects(command, data[:length], place)
    yield from _mac(data[length:])


def _is_template(data: bytes) -> bool:
    try:
        objects = parse(data)
    except TlvError:
        return False
    return len(objects) == 1 and objects[0].tag == 0x70


def _mac(data: bytes) -> Iterator[Field]:
    if data:
        yield Field("", "MAC", "报文鉴别码", "", data.hex().upper(), _SCRIPTS)


def _listed(dol: Dol, data: bytes) -> Iterator[Field]:
    """Values without tags, as if each had its own."""
    for tag, value in split(dol, data).items():
        yield from tlv_fields(Tlv(tag, value).encode(), masked=True)


def _terminal_data(data: bytes, place: Place, *lists: int) -> Iterator[Field]:
    """What the terminal told, by the first of the card's lists that has this length."""
    if not data:
        return
    known = next(
        (dol for dol in (list_of(place.told, tag) for tag in lists) if total(dol) == len(data)), None
    )
    if known is None:
        yield Field("", "Terminal data", "终端数据", f"{len(data)} bytes", data.hex().upper(), _COMMANDS)
    else:
        yield from _listed(known, data)


def _options(command: Command, response: Response, place: Place) -> Iterator[Field]:
    data = command.data
    if len(data) >= 2 and data[0] == 0x83 and data[1] == len(data) - 2:
        yield from _terminal_data(data[2:], place, PROCESSING)
    yield from _objects(command, response.data, place)


def _cryptogram(command: Command, response: Response, place: Place) -> Iterator[Field]:
    if command.data:
        kind = Cryptogram(command.p1 & 0xC0) if command.p1 & 0xC0 != 0xC0 else None
        asked = f"{kind.name} {kind.en} {kind.zh}" if kind is not None else "reserved"
        yield Field("", "Cryptogram asked for", "请求的密文", asked, f"{command.p1:02X}", _COMMANDS)
    yield from _terminal_data(command.data, place, FIRST, SECOND)
    yield from _objects(command, _tagged(response.data), place)


def _tagged(data: bytes) -> bytes:
    """The answer with tags: template 80 holds CID, ATC, cryptogram and issuer data without them."""
    if len(data) < 13 or data[0] != 0x80 or data[1] != len(data) - 2:
        return data
    value = data[2:]
    parts = ((0x9F27, value[:1]), (0x9F36, value[1:3]), (0x9F26, value[3:11]), (0x9F10, value[11:]))
    return Tlv.of(0x77, *(Tlv(tag, part) for tag, part in parts)).encode()


def _get_data(command: Command, response: Response, place: Place) -> Iterator[Field]:
    tag = command.p1 << 8 | command.p2
    if not response.data:
        known = BY_TAG.get(tag)
        name = f"{tag_name(tag)} {known.name_zh}" if known else tag_name(tag)
        yield Field("", "Object asked for", "请求的数据", name, f"{tag:04X}", _COMMANDS)
    yield from _objects(command, response.data, place)


def _put_data(command: Command, response: Response, place: Place) -> Iterator[Field]:
    tag = command.p1 << 8 | command.p2
    yield from _objects(command, Tlv(tag, command.data[:-4]).encode(), place)
    yield from _mac(command.data[-4:])


def _proof(command: Command, response: Response, place: Place) -> Iterator[Field]:
    if command.data:
        source = "EMV Book 3 section 6.5.4"
        yield Field("91", "Issuer's proof (ARPC)", "授权响应密文", "", command.data[:8].hex().upper(), source)
        code = command.data[8:10]
        yield Field(
            "8A", "Response code", "授权响应码", code.decode("ascii", "replace"), code.hex().upper(), source
        )


def _sign(command: Command, response: Response, place: Place) -> Iterator[Field]:
    yield from _terminal_data(command.data, place, DYNAMIC)
    signed = response.data
    if len(signed) > 2 and signed[0] == 0x80:  # untagged, and not a template 80 of the other kinds
        with suppress(TlvError):
            signed = Tlv(0x9F4B, parse(signed)[0].value).encode()
    yield from _objects(command, signed, place)


def _pin(command: Command, response: Response, place: Place) -> Iterator[Field]:
    if command.data:
        form = "enciphered 加密" if command.p2 == 0x88 else "plain 明文"
        yield Field("", "Offline PIN", "脱机密码", f"{form} {_HIDDEN}", "**" * len(command.data), _COMMANDS)
    left = tries_left(response.sw)
    if left is not None:
        yield Field("", "Tries left", "剩余次数", str(left), f"{response.sw:04X}", _COMMANDS)


def _script(command: Command, response: Response, place: Place) -> Iterator[Field]:
    yield from _mac(command.data)


def _change_pin(command: Command, response: Response, place: Place) -> Iterator[Field]:
    """PIN UNBLOCK, or a new PIN under the card's key; MAC and secret stay hidden as one."""
    if not command.data:
        return
    kind = _PIN_SCRIPTS.get(command.p2, "unknown")
    yield Field("", "Script", "脚本", kind, f"{command.p2:02X}", _SCRIPTS)
    if len(command.data) > _MAC_AT_MOST:
        yield Field(
            "", "Enciphered PIN block", "加密的密码数据", _HIDDEN, "**" * (len(command.data) - 4), _SCRIPTS
        )
    yield Field("", "MAC", "报文鉴别码", _HIDDEN, "**" * min(len(command.data), 4), _SCRIPTS)


BANK_ONLY: dict[str, Decoder] = {
    "GET PROCESSING OPTIONS": _options,
    "GENERATE AC": _cryptogram,
    "APPLICATION UNBLOCK": _script,
}
BY_CLASS: dict[tuple[int, str], Decoder] = {
    **{(0x80, name): BANK_ONLY[name] for name in ("GET PROCESSING OPTIONS", "GENERATE AC")},
    (0x84, "APPLICATION UNBLOCK"): _script,
    (0x80, "GET DATA"): _get_data,
    (0x04, "PUT DATA"): _put_data,
}
"""Commands that are the bank's wherever they are met."""

BANK_DECODERS: dict[str, Decoder] = {
    "SELECT": _select,
    "READ RECORD": _record,
    "UPDATE RECORD": _update,
    "GET DATA": _get_data,
    "PUT DATA": _put_data,
    "VERIFY": _pin,
    "PIN CHANGE/UNBLOCK": _change_pin,
    "EXTERNAL AUTHENTICATION": _proof,
    "INTERNAL AUTHENTICATION": _sign,
    "APPLICATION BLOCK": _script,
    "CARD BLOCK": _script,
}
"""Instructions that mean something else, or carry other data, while the bank's side is selected."""
