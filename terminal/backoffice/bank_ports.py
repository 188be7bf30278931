"""What a terminal says to the issuing bank and hears from it: one request and one answer a transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from apdu.layout.states import SocialState
from apdu.pboc import Cryptogram
from apdu.tlv import Tlv
from terminal.backoffice.ports import Refusal
from terminal.text import Pin


class Purpose(Enum):
    """Why the terminal asks: an ordinary transaction, or the holder stands identified at an outlet."""

    TRANSACTION = "transaction"
    ACTIVATION = "activation"


@dataclass(frozen=True, slots=True, repr=False)
class OnlineRequest:
    """A card's cryptogram and what it was made over. `terminal` holds the terminal's values by tag.

    `new_pin` is the offline PIN the holder chose at the outlet, where the card has one. `blocked`: SELECT answered
    6283.
    """

    number: str
    sequence: str
    kind: Cryptogram
    counter: bytes
    cryptogram: bytes
    issuer_data: bytes
    profile: bytes
    terminal: Mapping[int, bytes]
    purpose: Purpose = Purpose.TRANSACTION
    blocked: bool = False
    new_pin: Pin | None = None

    def __repr__(self) -> str:
        return f"OnlineRequest({self.purpose.value}, …{self.number[-4:]}, counter {self.counter.hex()})"


@dataclass(frozen=True, slots=True)
class Script:
    """One issuer script: its identifier (4 bytes) and its commands as APDUs."""

    identifier: bytes
    commands: tuple[bytes, ...]

    @property
    def length(self) -> int:
        """Bytes of the template that carries it: tags 9F18 and 86 inside 71 or 72."""
        return len(
            Tlv.of(0x72, Tlv(0x9F18, self.identifier), *(Tlv(0x86, raw) for raw in self.commands)).encode()
        )


@dataclass(frozen=True, slots=True)
class OnlineAnswer:
    """What the issuer decided: response code of two characters, its proof (tag 91), scripts before and after."""

    code: bytes
    proof: bytes = b""
    before: tuple[Script, ...] = ()
    after: tuple[Script, ...] = ()

    @property
    def approved(self) -> bool:
        """Whether the response code is an approval."""
        return self.code == b"00"


@dataclass(frozen=True, slots=True, repr=False)
class BankNotice:
    """What the bank tells the card management centre once its application is active (R14).

    `card` is the number of the social security card, `id_number` its holder's, `bank_card` the bank card number.
    """

    card: str
    id_number: str
    bank_card: str

    def __repr__(self) -> str:
        return f"BankNotice({self.card}, …{self.bank_card[-4:]})"


@dataclass(frozen=True, slots=True)
class NoticeAnswer:
    """State of the social application after a notice, and whether the notice activated it."""

    social: SocialState
    activated: bool


class CardManagement(Protocol):
    """The card management centre as the bank sees it."""

    def bank_activated(self, notice: BankNotice) -> NoticeAnswer:
        """Take a notice, again and again if need be; raises RefusedError, UnreachableError."""


class BankIssuer(Protocol):
    """The issuing bank, wherever it is."""

    def authorise(self, request: OnlineRequest) -> OnlineAnswer:
        """Decide about a transaction; raises BackOfficeError where the bank cannot be reached."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What became of the bank's notice: not heard by the centre yet, refused by it, or taken."""

    waiting: bool
    refusal: Refusal | None = None


class OutletIssuer(BankIssuer, Protocol):
    """The issuing bank as an outlet sees it during one visit."""

    def heard(self) -> Heard:
        """What became of the notice to the centre."""


@dataclass(frozen=True, slots=True)
class Outlet:
    """The bank behind an outlet: its host for a card (number, holder's ID number), and the bank PIN chosen."""

    issuer: Callable[[str, str], OutletIssuer]
    new_pin: Pin | None = None
