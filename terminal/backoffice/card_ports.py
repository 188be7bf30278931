"""What every channel but the dual insert says to the card management centre: typed requests and their answers.

`BackOffice.call` takes them as it takes those of `terminal.backoffice.ports`, refuses as there, and each is harmless
when repeated (R19). Which channel a request comes through follows from the kind of its place, which the region's
profile knows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum

from apdu.layout.states import Channel, FinancialState, ReceiptMode, SocialState
from terminal.backoffice.ports import CardStanding, Holder, Place, Refusal


class PharmacyWay(Enum):
    """What a pharmacy of the region needs to activate a card (R12)."""

    DUAL_INSERT = "dual-insert"
    OLD_PIN = "old-pin"
    FIRST_PURCHASE = "first-purchase"
    ID_CARD = "id-card"

    @property
    def card_alone(self) -> bool:
        """The social security card suffices, with neither the old card nor its PIN."""
        return self in (PharmacyWay.FIRST_PURCHASE, PharmacyWay.ID_CARD)


class PlaceKind(Enum):
    """What kind of place a request comes from; the value is what machines read."""

    PHARMACY = "pharmacy"
    HOSPITAL = "hospital"
    BANK = "bank"
    COUNTER = "counter"
    PHONE = "phone"
    ONLINE = "online"
    CENTRE = "centre"


CENTRE = Place("centre")
"""The centre's own staff: the one place that locks, unlocks, and cancels a locked card."""


class Service(Enum):
    """What a place may be allowed to do for the holder of a card (R40)."""

    PIN_CHANGE = "pin-change"
    PIN_RESET = "pin-reset"
    PIN_UNBLOCK = "pin-unblock"
    BANK_ACTIVATION = "bank-activation"
    BANK_PIN = "bank-pin"
    BANK_LOSS = "bank-loss"
    BANK_LOSS_RELEASE = "bank-loss-release"


@dataclass(frozen=True, slots=True, repr=False)
class Agent:
    """Who acts for the holder (R30): the number on the agent's own ID card, None where it was not shown."""

    id_number: str | None
    power_of_attorney: bool

    def __repr__(self) -> str:
        return f"Agent(power of attorney: {self.power_of_attorney})"


@dataclass(frozen=True, slots=True, repr=False)
class Papers:
    """What was shown or said about the holder: the number on the original ID card, told on the phone or typed online.

    `agent`: who came in the holder's place.
    """

    holder_id: str | None = None
    agent: Agent | None = None

    def __repr__(self) -> str:
        return f"Papers(holder …{self.holder_id[-2:] if self.holder_id else ''}, {self.agent})"


NO_PAPERS = Papers()


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

    Refused for a card that is unknown,
    and where no card ever is (phone, online).
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
