"""The channels to the card management centre: kinds of place, what may be done there, and the papers of who comes.

Which channel a request comes through follows from the kind of its place, which the region's profile knows.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from terminal.backoffice.ports import Place


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
