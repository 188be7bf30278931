"""Which reader a name means: a policy over the names that are there, as a table.

pcscd shows `NAME 00 00`: the name, the device's number, the slot's. A second slot (`NAME 00 01`) is often no slot
that anybody uses, so it is meant only where it is named in full.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

Rule = Callable[[str, str], bool]
"""Whether the reader of this full name is meant by what a person wrote."""

_NUMBERS = re.compile(r" [0-9A-F]{2} ([0-9A-F]{2})$")


def is_second_slot(name: str) -> bool:
    """Whether a reader is the second or a later slot of its device."""
    numbers = _NUMBERS.search(name)
    return numbers is not None and int(numbers[1], 16) > 0


def bare_name(name: str) -> str:
    """A reader's name without the numbers pcscd adds."""
    return _NUMBERS.sub("", name)


RULES: tuple[Rule, ...] = (
    lambda name, said: name == said,
    lambda name, said: not is_second_slot(name) and bare_name(name).casefold() == said.casefold(),
    lambda name, said: not is_second_slot(name) and said.casefold() in name.casefold(),
)
"""In this order: the full name; the name without its numbers; a part of it, in capitals or not."""


def meant(names: Sequence[str], said: str) -> tuple[str, ...]:
    """The readers that the first rule which finds any finds; one reader is the answer, none or more are not."""
    for rule in RULES:
        found = tuple(name for name in names if rule(name, said))
        if found:
            return found
    return ()


def offered(names: Sequence[str]) -> tuple[str, ...]:
    """The readers a person chooses from: all but second slots; those too where there is nothing else."""
    first = tuple(name for name in names if not is_second_slot(name))
    return first or tuple(names)
