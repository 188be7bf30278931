from __future__ import annotations

import importlib
import sys
from typing import NoReturn

import pytest
from cli_samples import Run

from terminal.cli.main import COMMANDS
from terminal.cli.output import CANCELLED
from terminal.exit_codes import ExitCode


def test_help_lists_every_command_and_every_exit_code(ssc: Run) -> None:
    result = ssc("-h")
    assert result.exit_code == 0
    for name in COMMANDS:
        assert f"  {name} " in result.stdout
    for code in ExitCode:
        assert f"  {int(code)} " in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 80


@pytest.mark.parametrize("name", COMMANDS)
def test_the_line_in_the_overview_is_the_commands_own(name: str) -> None:
    module, attribute, text = COMMANDS[name]
    command = getattr(importlib.import_module(module), attribute)
    assert command.get_short_help_str(limit=200) == text


def test_ctrl_c_in_the_middle_of_an_import_is_ctrl_c(ssc: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(name: str) -> NoReturn:
        raise KeyboardInterrupt

    monkeypatch.setattr(importlib, "import_module", interrupted)
    monkeypatch.setitem(sys.modules, "terminal.cli.errors", None)
    ended = ssc("centre", "show")
    assert (ended.exit_code, ended.stderr.strip()) == (ExitCode.CANCELLED, CANCELLED)


def test_version_names_the_program(ssc: Run) -> None:
    assert ssc("--version").stdout.startswith("ssc ")


@pytest.mark.parametrize(
    ("args", "part"),
    [
        (["bogus"], "bogus"),
        (["demo", "--bogus"], "`ssc demo --help`"),
        (["demo", "--kind", "visa"], "'visa' is not one of"),
        (["apdu", "00"], "--reader"),
        (["card", "new", "--kind", "psam", "--seed", "x"], "'x' is not a valid integer"),
        (["pharmacy", "activate", "--old-card", "a"], "--new-card"),
    ],
)
def test_wrong_use_is_one_line_and_exit_code_2(ssc: Run, args: list[str], part: str) -> None:
    result = ssc(*args)
    assert result.exit_code == 2
    assert part in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert result.stdout == ""


@pytest.mark.parametrize("args", [[], ["card"], ["centre"], ["pharmacy"], ["scenario"]])
def test_a_group_without_command_shows_its_help_and_is_wrong_use(ssc: Run, args: list[str]) -> None:
    result = ssc(*args)
    assert result.exit_code == 2
    assert "Commands:" in result.stderr
