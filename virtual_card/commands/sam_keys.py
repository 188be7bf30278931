"""Loading keys into a PSAM: CREATE KEY and CHANGE KEY (LD/T 32.9 sections 7.1.3, 7.2.3, 9.5 and 9.6)."""

from __future__ import annotations

from hmac import compare_digest
from typing import TYPE_CHECKING, cast

from apdu.crypto import Algorithm, key_loading_mac, message_decrypt
from apdu.secure_messaging import MAC_LENGTH
from virtual_card import status
from virtual_card.sam_memory import KEY_FILES, LEVEL_SHIFT, PURCHASE_TYPE, TYPE_BITS, record_of
from virtual_card.state import MAX_RECORDS, PSAM_MASTER_KEY

if TYPE_CHECKING:
    from virtual_card.card import ProcessorCard

CREATE, CHANGE = 0x00, 0x01
MAX_LEVELS = 3
MASTER_VERSION = 1
AUTHENTICATION_KEYS = dict(zip(KEY_FILES, ("KID-01", "KID-02", "KID-03"), strict=True))
KEY_LENGTHS = {
    Algorithm.DES: {0x00: 16, 0x01: 8},
    Algorithm.SSF33: {0x02: 16},
    Algorithm.SM4: {0x03: 16},
}
"""Key length by the algorithm byte of a key record, in each environment; 03 for SM4 is our reading."""

CREATE_HEAD, CHANGE_HEAD = 8, 3
"""Bytes before the key: usage, id, 00, and when creating algorithm, use rights and 2 bytes reserved."""


def load_key(card: ProcessorCard, p1: int, p2: int, data: bytes, le: int) -> bytes:
    """CREATE KEY (P1 00) or CHANGE KEY (P1 01) in key file P2, encrypted and sealed under the master key.

    The MAC's initial value is the card's challenge. 6982 key file not opened by its KID, 6984 no challenge, 6988
    MAC or cipher text wrong, 6A80 no key record, 6985 created twice, 6A88 none to change, 6A84 file full.
    """
    if p1 not in (CREATE, CHANGE) or p2 not in AUTHENTICATION_KEYS:
        return status.PARAMETERS
    block = card.directory.algorithm.block
    if len(data) <= MAC_LENGTH or (len(data) - MAC_LENGTH) % block:
        return status.LENGTH
    directory = card.directory
    permit, master = directory.named.get(AUTHENTICATION_KEYS[p2]), directory.named.get(PSAM_MASTER_KEY)
    if directory.sam_keys is None or permit is None or master is None:
        return status.FILE_NOT_FOUND
    if not card.granted & permit.bit:
        return status.SECURITY
    return _load(card, data, p1, p2, master.versions[MASTER_VERSION])


def _load(card: ProcessorCard, data: bytes, p1: int, p2: int, value: bytes) -> bytes:
    """Check and decrypt the key under the master key's `value`, then store it."""
    if not card.challenge:
        return status.NO_CHALLENGE
    directory = card.directory
    challenge, card.challenge = card.challenge, b""
    cipher, received = data[:-MAC_LENGTH], data[-MAC_LENGTH:]
    header = bytes((0x84, 0xD4, p1, p2, len(data)))
    if not compare_digest(key_loading_mac(directory.algorithm, value, challenge, header + cipher), received):
        return status.MAC_WRONG
    try:
        plain = message_decrypt(directory.algorithm, value, cipher)
    except ValueError:
        return status.MAC_WRONG
    return _create(card, p2, plain) if p1 == CREATE else _change(card, p2, plain)


def _create(card: ProcessorCard, file: int, plain: bytes) -> bytes:
    lengths = KEY_LENGTHS[card.directory.algorithm]
    value = plain[CREATE_HEAD:]
    if len(plain) <= CREATE_HEAD or plain[2] or any(plain[4:CREATE_HEAD]):
        return status.DATA
    if lengths.get(plain[3]) != len(value) or plain[0] >> LEVEL_SHIFT > MAX_LEVELS:
        return status.DATA
    cell, records = _records(card)
    if _index(records, plain[0], plain[1]) is not None:
        return status.CONDITIONS
    if sum(record[0] == file for record in records) >= MAX_RECORDS:
        return status.NO_ROOM
    card.memory.put(cell, len(records), record_of(file, plain[0], plain[1], value))
    return status.OK


def _change(card: ProcessorCard, file: int, plain: bytes) -> bytes:
    if len(plain) <= CHANGE_HEAD or plain[2] or plain[0] >> LEVEL_SHIFT > MAX_LEVELS:
        return status.DATA
    cell, records = _records(card)
    index = _index(records, plain[0], plain[1])
    if index is None or records[index][0] != file:
        return status.KEY_NOT_FOUND
    record = record_of(file, plain[0], plain[1], plain[CHANGE_HEAD:])
    if len(record) != len(records[index]):
        return status.DATA
    card.memory.put(cell, index, record)
    return status.OK


def _records(card: ProcessorCard) -> tuple[int, list[bytes]]:
    cell = card.directory.sam_keys
    assert cell is not None
    return cell, cast("list[bytes]", card.memory.cells[cell])


def _index(records: list[bytes], usage: int, id: int) -> int | None:
    """The key of this id; a purchase key and another one may share theirs."""
    purchase = usage & TYPE_BITS == PURCHASE_TYPE
    for index, record in enumerate(records):
        if record[2] == id and (record[1] & TYPE_BITS == PURCHASE_TYPE) is purchase:
            return index
    return None
