"""Which card is in the slot? By answer to reset and by what it lets itself be selected by."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from apdu.atr import AtrError, parse
from apdu.commands import select_file, select_name
from apdu.layout.old_cards import OLD_CPU_FID, SLE4428_ATR, SLE4442_ATR
from apdu.layout.ssse import DF_NAME
from terminal.errors import CardBlockedError
from terminal.flow.steps import Procedure

NEWER_OLD_CPU_FID = 0x7F01
ISSUER_DATA_FID = 0xEF05


class CardKind(Enum):
    """What a counter may be handed; the values of the old kinds are the insurance centre's names for them."""

    SOCIAL = "social security card"
    SLE4442 = "sle4442"
    SLE4428 = "sle4428"
    OLD_CPU = "old-cpu"
    UNKNOWN = "unknown"

    @property
    def is_old(self) -> bool:
        """One of the old medical cards."""
        return self in (CardKind.SLE4442, CardKind.SLE4428, CardKind.OLD_CPU)


@dataclass(frozen=True, slots=True)
class Identified:
    """The kind of card, and for a social security card the FCI its environment answered with."""

    kind: CardKind
    fci: bytes = b""


_MEMORY_CARDS = {SLE4442_ATR: CardKind.SLE4442, SLE4428_ATR: CardKind.SLE4428}


def memory_card_of(atr: bytes) -> str | None:
    """The kind of memory card an answer to reset belongs to, as virtual cards name it; None for any other card."""
    kind = _memory_card(atr)
    return kind and kind.value


def _memory_card(atr: bytes) -> CardKind | None:
    try:
        return _MEMORY_CARDS.get(parse(atr).historical_bytes)
    except AtrError:
        return None


def identify(atr: bytes) -> Procedure[Identified]:
    """Tell old medical cards and social security cards apart, in the order deployed programs use.

    Raises CardBlockedError where SELECT of the environment answers 6A81. A social security card does not know
    FID 7F01; the newer old CPU cards do; the oldest ones know FID 0003 alone. A PSAM's environment has the same
    name as a card's but holds no issuer data.
    """
    memory = _memory_card(atr)
    if memory is not None:
        return Identified(memory)
    environment = yield select_name(DF_NAME)
    if environment.sw == 0x6A81:
        raise CardBlockedError(
            "the card answers 6A81 to everything: it is blocked, or has no social security function"
        )
    if environment.ok:
        newer = yield select_file(NEWER_OLD_CPU_FID, p1=0x00)
        if newer.ok:
            return Identified(CardKind.OLD_CPU)
        issuer_data = yield select_file(ISSUER_DATA_FID)
        return (
            Identified(CardKind.SOCIAL, environment.data) if issuer_data.ok else Identified(CardKind.UNKNOWN)
        )
    oldest = yield select_file(OLD_CPU_FID, p1=0x00)
    return Identified(CardKind.OLD_CPU if oldest.ok else CardKind.UNKNOWN)
