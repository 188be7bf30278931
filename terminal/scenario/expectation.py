"""How a visit of a scenario must end: outcome, words, what the card says, what the centre holds."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec

from terminal.backoffice.ports import RefusalCode
from terminal.backoffice.rule_table import LABELS
from terminal.flow.outcomes import LABELS as VISIT_OUTCOMES
from terminal.flow.payment_outcomes import BY_LABEL as PAYMENT_OUTCOMES
from terminal.scenario.errands import OUTCOMES as ERRAND_OUTCOMES
from terminal.scenario.payments import PayExpectation, PurseExpectation
from terminal.scenario.script import CardName
from terminal.scenario.setting import ChannelName, FinancialName, StateName, Strict

POWER_LOST = "terminal-power-lost"
"""What a visit is called that ended with the terminal's power: no outcome, nothing was said."""
PhaseName = Literal["sent", "dearer", "answered", "closed", "refused", "reversed", "disputed"]
RuleName = Annotated[str, msgspec.Meta(pattern="^R[0-9]{1,2}$")]
KNOWN_OUTCOMES = tuple(
    dict.fromkeys(
        (
            *VISIT_OUTCOMES,
            *PAYMENT_OUTCOMES,
            *ERRAND_OUTCOMES,
            *(code.value for code in RefusalCode),
            POWER_LOST,
        )
    )
)


def known_rule(name: str) -> str:
    """The same, raising ValueError where the domain has no such rule."""
    if name not in LABELS:
        raise ValueError(f"{name} is no rule; the rules are {', '.join(LABELS)}")
    return name


class CardExpectation(Strict, frozen=True, kw_only=True):
    """What a card itself must say, `new` unless `name` says which, and the PIN that works (`old`, `initial`, digits).

    `received`: the local time of its receipt record; `medical`: whether it has the medical base data; `purse`: what its
    medical purse holds.
    """

    name: CardName = "new"
    social: StateName | None = None
    financial: FinancialName | None = None
    channel: ChannelName | None = None
    received: datetime | None = None
    journal: Literal["open", "closed"] | None = None
    medical: bool | None = None
    pin: str | None = None
    purse: PurseExpectation = PurseExpectation()


class HeldCard(Strict, frozen=True, kw_only=True):
    """What the centre must hold of a card. `enabled_by` and `enabled_at`: how and when it was activated last."""

    state: StateName | None = None
    financial: FinancialName | None = None
    usable: bool | None = None
    balance_fen: int | None = None
    enabled_by: ChannelName | None = None
    enabled_at: datetime | None = None
    received: datetime | None = None


class CentreExpectation(Strict, frozen=True, kw_only=True):
    """How the centre must end: the pair, any card by name, accounts of the ledger in fen (`fund:310`).

    In an account's name `new:NAME` is the card of this name.
    """

    old_state: StateName | None = None
    new_state: StateName | None = None
    old_balance_fen: int | None = None
    new_balance_fen: int | None = None
    reservation: Literal["none", "open", "committed", "released"] | None = None
    cards: dict[CardName, HeldCard] = msgspec.field(default_factory=dict)
    ledger: dict[str, int] = msgspec.field(default_factory=dict)


class Expectation(Strict, frozen=True, kw_only=True):
    """What must be true at the end: the outcome, what was said (as parts of texts), cards and centre.

    `rule`: the rule that the refusal names. `answer`: values of the centre's answer by path. `receipt`: parts of what
    was printed. `pays`: who paid what in the settlement or cancellation; `book`: the phases of the till's sales.
    """

    outcome: str
    exit_code: int | None = None
    rule: RuleName | None = None
    says: list[str] = msgspec.field(default_factory=list)
    answer: dict[str, Any] = msgspec.field(default_factory=dict)
    receipt: list[str] = msgspec.field(default_factory=list)
    card: CardExpectation = CardExpectation()
    centre: CentreExpectation = CentreExpectation()
    means: Literal["psam", "hsm"] | None = None
    pays: PayExpectation = PayExpectation()
    book: list[PhaseName] | None = None

    def __post_init__(self) -> None:
        if self.outcome not in KNOWN_OUTCOMES:
            raise ValueError(f"{self.outcome!r} is no outcome; known are {', '.join(KNOWN_OUTCOMES)}")
        if self.rule is not None:
            known_rule(self.rule)
