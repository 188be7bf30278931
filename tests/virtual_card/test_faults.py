from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from virtual_card.errors import FaultPlanError
from virtual_card.faults import POWER_ON, Fault, FaultKind, FaultPlan


def test_plan_is_read_from_plain_data():
    plan = FaultPlan.from_data(
        [
            {"do": "pull-before", "at": 3},
            {"do": "status", "sw": "6581", "instruction": "UPDATE RECORD", "nth": 2},
            {"do": "tear", "after_bytes": 4, "instruction": "UPDATE RECORD"},
            {"do": "slow", "seconds": 1.5, "instruction": POWER_ON},
        ]
    )
    assert plan.faults == (
        Fault(FaultKind.PULL_BEFORE, at=3),
        Fault(FaultKind.STATUS, sw=0x6581, instruction="UPDATE RECORD", nth=2),
        Fault(FaultKind.TEAR, after_bytes=4, instruction="UPDATE RECORD"),
        Fault(FaultKind.SLOW, seconds=1.5, instruction=POWER_ON),
    )


@pytest.mark.parametrize(
    ("entry", "place"),
    [
        ({"do": "explode", "at": 1}, "faults[1].do"),
        ({"at": 1}, "faults[1].do"),
        ({"do": "mute"}, "faults[1].at"),
        ({"do": "mute", "at": 1, "instruction": "SELECT"}, "faults[1].at"),
        ({"do": "mute", "at": 0}, "faults[1].at"),
        ({"do": "mute", "at": "3"}, "faults[1].at"),
        ({"do": "mute", "at": True}, "faults[1].at"),
        ({"do": "mute", "at": 1, "nth": 2}, "faults[1].nth"),
        ({"do": "mute", "instruction": "SELECT", "nth": 0}, "faults[1].nth"),
        ({"do": "mute", "instruction": "SELEKT"}, "faults[1].instruction"),
        ({"do": "garble", "instruction": "POWER ON"}, "faults[1].do"),
        ({"do": "mute", "at": 1, "colour": "red"}, "faults[1].colour"),
        ({"do": "mute", "at": 1, "sw": "6581"}, "faults[1].sw"),
        ({"do": "status", "at": 1}, "faults[1].sw"),
        ({"do": "status", "at": 1, "sw": 0x6581}, "faults[1].sw"),
        ({"do": "status", "at": 1, "sw": "65"}, "faults[1].sw"),
        ({"do": "status", "at": 1, "sw": "zzzz"}, "faults[1].sw"),
        ({"do": "status", "at": 1, "sw": "1234"}, "faults[1].sw"),
        ({"do": "tear", "at": 1}, "faults[1].after_bytes"),
        ({"do": "tear", "at": 1, "after_bytes": -1}, "faults[1].after_bytes"),
        ({"do": "slow", "at": 1, "seconds": -0.5}, "faults[1].seconds"),
        ("mute", "faults[1]"),
    ],
)
def test_wrong_entry_is_refused_with_its_path(entry, place):
    with pytest.raises(FaultPlanError) as caught:
        FaultPlan.from_data([{"do": "mute", "at": 1}, entry])
    assert caught.value.place == place
    assert str(caught.value).startswith(place + ": ")


def test_place_of_an_error_begins_with_the_place_given():
    with pytest.raises(FaultPlanError, match=r"^slots\.old\.faults\[0\]\.do"):
        FaultPlan.from_data([{"do": "explode", "at": 1}], place="slots.old.faults")


@given(at=st.integers(1, 500), exchange=st.integers(1, 500))
def test_fault_at_an_exchange_strikes_there_and_nowhere_else(at, exchange):
    plan = FaultPlan((Fault(FaultKind.MUTE, at=at),))
    assert bool(plan.due(exchange, "SELECT", 1)) == (exchange == at)


def test_fault_of_an_instruction_strikes_its_nth_use_alone():
    fault = Fault(FaultKind.MUTE, instruction="SELECT", nth=2)
    plan = FaultPlan((fault,))
    assert plan.due(9, "SELECT", 2) == (fault,)
    assert plan.due(9, "SELECT", 1) == ()
    assert plan.due(9, "VERIFY", 2) == ()


def test_fault_at_an_exchange_spares_the_power_on():
    assert FaultPlan((Fault(FaultKind.MUTE, at=1),)).due(None, POWER_ON, 1) == ()
