"""A scenario as data: cards, place, what the operator does, what goes wrong, how it must end.

Unknown keys and wrong types are refused with their path.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from apdu.layout.old_cards import OLD_CARDS
from apdu.yaml_text import parse, read_text
from terminal.flow.outcomes import BY_LABEL
from terminal.flow.payment_outcomes import BY_LABEL as PAYMENT_OUTCOMES
from terminal.scenario.payments import InsuranceSpec, PayExpectation, PurchaseSpec, RefundSpec
from terminal.scenario.script import Insert, ScriptStep
from terminal.text import Pin
from virtual_card.card_kinds import GENERATIONS, CardKind, kinds, states
from virtual_card.faults import FaultPlan

Seed = Annotated[int, msgspec.Meta(ge=0)]
StateName = Literal[
    "SEALED", "NORMAL", "FORMALLY_LOST", "APPLICATION_LOCKED", "TEMPORARILY_LOST", "CANCELLED"
]
POWER_LOST = "terminal-power-lost"
"""What a visit is called that ended with the terminal's power: no outcome, nothing was said."""
SCRIPT_MISMATCH = "script-mismatch"
"""What a visit is called that could not be played on, because script and terminal disagree."""
SCRIPT_FORM = "a script is a list such as `- {do: insert, card: old}`"
FinancialName = Literal["INACTIVE", "ACTIVE", "BLOCKED", "CLOSED"]
PhaseName = Literal["sent", "answered", "closed", "refused", "reversed", "disputed"]


class ScenarioError(ValueError):
    """A scenario file cannot be used; the message names file, path inside it and what was expected."""


class _Strict(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of everything in a scenario: unknown keys are refused."""


class CardSpec(_Strict, frozen=True, kw_only=True):
    """A card of the scenario. `state` as `ssc card new --state`; `status_file` off leaves EF0C out of the card;
    `contactless` lays a 3.0 card on a contactless reader.

    `genuine` off gives a social security card keys of another root; `pin` replaces the PIN it is issued with;
    `pin_tries` are spent down to this number; `enrolled` off keeps it from the centre.
    """

    kind: str
    seed: Seed = 1
    state: str | None = None
    pin: str | None = None
    pin_tries: Annotated[int, msgspec.Meta(ge=0, le=6)] | None = None
    status_file: bool = True
    contactless: bool = False
    genuine: bool = True
    enrolled: bool = True

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
        if self.pin is not None:
            Pin(self.pin)


class PsamSpec(_Strict, frozen=True, kw_only=True):
    """The terminal's PSAM: `levels` by key name, `without` key names, `environments` by algorithm name."""

    levels: dict[str, int] = {}
    without: list[str] = []
    environments: tuple[Literal["DES", "SM4"], ...] = ("DES", "SM4")
    present: bool = True


class TerminalSpec(_Strict, frozen=True, kw_only=True):
    """The terminal: one reader or two, PSAM or HSM, in which pharmacy."""

    readers: Literal[1, 2] = 2
    means: Literal["psam", "hsm"] = "psam"
    psam: PsamSpec = PsamSpec()
    pharmacy: str = "990100000001"


class CentreSpec(_Strict, frozen=True, kw_only=True):
    """What the centre holds against or for the cards before the visit; `reachable` off: it never answers."""

    old_state: StateName | None = None
    new_state: StateName | None = None
    financial: FinancialName | None = None
    received: datetime | None = None
    pin_tries: int | None = None
    reachable: bool = True


class CardFault(_Strict, frozen=True, kw_only=True, tag_field="party", tag="card"):
    """A fault of a slot (`virtual_card.faults`): at exchange `at`, or at the `nth` of an instruction; `sw` in hex."""

    slot: Literal["old", "new", "psam"]
    do: str
    at: int | None = None
    instruction: str | None = None
    nth: int | None = None
    after_bytes: int | None = None
    seconds: float | None = None
    sw: str | None = None

    def __post_init__(self) -> None:
        FaultPlan.from_data([self.entry()], "faults")

    def entry(self) -> dict[str, Any]:
        """The fault as the plan of a slot is written."""
        given = msgspec.structs.asdict(self).items()
        return {key: value for key, value in given if key != "slot" and value is not None}


class CentreFault(_Strict, frozen=True, kw_only=True, tag_field="party", tag="centre"):
    """The centre loses the request, or its answer, at its `at`-th exchange of the visit."""

    do: Literal["lose-request", "lose-answer"]
    at: Annotated[int, msgspec.Meta(ge=1)]


class TerminalFault(_Strict, frozen=True, kw_only=True, tag_field="party", tag="terminal"):
    """The terminal loses its power before or after its `at`-th exchange of the visit, counted over all parties."""

    do: Literal["power-loss-before", "power-loss-after"]
    at: Annotated[int, msgspec.Meta(ge=1)]


FaultSpec = CardFault | CentreFault | TerminalFault


class CardExpectation(_Strict, frozen=True, kw_only=True):
    """How a card must end: social state and journal on the card itself, and the PIN that works (`old`, `initial`)."""

    social: StateName | None = None
    journal: Literal["open", "closed"] | None = None
    pin: str | None = None


class CentreExpectation(_Strict, frozen=True, kw_only=True):
    """How the centre must end."""

    old_state: StateName | None = None
    new_state: StateName | None = None
    old_balance_fen: int | None = None
    new_balance_fen: int | None = None
    reservation: Literal["none", "open", "committed", "released"] | None = None


class Expectation(_Strict, frozen=True, kw_only=True):
    """What must be true at the end: the outcome, what was said (as parts of texts), cards and centre.

    `pays`: who paid what in the settlement or cancellation; `book`: the phases of the till's sales, in order.
    """

    outcome: str
    exit_code: int | None = None
    says: list[str] = []
    card: CardExpectation = CardExpectation()
    centre: CentreExpectation = CentreExpectation()
    means: Literal["psam", "hsm"] | None = None
    pays: PayExpectation = PayExpectation()
    book: list[PhaseName] | None = None

    def __post_init__(self) -> None:
        known = (*BY_LABEL, *(label for label in PAYMENT_OUTCOMES if label not in BY_LABEL), POWER_LOST)
        if self.outcome not in known:
            raise ValueError(f"{self.outcome!r} is no outcome; known are {', '.join(known)}")


class VisitSpec(_Strict, frozen=True, kw_only=True):
    """One visit: what the operator does, what goes wrong, how it must end.

    A dual insert, unless it is a `purchase`, a `refund`, or a `reconcile`: the totals of the clock's day.
    """

    operator: list[ScriptStep] = []
    faults: list[FaultSpec] = []
    expect: Expectation
    terminal: TerminalSpec | None = None
    purchase: PurchaseSpec | None = None
    refund: RefundSpec | None = None
    reconcile: bool = False

    def __post_init__(self) -> None:
        if sum((self.purchase is not None, self.refund is not None, self.reconcile)) > 1:
            raise ValueError("a visit is one of `purchase`, `refund`, `reconcile`; make two visits")

    @property
    def pays(self) -> bool:
        """Whether this happens at the till."""
        return self.purchase is not None or self.refund is not None or self.reconcile


class Scenario(_Strict, frozen=True, kw_only=True):
    """Sessions as data: the same cards and centre through one or more visits.

    `cards` by name; `old` and `new` are the pair that the centre's part and the expectations speak of; at a till alone,
    `old` may be missing. `insurance`: how the holder of `new` is insured, None for not at all.
    """

    name: str
    title: str = ""
    profile: str = "default"
    clock: datetime = datetime.fromisoformat("2030-03-01T09:00:00+08:00")
    seed: Seed = 1
    cards: dict[str, CardSpec]
    terminal: TerminalSpec = TerminalSpec()
    centre: CentreSpec = CentreSpec()
    insurance: InsuranceSpec | None = None
    visits: Annotated[list[VisitSpec], msgspec.Meta(min_length=1)]

    def __post_init__(self) -> None:
        for name, fitting in (("old", tuple(OLD_CARDS)), ("new", tuple(GENERATIONS))):
            if name == "old" and name not in self.cards and all(visit.pays for visit in self.visits):
                continue
            if name not in self.cards:
                raise ValueError(f"`cards`: the pair needs a card named {name!r}")
            if self.cards[name].kind not in fitting:
                raise ValueError(f"`cards.{name}.kind`: the {name} card is one of {', '.join(fitting)}")
        for place, step in self._steps():
            if isinstance(step, Insert) and step.card not in self.cards:
                known = ", ".join(self.cards)
                raise ValueError(f"`{place}.card`: there is no card {step.card!r}; the cards are {known}")

    def _steps(self) -> Iterator[tuple[str, ScriptStep]]:
        for number, visit in enumerate(self.visits):
            for index, step in enumerate(visit.operator):
                yield f"visits[{number}].operator[{index}]", step


def load_scenario(path: str | Path) -> Scenario:
    """Read one scenario file; raises ScenarioError naming the file, the path inside it and the next step."""
    scenario: Scenario = _load(
        path, Scenario, "a scenario is a YAML file", "see docs/scenarios.md for the keys"
    )
    return scenario


def load_script(path: str | Path) -> list[ScriptStep]:
    """Read the operator's part alone: a YAML list of steps; raises ScenarioError."""
    script: list[ScriptStep] = _load(path, list[ScriptStep], "a script is a YAML file", SCRIPT_FORM)
    return script


def _load(path: str | Path, form: Any, what: str, remedy: str) -> Any:
    try:
        document = parse(read_text(path))
        return msgspec.convert(document, form)
    except OSError as error:
        raise ScenarioError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ScenarioError(f"{path}: is no UTF-8 text; {what}") from None
    except msgspec.ValidationError as error:
        raise ScenarioError(f"{path}: {_with_card(str(error), document)}; {remedy}") from None
    except ValueError as error:
        raise ScenarioError(f"{path}: {error}") from None


def _with_card(problem: str, document: Any) -> str:
    """The problem with the card's name in its path, where msgspec writes `[...]`."""
    if "$.cards[...]" not in problem:
        return problem
    for name, card in document["cards"].items():
        try:
            msgspec.convert({name: card}, dict[str, CardSpec])
        except msgspec.ValidationError:
            return problem.replace("$.cards[...]", f"$.cards.{name}")
    return problem
