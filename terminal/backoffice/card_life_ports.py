"""What is asked about a card's life: lost, replaced, cancelled, locked, handed over, and what the clock brings.

Typed requests and their answers, as in `terminal.backoffice.card_ports`; each is harmless when repeated (R19).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from apdu.layout.states import ReceiptMode, SocialState
from terminal.backoffice.channel_ports import NO_PAPERS, Papers
from terminal.backoffice.ports import Place, Refusal

# --- losing, replacing, cancelling -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ReportLoss:
    """Report a card lost (R41), formally or for the time being. Answer: CardChanged."""

    place: Place
    number: str
    formal: bool
    papers: Papers = NO_PAPERS
    card_id: str | None = None


@dataclass(frozen=True, slots=True)
class ReleaseLoss:
    """Release a loss: back to the state before it; one by the bank's deadline only after the bank (R21).

    Answer: CardChanged.
    """

    place: Place
    number: str
    papers: Papers = NO_PAPERS


@dataclass(frozen=True, slots=True)
class ReplaceCard:
    """Let `new_number`, a sealed card of the same holder, take a formally lost one's place. Answer: CardReplaced."""

    place: Place
    number: str
    new_number: str
    papers: Papers = NO_PAPERS


@dataclass(frozen=True, slots=True)
class CardReplaced:
    """The lost card is cancelled, its account is the new card's; `changed` is False where that was so before."""

    number: str
    new_number: str
    balance_fen: int
    changed: bool


@dataclass(frozen=True, slots=True)
class CancelCard:
    """Cancel a card for good. Answer: CardChanged."""

    place: Place
    number: str
    papers: Papers = NO_PAPERS


@dataclass(frozen=True, slots=True)
class LockCard:
    """Lock the social application; the centre alone does that. Answer: CardChanged."""

    place: Place
    number: str


@dataclass(frozen=True, slots=True)
class UnlockCard:
    """Lift a lock; the centre alone does that. Answer: CardChanged."""

    place: Place
    number: str


@dataclass(frozen=True, slots=True)
class CardChanged:
    """The card's state after a request; `changed` is False where it was so before."""

    number: str
    social: SocialState
    changed: bool


# --- handing over ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class HandOver:
    """A card is handed to its holder or an agent: the bank's deadline counts from now (R23). Answer: HandedOver."""

    place: Place
    number: str
    card_id: str | None = None
    papers: Papers = NO_PAPERS


@dataclass(frozen=True, slots=True)
class HandOverToEmployer:
    """Cards are handed to an employer for its staff, by list (R18). Answer: ListHandedOver.

    A card that is refused keeps none of the others from being handed over.
    """

    place: Place
    employer: str
    numbers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HandedOver:
    """When and how the card was received; `changed` is False where that was on record before."""

    number: str
    received_at: datetime
    mode: ReceiptMode
    changed: bool


@dataclass(frozen=True, slots=True)
class ListHandedOver:
    """One result for each number, in order: what was recorded, or why not."""

    employer: str
    results: tuple[tuple[str, HandedOver | Refusal], ...]


# --- the clock ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Tick:
    """Do what is due by the clock alone, up to `limit` cards in one transaction (R18, R20). Answer: Ticked."""

    limit: int = 500


@dataclass(frozen=True, slots=True)
class Ticked:
    """How many cards were activated and reported lost; `more`: the limit was reached, ask again."""

    activated: int
    lost: int
    more: bool
