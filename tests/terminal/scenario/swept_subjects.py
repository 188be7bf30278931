"""What is swept: the three activations that write a card, a purchase, and its cancellation; and points to choose."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec

from terminal.scenario.model import Scenario, load_scenario
from terminal.scenario.sweep_points import Point, Shape

Wanted = Callable[[Point, Shape], bool]
Only = Callable[[Wanted], None]

SCENARIOS = Path(__file__).parents[2] / "scenarios"


def pharmacy() -> Scenario:
    """Both cards, one after the other."""
    return load_scenario(SCENARIOS / "dual-insert.yaml")


def hospital() -> Scenario:
    """The new card, registered with for the first time."""
    return load_scenario(SCENARIOS / "hospital-activate.yaml")


def bank() -> Scenario:
    """The new card at the outlet of its bank, which tells the centre."""
    return load_scenario(SCENARIOS / "bank-activate.yaml")


def purchase() -> Scenario:
    """Something is bought by card."""
    return msgspec.structs.replace(cancel(), name="purchase", visits=cancel().visits[:1])


def cancel() -> Scenario:
    """Something was bought, and is taken back."""
    return load_scenario(SCENARIOS / "purchase-refund.yaml")


SUBJECTS = {made.__name__: made for made in (pharmacy, hospital, bank, purchase, cancel)}


def at_once(point: Point, shape: Shape) -> bool:
    """Before anything was done: what a commit does wrong by itself is seen here as anywhere."""
    return (point.exchange, point.what) == (1, "pull before")
