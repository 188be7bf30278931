"""docs/scenarios.md says everything there is to say, and its example runs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest

from terminal.scenario import (
    clinic_spec,
    errands,
    expectation,
    fault_spec,
    model,
    papers,
    payments,
    script,
    setting,
)
from terminal.scenario.model import Scenario, load_scenario
from terminal.scenario.run import run_scenario
from terminal.serve.failures import FailureKind
from virtual_card.faults import FaultKind

PAGE = (Path(__file__).parents[3] / "docs" / "scenarios.md").read_text(encoding="utf-8")
STRUCTS = sorted(
    {
        struct
        for module in (
            clinic_spec,
            errands,
            expectation,
            fault_spec,
            model,
            papers,
            payments,
            script,
            setting,
        )
        for struct in vars(module).values()
        if isinstance(struct, type) and issubclass(struct, msgspec.Struct) and struct.__struct_fields__
    },
    key=lambda struct: struct.__name__,
)


@pytest.mark.parametrize("struct", STRUCTS, ids=lambda struct: struct.__name__)
def test_every_key_is_described(struct: type[msgspec.Struct]) -> None:
    prose = re.sub(r"```.*?```", "", PAGE, flags=re.DOTALL)
    words = set(re.findall(r"[a-z_]+", " ".join(re.findall(r"`[^`]+`", prose))))
    assert set(struct.__struct_fields__) <= words


@pytest.mark.parametrize("kind", [*FaultKind, *FailureKind], ids=lambda kind: kind.value)
def test_every_fault_is_described(kind: FaultKind | FailureKind) -> None:
    assert f"`{kind.value}`" in PAGE


@pytest.mark.parametrize("outcome", errands.OUTCOMES)
def test_every_ending_of_an_errand_is_described(outcome: str) -> None:
    assert f"`{outcome}`" in PAGE


@pytest.mark.parametrize(
    "step",
    [*get_args(script.ScriptStep), *get_args(errands.Errand), *get_args(clinic_spec.ClinicStep)],
    ids=lambda step: step.__name__,
)
def test_every_step_is_described(step: type[msgspec.Struct]) -> None:
    assert f"{{do: {step.__struct_config__.tag}" in PAGE


def test_defaults_are_the_real_ones() -> None:
    pair = {"old": model.CardSpec(kind="sle4442"), "new": model.CardSpec(kind="ssc-3.0")}
    plain = Scenario(name="plain", cards=pair, visits=[])
    for key, default in (
        ("profile", plain.profile),
        ("clock", plain.clock.isoformat()),
        ("seed", plain.seed),
        ("readers", plain.terminal.readers),
        ("means", plain.terminal.means),
        ("pharmacy", f'"{plain.terminal.pharmacy}"'),
        ("environments", f"[{', '.join(plain.terminal.psam.environments)}]"),
    ):
        assert f"| `{key}` | `{default}` |" in PAGE


def test_example_runs(tmp_path: Path) -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    file = tmp_path / "example.yaml"
    file.write_text(example, encoding="utf-8")
    result: Any = run_scenario(load_scenario(file))
    assert result.passed, "\n".join(result.problems)
