"""What the back office knows about a card, an old card, a reservation: plain values the rules decide on."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum

from apdu.layout.states import Channel, FinancialState, ReceiptMode, SocialState
from terminal.backoffice.ports import CardKey, CardStanding, Holder, MedicalBase, ReservationView

LOST_STATES = frozenset({SocialState.FORMALLY_LOST, SocialState.TEMPORARILY_LOST})


class LossReason(Enum):
    """Why a card counts as lost: the holder reported it, or the bank's deadline ran out (R20)."""

    REPORTED = "reported"
    DEADLINE = "deadline"


class ReservationStatus(Enum):
    """How far an activation is at the centre."""

    OPEN = "open"
    COMMITTED = "committed"
    RELEASED = "released"


@dataclass(frozen=True, slots=True)
class SocialCard:
    """A social security card as the centre keeps it; `historical_bytes` and `region` find it for the HSM.

    `enabled_by` and `enabled_at`: how and when its social application was activated last. `replaced_by`: number of the
    card that took its place. `bank_number` is the bank card number, `chip_account` the chip's account at
    the bank, `bank_activated_at` when the bank first reported its application active.
    """

    key: CardKey
    historical_bytes: bytes
    holder: Holder
    social: SocialState
    financial: FinancialState
    valid_until: date | None
    received_at: datetime | None
    receipt_mode: ReceiptMode
    medical: MedicalBase
    state_before_loss: SocialState | None = None
    loss_reason: LossReason | None = None
    enabled_by: Channel = Channel.NONE
    enabled_at: datetime | None = None
    replaced_by: str | None = None
    bank_number: str | None = field(default=None, repr=False)
    chip_account: str | None = field(default=None, repr=False)
    bank_activated_at: datetime | None = None

    @property
    def number(self) -> str:
        """The card number (9 characters)."""
        return self.key.number

    @property
    def standing(self) -> CardStanding:
        """What a terminal is told, so that the card can say the same of itself."""
        return CardStanding(
            holder=self.holder,
            social=self.social,
            financial=self.financial,
            enabled_by=self.enabled_by,
            enabled_at=self.enabled_at,
            received_at=self.received_at,
            receipt_mode=self.receipt_mode,
            medical=self.medical,
        )

    @property
    def account(self) -> str:
        """The ledger's name of this card's personal account."""
        return f"new:{self.key.number}"


@dataclass(frozen=True, slots=True)
class OldCard:
    """An old medical card; `replaced_by` is the number of the social security card that took its place."""

    kind: str
    number: str
    holder: Holder
    state: SocialState
    replaced_by: str | None

    @property
    def account(self) -> str:
        """The ledger's name of this card's personal account."""
        return f"old:{self.number}"


@dataclass(frozen=True, slots=True)
class Reservation:
    """One activation of a pair. `committed_at` and `balance_fen` (after it) are set once it is committed."""

    number: str
    card: str
    old_card: str
    status: ReservationStatus
    committed_at: datetime | None = None
    balance_fen: int | None = None

    def view(self) -> ReservationView:
        """The reservation as the terminal sees it."""
        return ReservationView(
            self.number,
            committed=self.status is ReservationStatus.COMMITTED,
            released=self.status is ReservationStatus.RELEASED,
        )


@dataclass(frozen=True, slots=True)
class PinCounter:
    """The centre's record of an old card's PIN: tries left, for which card and pharmacy last proven."""

    tries_left: int
    proven_for: str | None = None
    proven_at: str | None = None


@dataclass(frozen=True, slots=True)
class CardStatus:
    """One card in the read model: `usable` is the centre's answer to "may this card be used".

    `role` is "old" or "new"; `reservation` the status of the latest one, None where there never was one.
    """

    role: str
    kind: str
    number: str
    holder: Holder
    state: SocialState
    usable: bool
    balance_fen: int
    reservation: ReservationStatus | None
    financial: FinancialState | None = None
    replaced_by: str | None = None
