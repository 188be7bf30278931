"""Every exception a command can end with: one message for people on stderr, one exit code."""

from __future__ import annotations

import errno
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

import click

from apdu.command import MalformedApduError
from apdu.decoding import DecodingError
from apdu.layout import LayoutError
from apdu.t0 import CompletionError
from terminal.backoffice.database import DamagedStoreError, StoreError
from terminal.backoffice.enrolment import EnrolmentError
from terminal.backoffice.ports import RefusedError, UnreachableError
from terminal.backoffice.profile import ProfileError
from terminal.cli.input_files import InputFileError, MalformedFileError
from terminal.cli.output import CANCELLED, say, say_trace, silence
from terminal.cli.pin_source import LastTryError
from terminal.driver.native.build import BuildError
from terminal.driver.profile import ProfileError as DriverProfileError
from terminal.errors import CardError, NotGenuineError
from terminal.exit_codes import ExitCode
from terminal.flow.operator import OperatorCancelledError, OperatorTimeoutError
from terminal.scenario.model import ScenarioError
from terminal.scenario.script import ScriptMismatchError
from terminal.serve.driver.endpoint import EndpointError
from terminal.testbench.orders import DamagedImageOrderError, OrderError
from terminal.trace.tape import DamagedTapeError
from terminal.trace.tape_deck import NoInputError
from terminal.trace.tape_player import TapeMismatchError
from terminal.transport.base import DamagedCardError, NoCardError, ReaderAddressError, TransportError
from terminal.transport.pin_entry import PinEntryCancelledError
from virtual_card.errors import FaultPlanError, VirtualCardError
from virtual_card.image import DamagedImageError
from virtual_card.iso_tree import DamagedTreeError, TreeError
from virtual_card.issue_record import NoIssueRecordError
from virtual_card.issuer import IssueError

EXIT_CODES: Sequence[tuple[type[BaseException], ExitCode]] = (
    (click.ClickException, ExitCode.USAGE),
    (click.Abort, ExitCode.CANCELLED),
    (KeyboardInterrupt, ExitCode.CANCELLED),
    (OperatorCancelledError, ExitCode.CANCELLED),
    (OperatorTimeoutError, ExitCode.NO_CARD),
    (ScriptMismatchError, ExitCode.CHECK_FAILED),
    (TapeMismatchError, ExitCode.CHECK_FAILED),
    (DamagedTapeError, ExitCode.DAMAGED_FILE),
    (DamagedImageError, ExitCode.DAMAGED_FILE),
    (DamagedStoreError, ExitCode.DAMAGED_FILE),
    (MalformedFileError, ExitCode.DAMAGED_FILE),
    (DamagedTreeError, ExitCode.DAMAGED_FILE),
    (InputFileError, ExitCode.USAGE),
    (StoreError, ExitCode.USAGE),
    (ProfileError, ExitCode.USAGE),
    (ScenarioError, ExitCode.USAGE),
    (IssueError, ExitCode.USAGE),
    (TreeError, ExitCode.USAGE),
    (NoIssueRecordError, ExitCode.USAGE),
    (FaultPlanError, ExitCode.USAGE),
    (DamagedImageOrderError, ExitCode.DAMAGED_FILE),
    (OrderError, ExitCode.USAGE),
    (EndpointError, ExitCode.USAGE),
    (BuildError, ExitCode.USAGE),
    (DriverProfileError, ExitCode.USAGE),
    (MalformedApduError, ExitCode.USAGE),
    (DecodingError, ExitCode.USAGE),
    (ReaderAddressError, ExitCode.USAGE),
    (DamagedCardError, ExitCode.DAMAGED_FILE),
    (NoInputError, ExitCode.USAGE),
    (PinEntryCancelledError, ExitCode.CANCELLED),
    (NoCardError, ExitCode.NO_CARD),
    (TransportError, ExitCode.READER),
    (VirtualCardError, ExitCode.READER),
    (NotGenuineError, ExitCode.REFUSED_BY_TERMINAL),
    (LastTryError, ExitCode.REFUSED_BY_TERMINAL),
    (CardError, ExitCode.REFUSED_BY_CARD),
    (CompletionError, ExitCode.REFUSED_BY_CARD),
    (LayoutError, ExitCode.REFUSED_BY_CARD),
    (RefusedError, ExitCode.REFUSED_BY_BACK_OFFICE),
    (EnrolmentError, ExitCode.REFUSED_BY_BACK_OFFICE),
    (UnreachableError, ExitCode.BACK_OFFICE_UNREACHABLE),
)
"""The first match counts."""

ROOT = Path(__file__).parents[2]
OURS = ("apdu", "virtual_card", "terminal")


def report(error: BaseException) -> ExitCode:
    """Say what went wrong, once, and return the exit code; with SSC_DEBUG set the traceback follows."""
    if isinstance(error, BrokenPipeError | SystemExit):  # click ends so when it writes into a closed pipe
        silence(sys.stdout)
        return ExitCode.DONE
    say_trace(error)
    code, message = verdict(error)
    say(message, err=True)
    return code


def verdict(error: BaseException) -> tuple[ExitCode, str]:
    """The exit code and the one message of an exception."""
    code = next((code for kind, code in EXIT_CODES if isinstance(error, kind)), None)
    if isinstance(error, click.ClickException):
        return ExitCode.USAGE, _usage(error)
    if code is ExitCode.CANCELLED:
        return code, CANCELLED
    if code is not None:
        return code, f"ssc: {error}"
    if isinstance(error, OSError):
        return ExitCode.USAGE, f"ssc: {_file_message(error)}"
    if isinstance(error, UnicodeEncodeError) and (typed := _undecodable()):
        return ExitCode.USAGE, f"ssc: {typed!a} is no UTF-8 text; set the terminal to UTF-8 and type it again"
    return ExitCode.BUG, _bug(error)


def _usage(error: click.ClickException) -> str:
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        return error.format_message()
    context = getattr(error, "ctx", None)
    hint = f"; `{context.command_path} --help` shows the options" if context else ""
    return f"ssc: {error.format_message().rstrip('.')}{hint}"


_NEXT_STEP = {
    errno.ENOENT: "check the name",
    errno.EACCES: "check its rights, or name another file",
    errno.EISDIR: "name a file, not a directory",
    errno.ENOTDIR: "check the name",
    errno.EROFS: "name a file in a place that can be written to",
    errno.ENOSPC: "make room and repeat",
}


def _file_message(error: OSError) -> str:
    where = f"{error.filename}: " if error.filename else ""
    step = _NEXT_STEP.get(error.errno or 0, "check the file and repeat")
    return f"{where}{error.strerror or error}; {step}"


def _undecodable() -> str:
    """The first argument that the locale could not decode, such as GBK typed where UTF-8 is expected; "" for none."""
    return next((text for text in sys.argv[1:] if any("\ud800" <= sign <= "\udfff" for sign in text)), "")


def _bug(error: BaseException) -> str:
    """Kind and place of an unexpected error; not its own text, which may hold what must not be shown."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [
        frame for frame in frames if any(Path(frame.filename).is_relative_to(ROOT / name) for name in OURS)
    ]
    place = f" at {Path(own[-1].filename).relative_to(ROOT)}:{own[-1].lineno}" if own else ""
    return f"this is a bug in ssc-terminal: {type(error).__name__}{place}; SSC_DEBUG=1 shows the traceback"
