"""The PSAM's side of a medical purchase: INIT SAM and CREDIT SAM FOR PURCHASE (LD/T 32.9 section 9)."""

from __future__ import annotations

from hmac import compare_digest
from typing import TYPE_CHECKING, cast

from apdu import purse
from apdu.purse import Amounts
from virtual_card import status
from virtual_card.commands.sam import FACTOR, MAX_LEVELS, card_key, working_key
from virtual_card.half_duplex import answer
from virtual_card.sam_memory import PURCHASE_TYPE
from virtual_card.sam_session import SamPurchase

if TYPE_CHECKING:
    from virtual_card.card import ProcessorCard

MAC1_ORDER = 0x01
FIXED_LENGTH = 28
MAC_LENGTH = 4
TERMINAL_FILE = 0x0016
SEQUENCE_FILE = 0x0019
SEQUENCE_MAX = 0xFFFFFFFF


def init_sam_for_purchase(card: ProcessorCard, p1: int, p2: int, data: bytes, le: int) -> bytes:
    """Give the order to debit: terminal sequence (4) and MAC1 (4), under the purchase key of the card's version.

    The sequence counts up for good, whatever becomes of the purchase. 6A88 no such key (9403 where the PSAM has
    no purchase function), 6A80 a number of factors its level does not fit, 6985 outside the key application.
    """
    card.sam_session = None
    if p1 != MAC1_ORDER or p2:
        return status.PARAMETERS
    levels, rest = divmod(len(data) - FIXED_LENGTH, FACTOR)
    if rest or not 0 <= levels <= MAX_LEVELS:
        return status.LENGTH
    directory = card.directory
    environment = card.profile.directories[directory.environment]
    sequence_file, terminal_file = directory.by_fid.get(SEQUENCE_FILE), environment.by_fid.get(TERMINAL_FILE)
    if sequence_file is None or terminal_file is None:
        return status.CONDITIONS
    return _order(card, data, levels, sequence_file.cell, terminal_file.cell)


def _order(card: ProcessorCard, data: bytes, levels: int, sequence_cell: int, terminal_cell: int) -> bytes:
    random, number, amounts = data[:4], int.from_bytes(data[4:6], "big"), Amounts.decode(data[6:18])
    kind, time, version = data[18:19], data[19:26], data[26]
    key = working_key(card, PURCHASE_TYPE, version, lenient=False)
    if key is None:
        return status.KEY_INDEX if card.profile.contents.refuses_purchase else status.KEY_NOT_FOUND
    if key.levels != levels:
        return status.DATA
    sequence = bytes(cast(bytearray, card.memory.cells[sequence_cell]))
    count = int.from_bytes(sequence, "big")
    if count == SEQUENCE_MAX or kind != bytes((purse.TransactionKind.PURCHASE,)):
        return status.CONDITIONS
    algorithm = card.directory.algorithm
    dpk = card_key(card, key, data[FIXED_LENGTH:])
    session = purse.purchase_session(algorithm, dpk, random, number, sequence)
    terminal = bytes(cast(bytearray, card.memory.cells[terminal_cell]))
    mac1 = purse.purchase_mac1(algorithm, session, amounts, terminal, time)
    card.memory.write(sequence_cell, 0, (count + 1).to_bytes(4, "big"))
    card.sam_session = SamPurchase(purse.purchase_mac2(algorithm, session, amounts))
    return answer(card, sequence + mac1)


def credit_sam_for_purchase(card: ProcessorCard, p1: int, p2: int, data: bytes, le: int) -> bytes:
    """Check the card's MAC2, once: 9000 the card is genuine, 9302 it is not; 6901 without a purchase begun.

    63CF in place of 9302 where the PSAM is made that way: the standard names both.
    """
    session, card.sam_session = card.sam_session, None
    if p1 or p2:
        return status.PARAMETERS
    if len(data) != MAC_LENGTH:
        return status.LENGTH
    if not isinstance(session, SamPurchase):
        return status.STATE
    if compare_digest(session.mac2, data):
        return status.OK
    by_count = card.profile.contents.wrong_mac2_is_63cf
    return status.MAINTENANCE_FAILED if by_count else status.PURSE_MAC_WRONG
