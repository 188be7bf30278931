"""READ, WRITE, UPDATE and ERASE BINARY with even and odd INS (ISO/IEC 7816-4 section 11.3).

Even INS: offset (and short identifier) in P1 P2, plain data. Odd INS: identifier or short identifier in P1 P2,
offset data objects 54 and discretionary data objects 53 in the data field.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from apdu.tlv import Tlv, TlvError, parse
from virtual_card import status
from virtual_card.commands.iso_access import Right, refusal
from virtual_card.iso_card import Channel, Handler, IsoCard, Reply, Request
from virtual_card.iso_filesystem import SIZE_BYTES, SIZES, IsoFile, size_of
from virtual_card.iso_tree import WriteBehaviour

SHORT_FORM = 0x80
SHORT_IDENTIFIER = 0x1F
RESERVED_SHORT_IDENTIFIERS = (0x00, 0x1F)
OFFSET = 0x54
DISCRETIONARY = (0x53, 0x73)

Writer = Callable[[IsoCard, IsoFile, int, bytes], bytes]
"""Changes a file from an offset on."""


def even_read(card: IsoCard, channel: Channel, request: Request) -> Reply | bytes:
    """READ BINARY B0: up to Ne bytes; 6282 where the file ends before an explicit Ne, 6B00 beyond its end."""
    place = _even(card, channel, request, Right.READ)
    if isinstance(place, bytes):
        return place
    file, offset = place
    body = _body(card, file)
    if offset >= len(body):
        return card.past_end
    channel.use(file)
    data = body[offset : offset + request.ne]
    return Reply(data, status.OK if request.every or len(data) == request.ne else status.END_REACHED)


def odd_read(card: IsoCard, channel: Channel, request: Request) -> Reply | bytes:
    """READ BINARY B1: offset in 54, the bytes in 53; Ne counts tag and length too."""
    place = _odd(card, channel, request, Right.READ)
    if isinstance(place, bytes):
        return place
    file, objects = place
    offset = offset_of(objects)
    if offset is None or len(objects) != 1:
        return status.DATA
    body = _body(card, file)
    if offset >= len(body):
        return card.past_end
    channel.use(file)
    data = body[offset : offset + room(request.ne)]
    complete = request.every or offset + room(request.ne) <= len(body)
    return Reply(Tlv(DISCRETIONARY[0], data).encode(), status.OK if complete else status.END_REACHED)


def even_writer(write: Writer, right: Right) -> Handler:
    """A command that changes bytes from the offset in P1 P2."""

    def handle(card: IsoCard, channel: Channel, request: Request) -> bytes:
        place = _even(card, channel, request, right)
        if isinstance(place, bytes):
            return place
        file, offset = place
        return _done(channel, file, write(card, file, offset, request.data))

    return handle


def odd_writer(write: Writer, right: Right) -> Handler:
    """A command whose data field is an offset data object and a discretionary one."""

    def handle(card: IsoCard, channel: Channel, request: Request) -> bytes:
        place = _odd(card, channel, request, right)
        if isinstance(place, bytes):
            return place
        file, objects = place
        offset = offset_of(objects)
        if offset is None or len(objects) != 2 or objects[1].tag not in DISCRETIONARY or not objects[1].value:
            return status.DATA
        return _done(channel, file, write(card, file, offset, objects[1].value))

    return handle


def odd_erase(card: IsoCard, channel: Channel, request: Request) -> bytes:
    """ERASE BINARY 0F: from the first 54 (the beginning where there is none) to before the second (the end)."""
    place = _odd(card, channel, request, Right.UPDATE)
    if isinstance(place, bytes):
        return place
    file, objects = place
    if len(objects) > 2 or any(item.tag != OFFSET or not item.value for item in objects):
        return status.DATA
    start = offset_of(objects) or 0
    return _done(channel, file, erase(card, file, start, objects[1].value if len(objects) > 1 else b""))


def update(card: IsoCard, file: IsoFile, offset: int, data: bytes) -> bytes:
    """Replace bytes; the file grows as far as its largest size, without a gap (6B00), beyond that 6A84."""
    size = size_of(card.memory, file)
    end = offset + len(data)
    if offset > size or offset >= file.capacity:
        return card.past_end
    if end > file.capacity:
        return status.NO_ROOM
    card.memory.write(file.cell, offset, data)
    if end > size:
        card.memory.write(SIZES, file.size_at, end.to_bytes(SIZE_BYTES, "big"))
    return status.OK


def write(card: IsoCard, file: IsoFile, offset: int, data: bytes) -> bytes:
    """Combine with the bytes there, as the file's data coding byte says; the file does not grow."""
    body = _body(card, file)
    if offset >= len(body):
        return card.past_end
    if offset + len(data) > len(body):
        return status.NO_ROOM
    combined = combine(file.writing, body[offset : offset + len(data)], data, file.erased)
    if combined is None:
        return status.CONDITIONS
    card.memory.write(file.cell, offset, combined)
    return status.OK


def erase(card: IsoCard, file: IsoFile, start: int, end: bytes) -> bytes:
    """Set bytes to the erased state, up to before offset `end`, or to the end of the file without one."""
    size = size_of(card.memory, file)
    stop = int.from_bytes(end, "big") if end else size
    if start >= size or stop > size:
        return card.past_end
    if stop <= start:
        return status.DATA
    card.memory.write(file.cell, start, file.erased * (stop - start))
    return status.OK


def combine(behaviour: WriteBehaviour, old: bytes, new: bytes, erased: bytes) -> bytes | None:
    """What WRITE leaves: OR or AND of old and new; written once, None where the old was not erased."""
    if behaviour == "or":
        return bytes(a | b for a, b in zip(old, new, strict=True))
    if behaviour == "and":
        return bytes(a & b for a, b in zip(old, new, strict=True))
    return new if old == erased * len(old) else None


def _body(card: IsoCard, file: IsoFile) -> bytes:
    body = cast(bytearray, card.memory.cells[file.cell])
    return bytes(body[: size_of(card.memory, file)])


def room(ne: int) -> int:
    """How many bytes a data object with one-byte tag may hold to take at most `ne` bytes."""
    if ne <= 0x81:
        return max(ne - 2, 0)
    return ne - 3 if ne <= 0x102 else ne - 4


def offset_of(objects: tuple[Tlv, ...]) -> int | None:
    """The value of the offset data object that comes first; None without a usable one."""
    if not objects or objects[0].tag != OFFSET or not objects[0].value:
        return None
    return int.from_bytes(objects[0].value, "big")


def _done(channel: Channel, file: IsoFile, answer: bytes) -> bytes:
    if answer == status.OK:
        channel.use(file)
    return answer


def _even(card: IsoCard, channel: Channel, request: Request, right: Right) -> tuple[IsoFile, int] | bytes:
    """The file and offset of an even INS, checked; else why not."""
    file, offset = channel.file, request.p1 << 8 | request.p2
    if request.p1 & SHORT_FORM:
        identifier = request.p1 & ~SHORT_FORM
        if identifier > SHORT_IDENTIFIER or identifier in RESERVED_SHORT_IDENTIFIERS:
            return status.PARAMETERS
        file, offset = channel.directory.by_sfi.get(identifier), request.p2
        if file is None:
            return status.FILE_NOT_FOUND
    if file is None:
        return status.NO_CURRENT_FILE
    refused = refusal(card, channel, file, right, transparent=True)
    return (file, offset) if refused is None else refused


def _odd(
    card: IsoCard, channel: Channel, request: Request, right: Right
) -> tuple[IsoFile, tuple[Tlv, ...]] | bytes:
    """The file and data objects of an odd INS, checked; else why not."""
    identifier = request.p1 << 8 | request.p2
    file = channel.file
    if identifier:
        is_short = identifier < SHORT_IDENTIFIER
        node = (channel.directory.by_sfi if is_short else channel.directory.by_fid).get(identifier)
        if not isinstance(node, IsoFile):
            return status.FILE_NOT_FOUND
        file = node
    if file is None:
        return status.NO_CURRENT_FILE
    refused = refusal(card, channel, file, right, transparent=True)
    if refused is not None:
        return refused
    try:
        return file, parse(request.data)
    except TlvError:
        return status.DATA
