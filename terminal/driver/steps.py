"""What the flow of a call may ask for beside what every flow may: the keypad, and the end of a step.

A function that is split into steps is one flow: it hands over between them and goes on with the next call's arguments.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

from terminal.backoffice.ports import HsmMessage
from terminal.driver.ports import Prompt
from terminal.flow.steps import Step

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Enter:
    """Have the holder enter a PIN at the driver's keypad. Answer: Pin."""

    prompt: Prompt


@dataclass(frozen=True, slots=True, repr=False)
class HandOver:
    """End this step with the text of its output buffer; the card stays powered.

    `message` is what the key machine is to be asked before the next step, which takes so many `fields` of its answer
    (None: all). Answer: the arguments of the next step.
    """

    text: str
    message: HsmMessage
    fields: int | None = None

    def key(self, answer: str) -> str:
        """The pKey of the next step from the key machine's answer."""
        return (
            answer
            if self.fields is None
            else "".join(f"{field}|" for field in answer.split("|")[: self.fields])
        )

    def __repr__(self) -> str:
        return f"HandOver({len(self.text)} characters)"


CallStep: TypeAlias = "Step | Enter | HandOver"
CallFlow = Generator[CallStep, Any, T]
"""The flow of a call, or of one that goes on over several."""
