"""What a bench is told, as data: which card, which injections; unknown keys and wrong types are refused by path."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeVar

import msgspec

from apdu.crypto import Algorithm
from terminal.testbench.keypad import is_entry

T = TypeVar("T")
Count = Annotated[int, msgspec.Meta(ge=1)]
Code = Annotated[int, msgspec.Meta(ge=-0x80000000, le=-1)]
"""What a caller that reads 32 bits still sees as a failure."""

Fen = Annotated[int, msgspec.Meta(ge=0, le=0xFFFFFFFF)]
Environments = Annotated[tuple[Literal["DES", "SM4"], ...], msgspec.Meta(min_length=1)]


class OrderError(ValueError):
    """What a bench was told cannot be done; the message names the field and what belongs there."""


class DamagedImageOrderError(OrderError):
    """The image of the card that was named is damaged."""


class _Strict(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of everything a bench is told."""


class PsamSpec(_Strict, frozen=True, kw_only=True):
    """The PSAM of a terminal: `level` 3 national, 2 provincial, 1 city keys, 0 keys that fit no level.

    `without`: names of keys it lacks; `environments`: algorithms it has; `refuses_purchase`: it does no debit.
    """

    level: Annotated[int, msgspec.Meta(ge=0, le=3)] | None = None
    without: tuple[str, ...] = ()
    environments: Environments = ("DES", "SM4")
    refuses_purchase: bool = False
    terminal_number: Annotated[str, msgspec.Meta(pattern="^[0-9]{12}$")] = "990100000001"

    def algorithms(self) -> tuple[Algorithm, ...]:
        """The environments as algorithms."""
        return tuple(Algorithm[name] for name in dict.fromkeys(self.environments))


class CardOrder(_Strict, frozen=True, kw_only=True):
    """A card to put in: an image file, or a fresh card by kind and seed, as `ssc card new` makes it.

    What a fresh card is told, an image knows already. `faults` as docs/scenarios.md has them; they go with the card.
    """

    image: Annotated[str, msgspec.Meta(pattern=r"^[^\0]+$")] | None = None
    kind: str | None = None
    seed: Annotated[int, msgspec.Meta(ge=0)] = 1
    state: str | None = None
    pin: str | None = None
    purse_fen: Fen | None = None
    contactless: bool = False
    psam: PsamSpec | None = None
    faults: tuple[dict[str, Any], ...] = ()

    def __post_init__(self) -> None:
        if (self.image is None) == (self.kind is None):
            raise ValueError("give an image or a kind, one of them")


class InjectionOrder(_Strict, frozen=True, kw_only=True):
    """A code to be answered in place of a function: at its `nth` call from now, and at `times` calls in all."""

    function: str
    code: Code
    nth: Count = 1
    times: Count = 1
    text: str = ""


class KeypadOrder(_Strict, frozen=True, kw_only=True):
    """Entries for the keypad: digits, CANCEL or TIMEOUT, one for each prompt; `always` for all that come after."""

    entries: tuple[str, ...] = ()
    always: str | None = None

    def __post_init__(self) -> None:
        for entry in (*self.entries, *([] if self.always is None else [self.always])):
            if not is_entry(entry):
                raise ValueError("an entry is digits, CANCEL or TIMEOUT")

    def __repr__(self) -> str:
        return f"KeypadOrder({len(self.entries)} entries)"


def read(body: bytes, kind: type[T]) -> T:
    """One order from JSON; raises OrderError with the path of what is wrong."""
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.ValidationError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise OrderError(str(error)) from None
