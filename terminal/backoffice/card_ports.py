"""What every channel but the dual insert says to the card management centre: typed requests and their answers.

`BackOffice.call` takes them as it takes those of `terminal.backoffice.ports`, refuses as there, and each is harmless
when repeated (R19). What becomes of a card later is asked as `terminal.backoffice.card_life_ports` has it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from apdu.layout.states import Channel, FinancialState, SocialState
from terminal.backoffice.card_life_ports import (
    CancelCard,
    CardChanged,
    CardReplaced,
    HandedOver,
    HandOver,
    HandOverToEmployer,
    ListHandedOver,
    LockCard,
    ReleaseLoss,
    ReplaceCard,
    ReportLoss,
    Tick,
    Ticked,
    UnlockCard,
)
from terminal.backoffice.channel_ports import NO_PAPERS, Papers, Service
from terminal.backoffice.ports import CardStanding, Holder, Place

# --- looking -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class QueryCard:
    """State and balance of a card for its holder (R42). Answer: CardView.

    `card_id` is what the card itself said, or what was typed online.
    """

    place: Place
    number: str
    card_id: str | None = None
    papers: Papers = NO_PAPERS


@dataclass(frozen=True, slots=True)
class CardView:
    """A card as its holder may see it; the ID number masked everywhere but at the centre itself.

    `bank_until`: last day to activate the bank's application, None where that does not count any more. `old_cards`:
    numbers of the holder's old medical cards still in use.
    """

    number: str
    holder: Holder
    social: SocialState
    financial: FinancialState
    usable: bool
    balance_fen: int
    received_at: datetime | None
    bank_until: date | None
    enabled_by: Channel
    enabled_at: datetime | None
    old_cards: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PresentCard:
    """A card is in a reader at this place: what is on record, so that it can catch up. Answer: CardStanding.

    Refused for a card that is unknown, and where no card ever is (phone, online).
    """

    place: Place
    number: str
    card_id: str


# --- activating --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Enable:
    """Activate the social application, the way the kind of place does it (R10 to R12, R15 to R17). Answer: Enabled.

    `card_id`: as the card in the reader says, or as typed online. The centre goes first; a card that is not written
    afterwards catches up at its next insertion.
    """

    place: Place
    number: str
    card_id: str | None = None
    papers: Papers = NO_PAPERS


@dataclass(frozen=True, slots=True)
class Enabled:
    """The social application is active; `activated` is False where it was so before, and nothing was changed."""

    number: str
    activated: bool
    standing: CardStanding
    balance_fen: int


@dataclass(frozen=True, slots=True)
class SignElectronicCard:
    """Issue the electronic social security card (R22). Answer: ElectronicCard, the same one every time."""

    place: Place
    number: str
    card_id: str | None
    papers: Papers


@dataclass(frozen=True, slots=True, repr=False)
class ElectronicCard:
    """The electronic card's token; `issued` is False where it was issued before."""

    number: str
    token: str
    signed_at: datetime
    issued: bool

    def __repr__(self) -> str:
        return f"ElectronicCard({self.number}, ****)"


# --- permission --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Authorise:
    """May this place do that for the holder of this card (R40)? Answer: Authorised. The card is in the reader."""

    place: Place
    number: str
    card_id: str
    service: Service
    papers: Papers = NO_PAPERS


@dataclass(frozen=True, slots=True)
class Authorised:
    """The place may; the audit says so."""

    number: str
    service: Service


CardRequest = (
    QueryCard
    | PresentCard
    | Enable
    | SignElectronicCard
    | ReportLoss
    | ReleaseLoss
    | ReplaceCard
    | CancelCard
    | LockCard
    | UnlockCard
    | HandOver
    | HandOverToEmployer
    | Authorise
    | Tick
)
CardAnswer = (
    CardView
    | CardStanding
    | Enabled
    | ElectronicCard
    | CardChanged
    | CardReplaced
    | HandedOver
    | ListHandedOver
    | Authorised
    | Ticked
)
