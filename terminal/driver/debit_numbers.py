"""Numbers for debits that no PSAM numbers: seconds of the clock, and never the same one twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime


class DebitNumbers:
    """Terminal sequences of 4 bytes that grow, also over a restart of the terminal."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._last = 0

    def next(self) -> bytes:
        """The next number."""
        self._last = max(int(self._now().timestamp()), self._last + 1)
        return self._last.to_bytes(4, "big")
