"""Steps under way: a suspended flow whose card stays powered until the next step, or until somebody ends it."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from terminal.driver.operations import Stage
from terminal.driver.running import Running
from terminal.driver.steps import HandOver


@dataclass(slots=True, repr=False)
class Steps:
    """One operation: `done` is its last finished step, `function` the name that began it."""

    running: Running
    stem: str
    function: str
    caller: object
    done: int = 0
    handed_over: HandOver | None = None
    since: float = 0.0
    timer: threading.Timer | None = None

    def expects(self, stage: Stage, caller: object) -> bool:
        """Whether a function of this stage, called by this caller, is the next step."""
        return (self.stem, self.done + 1, self.caller) == (stage.stem, stage.last, caller)

    def wake(self) -> None:
        """The next call has come: the idle limit counts no more."""
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None

    def close(self) -> None:
        """End the flow and power its cards off; harmless when repeated."""
        self.wake()
        self.running.close()
