"""Who may import whom: the contracts in pyproject.toml leave no module out, and notice what breaks them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import grimp
import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("apdu", "virtual_card", "terminal")
COMPOSITION = {
    "terminal.__main__",
    "terminal.cli",
    "terminal.counter",
    "terminal.enrol",
    "terminal.pytest_plugin",
    "terminal.readers",
    "terminal.scenario",
    "terminal.testbench",
    "terminal.testing",
    "terminal.transport.virtual",
}
PORTS = {
    f"terminal.backoffice.{name}"
    for name in (
        "ports",
        "bank_ports",
        "card_life_ports",
        "card_ports",
        "channel_ports",
        "debit_ports",
        "national_ports",
        "office_ports",
    )
}
GRAPH = grimp.build_graph(*PACKAGES)
CARDS, OFFICE = "only the composition points", "procedures, flows and the session"


def contract(beginning: str) -> dict[str, Any]:
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    (found,) = [entry for entry in listed if entry["name"].startswith(beginning)]
    return dict(found)


def within(module: str, packages: set[str]) -> bool:
    return any(module == package or module.startswith(f"{package}.") for package in packages)


def test_every_module_of_the_terminal_is_under_contract_or_a_composition_point() -> None:
    under = {*contract(CARDS)["source_modules"], *COMPOSITION}
    empty = {"terminal", "terminal.transport"}
    left_out = {
        module for module in GRAPH.find_descendants("terminal") | {"terminal"} if not within(module, under)
    }
    assert left_out == empty
    assert not any(GRAPH.find_modules_directly_imported_by(package) for package in empty)


def test_everything_behind_the_ports_is_forbidden_to_flows() -> None:
    behind = GRAPH.find_children("terminal.backoffice") - PORTS
    assert set(contract(OFFICE)["forbidden_modules"]) == behind


def test_architecture_names_the_composition_points() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    paragraph = text.split("## Who may import whom")[1].split("\n## ")[0]
    for module in COMPOSITION:
        assert f"`{module.replace('.', '/')}" in paragraph


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("apdu/tlv.py", "import terminal.text"),
        ("virtual_card/status.py", "import terminal.text"),
        ("terminal/exit_codes.py", "import virtual_card.status"),
        ("terminal/text.py", "import virtual_card.status"),
        ("terminal/trace/names.py", "import virtual_card.status"),
        ("terminal/errors.py", "import terminal.transport.virtual"),
        ("terminal/flow/machine.py", "import terminal.backoffice.records"),
        ("terminal/procedures/files.py", "import terminal.backoffice.office"),
        ("terminal/session.py", "import terminal.backoffice.rules"),
        ("virtual_card/status.py", "import smartcard"),
    ],
)
def test_an_import_against_the_rules_is_reported(module: str, line: str, tmp_path: Path) -> None:
    for package in PACKAGES:
        shutil.copytree(
            ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__", "*.yaml")
        )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    with (tmp_path / module).open("a", encoding="utf-8") as file:
        file.write(f"\n{line}\n")
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as lint; lint()"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert module.removesuffix(".py").replace("/", ".") in done.stdout
    assert line.removeprefix("import ") in done.stdout
