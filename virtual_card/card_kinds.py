"""Which kinds of card can be issued, in which states, and what sets the generations apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from apdu.crypto.algorithm import Algorithm


class CardKind(StrEnum):
    """Every kind of card that can be issued."""

    SSC_1 = "ssc-1.0"
    SSC_2 = "ssc-2.0"
    SSC_3 = "ssc-3.0"
    SLE4442 = "sle4442"
    SLE4428 = "sle4428"
    OLD_CPU = "old-cpu"
    PSAM = "psam"


class CardState(StrEnum):
    """How a social security card may be issued other than fit for use.

    Application-blocked is DF04 (9303); blank is a card before personalisation, with its identification code only.
    """

    EXPIRED = "expired"
    PIN_BLOCKED = "pin-blocked"
    APPLICATION_BLOCKED = "application-blocked"
    CARD_BLOCKED = "card-blocked"
    BLANK = "blank"


@dataclass(frozen=True, slots=True)
class Generation:
    """What sets one generation of the social security card apart from the others.

    `system_version` is T5 of the historical bytes: two cards of one holder differ in their answer to reset.
    """

    version: str
    version_item: str
    algorithm: Algorithm
    system_version: int

    def historical_bytes(self, holder: bytes) -> bytes:
        """The 13 historical bytes of the holder's card of this generation."""
        return holder[:4] + bytes((self.system_version,)) + holder[5:]


GENERATIONS: Mapping[CardKind, Generation] = {
    CardKind.SSC_1: Generation("1.0", "1.00", Algorithm.DES, 0x10),
    CardKind.SSC_2: Generation("2.0", "2.00", Algorithm.DES, 0x20),
    CardKind.SSC_3: Generation("3.0", "3.00", Algorithm.SM4, 0x23),
}


def kinds() -> tuple[str, ...]:
    """Every kind an issuer takes."""
    return tuple(kind.value for kind in CardKind)


def states(kind: str) -> tuple[str, ...]:
    """Every state an issuer takes for a kind; only social security cards have any."""
    return tuple(state.value for state in CardState) if kind in GENERATIONS else ()
