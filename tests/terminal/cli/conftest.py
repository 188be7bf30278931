"""What the tests of the command line share: cards on disk, scripts, and `ssc` in process and as a process."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from cli_samples import NOW, SEED, SSC, Run, Start, Steps
from click.testing import CliRunner, Result

from terminal.cli.main import cli
from virtual_card.image import save
from virtual_card.issuer import issue


@pytest.fixture
def ssc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs `ssc` in process, in a directory of its own; a bug in it fails the test."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SSC_DEBUG", raising=False)

    def run(*args: str, stdin: str | None = None, bug: bool = False) -> Result:
        result = CliRunner().invoke(cli, args, input=stdin, prog_name="ssc")
        assert bug or result.exit_code != 70, result.stderr
        return result

    return run


@pytest.fixture
def cards(tmp_path: Path) -> Path:
    """A directory with old.card, new.card and psam.card of one holder."""
    for name, kind in (("old", "sle4442"), ("new", "ssc-3.0"), ("psam", "psam")):
        save(issue(kind, SEED), tmp_path / f"{name}.card")
    return tmp_path


@pytest.fixture
def script(tmp_path: Path) -> Callable[[Steps], str]:
    """Writes an operator's script and returns its name."""

    def write(steps: Steps) -> str:
        path = tmp_path / "script.yaml"
        path.write_text(yaml.safe_dump(list(steps)), encoding="utf-8")
        return str(path)

    return write


@pytest.fixture
def activate(ssc: Run, cards: Path, script: Callable[[Steps], str]) -> Run:
    """Runs `ssc pharmacy activate` on the two cards, with a script of steps."""

    def run(steps: Steps, *options: str) -> Result:
        names = ("--old-card", "old.card", "--new-card", "new.card", "--now", NOW)
        return ssc("pharmacy", "activate", *names, "--script", script(steps), *options)

    return run


@pytest.fixture
def process(tmp_path: Path) -> Start:
    """Starts `ssc` as a process of its own, in the directory of the cards."""

    def start(*args: str, **options: Any) -> subprocess.Popen[str]:
        environment = {**os.environ, "PYTHONUNBUFFERED": "1", **options.pop("env", {})}
        pipes = {
            "stdin": subprocess.PIPE,
            "stdout": subprocess.PIPE,
            "stderr": subprocess.PIPE,
        }
        return subprocess.Popen(
            [SSC, *args], cwd=tmp_path, text=True, encoding="utf-8", env=environment, **{**pipes, **options}
        )

    return start
