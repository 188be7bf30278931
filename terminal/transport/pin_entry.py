"""A PIN typed at a reader: how this card's commands are laid out for a keypad, and what a person can do wrong there.

The card takes a PIN as packed BCD of its own length, without padding to a block (LD/T 32.5 sections 6.3 and 6.14).
"""

from __future__ import annotations

from dataclasses import dataclass

from terminal.transport.base import ReaderError

HEADER = 4
SEPARATOR = b"\xff"
FILLER = 0xFF


class PinEntryError(ReaderError):
    """The PIN was not typed as it must be; the card was sent nothing."""


class PinEntryTimeoutError(PinEntryError):
    """Nobody typed in time."""


class PinEntryCancelledError(PinEntryError):
    """The person pressed the cancel key."""


@dataclass(frozen=True, slots=True)
class PinForm:
    """How PINs of `shortest` to `longest` digits go into a command; raises ValueError for other than 1 to 16 digits."""

    shortest: int
    longest: int

    def __post_init__(self) -> None:
        if not 1 <= self.shortest <= self.longest <= 16:
            raise ValueError(f"PINs of {self.shortest} to {self.longest} digits; a card takes 4 to 16")

    @property
    def block_length(self) -> int:
        """Bytes of the PIN where every length allowed takes as many; 0 where that depends on what is typed."""
        shortest, longest = (self.shortest + 1) // 2, (self.longest + 1) // 2
        return longest if shortest == longest else 0

    def verify_data(self) -> bytes:
        """Data of VERIFY with an empty PIN in its place."""
        return bytes((FILLER,)) * self.block_length

    def change_data(self) -> bytes:
        """Data of CHANGE PIN, both PINs empty: current, FF, new.

        A keypad puts the new PIN at a fixed place, so PINs must take the same number of bytes: raises PinEntryError
        where they need not.
        """
        if not self.block_length:
            raise PinEntryError(
                f"a keypad cannot change a PIN of {self.shortest} to {self.longest} digits on this card: say how many "
                "digits it has, or change it without the keypad 密码键盘修改密码须固定位数"
            )
        empty = bytes((FILLER,)) * self.block_length
        return empty + SEPARATOR + empty


def with_data(template: bytes, data: bytes) -> bytes:
    """The template's command with this data; raises ValueError where a PIN is in the template already."""
    if set(template[HEADER + 1 :]) - {FILLER}:
        raise ValueError("a keypad's template must hold no PIN: FF in its place")
    return template[:HEADER] + bytes((len(data),)) + data
