"""Where a PIN comes from: the reader's keypad, a hidden prompt, stdin, or a named environment variable.

Never an argument value: those are seen by everybody on the machine and stay in the shell's history. Before a PIN is
sent, its source and the tries left are said; where one try is left, nothing is sent without `--force`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

import click

from apdu.command import Command
from apdu.response import Response
from apdu.status import tries_left
from terminal.cli.deck import current_deck
from terminal.cli.output import say
from terminal.desk import Desk
from terminal.errors import CardRefusedError
from terminal.flow.steps import Role
from terminal.procedures.pin import BLOCKED, query_tries, verify_pin
from terminal.text import Pin
from terminal.trace.tape_deck import NoInputError
from terminal.transport.base import PinPad

PAD_BLOCK = b"\xff" * 8
SHORTEST, LONGEST = 4, 16
PAD_TIMEOUT_S = 30.0
NOT_SET = -1
"""Tries of a card on which no PIN is set."""

EMPTY_VERIFY = Command(0x00, 0x20, 0x00, 0x00, PAD_BLOCK)
"""VERIFY with an empty block, for a keypad to fill."""


class LastTryError(Exception):
    """One try is left on the PIN; a wrong one would block it."""


class Way(Enum):
    """How a PIN is come by; the value is what people are told."""

    ASK = "typed here 本机输入"
    STDIN = "standard input 标准输入"
    ENVIRONMENT = "environment variable 环境变量"
    KEYPAD = "the reader's keypad 读卡器密码键盘"


@dataclass(frozen=True, slots=True)
class PinSource:
    """Where the holder's PIN comes from; `variable` names the environment variable."""

    way: Way
    variable: str = ""
    force: bool = False

    @property
    def text(self) -> str:
        """The source for people."""
        return f"{self.way.value} {self.variable}".rstrip()

    def obtain(self) -> Pin:
        """The PIN, a replayed tape's where there is one; raises NoInputError where there is none or it is no PIN."""
        return current_deck().pin(self._read)

    def _read(self) -> Pin:
        digits = _SOURCES[self.way](self.variable)
        try:
            return Pin(digits)
        except ValueError as error:
            raise NoInputError(f"the PIN from {self.text}: {error}") from None


def _asked(_: str) -> str:
    if not sys.stdin.isatty():
        raise NoInputError("--pin asks at a terminal, and there is none; use --pin-stdin or --pin-env NAME")
    try:
        digits: str = click.prompt("个人密码 PIN", hide_input=True, err=True)
    except click.Abort:
        raise KeyboardInterrupt from None
    return digits


def _from_stdin(_: str) -> str:
    return sys.stdin.readline().strip()


def _from_environment(variable: str) -> str:
    if variable not in os.environ:
        raise NoInputError(f"--pin-env: there is no environment variable {variable}; export it first")
    return os.environ[variable].strip()


_SOURCES: dict[Way, Callable[[str], str]] = {
    Way.ASK: _asked,
    Way.STDIN: _from_stdin,
    Way.ENVIRONMENT: _from_environment,
}


def pin_source(*, pin: bool, pin_stdin: bool, pin_env: str | None, force: bool) -> PinSource | None:
    """The one source that the options name, None where none does; raises ClickException for more than one."""
    named = [
        PinSource(way, variable or "", force)
        for way, variable in (
            (Way.ASK, "" if pin else None),
            (Way.STDIN, "" if pin_stdin else None),
            (Way.ENVIRONMENT, pin_env),
        )
        if variable is not None
    ]
    if len(named) > 1:
        raise click.ClickException("a PIN has one source: --pin, --pin-stdin or --pin-env")
    return named[0] if named else None


def tries_of(desk: Desk, role: Role = Role.NEW) -> int | None:
    """Tries left on the PIN, asked without using one up; NOT_SET without a PIN, None where the card does not say."""
    try:
        return desk.ask(query_tries(NOT_SET), role)
    except CardRefusedError:
        return None


def verify_holder(desk: Desk, source: PinSource, tries: int | None, role: Role = Role.NEW) -> int | None:
    """Say source and tries, then verify; None where the PIN was right, else the tries left (0: blocked).

    A PIN asked for is typed at the reader's keypad where it has one. Raises LastTryError before anything is sent,
    CardRefusedError, TransportError, NoInputError: before anything is said where a variable is missing.
    """
    known = source.obtain() if source.way is Way.ENVIRONMENT else None
    pad = desk.connections[role].pin_pad if source.way is Way.ASK else None
    shown = PinSource(Way.KEYPAD) if pad is not None else source
    say(f"PIN 个人密码: {shown.text}; tries left 剩余次数: {tries_text(tries)}", err=True)
    if tries == 0:
        return 0
    if tries == 1 and not source.force:
        raise LastTryError(
            "one try is left on the PIN: a wrong one would block it; nothing was sent, --force sends it"
        )
    if pad is not None:
        return _at_keypad(pad)
    return desk.ask(verify_pin(source.obtain() if known is None else known), role)


def tries_text(tries: int | None) -> str:
    """Tries for people."""
    if tries is None:
        return "unknown 未知"
    return "no PIN is set 未设密码" if tries == NOT_SET else str(tries)


def _at_keypad(pad: PinPad) -> int | None:
    raw = pad.verify(EMPTY_VERIFY.encode(), shortest=SHORTEST, longest=LONGEST, timeout_s=PAD_TIMEOUT_S)
    response = Response.parse(raw)
    if response.ok:
        return None
    left = 0 if response.sw == BLOCKED else tries_left(response.sw)
    if left is None:
        raise CardRefusedError(EMPTY_VERIFY, response, "verifying the PIN at the reader's keypad")
    return left
