"""Message 04 of the key machine: the cryptograms of a purchase from the card's medical account.

The message names two of the three amounts, what the holder pays and what the pool pays; the personal account on the
card pays nothing, but counts in every cryptogram. Sources: LD/T 32.7 section 12; interface circular of the reader
specification, HSM mode.
"""

from __future__ import annotations

from dataclasses import dataclass

from apdu import purse
from apdu.crypto import Algorithm
from apdu.purse import Amounts, TransactionKind

_DIGITS = (8, 8, 4, 16, 2, 12, 14)


@dataclass(frozen=True, slots=True)
class Debit:
    """A purchase that the card has begun. `sequence` (4 bytes) and `terminal` (6) are the terminal's, `time` BCD."""

    sequence: bytes
    random: bytes
    number: int
    amounts: Amounts
    terminal: bytes
    time: bytes

    @classmethod
    def read(cls, fields: list[str]) -> Debit:
        """From sequence, random, number, amounts, kind, terminal, time in digits; raises ValueError."""
        if [len(field) for field in fields] != list(_DIGITS) or not all(field.isalnum() for field in fields):
            raise ValueError("the fields of a debit have 8, 8, 4, 16, 2, 12 and 14 digits")
        sequence, random, number, amounts, kind, terminal, time = (bytes.fromhex(field) for field in fields)
        if kind[0] != TransactionKind.PURCHASE:
            raise ValueError("only purchases (32) are certified")
        paid = Amounts.decode(bytes(4) + amounts)
        return cls(sequence, random, int.from_bytes(number, "big"), paid, terminal, time)

    def certified(self, algorithm: Algorithm, dpk: bytes, dtk: bytes) -> str:
        """Sequence, time, MAC1, MAC2 and TAC under the card's own keys, each with a separator behind it."""
        session = purse.purchase_session(algorithm, dpk, self.random, self.number, self.sequence)
        parts = (
            self.sequence,
            self.time,
            purse.purchase_mac1(algorithm, session, self.amounts, self.terminal, self.time),
            purse.purchase_mac2(algorithm, session, self.amounts),
            self.certificate(algorithm, dtk),
        )
        return "".join(f"{part.hex().upper()}|" for part in parts)

    def certificate(self, algorithm: Algorithm, dtk: bytes) -> bytes:
        """The TAC (4 bytes) under the card's own key; the card's random and number do not count in it."""
        return purse.purchase_tac(
            algorithm, dtk, self.amounts, terminal=self.terminal, sequence=self.sequence, time=self.time
        )
