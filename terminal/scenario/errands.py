"""What a visit of a scenario is for, beside the dual insert and the till: a typed step for each thing people come for.

Only data; `terminal.scenario.errand_tables` says what each of them does.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any

import msgspec

from terminal.backoffice.channel_ports import PlaceKind, Service
from terminal.scenario.papers import NO_PAPERS, PapersSpec, named_holders
from terminal.scenario.script import CardName
from terminal.text import Pin

PlaceName = Annotated[str, msgspec.Meta(min_length=1, max_length=12)]
Kind = Annotated[str, msgspec.Meta(pattern="^[0-9]{3}$")]
_NO_READER = frozenset({PlaceKind.PHONE.value, PlaceKind.ONLINE.value, PlaceKind.CENTRE.value})


class _Step(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="do"):
    """Base of every step: unknown keys are refused."""


class AtPlace(_Step, frozen=True, kw_only=True):
    """Something asked at a place: `at` is a kind of place (the region's first one) or a place's code.

    `papers` are what is shown there.
    """

    at: PlaceName
    papers: PapersSpec = NO_PAPERS


class WithCard(AtPlace, frozen=True, kw_only=True):
    """Something done with the card in the reader; with `card`, by the number of that card and without a reader."""

    card: CardName | None = None

    def __post_init__(self) -> None:
        if self.card is None and self.at in _NO_READER:
            raise ValueError(f"`at: {self.at}` has no reader; say which `card` it is about")


class Enable(WithCard, frozen=True, kw_only=True, tag="enable"):
    """Activate the social application; `card_id` names the card whose identification number is told."""

    card_id: CardName | None = None


class Query(AtPlace, frozen=True, kw_only=True, tag="query"):
    """Ask for state and balance of a card by its number."""

    card: CardName
    card_id: CardName | None = None


class SignElectronicCard(AtPlace, frozen=True, kw_only=True, tag="sign-electronic-card"):
    """Apply for the electronic card."""

    card: CardName
    card_id: CardName | None = None


class ReportLoss(WithCard, frozen=True, kw_only=True, tag="report-loss"):
    """Report a card lost, for the time being or `formal`ly."""

    formal: bool = False
    card_id: CardName | None = None


class ReleaseLoss(WithCard, frozen=True, kw_only=True, tag="release-loss"):
    """Release a loss."""


class Replace(WithCard, frozen=True, kw_only=True, tag="replace"):
    """Let a new card (in the reader, or `card`) take the place of the `lost` one."""

    lost: CardName


class HandOver(WithCard, frozen=True, kw_only=True, tag="hand-over"):
    """Hand a card to its holder or an agent."""


class HandOverList(AtPlace, frozen=True, kw_only=True, tag="hand-over-list"):
    """Hand cards to an employer by list; a name that is no card's stands on the list as it is."""

    employer: str
    cards: Annotated[list[str], msgspec.Meta(min_length=1)]


class RenewPin(AtPlace, frozen=True, kw_only=True, tag="renew-pin"):
    """Set a new `pin` on the card in the reader; without one, give the old PIN its tries back."""

    pin: str | None = None

    def __post_init__(self) -> None:
        if self.pin is not None:
            Pin(self.pin)

    def __repr__(self) -> str:
        return f"RenewPin(at={self.at!r})"


class ChangePin(AtPlace, frozen=True, kw_only=True, tag="change-pin"):
    """The holder changes the PIN of the card in the reader and types it: the present one, then the new one twice."""


class ActivateBank(AtPlace, frozen=True, kw_only=True, tag="activate-bank"):
    """Activate the bank's application of the card in the reader; the bank tells the centre."""


class CancelCard(AtPlace, frozen=True, kw_only=True, tag="cancel-card"):
    """Cancel a card for good."""

    card: CardName


class LockCard(AtPlace, frozen=True, kw_only=True, tag="lock"):
    """Lock the social application."""

    card: CardName


class UnlockCard(AtPlace, frozen=True, kw_only=True, tag="unlock"):
    """Lift a lock."""

    card: CardName


class AskLeave(AtPlace, frozen=True, kw_only=True, tag="ask-leave"):
    """Ask whether this place may do `service` for the holder of a card."""

    card: CardName
    service: str

    def __post_init__(self) -> None:
        known = [service.value for service in Service]
        if self.service not in known:
            raise ValueError(f"{self.service!r} is no service; known are {', '.join(known)}")


class Transact(AtPlace, frozen=True, kw_only=True, tag="transact"):
    """Send one transaction of the national interface, signed in first.

    `input` by node; `$NAME` stands for a value: `$card`, `$card_id` and `$id_number` of the card `of`, `$now`,
    `$msgid` of the transaction before, and every field of the answers so far, the last one first (`$psn_no`).
    `again` sends it once more under the msgid of the transaction before.
    """

    infno: Annotated[str, msgspec.Meta(pattern="^[0-9]{4}$")]
    input: dict[str, Any]
    of: CardName = "new"
    again: bool = False


class Insure(_Step, frozen=True, kw_only=True, tag="insure"):
    """Bring the holder of a card into insurances: `kinds`, as an employee or `self_employed`; `months` paid."""

    card: CardName = "new"
    kinds: Annotated[list[Kind], msgspec.Meta(min_length=1)]
    self_employed: bool = False
    months: Annotated[int, msgspec.Meta(ge=0)] = 36


class Tick(_Step, frozen=True, kw_only=True, tag="tick"):
    """The centre does what is due by its clock."""


class Advance(_Step, frozen=True, kw_only=True, tag="advance"):
    """Move the clock of counter and centre on, by a time or `to` a time."""

    days: Annotated[int, msgspec.Meta(ge=0)] = 0
    hours: Annotated[int, msgspec.Meta(ge=0)] = 0
    minutes: Annotated[int, msgspec.Meta(ge=0)] = 0
    to: datetime | None = None

    def __post_init__(self) -> None:
        by = bool(self.days or self.hours or self.minutes)
        if by is (self.to is not None):
            raise ValueError("say how far (`days`, `hours`, `minutes`), or `to` which time")
        if self.to is not None and self.to.tzinfo is None:
            raise ValueError("`to` needs a time zone, like 2030-03-01T09:00:00+08:00")


Errand = (
    Enable
    | Query
    | SignElectronicCard
    | ReportLoss
    | ReleaseLoss
    | Replace
    | HandOver
    | HandOverList
    | RenewPin
    | ChangePin
    | ActivateBank
    | CancelCard
    | LockCard
    | UnlockCard
    | AskLeave
    | Transact
    | Insure
    | Tick
    | Advance
)
"""Every step, as `do` names it."""


_NAMING = ("card", "card_id", "lost", "of")


def named_cards(errand: Errand | None) -> Iterator[tuple[str, str]]:
    """The keys of a step that name a card of the scenario, and the names."""
    for key in _NAMING:
        name = getattr(errand, key, None)
        if name is not None:
            yield key, name
    yield from named_holders(getattr(errand, "papers", NO_PAPERS))


OUTCOMES = (
    "activated",
    "caught-up",
    "already-active",
    "answered",
    "signed",
    "already-signed",
    "loss-reported",
    "loss-released",
    "replaced",
    "handed-over",
    "pin-reset",
    "pin-unblocked",
    "pin-changed",
    "no-new-pin",
    "bank-activated",
    "bank-activated-alone",
    "bank-declined",
    "bank-refused",
    "state-changed",
    "state-unchanged",
    "authorised",
    "transacted",
    "insured",
    "not-insurable",
    "ticked",
    "clock-moved",
)
"""How these can end, beside refusals and what befalls any visit."""
