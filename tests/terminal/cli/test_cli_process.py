"""The command as a process: start-up, signals, pipes, terminals."""

from __future__ import annotations

import os
import pty
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from cli_samples import SSC, Start

from virtual_card.image import load

CARDS = ("--old-card", "old.card", "--new-card", "new.card")
SELECT_SSSE = "00A404000F7378312E73682EC9E7BBE1B1A3D5CF00"


@pytest.mark.parametrize("module", ["terminal", "terminal.cli.main"])
def test_the_command_runs_as_a_module_too(module: str) -> None:
    shown, wrong = (
        subprocess.run([sys.executable, "-m", module, *args], capture_output=True, text=True, check=False)
        for args in (["decode", "6283"], ["card", "new"])
    )
    assert (shown.returncode, wrong.returncode) == (0, 2)
    assert "deactivated" in shown.stdout
    assert wrong.stderr.startswith("ssc: ") and "`ssc card new --help`" in wrong.stderr


def test_output_is_utf_8_in_any_locale(process: Start) -> None:
    running = process("demo", "--quiet", env={"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"})
    assert running.communicate(timeout=60)[0].startswith("社会保障卡启用回执")


def test_closed_streams_are_nobody_who_reads_or_types(cards: Path) -> None:
    shown = "{0} card show new.card >&- && {0} shell new.card <&- >&- 2>&-"
    wrong = "{0} card show nothere 2>&-; [ $? = 2 ] && {0} card show nothere 2>/dev/full; [ $? = 2 ]"
    for line in (shown, wrong):
        command = line.format(shlex.quote(SSC))
        ended = subprocess.run(
            ["sh", "-c", command],
            cwd=cards,
            env={**os.environ, "PYTHONUNBUFFERED": ""},  # what is buffered is written when Python ends
            capture_output=True,
            text=True,
            check=False,
        )
        assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")


def test_ctrl_c_at_a_prompt_cancels_the_visit(cards: Path, process: Start) -> None:
    running = process("pharmacy", "activate", *CARDS)
    while "Insert the old" not in running.stderr.readline():
        pass
    running.send_signal(signal.SIGINT)
    out, _ = running.communicate(timeout=60)
    assert running.returncode == 9
    assert "已取消。 Cancelled." in out
    load(cards / "new.card")


def test_ctrl_c_while_apdus_are_read_keeps_what_the_card_wrote(cards: Path, process: Start) -> None:
    running = process("apdu", "--reader", "virtual:new.card", "-")
    running.stdin.write(f"{SELECT_SSSE}\n0020000003918273\n")
    running.stdin.flush()
    answers = [running.stdout.readline() for _ in range(4)]
    assert answers[3] == "< 63C5\n"
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=60)
    assert running.returncode == 9
    assert err.strip() == "cancelled; everything written so far is saved"
    assert load(cards / "new.card").pin_tries == 5


def test_killing_the_process_loses_nothing_that_was_committed(cards: Path, process: Start) -> None:
    running = process("apdu", "--reader", "virtual:new.card", "-")
    running.stdin.write(f"{SELECT_SSSE}\n0020000003918273\n")
    running.stdin.flush()
    while running.stdout.readline() != "< 63C5\n":
        pass
    running.kill()
    running.communicate()
    assert load(cards / "new.card").pin_tries == 5


@pytest.mark.parametrize("args", [["demo"], ["demo", "--json"], ["--help"]])
def test_a_reader_that_goes_away_ends_the_output_quietly(process: Start, args: list[str]) -> None:
    running = process(*args)
    running.stdout.close()
    err = running.stderr.read()
    running.wait(20)
    assert (running.returncode, err) == (0, "")


def test_a_broken_pipe_does_not_interrupt_an_activation(cards: Path, process: Start) -> None:
    running = process("pharmacy", "activate", *CARDS, "--centre", "c.db")
    running.communicate("c\n", timeout=60)
    subprocess.run(
        [SSC, "centre", "enrol", "--centre", "c.db", "old.card", "new.card"], cwd=cards, check=True
    )
    running = process("pharmacy", "activate", *CARDS, "--centre", "c.db")
    running.stdout.close()
    running.stdin.write("\n\n\n246810\n\n")
    running.stdin.flush()
    running.stderr.read()
    assert running.wait(20) == 0
    shown = subprocess.run(
        [SSC, "card", "show", "new.card"], cwd=cards, check=True, capture_output=True, text=True
    )
    assert "1 (normal 正常)" in shown.stdout


def shown_on_a_terminal(args: list[str], environment: dict[str, str]) -> str:
    master, slave = pty.openpty()
    inherited = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    environment = {**inherited, "TERM": "xterm-256color", **environment}
    running = subprocess.Popen([SSC, *args], stdout=slave, stderr=slave, stdin=slave, env=environment)
    os.close(slave)
    shown = b""
    while True:
        try:
            part = os.read(master, 65536)
        except OSError:
            break
        if not part:
            break
        shown += part
    os.close(master)
    assert running.wait(20) == 0
    return shown.decode()


def test_output_is_coloured_on_a_terminal_and_plain_with_no_color() -> None:
    assert "\x1b[" in shown_on_a_terminal(["demo", "--quiet"], {})
    assert "\x1b[" not in shown_on_a_terminal(["demo", "--quiet"], {"NO_COLOR": "1"})


def test_a_pin_typed_on_a_terminal_is_not_echoed(cards: Path) -> None:
    master, slave = pty.openpty()
    args = [SSC, "pharmacy", "activate", "--quiet", *CARDS]
    running = subprocess.Popen(
        args, stdout=slave, stderr=slave, stdin=slave, cwd=cards, start_new_session=True
    )
    os.close(slave)
    shown = ""
    for prompt, keys in (
        ("Insert the old", "\n"),
        ("Remove the old", "\n"),
        ("Insert the social", "\n"),
        ("Enter the PIN", "246810\n"),
        ("Remove the card", "\n"),
    ):
        while prompt not in shown.rsplit("\x00", 1)[-1] or not shown.endswith((") ", "> ")):
            shown += os.read(master, 4096).decode(errors="replace")
        shown += "\x00"
        os.write(master, keys.encode())
    while True:
        try:
            part = os.read(master, 4096)
        except OSError:
            break
        if not part:
            break
        shown += part.decode(errors="replace")
    assert running.wait(20) == 0
    assert "246810" not in shown
    assert "社会保障卡启用回执" in shown
