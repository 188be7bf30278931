"""What goes wrong in a visit of a scenario: in a slot, at the centre, on the way there, with the terminal's power."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from terminal.scenario.setting import Strict
from terminal.serve.failures import ANY, TIMED, Failure, FailureKind
from virtual_card.faults import FaultPlan


class CardFault(Strict, frozen=True, kw_only=True, tag_field="party", tag="card"):
    """A fault of a slot (`virtual_card.faults`): at exchange `at`, or at the `nth` of an instruction; `sw` in hex."""

    slot: Literal["old", "new", "psam"]
    do: str
    at: int | None = None
    instruction: str | None = None
    nth: int | None = None
    after_bytes: int | None = None
    seconds: float | None = None
    sw: str | None = None

    def __post_init__(self) -> None:
        FaultPlan.from_data([self.entry()], "faults")

    def entry(self) -> dict[str, Any]:
        """The fault as the plan of a slot is written."""
        given = msgspec.structs.asdict(self).items()
        return {key: value for key, value in given if key != "slot" and value is not None}


class CentreFault(Strict, frozen=True, kw_only=True, tag_field="party", tag="centre"):
    """The centre loses the request, or its answer, at its `at`-th exchange of the visit."""

    do: Literal["lose-request", "lose-answer"]
    at: Annotated[int, msgspec.Meta(ge=1)]


class TerminalFault(Strict, frozen=True, kw_only=True, tag_field="party", tag="terminal"):
    """The terminal loses its power before or after its `at`-th exchange of the visit, counted over all parties."""

    do: Literal["power-loss-before", "power-loss-after"]
    at: Annotated[int, msgspec.Meta(ge=1)]


class ServiceFault(Strict, frozen=True, kw_only=True, tag_field="party", tag="service"):
    """The centre's service fails on purpose (`terminal.serve.failures`), counted from the beginning of the visit.

    `transaction`: its name (`reserve`, `2102`), `*` for any. `seconds`: how long, where it takes time.
    """

    do: FailureKind
    transaction: str = ANY
    nth: Annotated[int, msgspec.Meta(ge=1)] = 1
    lasting: bool = False
    seconds: Annotated[float, msgspec.Meta(ge=0, le=60)] | None = None

    def __post_init__(self) -> None:
        self.failure()

    def failure(self) -> Failure:
        """The failure as the service takes it; one that takes time takes none where nothing is said."""
        seconds = 0.0 if self.seconds is None and self.do in TIMED else self.seconds
        return Failure(self.do, self.transaction, self.nth, self.lasting, seconds)


FaultSpec = CardFault | CentreFault | TerminalFault | ServiceFault
