"""What was seen of one visit of a scenario, whatever kind of visit it was."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from terminal.backoffice.ports import Refusal
from terminal.exit_codes import ExitCode
from terminal.flow.authentication import Means
from terminal.flow.channel import Finished
from terminal.flow.dual_insert_run import Ended
from terminal.flow.payment_run import PaymentEnded
from terminal.scenario.model import POWER_LOST, SCRIPT_MISMATCH
from terminal.scenario.script import ScriptOperator
from terminal.text import Text


@dataclass(frozen=True, slots=True)
class ErrandEnded:
    """How a step ended, and the centre's answer where it was one request."""

    finished: Finished
    answer: Any = None

    @property
    def text(self) -> Text:
        """What was told."""
        return self.finished.text

    @property
    def detail(self) -> str:
        """The technical detail, if any."""
        return self.finished.detail

    @property
    def refusal(self) -> Refusal | None:
        """The refusal, if it was one."""
        return self.finished.refusal


@dataclass(slots=True)
class Visit:
    """What was seen of one visit."""

    ended: Ended | PaymentEnded | ErrandEnded | None
    operator: ScriptOperator
    means: Means | None = None
    mismatch: str = ""
    idle_faults: tuple[str, ...] = ()

    @property
    def outcome(self) -> str:
        """The outcome's label, or that the power was lost, or that script and terminal disagree."""
        if self.mismatch:
            return SCRIPT_MISMATCH
        if self.ended is None:
            return POWER_LOST
        return self.ended.finished.label if isinstance(self.ended, ErrandEnded) else self.ended.outcome.label

    @property
    def exit_code(self) -> ExitCode:
        """The exit code of a process that ends so."""
        if self.ended is None:
            return ExitCode.DONE
        if isinstance(self.ended, ErrandEnded):
            return self.ended.finished.exit_code
        return self.ended.outcome.exit_code

    @property
    def said(self) -> list[str]:
        """Every text that was shown, and how it ended."""
        ending = [str(self.ended.text)] if self.ended else []
        return [str(text) for text in self.operator.shown] + ending

    @property
    def printed(self) -> list[str]:
        """Every line that was printed: title, or label and value."""
        return [
            line
            for receipt in self.operator.receipts
            for line in (
                str(receipt.title),
                *(f"{label.zh} {label.en}: {value}" for label, value in receipt.lines),
            )
        ]
