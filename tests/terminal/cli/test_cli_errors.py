from __future__ import annotations

from pathlib import Path

import click
import pytest
from cli_samples import Run

from apdu.command import Command
from apdu.response import Response
from terminal.backoffice.database import DamagedStoreError, StoreError
from terminal.backoffice.enrolment import EnrolmentError
from terminal.backoffice.ports import Refusal, RefusalCode, RefusedError, UnreachableError
from terminal.cli.errors import report
from terminal.cli.input_files import InputFileError, MalformedFileError
from terminal.errors import CardRefusedError, NotGenuineError
from terminal.exit_codes import ExitCode
from terminal.flow.operator import OperatorCancelledError, OperatorTimeoutError
from terminal.scenario.model import ScenarioError
from terminal.scenario.script import ScriptMismatchError
from terminal.text import Text
from terminal.transport.base import CardMuteError, CardRemovedError, NoCardError, ReaderError
from virtual_card.image import DamagedImageError, ImageInUseError
from virtual_card.iso_tree import DamagedTreeError, TreeError

REFUSED = CardRefusedError(Command(0, 0xB2, 1, 4), Response(b"", 0x6982), "reading")
REFUSAL = Refusal(RefusalCode.LOST, "R41", Text("The card is lost.", "卡已挂失。"))


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ScriptMismatchError("x"), ExitCode.CHECK_FAILED),
        (click.UsageError("x"), ExitCode.USAGE),
        (InputFileError("x"), ExitCode.USAGE),
        (TreeError("x"), ExitCode.USAGE),
        (ScenarioError("x"), ExitCode.USAGE),
        (StoreError("x"), ExitCode.USAGE),
        (FileNotFoundError(2, "No such file or directory", "x"), ExitCode.USAGE),
        (ReaderError("x"), ExitCode.READER),
        (CardMuteError("x"), ExitCode.READER),
        (ImageInUseError("x"), ExitCode.READER),
        (NoCardError("x"), ExitCode.NO_CARD),
        (CardRemovedError("x"), ExitCode.NO_CARD),
        (OperatorTimeoutError("x"), ExitCode.NO_CARD),
        (REFUSED, ExitCode.REFUSED_BY_CARD),
        (RefusedError(REFUSAL), ExitCode.REFUSED_BY_BACK_OFFICE),
        (EnrolmentError("x"), ExitCode.REFUSED_BY_BACK_OFFICE),
        (UnreachableError("x"), ExitCode.BACK_OFFICE_UNREACHABLE),
        (NotGenuineError("x"), ExitCode.REFUSED_BY_TERMINAL),
        (KeyboardInterrupt(), ExitCode.CANCELLED),
        (click.Abort(), ExitCode.CANCELLED),
        (OperatorCancelledError("x"), ExitCode.CANCELLED),
        (DamagedImageError("x", "line 1", "y"), ExitCode.DAMAGED_FILE),
        (DamagedStoreError("x", "y", "z"), ExitCode.DAMAGED_FILE),
        (MalformedFileError("x"), ExitCode.DAMAGED_FILE),
        (DamagedTreeError("x"), ExitCode.DAMAGED_FILE),
        (RuntimeError("x"), ExitCode.BUG),
    ],
    ids=lambda value: type(value).__name__,
)
def test_every_kind_of_error_has_its_exit_code_and_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int
) -> None:
    monkeypatch.delenv("SSC_DEBUG", raising=False)
    assert report(error) is code
    captured = capsys.readouterr()
    assert captured.out == ""
    assert len(captured.err.splitlines()) == 1


def test_a_bug_says_what_and_where_and_keeps_its_own_text_to_itself(
    ssc: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("terminal.cli.demonstration.load_profile", lambda name: {}["246810"])
    result = ssc("demo", bug=True)
    assert result.exit_code == 70
    assert result.stderr.startswith(
        "this is a bug in ssc-terminal: KeyError at terminal/cli/demonstration.py:"
    )
    assert "SSC_DEBUG=1 shows the traceback" in result.stderr
    assert "246810" not in result.stderr


def test_ssc_debug_shows_the_traceback(ssc: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("terminal.cli.demonstration.load_profile", lambda name: {}[name])
    monkeypatch.setenv("SSC_DEBUG", "1")
    assert "Traceback (most recent call last)" in ssc("demo", bug=True).stderr


def test_a_file_that_is_a_directory_is_named_with_the_next_step(ssc: Run, tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    result = ssc("card", "show", "d")
    assert (result.exit_code, result.stderr) == (2, "ssc: d: Is a directory; name a file, not a directory\n")


def test_an_argument_that_is_no_text_is_wrong_use(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["ssc", "--department", "\udcc4\udcda"])
    with pytest.raises(UnicodeEncodeError) as raised:
        "\udcc4\udcda".encode()
    assert report(raised.value) is ExitCode.USAGE
    assert "is no UTF-8 text" in capsys.readouterr().err
    monkeypatch.setattr("sys.argv", ["ssc", "--department", "内科"])
    assert report(raised.value) is ExitCode.BUG
