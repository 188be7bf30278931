"""Which bytes of an exchange must never be written, decided by what the bytes mean.

PINs, codes and loaded keys are known by their instruction, identity numbers and other personal secrets by
the layout of the file they stand in. Whatever looks like a citizen number is taken for one everywhere: in
files that are not known, and in items that an insurer fills as it likes (account and certificate numbers).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from apdu.addressing import Place, binary_offset, is_binary_command, is_record_command
from apdu.command import Command
from apdu.identifiers import plausible_social_number
from apdu.instructions import secret_data
from apdu.layout import FileSpec, Item, Secrecy, Structure
from apdu.redact_bank import BANK_ANSWERS, hidden_in_templates
from apdu.response import Response

_LOOKS_LIKE_CITIZEN = re.compile(
    rb"(?=([0-9]{6}(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9Xx]))"
)


def redact_command(command: Command, place: Place) -> str:
    """The APDU as upper-case hex, `**` for each secret byte; `place` is where the card stood before it."""
    hidden = hidden_in_command(command, place)
    start = len(command.encode()) - len(command.data) - _le_length(command)
    return masked_hex(command.encode(), {start + offset for offset in hidden})


def redact_response(command: Command, response: Response, place: Place) -> str:
    """Answer data and status word as upper-case hex, `**` for each secret byte."""
    return masked_hex(response.encode(), hidden_in_response(command, response, place))


def hidden_in_command(command: Command, place: Place) -> set[int]:
    """Offsets of the secret bytes inside the data field."""
    if secret_data(command.cla, command.ins, command.data):
        return set(range(len(command.data)))
    return hidden_in_data(command, command.data, place)


def hidden_in_response(command: Command, response: Response, place: Place) -> set[int]:
    """Offsets of the secret bytes inside the answer data."""
    return hidden_in_data(place.asked(command), response.data, place)


def hidden_in_data(command: Command, data: bytes, place: Place) -> set[int]:
    """Offsets of the secret bytes in what `command` reads or writes: records, or bytes from an offset on."""
    if not data:
        return set()
    if not (is_record_command(command) or is_binary_command(command)):
        return (hidden_in_templates(data) or set()) if command.ins in BANK_ANSWERS else set()
    file = place.addressed(command).file
    if file is None:
        hidden = hidden_in_templates(data) if is_record_command(command) else None
        return citizen_numbers(data) if hidden is None else hidden
    if is_binary_command(command):
        start = binary_offset(command)
        inside = {offset for item in file.items for offset in _secret_bytes(item, item.offset or 0)}
        hidden = {offset - start for offset in inside if 0 <= offset - start < len(data)}
        return hidden | citizen_numbers(data)
    if file.structure is Structure.CYCLIC:
        record = file.items[0]
        starts = range(0, len(data), record.length)
        return {offset for start in starts for offset in _secret_bytes(record, start) if offset < len(data)}
    return _hidden_in_records(file, data)


def _hidden_in_records(file: FileSpec, data: bytes) -> set[int]:
    """Secret bytes of concatenated records; a record cut short keeps its secrecy."""
    hidden: set[int] = set()
    start = 0
    while start + 2 <= len(data):
        end = min(start + 2 + data[start + 1], len(data))
        item = next((item for item in file.items if item.tag == data[start]), None)
        if item is None:
            hidden |= {start + offset for offset in citizen_numbers(data[start:end])}
        elif item.secrecy is not Secrecy.OPEN:
            hidden |= set(range(start + 2, end))
        else:
            hidden |= {offset for offset in _secret_bytes(item, start + 2) if offset < end}
            hidden |= {start + offset for offset in citizen_numbers(data[start:end])}
        start = end
    return hidden


def masked_hex(raw: bytes, hidden: Collection[int]) -> str:
    """Upper-case hex of the same length, the hidden bytes as `**`."""
    return "".join("**" if offset in hidden else f"{byte:02X}" for offset, byte in enumerate(raw))


def mask_id(number: str) -> str:
    """An identity number for people: the first six and the last two characters, nothing of a short one."""
    if len(number) <= 8:
        return "*" * len(number)
    return number[:6] + "*" * (len(number) - 8) + number[-2:]


def _secret_bytes(item: Item, start: int) -> Iterator[int]:
    """Offsets of an item's secret bytes, its value beginning at `start`."""
    if item.secrecy is not Secrecy.OPEN:
        yield from range(start, start + item.length)
        return
    position = start
    for child in item.children:
        yield from _secret_bytes(child, start + child.offset if child.offset is not None else position + 2)
        position += 2 + child.length


def citizen_numbers(data: bytes) -> set[int]:
    """Offsets of the bytes of every citizen number that stands in the data, whatever it is declared as."""
    found = _LOOKS_LIKE_CITIZEN.finditer(data)
    starts = [match.start() for match in found if plausible_social_number(match[1].decode("ascii").upper())]
    return {start + offset for start in starts for offset in range(18)}


def _le_length(command: Command) -> int:
    if command.le is None:
        return 0
    if not command.extended:
        return 1
    return 2 if command.data else 3
