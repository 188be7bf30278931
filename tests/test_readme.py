"""The README's session is what really happens, and its tables are the code's."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from terminal.cli.main import cli
from terminal.exit_codes import ExitCode
from virtual_card.issuer import kinds

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def session() -> list[tuple[str, str]]:
    """Commands of the opening session, each with the output printed under it."""
    parts = re.split(r"^\$ ", blocks("console")[0], flags=re.MULTILINE)[1:]
    return [(command, output) for command, _, output in (part.partition("\n") for part in parts)]


def test_session_prints_what_the_readme_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("visit.yaml").write_text(blocks("yaml")[0], encoding="utf-8")
    for command, expected in session():
        program, *arguments = shlex.split(command)
        assert program == "ssc"
        result = CliRunner().invoke(cli, arguments)
        assert result.exit_code == 0, f"{command}: {result.output}"
        assert result.stdout.strip() == expected.strip(), command


def test_make_targets_of_the_readme_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"(?:^|`)make (\w+)", README, re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_exit_codes_are_those_of_the_code() -> None:
    rows = dict(re.findall(r"^\| (\d+) \| (.*?) \|$", README, re.MULTILINE))
    assert rows == {str(code.value): code.meaning for code in ExitCode}


def test_every_kind_of_card_is_listed() -> None:
    assert [kind for kind in kinds() if f"`{kind}`" not in README] == []


def test_links_lead_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert (ROOT / target).exists(), target
