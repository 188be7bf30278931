"""docs/centre.md shows what really happens: its sessions and requests go to a centre that is served."""

from __future__ import annotations

import json
import re
import shlex
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from cli_samples import ACTIVATE, NOW, Run, Start

from terminal.backoffice.link import Link
from terminal.backoffice.signing import CSB_HEADERS, CSB_SECRET, CSB_USER, TIF_HEADERS, TIF_SECRET, TIF_USER
from terminal.cli.centre_failures import KINDS
from terminal.serve.card_routes import ACTIONS, PLAIN
from terminal.serve.failures import FailureKind
from terminal.serve.national_routes import PATHS
from terminal.serve.soap_card_operations import FIXED, SERVERS, SPOKEN
from terminal.serve.soap_proxy import OPERATIONS

PAGE = (Path(__file__).parents[3] / "docs" / "centre.md").read_text(encoding="utf-8")
PRINTED = "http://127.0.0.1:8990"
SESSIONS = [
    part.partition("\n")
    for block in re.findall(r"```console\n(.*?)```", PAGE, re.DOTALL)
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)
    if part
]
REQUESTS = re.findall(r"^curl (.*)$", PAGE, re.MULTILINE)


@pytest.fixture
def url(process: Start, cards: Path) -> Iterator[str]:
    (cards / "visit.yaml").write_text(yaml.safe_dump(list(ACTIVATE)), encoding="utf-8")
    running = process("serve", "centre", "--now", NOW, "--json", env={"SSC_CENTRE_TOKEN": ""})
    yield json.loads(running.stdout.readline())["url"]
    running.send_signal(signal.SIGTERM)
    running.communicate(timeout=60)


def test_the_sessions_of_the_page_go_as_they_are_shown(ssc: Run, url: str) -> None:
    assert len(SESSIONS) >= 6
    for command, _, shown in SESSIONS:
        extra = ("--now", NOW) if "activate" in command else ()
        result = ssc(*shlex.split(command.replace(PRINTED, url))[1:], *extra)
        assert result.exit_code == 0, result.output
        output, at = result.output.replace(url, PRINTED), 0
        for part in filter(
            None, (part.strip("\n") for part in re.split(r"^\.\.\.$", shown, flags=re.MULTILINE))
        ):
            assert part in output[at:], f"{part!r} is not in what follows {command}: {output}"
            at = output.index(part, at) + len(part)


def test_the_requests_of_the_page_are_answered(ssc: Run, url: str) -> None:
    ssc("centre", "enrol", "old.card", "new.card", "--centre", url)
    link = Link(url)
    states = []
    for line in REQUESTS:
        words = shlex.split(line)
        address = next(word for word in words if word.startswith("http"))
        body = words[words.index("-d") + 1].encode() if "-d" in words else b""
        method = "POST" if "POST" in words else "GET"
        reply = link.send(method, address.removeprefix(PRINTED), body)
        assert reply.status in (200, 409), reply.body
        states.append(json.loads(reply.body).get("social"))
    assert states[0] == 4 and states[-1] is not None


def test_everything_that_is_served_is_on_the_page() -> None:
    served = [*PATHS, *PLAIN, *ACTIONS, *FIXED, *SERVERS, *SPOKEN, *OPERATIONS, "setCard", "allDsjk"]
    named = [*CSB_HEADERS, *TIF_HEADERS, CSB_USER, CSB_SECRET, TIF_USER, TIF_SECRET, *KINDS]
    assert [name for name in (*served, *named) if name not in PAGE] == []


def test_the_command_line_knows_every_failure() -> None:
    assert list(KINDS) == [kind.value for kind in FailureKind]
