"""A scenario as data: cards, place, what the operator does, what goes wrong, how it must end.

Unknown keys and wrong types are refused with their path.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import msgspec

from apdu.layout.old_cards import OLD_CARDS
from apdu.yaml_text import parse, read_text
from terminal.scenario.clinic_spec import ClinicStep
from terminal.scenario.errands import Errand, named_cards
from terminal.scenario.expectation import (
    POWER_LOST,
    CardExpectation,
    CentreExpectation,
    Expectation,
    HeldCard,
    RuleName,
    known_rule,
)
from terminal.scenario.fault_spec import CardFault, CentreFault, FaultSpec, ServiceFault, TerminalFault
from terminal.scenario.papers import NO_PAPERS, PapersSpec, named_holders
from terminal.scenario.payments import InsuranceSpec, PurchaseSpec, RefundSpec
from terminal.scenario.script import Insert, ScriptStep
from terminal.scenario.setting import CardSpec, CentreSpec, PsamSpec, Seed, Strict, TerminalSpec
from virtual_card.card_kinds import GENERATIONS

__all__ = [
    "POWER_LOST",
    "SCRIPT_MISMATCH",
    "CardExpectation",
    "CardFault",
    "CardSpec",
    "CentreExpectation",
    "CentreFault",
    "CentreSpec",
    "Expectation",
    "HeldCard",
    "PsamSpec",
    "Scenario",
    "ScenarioError",
    "ServiceFault",
    "TerminalFault",
    "TerminalSpec",
    "VisitSpec",
    "load_scenario",
    "load_script",
]

SCRIPT_MISMATCH = "script-mismatch"
"""What a visit is called that could not be played on, because script and terminal disagree."""
SCRIPT_FORM = "a script is a list such as `- {do: insert, card: old}`"


class ScenarioError(ValueError):
    """A scenario file cannot be used; the message names file, path inside it and what was expected."""


class VisitSpec(Strict, frozen=True, kw_only=True):
    """One visit: what the operator does, what goes wrong, how it must end.

    A dual insert, unless it is a `purchase`, a `refund`, a `reconcile` (the totals of the clock's day), a step at a
    hospital's desk (`clinic`), or an `errand`. `papers`: what of the holder is shown at a dual insert or a purchase.
    """

    operator: list[ScriptStep] = msgspec.field(default_factory=list)
    faults: list[FaultSpec] = msgspec.field(default_factory=list)
    expect: Expectation
    terminal: TerminalSpec | None = None
    purchase: PurchaseSpec | None = None
    refund: RefundSpec | None = None
    reconcile: bool = False
    clinic: ClinicStep | None = None
    errand: Errand | None = None
    papers: PapersSpec = NO_PAPERS

    def __post_init__(self) -> None:
        purposes = (self.purchase, self.refund, self.reconcile or None, self.clinic, self.errand)
        if sum(purpose is not None for purpose in purposes) > 1:
            known = "`purchase`, `refund`, `reconcile`, `clinic`, `errand`"
            raise ValueError(f"a visit is one of {known}; make two visits")

    @property
    def pays(self) -> bool:
        """Whether this happens at the till, or at a hospital's desk."""
        return (
            self.purchase is not None or self.refund is not None or self.reconcile or self.clinic is not None
        )

    @property
    def needs_the_pair(self) -> bool:
        """Whether this is a dual insert, which an old card and a new one belong to."""
        return not self.pays and self.errand is None


class Scenario(Strict, frozen=True, kw_only=True):
    """Sessions as data: the same cards and centre through one or more visits.

    `rules`: those of the domain that it shows. `cards` by name; `old` and `new` are the pair that the centre's part and
    the expectations speak of; without a dual insert, `old` may be missing. `insurance`: how the holder of `new` is
    insured, None for not at all. `over_http`: the centre is a service on this machine.
    """

    name: str
    title: str = ""
    rules: list[RuleName] = msgspec.field(default_factory=list)
    profile: str = "default"
    clock: datetime = datetime.fromisoformat("2030-03-01T09:00:00+08:00")
    seed: Seed = 1
    cards: dict[str, CardSpec]
    terminal: TerminalSpec = TerminalSpec()
    centre: CentreSpec = CentreSpec()
    insurance: InsuranceSpec | None = None
    over_http: bool = False
    visits: Annotated[list[VisitSpec], msgspec.Meta(min_length=1)]

    def __post_init__(self) -> None:
        for rule in self.rules:
            known_rule(rule)
        if self.clock.tzinfo is None:
            raise ValueError("`clock` needs a time zone, like 2030-03-01T09:00:00+08:00")
        self._check_pair()
        for place, name in self._named_cards():
            if name not in self.cards:
                known = ", ".join(self.cards)
                raise ValueError(f"`{place}`: there is no card {name!r}; the cards are {known}")
        for number, visit in enumerate(self.visits):
            served = any(isinstance(fault, ServiceFault) for fault in visit.faults)
            if served and not self.over_http:
                raise ValueError(f"`visits[{number}].faults`: a fault of the service needs `over_http: true`")

    def _check_pair(self) -> None:
        for name, fitting in (("old", tuple(OLD_CARDS)), ("new", tuple(GENERATIONS))):
            if (
                name == "old"
                and name not in self.cards
                and not any(visit.needs_the_pair for visit in self.visits)
            ):
                continue
            if name not in self.cards:
                raise ValueError(f"`cards`: the pair needs a card named {name!r}")
            if self.cards[name].kind not in fitting:
                raise ValueError(f"`cards.{name}.kind`: the {name} card is one of {', '.join(fitting)}")

    def _named_cards(self) -> Iterator[tuple[str, str]]:
        """Every place where a card is named, and the name."""
        for name, card in self.cards.items():
            if card.holder is not None:
                yield f"cards.{name}.holder", card.holder
        for number, visit in enumerate(self.visits):
            for index, step in enumerate(visit.operator):
                if isinstance(step, Insert):
                    yield f"visits[{number}].operator[{index}].card", step.card
            for key, name in named_cards(visit.errand):
                yield f"visits[{number}].errand.{key}", name
            for key, name in named_holders(visit.papers):
                yield f"visits[{number}].{key}", name
            for name in visit.expect.centre.cards:
                yield f"visits[{number}].expect.centre.cards", name
            yield f"visits[{number}].expect.card.name", visit.expect.card.name


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
