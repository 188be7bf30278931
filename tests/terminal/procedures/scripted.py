"""Plays a procedure against a list of answers, given and shown as hex text."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Generic, TypeVar

from apdu.response import Response
from terminal.flow.steps import Procedure

T = TypeVar("T")


@dataclass
class Played(Generic[T]):
    """What a procedure sent, and what came of it."""

    result: T
    sent: list[str] = field(default_factory=list)


def play(procedure: Procedure[T], *answers: str) -> Played[T]:
    """Run to the end; every answer must be used, and none may be missing."""
    waiting = [Response.parse(bytes.fromhex(answer)) for answer in answers]
    sent: list[str] = []
    try:
        command = next(procedure)
        while True:
            sent.append(command.encode().hex().upper())
            assert waiting, f"no answer left for {sent[-1]}"
            command = procedure.send(waiting.pop(0))
    except StopIteration as stop:
        assert not waiting, f"{len(waiting)} answers were not asked for"
        return Played(stop.value, sent)
