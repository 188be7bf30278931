"""A flow as a table: state and event give the next state or the outcome; the diagram is drawn from the same table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Generic, TypeVar

S = TypeVar("S", bound=Enum)
E = TypeVar("E", bound=Enum)
O = TypeVar("O", bound=Enum)  # noqa: E741 - state, event, outcome


@dataclass(frozen=True, slots=True)
class Machine(Generic[S, E, O]):
    """`rows` answers a pair first, then `anywhere` by event, then `impossible`: every pair has an answer."""

    start: S
    rows: Mapping[S, Mapping[E, S | O]]
    anywhere: Mapping[E, S | O]
    impossible: O

    def next(self, state: S, event: E) -> S | O:
        """Where `event` leads from `state`."""
        row = self.rows.get(state, {})
        return row.get(event, self.anywhere.get(event, self.impossible))

    def mermaid(self) -> str:
        """The table as a Mermaid state diagram; transitions that hold in every state are listed as a note."""
        lines = ["stateDiagram-v2", f"    [*] --> {self.start.name}"]
        outcomes: dict[str, None] = {}
        for state, row in self.rows.items():
            for event, target in row.items():
                lines.append(f"    {state.name} --> {target.name}: {event.name}")
                if target not in self.rows:
                    outcomes[target.name] = None
        lines += [f"    {name} --> [*]" for name in outcomes]
        lines.append(f"    note right of {self.start.name}")
        lines += [
            f"        anywhere: {event.name} to {target.name}" for event, target in self.anywhere.items()
        ]
        lines.append("    end note")
        return "\n".join(lines) + "\n"
