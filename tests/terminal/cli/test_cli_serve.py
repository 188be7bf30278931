"""`ssc serve centre` as people use it, and the commands that take its address in place of a file."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest
from cli_samples import ACTIVATE, NOW, Run, Start

from terminal.backoffice.link import Link
from terminal.trace.schema import EVENT_TYPES
from terminal.trace.schema_shapes import document

TOKEN = "canary-token-of-the-centre"


@pytest.fixture
def centre(process: Start, cards: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a centre with a token, which the commands of this test know."""
    monkeypatch.setenv("SSC_CENTRE_TOKEN", TOKEN)
    running = process("serve", "centre", "--now", NOW, "--json")
    yield json.loads(running.stdout.readline())["url"]
    ended(running, signal.SIGTERM)


def ended(running: subprocess.Popen[str], by: int) -> str:
    running.send_signal(by)
    out, err = running.communicate(timeout=60)
    assert running.returncode == 0, out + err
    return err


def address(running: subprocess.Popen[str]) -> str:
    line = running.stdout.readline()
    assert line, running.communicate()
    return next(word.rstrip(",") for word in line.split() if word.startswith("http://"))


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM])
def test_one_line_says_where_and_a_signal_ends_it(process: Start, tmp_path: Path, by: int) -> None:
    running = process("serve", "centre")
    url = address(running)
    assert Link(url).send("GET", "/health").status == 200
    err = ended(running, by)
    assert "its store is closed" in err and "Traceback" not in err
    assert (tmp_path / "centre.db").stat().st_mode & 0o777 == 0o600


def test_a_closed_terminal_ends_it_and_what_somebody_still_waits_for_is_named(
    process: Start, tmp_path: Path
) -> None:
    running = process("serve", "centre")
    url = address(running)
    link = Link(url)
    link.post("/failures", b'{"do": "slow", "seconds": 600}')
    with socket.create_connection((url.split("/")[2].split(":")[0], int(url.rpartition(":")[2]))) as waiting:
        waiting.sendall(b"POST /tick HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
        while not json.loads(link.send("GET", "/failures").body)["struck"]:
            pass
        err = ended(running, signal.SIGHUP)
        assert waiting.recv(4096).startswith(b"HTTP/1.1 503 ")
    assert [("POST /tick" in line, "its store is closed" in line) for line in err.splitlines()] == [
        (True, False),
        (False, True),
    ]


def test_the_dual_insert_runs_against_the_address(centre: str, ssc: Run, activate: Run) -> None:
    assert ssc("centre", "enrol", "old.card", "new.card", "--centre", centre).exit_code == 0
    done = activate(ACTIVATE, "--centre", centre, "--quiet")
    assert done.exit_code == 0, done.stderr
    lines = ssc("centre", "show", "--centre", centre, "--json").stdout.splitlines()
    old, new = (json.loads(line) for line in lines)
    assert (old["state"], old["balance_fen"], new["state"]) == ("CANCELLED", 0, "NORMAL")
    assert new["balance_fen"] > 0


def test_refusals_and_unreachable_centres_have_their_exit_codes(
    centre: str, ssc: Run, activate: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert activate(ACTIVATE, "--centre", centre).exit_code == 6
    monkeypatch.setenv("SSC_CENTRE_TOKEN", "wrong-canary-token")
    refused = ssc("centre", "show", "--centre", centre)
    assert refused.exit_code == 7 and "SSC_CENTRE_TOKEN" in refused.stderr
    assert "canary" not in refused.output
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert ssc("centre", "show", "--centre", f"http://127.0.0.1:{port}").exit_code == 7
    assert ssc("centre", "show", "--centre", "http://").exit_code == 2


def test_failures_are_switched_from_the_command_line(centre: str, ssc: Run, activate: Run) -> None:
    ssc("centre", "enrol", "old.card", "new.card", "--centre", centre)
    on = ssc("centre", "fail", "down", "confirm-activation", "--centre", centre)
    assert "down at call 1 of confirm-activation" in on.stdout
    assert activate(ACTIVATE, "--centre", centre).exit_code == 7
    struck = json.loads(ssc("centre", "fail", "--centre", centre, "--json").stdout)
    assert struck["armed"] == [] and [each["transaction"] for each in struck["struck"]] == [
        "confirm-activation"
    ]
    assert "no failures" in ssc("centre", "fail", "--off", "--centre", centre).stdout
    again = activate(ACTIVATE, "--centre", centre, "--quiet")
    assert again.exit_code == 0, again.stderr


def test_a_failure_that_cannot_be_is_told(centre: str, ssc: Run) -> None:
    for arguments in ("explode", "down --off", "down --seconds 3", "slow --seconds -1", "down --nth 0"):
        told = ssc("centre", "fail", *arguments.split(), "--centre", centre)
        assert told.exit_code == 2 and told.stderr, arguments


def test_a_dry_run_names_a_file_and_not_an_address(centre: str, activate: Run) -> None:
    told = activate(ACTIVATE, "--centre", centre, "--dry-run")
    assert told.exit_code == 2 and "copy of the centre's file" in told.stderr


def test_keys_are_the_centre_s_own(centre: str, activate: Run) -> None:
    Path("keys.yaml").write_text("IRK/1: 000102030405060708090A0B0C0D0E0F\n", encoding="utf-8")
    told = activate(ACTIVATE, "--centre", centre, "--keys", "keys.yaml")
    assert told.exit_code == 2 and "its own keys" in told.stderr


def test_another_address_is_warned_of(process: Start, tmp_path: Path) -> None:
    running = process("serve", "centre", "--host", "0.0.0.0", env={"SSC_CENTRE_TOKEN": ""})
    url = address(running)
    assert Link(url.replace("0.0.0.0", "127.0.0.1")).send("GET", "/failures").status == 404
    err = ended(running, signal.SIGINT)
    assert "can be reached from other machines" in err and "anybody may use it" in err


def test_what_cannot_be_served_is_told(process: Start, ssc: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        told = ssc("serve", "centre", "--port", port)
    assert told.exit_code == 2 and "choose another" in told.stderr
    Path("a.db").write_bytes(b"this is no database, but long enough to be looked at" * 20)
    assert ssc("serve", "centre", "--db", "a.db").exit_code == 10
    assert ssc("serve", "centre", "--db", "mysql://u:secret@h/d").exit_code == 2
    assert "is no host name" in ssc("serve", "centre", "--host", "a..b", "--port", "0").stderr
    assert ssc("centre", "show", "--centre", "http://a..b").exit_code == 7
    assert ssc("serve", "driver", "--region", "nowhere").exit_code == 2
    assert (
        "secret" not in ssc("serve", "centre", "--db", "postgresql+psycopg://u:secret@127.0.0.1:1/d").output
    )
    assert "SSC_CSB_SECRET" in ssc("serve", "centre", "--verify-signatures").stderr


def test_without_the_extra_the_command_says_what_to_install(
    process: Start, tmp_path: Path, cards: Path
) -> None:
    """A directory of modules that cannot be imported stands for packages that are not there."""
    for name in ("fastapi", "uvicorn", "defusedxml"):
        (tmp_path / f"{name}.py").write_text(
            f"raise ModuleNotFoundError('no', name='{name}')\n", encoding="utf-8"
        )
    hidden = {"env": {"PYTHONPATH": str(tmp_path)}}
    running = process("serve", "centre", **hidden)
    _, err = running.communicate(timeout=60)
    assert running.returncode == 2 and "ssc-terminal[server]" in err
    running = process("centre", "enrol", "old.card", "--centre", "http://127.0.0.1:1", **hidden)
    _, err = running.communicate(timeout=60)
    assert running.returncode == 7, "the terminal's end needs nothing of it: " + err


def test_what_is_printed_as_json_fits_the_schema(process: Start, ssc: Run, tmp_path: Path) -> None:
    running = process("serve", "centre", "--json", env={"SSC_CENTRE_TOKEN": ""})
    line = running.stdout.readline()
    url = json.loads(line)["url"]
    told = [ssc("centre", "fail", "slow", "2102", "--seconds", "2", "--centre", url, "--json").stdout]
    Link(url).post("/failures", b'{"do": "down"}')
    Link(url).post("/tick", b"")
    told.append(ssc("centre", "fail", "--centre", url, "--json").stdout)
    validator = jsonschema.Draft202012Validator(document(EVENT_TYPES, closed=True))
    for each in (line, *told):
        validator.validate(json.loads(each))
    assert json.loads(told[-1])["struck"]
    ended(running, signal.SIGINT)


def test_what_is_due_is_done_by_a_service_too(centre: str, ssc: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    ticked = ssc("centre", "tick", "--centre", centre, "--json")
    assert json.loads(ticked.stdout) == {"type": "ticked", "schema": 1, "activated": 0, "lost": 0}
    other_time = ssc("centre", "tick", "--centre", centre, "--now", NOW)
    assert other_time.exit_code == 2 and "its own clock" in other_time.stderr
    monkeypatch.setenv("SSC_CENTRE_TOKEN", "wrong-canary-token")
    refused = ssc("centre", "tick", "--centre", centre)
    assert refused.exit_code == 7 and "SSC_CENTRE_TOKEN" in refused.stderr
    assert "canary" not in refused.output


def test_the_environment_s_token_is_in_no_output(centre: str, ssc: Run) -> None:
    assert os.environ["SSC_CENTRE_TOKEN"] == TOKEN
    outputs = [
        ssc("centre", "show", "--centre", centre).output,
        ssc("centre", "fail", "--centre", centre).output,
    ]
    assert TOKEN not in "".join(outputs)
