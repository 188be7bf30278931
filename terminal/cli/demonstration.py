"""What `ssc demo` plays: the whole dual insert on two virtual cards, the same every time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from random import Random

from terminal.backoffice.office import Office
from terminal.backoffice.profile import load_profile
from terminal.cli.before_after import card_facts, compare_card, compare_centre
from terminal.cli.output import say
from terminal.cli.presenter import View, present
from terminal.cli.visit import occupied, visit
from terminal.counter import Counter
from terminal.enrol import enrol_card
from terminal.exit_codes import ExitCode
from terminal.flow.authentication import Means
from terminal.scenario.script import EnterPinStep, Insert, Remove, ScriptOperator
from terminal.trace.columns import WIDTH, wrap
from terminal.trace.names import card_name
from virtual_card.issuer import issue
from virtual_card.persona import OLD_PIN

SEED = 1
CLOCK = datetime.fromisoformat("2030-01-08T10:00:00+08:00")
INTRODUCTION = (
    "A designated pharmacy on the desk: {old}, then {new}, both of one synthetic holder; the centre is in memory. "
    "After > stands what is sent, after < what is answered; secrets are ****."
)
STEPS = (Insert("old"), Remove(), Insert("new"), EnterPinStep("old"), Remove())


@dataclass(frozen=True, slots=True)
class Demonstration:
    """Which cards meet which kind of terminal."""

    kind: str = "ssc-3.0"
    old: str = "sle4442"
    hsm: bool = False


def run(demonstration: Demonstration, view: View) -> ExitCode:
    """Play the demonstration and return how it ended."""
    random = Random(SEED).randbytes
    cards = {
        "old": issue(demonstration.old, SEED, random=random),
        "new": issue(demonstration.kind, SEED, random=random),
    }
    profile = load_profile("default")
    office = Office.open(":memory:", profile, lambda: CLOCK, random=random)
    numbers = [enrol_card(office, card) for card in cards.values()]
    psam = None if demonstration.hsm else issue("psam", SEED, random=random)
    means = Means.HSM if demonstration.hsm else Means.PSAM
    counter = Counter.set_up(office, means, psam=psam, now=lambda: CLOCK, random=random)
    operator = ScriptOperator(STEPS, cards, counter.slots, {"old": OLD_PIN})
    if view is View.FULL:
        names = {"new": card_name(demonstration.kind).en, "old": card_name(demonstration.old).en}
        for text in wrap(INTRODUCTION.format(**names), WIDTH):
            say(text)
    facts = {role: card_facts(card) for role, card in cards.items()}
    centre = office.cards()
    ended = visit(counter.terminal(), operator, partial(occupied, counter), view)
    for role, card in cards.items():
        present(view, compare_card(role, card, facts[role]))
    present(view, compare_centre(office, centre, numbers))
    return ended.outcome.exit_code
