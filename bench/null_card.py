"""The limit of a card in Python: it parses and dispatches like one, and does nothing else."""

from __future__ import annotations


class NullCard:
    """Answers every command it can parse with 9000."""

    def __init__(self) -> None:
        self.table = {bytes((cla, ins)): self.answer for cla in (0x00, 0x80) for ins in range(0, 256, 2)}

    def answer(self, p1: int, p2: int, data: bytes, le: int) -> bytes:
        """The constant answer."""
        return b"\x90\x00"

    def transmit(self, apdu: bytes) -> bytes:
        """One command."""
        handler = self.table.get(apdu[:2])
        if handler is None or len(apdu) < 5:
            return b"\x6d\x00"
        end = apdu[4] + 5
        if len(apdu) == 5:
            return handler(apdu[2], apdu[3], b"", apdu[4])
        return handler(apdu[2], apdu[3], apdu[5:end], 0)
