"""What is asked for when a card is issued: how it is personalised, and the order that was checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from apdu.crypto.algorithm import Algorithm
from apdu.keys import RootKeys
from apdu.layout import DEFAULT_OPTIONS, CardOptions
from apdu.layout.application_status import DEFAULT_FID
from apdu.layout.states import FinancialState, ReceiptMode
from virtual_card.applications.pboc.options import DEFAULT_BANK, Activation, BankOptions
from virtual_card.card_kinds import CardKind, CardState
from virtual_card.persona import Persona
from virtual_card.state import Face, Purse


@dataclass(frozen=True, slots=True)
class SocialOptions:
    """How a social security card is personalised.

    `status_fid` None leaves the application status file out. `received_at` (naive local time) None takes a
    time a week before the day of issue. `activation` and `bank` say what the bank's side of the chip is like
    (a blank card has none); `financial` is what the status file tells of it. `layout` says which optional
    files and directories there are. `purse` is the medical purse of DF04 (6A81 without one); one that keeps
    the personal account only has records of 20 bytes in EF08. `pki` gives a card of the third generation the PKI
    application; it needs the extra `sm2`. `contactless` lays a card of the third generation on a contactless reader:
    PC/SC shows its historical bytes in another answer to reset, and answers come at once.
    """

    status_fid: int | None = DEFAULT_FID
    financial: FinancialState = FinancialState.INACTIVE
    receipt_mode: ReceiptMode = ReceiptMode.IN_PERSON
    received_at: datetime | None = None
    layout: CardOptions = DEFAULT_OPTIONS
    activation: Activation = Activation.HOST_INACTIVE
    bank: BankOptions = DEFAULT_BANK
    purse: Purse | None = None
    purse_keeps_account_only: bool = False
    pki: bool = False
    contactless: bool = False


@dataclass(frozen=True, slots=True)
class PsamOptions:
    """Which keys a PSAM holds, and where.

    `levels` maps key names to the factors still to come (3 national, 2 provincial, 1 city, 0: fits no level,
    so that deriving always answers 6A80); `without` names keys it lacks (6A88); `environments` the
    algorithms it has (6A82 for others). `sm4_face` "apdu": its SM4 side answers with data and 9000 at once,
    as some do. The last four are the switches of `CardContents`.
    """

    terminal_number: str = "990100000001"
    levels: Mapping[str, int] = field(default_factory=dict)
    without: frozenset[str] = frozenset()
    environments: tuple[Algorithm, ...] = (Algorithm.DES, Algorithm.SM4)
    sm4_face: Face | None = None
    level_by_lc: bool = False
    accepts_801a: bool = False
    refuses_purchase: bool = False
    wrong_mac2_is_63cf: bool = False


class IssueError(ValueError):
    """A card that cannot be issued as asked; says what can be asked for."""


@dataclass(frozen=True, slots=True, repr=False)
class Order:
    """What was asked for, checked."""

    kind: CardKind
    state: CardState | None
    persona: Persona
    today: date
    root_keys: RootKeys | None
    pin: str | None
    social: SocialOptions
    psam: PsamOptions
    random: Callable[[int], bytes]
    face: Face


def packed_pin(pin: str) -> bytes:
    """A PIN as the card holds it: packed BCD, an odd count filled with nibble F (LD/T 32.5 section 6.14)."""
    if not (pin.isascii() and pin.isdigit() and 4 <= len(pin) <= 16):
        raise IssueError("a PIN has 4 to 16 digits")
    return bytes.fromhex(pin + "F" * (len(pin) % 2))
