"""The shell as a person has it: completion, history, a card that is pulled, a real terminal."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from cli_samples import SEED, SSC
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document

from terminal.cli.shell_card import CardInHand
from terminal.cli.shell_commands import COMMANDS
from terminal.cli.shell_completion import candidates
from terminal.cli.shell_core import Asking, Shell
from terminal.cli.shell_history import history_file, storable
from terminal.cli.shell_prompt import CardCompleter, LinesWithoutSecrets, prompt_text
from terminal.exit_codes import ExitCode
from terminal.text import Text
from terminal.transport.virtual import VirtualConnection, VirtualReader
from virtual_card.image import dumps, load, save
from virtual_card.issuer import issue
from virtual_card.persona import INITIAL_PIN
from virtual_card.slot import Slot

DEADLINE_S = 60.0


@pytest.fixture
def slot() -> Slot:
    """A slot with a social security card in it."""
    slot = Slot("desk")
    slot.insert(issue("ssc-3.0", SEED))
    return slot


@pytest.fixture
def shell(slot: Slot) -> Shell:
    """A shell on that card, with the PSAM beside it."""
    sam = Slot("sam")
    sam.insert(issue("psam", SEED))
    card = CardInHand(VirtualReader(slot), VirtualReader(sam))
    card.connect()
    return Shell(card, COMMANDS)


def words(shell: Shell, text: str) -> list[str]:
    return [one.word for one in candidates(shell, text)[1]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("c", ["cd", "cat", "connect"]),
        ("cd D", ["DF04", "DF01", "DF02", "DF03", "DF07"]),
        ("cat EF0", ["EF05", "EF06", "EF07", "EF08", "EF0C", "EF0D"]),
        ("cat DF04/EF0", ["DF04/EF05", "DF04/EF06", "DF04/EF08"]),
        ("cat EF05 0", ["01", "02", "03", "04", "05", "06", "07"]),
        ("update EF0C FA/9", ["FA/9A", "FA/9B", "FA/9C"]),
        ("update EF0C FA/9A ", ["0", "1", "2", "3", "4", "9"]),
        ("update EF06 0A ", ["1", "2", "9"]),
        ("auth UKS", ["UKSSSE"]),
        ("help exp", ["explain"]),
        ("cat EF99 ", []),
        ("cat 'EF", []),
        ("verify ", []),
        ("nonsense ", []),
    ],
)
def test_the_word_under_the_cursor_is_completed_from_the_layout(
    shell: Shell, text: str, expected: list[str]
) -> None:
    found = words(shell, text)
    assert set(expected) <= set(found) and (found or not expected)
    assert found == expected or text.startswith(("cat EF0", "cat DF04"))


def test_completion_shows_meanings_in_both_languages_and_sends_nothing(shell: Shell, slot: Slot) -> None:
    before = slot.exchanges
    found = list(CardCompleter(shell).get_completions(Document("update EF0C FA/9A 1"), CompleteEvent()))
    assert [(one.text, one.start_position, one.display_meta_text) for one in found] == [
        ("1", -1, "normal 正常")
    ]
    assert slot.exchanges == before


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("ls DF04", True),
        ("update EF05 05 2031-01-01", True),
        ("update EF06 08 990100199003070019", False),
        ("update EF06 08 secret", False),
        ("update EF06 0B 990100199003070019", False),
        ("update EF99 01 1", False),
        ("apdu 00A4020002EF05", True),
        ("apdu 0020000003123456", False),
        ("apdu 805E010007123456FF654321", False),
        ("apdu 00 20 00", False),
        ("apdu 0077000003123456", False),
        ("explain 0020000003123456", False),
        ("verify", True),
        ("verify --env PIN", True),
        ("verify 123456", False),
        ("verify --env 123456", False),
        ("123456", False),
        ("ls a b 123456", False),
        ("ls '", False),
        ("", False),
    ],
)
def test_only_lines_without_secrets_are_kept(shell: Shell, tmp_path: Path, line: str, kept: bool) -> None:
    assert storable(shell, line) is kept
    history = LinesWithoutSecrets(shell, str(tmp_path / "history"))
    history.append_string(line)
    written = (tmp_path / "history").read_text("utf-8") if (tmp_path / "history").exists() else ""
    assert (line in written if line else bool(written)) is kept
    assert (line in history.get_strings()) is kept


def test_the_history_is_its_owners_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    path = history_file()
    assert path == tmp_path / "state" / "ssc" / "shell-history"
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    path.write_text("kept", encoding="utf-8")
    path.chmod(0o644)
    assert history_file().read_text("utf-8") == "kept" and path.stat().st_mode & 0o777 == 0o600


def test_a_state_home_that_is_no_absolute_path_is_ignored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "relative")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert history_file() == tmp_path / ".local/state/ssc/shell-history"


def test_a_pulled_card_is_one_message_and_connect_goes_on(
    shell: Shell, slot: Slot, capsys: pytest.CaptureFixture[str]
) -> None:
    shell.execute("auth")
    card = slot.remove()
    assert card is not None
    shell.execute("cat EF05")
    shell.execute("ls")
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 2 and "removed" in said[0] and said[1].endswith("put one in, then: connect")
    assert prompt_text(shell) == "no card 无卡" and shell.failed is ExitCode.NO_CARD
    slot.insert(card)
    shell.execute("connect")
    shell.execute("state")
    assert prompt_text(shell) == "ssc-3.0:SSSE"
    assert "Granted 已获权限                  nothing" in capsys.readouterr().out


def test_another_card_is_found_out_anew(shell: Shell, slot: Slot) -> None:
    slot.remove()
    slot.insert(issue("sle4442", SEED))
    shell.execute("connect")
    assert prompt_text(shell) == "sle4442:SLE4442"


def test_update_asks_the_person_and_a_no_writes_nothing(
    shell: Shell, slot: Slot, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[Text] = []

    def confirm(text: Text, answer: bool) -> bool:
        asked.append(text)
        return answer

    shell.execute("auth UKSSSE")
    for answer in (False, True):
        shell.asking = Asking(lambda text, answer=answer: confirm(text, answer))
        shell.execute("update EF05 05 2031-02-03")
    out = capsys.readouterr().out
    assert len(asked) == 2 and "2031-02-03" in asked[0].en
    assert out.index("nothing was written") < out.index("EF05 item 05 written")


def test_the_readers_keypad_takes_the_pin(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Keypad:
        def verify(self, template: bytes, **_: object) -> bytes:
            assert template.startswith(bytes.fromhex("00200000"))
            return bytes.fromhex("9000")

    monkeypatch.setattr(VirtualConnection, "pin_pad", Keypad())
    shell.execute("verify")
    assert "keypad" in capsys.readouterr().err and shell.card.granted == {"PIN"}


def test_ctrl_c_in_a_command_ends_the_command_only(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(shell.card, "reset", interrupted)
    shell.execute("reset")
    assert "cancelled" in capsys.readouterr().err and shell.failed is ExitCode.CANCELLED


# A real terminal --------------------------------------------------------------------------------------


NOT_TEXT = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]|[\s\x00-\x1f]")


class Screen:
    """What a pseudo-terminal shows; `wait` reads until a pattern is there, escape sequences and blanks left out."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._raw = b""
        self._told = 0

    def type(self, text: str) -> None:
        os.write(self._descriptor, text.encode())

    def wait(self, pattern: str) -> str:
        """What was shown since the last wait, up to the end of the pattern; fails with the screen after a deadline."""
        end = time.monotonic() + DEADLINE_S
        while True:
            seen = NOT_TEXT.sub("", self._raw.decode("utf-8", "ignore"))[self._told :]
            found = re.search(pattern, seen)
            if found:
                self._told += found.end()
                return seen[: found.end()]
            ready, _, _ = select.select([self._descriptor], [], [], max(0.0, end - time.monotonic()))
            if not ready:
                pytest.fail(f"no {pattern!r} on the screen:\n{seen!r}")
            raw = os.read(self._descriptor, 65536)
            if b"\x1b[6n" in raw:  # the program asks where the cursor is
                os.write(self._descriptor, b"\x1b[1;1R")
            self._raw += raw


Terminal = Callable[..., AbstractContextManager[tuple[Screen, subprocess.Popen[bytes]]]]


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    """Starts `ssc` in a pseudo-terminal of its own."""

    @contextmanager
    def start(*arguments: str) -> Iterator[tuple[Screen, subprocess.Popen[bytes]]]:
        ours, theirs = pty.openpty()
        environment = {
            **os.environ,
            "XDG_STATE_HOME": str(tmp_path / "state"),
            "TERM": "xterm",
            "NO_COLOR": "1",
        }
        process = subprocess.Popen(
            ["setsid", "--ctty", SSC, *arguments],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            cwd=tmp_path,
            env=environment,
        )
        os.close(theirs)
        try:
            yield Screen(ours), process
            assert process.wait(DEADLINE_S) == 0
        finally:
            process.kill()
            process.wait()
            os.close(ours)

    return start


def test_a_recorded_conversation_needs_no_terminal_and_nobody_to_type(
    tmp_path: Path, terminal: Terminal
) -> None:
    save(issue("ssc-3.0", SEED), tmp_path / "new.card")
    save(issue("psam", SEED), tmp_path / "psam.card")
    recorded = ("tape", "record", "x.tape", "--", "shell", "new.card", "--psam", "psam.card")
    with terminal(*recorded) as (screen, _):
        screen.wait("ssc-3.0:SSSE>")
        screen.type("nonsense\x03")  # Ctrl-C drops the line
        screen.wait("ssc-3.0:SSSE>.*ssc-3.0:SSSE>")
        screen.type("verify\r")
        screen.wait("剩余次数:6.*PIN:")
        screen.type(f"{INITIAL_PIN}\r")
        screen.wait("PINverified.*ssc-3.0:SSSE>")
        screen.type("auth UKSSSE\r")
        screen.wait("granted.*ssc-3.0:SSSE>")
        screen.type("update EF05 05 2031-02-03\r")
        screen.wait(r"\[y/N\]:")
        screen.type("y\r")
        screen.wait("written.*ssc-3.0:SSSE>")
        screen.type("\x04")  # Ctrl-D ends
    assert f'"{INITIAL_PIN}"' not in (tmp_path / "x.tape").read_text("utf-8")
    (tmp_path / "new.card").unlink()
    (tmp_path / "psam.card").unlink()
    again = subprocess.run(
        [SSC, "tape", "replay", "x.tape"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=True,
    )
    assert "PIN verified" in again.stdout and "EF05 item 05 written" in again.stdout


def test_a_session_in_a_real_terminal(tmp_path: Path, terminal: Terminal) -> None:
    save(issue("ssc-3.0", SEED), tmp_path / "new.card")
    save(issue("psam", SEED), tmp_path / "psam.card")
    with terminal("shell", "new.card", "--psam", "psam.card") as (screen, _):
        screen.wait("ssc-3.0:SSSE>")
        screen.type("expl\t")  # completed
        screen.wait("explain")
        screen.type(" 6A8")
        screen.wait("6A8")
        screen.type("\x03")  # Ctrl-C drops the line
        screen.wait("ssc-3.0:SSSE>")
        screen.type("cd DF04\r")
        screen.wait("ssc-3.0:DF04>")
        screen.type("verify\r")
        screen.wait("剩余次数:6.*PIN:")
        screen.type(f"{INITIAL_PIN}\r")
        assert INITIAL_PIN not in screen.wait("PINverified.*ssc-3.0:DF04>")
        screen.type("cd\r")
        screen.wait("ssc-3.0:SSSE>")
        screen.type("auth UKSSSE\r")
        screen.wait("granted.*ssc-3.0:SSSE>")
        screen.type("update EF05 05 2031-02-03\r")
        screen.wait(r"\[y/N\]:")
        screen.type("y\r")
        screen.wait("written.*ssc-3.0:SSSE>")
        screen.type("update EF06 08 990100199003070019\r")
        screen.wait(r"\[y/N\]:")
        screen.type("n\r")
        screen.wait("nothingwaswritten.*ssc-3.0:SSSE>")
        screen.type("\x04")  # Ctrl-D ends
    kept = (tmp_path / "state/ssc/shell-history").read_text("utf-8")
    assert "cd DF04" in kept and "update EF05 05 2031-02-03" in kept
    assert INITIAL_PIN not in kept and "990100199003070019" not in kept
    assert b"050420310203" in dumps(load(tmp_path / "new.card")).upper().encode()
