"""Issuer scripts: commands under a MAC of the issuer, accepted only in a transaction that asked to go online.

Order of checks: P1 P2, length, situation (6985), MAC (6988), content. Sources: JR/T 0025.5, EMV Book 3
section 10.10.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from apdu.crypto import pboc
from apdu.tlv import TlvError, parse
from virtual_card import status
from virtual_card.applications.pboc import memory as places
from virtual_card.applications.pboc.application import (
    CONDITIONS,
    DATA_INVALID,
    OBJECT_NOT_FOUND,
    Bank,
    Proof,
    Stage,
    current,
)
from virtual_card.applications.pboc.contents import Blocked, History
from virtual_card.applications.pboc.decision import MAX_SCRIPTS
from virtual_card.commands.records import NUMBER
from virtual_card.filesystem import CARD_FLAG, FLAGS

if TYPE_CHECKING:
    from virtual_card.card import ProcessorCard

MAC_LENGTHS = range(4, 9)
UNBLOCK, CHANGE_KNOWING, CHANGE = 0x00, 0x01, 0x02
ENCIPHERED_PIN_LENGTH = 16
WRITABLE = frozenset({0x9F53, 0x9F54, 0x9F58, 0x9F59, 0x9F5C, 0x9F72, 0x9F73, 0x9F77, 0x9F78, 0x9F79})


def _refused(bank: Bank, header: bytes, data: bytes, length: int) -> bytes | None:
    """Why the script command is not carried out, None where situation and MAC are right.

    `length` counts the bytes before the MAC. A wrong MAC ends scripts in this transaction.
    """
    transaction = bank.transaction
    if len(data) - length not in MAC_LENGTHS:
        return status.LENGTH
    in_transaction = bank.stage in (Stage.FIRST, Stage.DONE) and transaction.asked_online
    if not in_transaction or transaction.proof is Proof.WRONG or transaction.script_refused:
        return CONDITIONS
    sent = data[length:]
    made = pboc.script_mac(
        transaction.algorithm,
        bank.keys.mac,
        header=header,
        length=len(data),
        counter=transaction.counter,
        request=transaction.request,
        data=data[:length],
    )
    if made[: len(sent)] != sent:
        transaction.script_refused = True
        bank.remember(History.SCRIPT_FAILED)
        return DATA_INVALID
    return None


def _done(bank: Bank) -> bytes:
    """Count a command after the second cryptogram, for the next card verification results."""
    transaction = bank.transaction
    if bank.stage is Stage.DONE:
        transaction.scripts = min(transaction.scripts + 1, MAX_SCRIPTS)
        bank.write(places.SCRIPTS, transaction.scripts)
    return status.OK


def block_application(card: ProcessorCard, p1: int, p2: int, data: bytes, le: int) -> bytes:
    """Block the application: FCI with 6283 from the next SELECT on, AAC at once."""
    bank = current(card)
    if p1 or p2:
        return status.PARAMETERS
    refusal = _refused(bank, bytes((0x84, 0x1E, p1, p2)), data, 0)
    if refusal is not None:
        return refusal
    bank.block(Blocked.APPLICATION)
    return _done(bank)


def unblock_application(card: ProcessorCard, p1: int, p2: int, data: bytes, le: int) -> bytes:
    """Release a blocked application; one blocked for good (counter used up) answers 6985. PIN tries stay."""
    bank = current(card)
    if p1 or p2:
        return status.PARAMETERS
    refusal = _refused(bank, bytes((0x84, 0x18, p1, p2)), data, 0)
    if refusal is not None:
        return refusal
    if bank.used_up:
        return CONDITIONS
    bank.write(places.BLOCKED, bank.blocked & ~Blocked.APPLICATION)
    bank.remember(History.NONE, forget=History.BLOCKED_BY_PIN)
    return _done(bank)


def block_card(card: ProcessorCard, p1: int, p2: int, data: bytes, le: int) -> bytes:
    """Block the bank's side for good, and the whole chip unless the card was made otherwise."""
    bank = current(card)
    if p1 or p2:
        return status.PARAMETERS
    refusal = _refused(bank, bytes((0x84, 0x16, p1, p2)), data, 0)
    if refusal is not None:
        return refusal
    bank.block(Blocked.CARD)
    _done(bank)
    if bank.contents.behaviour.blocks_chip:
        card.memory.write(FLAGS, CARD_FLAG, b"\x01")
        card.enter(card.directory)
    else:
        from virtual_card.applications.pboc.selection import PPSE

        card.enter_neighbour(bank, PPSE)  # its table is SELECT alone, which finds the social side
    return status.OK


def change_pin(card: ProcessorCard, p1: int, p2: int, data: bytes, le: int) -> bytes:
    """Reset the PIN tries (P2 00), or set a new PIN, knowing the current one (01) or not (02)."""
    bank = current(card)
    if not bank.pin:
        return status.INSTRUCTION
    if p1 or p2 not in (UNBLOCK, CHANGE_KNOWING, CHANGE):
        return status.PARAMETERS
    length = 0 if p2 == UNBLOCK else ENCIPHERED_PIN_LENGTH
    refusal = _refused(bank, bytes((0x84, 0x24, p1, p2)), data, length)
    if refusal is not None:
        return refusal
    if length:
        new = _new_pin(bank, data[:length], knowing=p2 == CHANGE_KNOWING)
        if new is None:
            return status.DATA
        bank.memory.put(bank.profile.pin, 0, new.encode("ascii"))
    bank.write(places.TRIES, bank.contents.pin_limit)
    bank.spent = False
    return _done(bank)


def _new_pin(bank: Bank, cipher: bytes, *, knowing: bool) -> str | None:
    algorithm = bank.transaction.algorithm
    keys = bank.contents.keys[algorithm]
    mask = keys.encryption if bank.contents.behaviour.pin_mask == "encryption" else keys.cryptogram
    try:
        block = pboc.decrypt_script(algorithm, bank.keys.encryption, cipher)
    except ValueError:
        return None
    return pboc.read_change_block(mask, block, bank.pin if knowing else None)


def put_data(card: ProcessorCard, p1: int, p2: int, data: bytes, le: int) -> bytes:
    """Replace a data object that scripts may change, in its own length; others are 6A88."""
    bank = current(card)
    tag = p1 << 8 | p2
    value = bank.object(tag) if tag in WRITABLE else None
    if value is None:
        return OBJECT_NOT_FOUND
    refusal = _refused(bank, bytes((0x04, 0xDA, p1, p2)), data, len(value))
    if refusal is not None:
        return refusal
    bank.memory.put(bank.profile.objects, bank.profile.places[tag], data[: len(value)])
    return _done(bank)


def update_record(card: ProcessorCard, p1: int, p2: int, data: bytes, le: int) -> bytes:
    """Replace an existing record (template 70) of the application; the log is the card's own."""
    bank = current(card)
    sfi = p2 >> 3
    if p2 & 7 != NUMBER:
        return status.PARAMETERS
    length = _record_length(data)
    if length is None:
        return status.LENGTH
    refusal = _refused(bank, bytes((0x04, 0xDC, p1, p2)), data, length)
    if refusal is not None:
        return refusal
    records = bank.records(sfi)
    if records is None or sfi not in range(1, 11):
        return status.FILE_NOT_FOUND
    if not 0 < p1 <= len(records):
        return status.RECORD_NOT_FOUND
    bank.memory.put(bank.profile.files[sfi], p1 - 1, data[:length])
    return _done(bank)


def _record_length(data: bytes) -> int | None:
    """How much of the data is the record, the rest being MAC; None where the data begin with no template."""
    for count in MAC_LENGTHS:
        record = data[: len(data) - count]
        try:
            objects = parse(record)
        except TlvError:
            continue
        if len(objects) == 1 and objects[0].tag == 0x70 and len(objects[0].encode()) == len(record):
            return len(record)
    return None
