"""Where a scenario plays: its cards, the terminal, what the centre holds before anything happens."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import msgspec

from terminal.text import Pin
from virtual_card.applications.pboc.options import Activation
from virtual_card.card_kinds import GENERATIONS, CardKind, kinds, states

Seed = Annotated[int, msgspec.Meta(ge=0)]
StateName = Literal[
    "SEALED", "NORMAL", "FORMALLY_LOST", "APPLICATION_LOCKED", "TEMPORARILY_LOST", "CANCELLED"
]
FinancialName = Literal["INACTIVE", "ACTIVE", "BLOCKED", "CLOSED"]
ChannelName = Literal["NONE", "PHARMACY", "HOSPITAL", "BANK", "COUNTER", "PHONE", "ONLINE", "AUTOMATIC"]
BankStage = Literal["host-inactive", "chip-blocked", "pin-locked", "active", "none"]


class Strict(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of everything in a scenario: unknown keys are refused."""


class CardSpec(Strict, frozen=True, kw_only=True):
    """A card of the scenario. `state` as `ssc card new --state`; `status_file` off leaves EF0C out of the card;
    `contactless` lays a 3.0 card on a contactless reader.

    `bank`: the stage the bank's application is in; `handed_out` off: the card still lies at the counter, nobody has
    received it. `holder` names the card whose holder this one belongs to as well, else the holder is the seed's.
    `genuine` off gives a social security card keys of another root; `pin` replaces the PIN it is issued with;
    `pin_tries` are spent down to this number; `enrolled` off keeps it from the centre. `purse_fen`: what is in the
    medical purse of a social security card, None for a card without one.
    """

    kind: str
    seed: Seed = 1
    holder: str | None = None
    state: str | None = None
    bank: BankStage = "host-inactive"
    handed_out: bool = True
    pin: str | None = None
    pin_tries: Annotated[int, msgspec.Meta(ge=0, le=6)] | None = None
    status_file: bool = True
    contactless: bool = False
    genuine: bool = True
    enrolled: bool = True
    purse_fen: Annotated[int, msgspec.Meta(ge=0, le=0xFFFFFFFF)] | None = None

    def __post_init__(self) -> None:
        if self.kind not in kinds():
            raise ValueError(f"{self.kind!r} is no kind of card; known are {', '.join(kinds())}")
        if self.state is not None and self.state not in states(self.kind):
            known = ", ".join(states(self.kind)) or "none"
            raise ValueError(f"a {self.kind} card is not issued as {self.state!r}; known states: {known}")
        if self.contactless and self.kind != CardKind.SSC_3:
            raise ValueError(
                f"a {self.kind} card has contacts only; contactless is a {CardKind.SSC_3} card's"
            )
        if not self.is_social and (self.activation is not Activation.HOST_INACTIVE or not self.handed_out):
            raise ValueError(f"a {self.kind} card has neither `bank` nor `handed_out`")
        if not self.is_social and self.purse_fen is not None:
            raise ValueError(f"a {self.kind} card has no `purse_fen`")
        if self.pin is not None:
            Pin(self.pin)

    @property
    def is_social(self) -> bool:
        """Whether it is a social security card."""
        return self.kind in GENERATIONS

    @property
    def activation(self) -> Activation:
        """The stage of the bank's application, as the issuer calls it."""
        return Activation(self.bank)


class PsamSpec(Strict, frozen=True, kw_only=True):
    """The terminal's PSAM: `levels` by key name, `without` key names, `environments` by algorithm name."""

    levels: dict[str, int] = {}
    without: list[str] = []
    environments: tuple[Literal["DES", "SM4"], ...] = ("DES", "SM4")
    present: bool = True


class TerminalSpec(Strict, frozen=True, kw_only=True):
    """The terminal: one reader or two, PSAM or HSM, in which pharmacy."""

    readers: Literal[1, 2] = 2
    means: Literal["psam", "hsm"] = "psam"
    psam: PsamSpec = PsamSpec()
    pharmacy: str = "990100000001"


class CentreSpec(Strict, frozen=True, kw_only=True):
    """What the centre holds against or for the cards before the visit; `reachable` off: it never answers.

    `patience_s`: over HTTP, how long a terminal waits for an answer.
    """

    old_state: StateName | None = None
    new_state: StateName | None = None
    financial: FinancialName | None = None
    received: datetime | None = None
    pin_tries: int | None = None
    reachable: bool = True
    patience_s: Annotated[float, msgspec.Meta(gt=0, le=60)] = 20.0
