"""docs/readers.md shows what really happens: each command of its sessions is run on a counter's readers."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from cli_samples import SEED, Run
from pcsc_counter import SAM, counter

from terminal.readers import SCHEMES
from virtual_card.image import save
from virtual_card.issuer import issue

PAGE = (Path(__file__).parents[3] / "docs" / "readers.md").read_text(encoding="utf-8")
SESSIONS = [
    block for block in re.findall(r"```console\n(.*?)```", PAGE, re.DOTALL) if block.startswith("$ ssc ")
]
COMMANDS = [
    part.partition("\n")
    for block in SESSIONS
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)
    if part
]


@pytest.fixture
def at_the_counter(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.setenv("HOLDER_PIN", "123456")
    save(issue("psam", SEED), tmp_path / "psam.card")
    with counter(monkeypatch) as slots:
        slots[SAM].insert(issue("psam", SEED))
        yield


@pytest.mark.usefixtures("at_the_counter")
@pytest.mark.parametrize(("command", "_", "shown"), COMMANDS, ids=[command for command, _, _ in COMMANDS])
def test_each_command_of_the_page_does_what_it_shows(ssc: Run, command: str, _: str, shown: str) -> None:
    command, _, comment = command.partition("  # ends with ")
    result = ssc(*shlex.split(command)[1:])
    assert str(result.exit_code) in (comment or "0").split(" or "), result.output
    at = 0
    for part in filter(None, (part.strip("\n") for part in re.split(r"^\.\.\.$", shown, flags=re.MULTILINE))):
        assert part in result.output[at:], f"{part!r} is not in what follows"
        at = result.output.index(part, at) + len(part)


def test_every_kind_of_address_is_on_the_page() -> None:
    for name, scheme in SCHEMES.items():
        assert f"`{name}:" in PAGE and f"`{scheme.form.partition('[')[0]}`" in PAGE


def test_the_page_has_sessions() -> None:
    assert len(COMMANDS) >= 7
