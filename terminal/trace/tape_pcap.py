"""A tape as a capture for Wireshark: each exchange as GSMTAP (type SIM) over UDP, which it decodes as ISO 7816.

Source: GSMTAP version 2, as Osmocom's gsmtap.h defines it: payload type 4, sub-type 0 (header, data,
answer, status word, as they go over the line under T=0). An answer to reset stands in the comment of the exchange after
it: Wireshark would take it for an exchange.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from datetime import UTC

from apdu.command import Command, MalformedApduError
from terminal.trace.pcapng import Interface, Packet, pcapng
from terminal.trace.tape import Tape, TapeEntry
from terminal.trace.tape_events import (
    CardReset,
    CommandSent,
    PoweredOn,
    ReaderOpened,
    ResponseReceived,
    lane_of,
)
from terminal.trace.tape_recorder import remark_on
from terminal.trace.tape_redaction import Redactor

RAW_IP = 101
GSMTAP_PORT = 4729
SIM, EXCHANGE = 4, 0
GSMTAP = struct.pack(">BBBBHbbIBBBB", 2, 4, SIM, 0, 0, 0, 0, 0, EXCHANGE, 0, 0, 0)
"""Version, length in words, type, then radio fields, which are zero, and among them the sub-type."""
LOCALHOST = bytes((127, 0, 0, 1))
UDP = 17


def as_pcapng(tape: Tape) -> bytes:
    """The capture; an interface for each reader, a comment with the reader and the command's name on each packet."""
    lanes = [lane for entry in tape.entries if (lane := lane_of(entry.event)) is not None]
    names = dict.fromkeys(lanes, "")
    for entry in tape.entries:
        if isinstance(entry.event, ReaderOpened):
            names[entry.event.lane] = entry.event.name
    interfaces = [Interface(lane, name, RAW_IP) for lane, name in names.items()]
    return pcapng(tape.header.tool, interfaces, list(_packets(tape, list(names))))


def _packets(tape: Tape, lanes: list[str]) -> Iterator[Packet]:
    redactor = Redactor(enabled=not tape.header.redacted)
    sent = before = b""
    for entry in tape.entries:
        event = entry.event
        if isinstance(event, PoweredOn | CardReset):
            redactor.powered(event.lane, event.atr)
            before = event.atr
        elif isinstance(event, CommandSent):
            sent = redactor.command(event.lane, event.apdu)
        elif isinstance(event, ResponseReceived) and sent:
            answer, explanation = redactor.answer(event.lane, event.answer)
            comment = f"{event.lane}: {remark_on(explanation)}"
            if before:
                comment += f"; answer to reset 复位应答 {before.hex().upper()}"
            yield _packet(tape, entry, lanes.index(event.lane), as_sent(sent) + answer, comment)
            sent = before = b""


def as_sent(apdu: bytes) -> bytes:
    """A command as it goes over the line under T=0: a fifth header byte always, Le left out behind data."""
    try:
        command = Command.parse(apdu)
    except MalformedApduError:
        return apdu
    if command.extended:
        return apdu
    if command.data:
        return apdu[: 5 + len(command.data)]
    return apdu if command.le is not None else apdu + b"\0"


def _packet(tape: Tape, entry: TapeEntry, interface: int, data: bytes, comment: str) -> Packet:
    start = tape.header.created.astimezone(UTC)
    at_us = round(start.timestamp() * 1_000_000) + entry.at_ms * 1000
    return Packet(interface, at_us, _datagram(GSMTAP + data), comment)


def _datagram(payload: bytes) -> bytes:
    udp = struct.pack(">HHHH", GSMTAP_PORT, GSMTAP_PORT, 8 + len(payload), 0)
    total = 20 + len(udp) + len(payload)
    fields = struct.pack(">BBHHHBBH4s4s", 0x45, 0, total, 0, 0, 64, UDP, 0, LOCALHOST, LOCALHOST)
    checksum = _checksum(fields)
    return fields[:10] + struct.pack(">H", checksum) + fields[12:] + udp + payload


def _checksum(header: bytes) -> int:
    """Ones' complement of the ones' complement sum of 16-bit words (RFC 791 section 3.1)."""
    total: int = sum(struct.unpack(f">{len(header) // 2}H", header))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF
