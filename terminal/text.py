"""What people read, in English and Chinese side by side."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """One message in both languages; `str()` gives both on one line."""

    en: str
    zh: str

    def __str__(self) -> str:
        return f"{self.zh} {self.en}"


class Pin:
    """A PIN of 4 to 16 digits that never shows itself: repr and str are masked.

    Raises ValueError on anything that is not 4 to 16 decimal digits (LD/T 32.5 section 6.14).
    """

    __slots__ = ("_digits",)

    def __init__(self, digits: str) -> None:
        if not (digits.isascii() and digits.isdigit() and 4 <= len(digits) <= 16):
            raise ValueError("a PIN has 4 to 16 digits")
        self._digits = digits

    def reveal(self) -> str:
        """The digits, for the one place that hashes or sends them."""
        return self._digits

    def bcd(self) -> bytes:
        """Packed BCD, an odd digit count filled with nibble F: the form VERIFY and CHANGE PIN carry."""
        return bytes.fromhex(self._digits + "F" * (len(self._digits) % 2))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Pin) and other._digits == self._digits

    def __hash__(self) -> int:
        return hash(self._digits)

    def __repr__(self) -> str:
        return "Pin(****)"
