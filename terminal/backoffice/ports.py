"""The back office as the terminal sees it: typed requests, answers, refusals. No implementation here.

The terminal yields a request and is sent its answer; a refusal carries a code, the rule behind it and a text for
people. One dispatcher (`BackOffice.call`) serves every request, in process today and over HTTP later.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Protocol, TypeAlias

from apdu.layout.states import Channel, FinancialState, ReceiptMode, SocialState
from terminal.text import Pin, Text

if TYPE_CHECKING:
    from terminal.backoffice.bank_ports import BankNotice, NoticeAnswer
    from terminal.backoffice.card_ports import CardAnswer, CardRequest
    from terminal.backoffice.debit_ports import DebitChecked, ReportDebit
    from terminal.backoffice.national_ports import Transact, Transacted


class RefusalCode(Enum):
    """Why the back office says no; the value is what machines read."""

    NOT_DESIGNATED = "not-designated"
    UNKNOWN_CARD = "unknown-card"
    OLD_CARD_LOST = "old-card-lost"
    OLD_CARD_BLOCKED = "old-card-blocked"
    OTHER_HOLDER = "other-holder"
    LOST = "card-lost"
    LOCKED = "card-locked"
    CANCELLED = "card-cancelled"
    PAST_DEADLINE = "past-deadline"
    BANK_FIRST = "bank-first"
    PIN_BLOCKED = "pin-blocked"
    PIN_NOT_VERIFIED = "pin-not-verified"
    NO_RESERVATION = "no-reservation"
    OLD_CARD_REQUIRED = "old-card-required"
    WRONG_PLACE = "wrong-place"
    HOLDER_NOT_IDENTIFIED = "holder-not-identified"
    PAPERS_MISSING = "papers-missing"
    MOVE_NOT_LEGAL = "move-not-legal"
    SOCIAL_FIRST = "social-first"
    HSM = "hsm-refused"
    INSURANCE = "insurance-refused"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A decision against a request: its code, the rule of the domain (`R13`) and what to tell the holder."""

    code: RefusalCode
    rule: str
    text: Text


class BackOfficeError(Exception):
    """Base of everything the back office may answer instead of an answer."""


class RefusedError(BackOfficeError):
    """The back office decided against the request."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(f"{refusal.text} [{refusal.rule} {refusal.code.value}]")
        self.refusal = refusal


class UnreachableError(BackOfficeError):
    """No answer: whether the request was carried out is unknown."""

    def __init__(self, detail: str = "") -> None:
        super().__init__(f"the back office does not answer{': ' if detail else ''}{detail}")


@dataclass(frozen=True, slots=True)
class Place:
    """Where the request comes from: the pharmacy's code (from configuration) and the PSAM's terminal number."""

    pharmacy: str
    terminal: str = "000000000000"


@dataclass(frozen=True, slots=True, repr=False)
class Holder:
    """Whose card it is; the ID number shows only its last two characters in repr."""

    id_number: str
    name: str

    def __repr__(self) -> str:
        return f"Holder({self.name} …{self.id_number[-2:]})"


@dataclass(frozen=True, slots=True, repr=False)
class CardKey:
    """What names a social security card: identification code (16 bytes, hex) and card number (9 characters)."""

    card_id: str
    number: str

    def __repr__(self) -> str:
        return f"CardKey({self.number})"


@dataclass(frozen=True, slots=True)
class MedicalBase:
    """Medical base data to be written to DF04/EF05, text by tag (81 84 8C 80 8B 8A 83 86 89 8F)."""

    items: dict[int, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class ReservationView:
    """A reservation as the terminal sees it: one number for the whole attempt.

    `committed`: the centre has carried it out. `released`: it was undone.
    """

    number: str
    committed: bool = False
    released: bool = False


# --- requests to the insurance centre ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SignIn:
    """May this place take part at all (R3)? Answer: SignedIn."""

    place: Place


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The place takes part; `pharmacy_name` goes on the receipt."""

    pharmacy_name: str


@dataclass(frozen=True, slots=True)
class OldCardQuery:
    """Is this old medical card live and whose is it? `kind` is sle4442, sle4428 or old-cpu. Answer: OldCardAnswer."""

    place: Place
    kind: str
    number: str


@dataclass(frozen=True, slots=True)
class OldCardAnswer:
    """The old card is known. `replaced_by`: number of the social security card that has taken its place, if any."""

    holder: Holder
    replaced_by: str | None
    balance_fen: int


# --- requests to the card management centre ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NewCardQuery:
    """What is the state of this social security card, and may it be activated here and now?

    `old_number` is None where the old card is not at hand (recovery, or a profile that does not ask for it).
    `journal` is the activation number found in the card's own journal, if one is open. Answer: NewCardAnswer.
    """

    place: Place
    card: CardKey
    old_number: str | None
    journal: str | None = None


@dataclass(frozen=True, slots=True)
class CardStanding:
    """What the centre holds of a card, in the words of the card's own status file, and its medical base data."""

    holder: Holder
    social: SocialState
    financial: FinancialState
    enabled_by: Channel = Channel.NONE
    enabled_at: datetime | None = None
    received_at: datetime | None = None
    receipt_mode: ReceiptMode = ReceiptMode.IN_PERSON
    medical: MedicalBase = field(default_factory=MedicalBase)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCardAnswer(CardStanding):
    """What the centre holds. `reservation`: the open or committed one of this card, or the one its journal names.

    `pin_tries`: tries left for the old PIN at the centre. Refused instead of answered where a rule forbids activation.
    """

    reservation: ReservationView | None
    pin_tries: int

    @classmethod
    def of(cls, standing: CardStanding, reservation: ReservationView | None, pin_tries: int) -> NewCardAnswer:
        """A standing, with what an activation needs to know besides."""
        held = {each.name: getattr(standing, each.name) for each in fields(standing)}
        return cls(**held, reservation=reservation, pin_tries=pin_tries)


@dataclass(frozen=True, slots=True)
class VerifyOldPin:
    """Is this the PIN of the old card that `card` is to replace? Answer: PinAnswer; a wrong one costs a try.

    `old_number` names the old card at hand; without it the centre takes the one reserved, or on record.
    """

    place: Place
    card: CardKey
    pin: Pin
    old_number: str | None = None


@dataclass(frozen=True, slots=True)
class PinAnswer:
    """Whether the PIN was right, and the tries left after it."""

    correct: bool
    tries_left: int


@dataclass(frozen=True, slots=True)
class Reserve:
    """Reserve the activation of the pair (old card, new card); the same pair gets the same number. Answer: Reserved."""

    place: Place
    card: CardKey
    old_number: str | None


@dataclass(frozen=True, slots=True)
class Reserved:
    """The reservation, and what the terminal must write to the card."""

    reservation: ReservationView
    medical: MedicalBase
    financial: FinancialState


@dataclass(frozen=True, slots=True)
class ConfirmActivation:
    """The card is written: enable it, cancel the old one, move the account, in one transaction. Answer: Confirmed.

    Idempotent by number.
    """

    place: Place
    number: str


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The activation is carried out; balances are those after it."""

    number: str
    at: datetime
    balance_fen: int


@dataclass(frozen=True, slots=True)
class ReleaseReservation:
    """Undo a reservation that was not committed. Answer: ReservationView. Idempotent; refused once committed."""

    place: Place
    number: str


# --- request to the HSM ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, repr=False)
class HsmMessage:
    """One text message of the HSM interface (types 01 to 03), fields joined by `|`. Answer: str.

    `pin` is what stands in the last field of a message 03 on the wire, and nowhere else.
    """

    text: str
    pin: Pin | None = None

    @property
    def wire(self) -> str:
        """The message as it is sent, with the PIN: for the HSM and the way there, never for a trace."""
        return self.text if self.pin is None else f"{self.text.removesuffix('|')}{self.pin.reveal()}|"

    def __repr__(self) -> str:
        return f"HsmMessage({self.text[:2]} …)"


# Written as text: the other channels' requests speak of what is declared above.
Request: TypeAlias = (
    "SignIn | OldCardQuery | NewCardQuery | VerifyOldPin | Reserve | ConfirmActivation | ReleaseReservation"
    " | HsmMessage | BankNotice | CardRequest | Transact | ReportDebit"
)
Answer: TypeAlias = (
    "SignedIn | OldCardAnswer | NewCardAnswer | PinAnswer | Reserved | Confirmed | ReservationView | str"
    " | NoticeAnswer | CardAnswer | Transacted | DebitChecked"
)


class BackOffice(Protocol):
    """The whole back office behind one call."""

    def call(self, request: Request) -> Answer:
        """Answer a request with the type it names; raises RefusedError or UnreachableError."""
