"""The purse's cell: amounts, counters, year and the proof of the last transaction, written as one.

Bytes: load number 2, purchase number 2, balance 4, self-paid total 4, pool total 4, payment year 2, starting
day 2 (V2.0 section 7), then the proof: kind 1 (00: none), number 2, MAC 4, TAC 4.
"""

from __future__ import annotations

import struct
from typing import cast

from virtual_card.nonvolatile import Cell
from virtual_card.state import Purse

PURSE_LOG = 0xEF08
PROOF_LENGTH = 11
_LAYOUT = struct.Struct(f">HHIII2s2s{PROOF_LENGTH}s")


def purse_cell(purse: Purse) -> bytearray:
    """The cell that holds this purse; raises ValueError where a value does not fit."""
    try:
        year, day = bytes.fromhex(purse.year), bytes.fromhex(purse.starting_day)
        numbers = purse.load_number, purse.purchase_number, purse.balance, purse.self_paid, purse.pool
        return bytearray(_LAYOUT.pack(*numbers, year, day, purse.proof))
    except (struct.error, ValueError) as error:
        raise ValueError(f"the purse cannot be stored: {error}") from None


def read_purse(cell: Cell) -> Purse:
    """The purse in a cell."""
    load, purchase, balance, self_paid, pool, year, day, proof = _LAYOUT.unpack(cast(bytearray, cell))
    proof = proof if proof[0] else b""
    return Purse(balance, self_paid, pool, load, purchase, year.hex(), day.hex(), proof)
