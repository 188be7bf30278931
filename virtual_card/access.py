"""Access rules as bit masks, and the one place where they are checked (LD/T 32.6 section 6).

Every condition has a bit: 1 for the PIN, further bits for keys. A rule is a tuple of masks; it is satisfied
when all bits of one mask are among those the card has granted. Free is `(0,)`, never is `()`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from virtual_card import status
from virtual_card.state import AccessRule

if TYPE_CHECKING:
    from virtual_card.card import ProcessorCard
    from virtual_card.filesystem import FileNode

Masks = tuple[int, ...]
FileCommand = Callable[["ProcessorCard", "FileNode", int, int, Any], bytes]
"""Runs on a file with P1, P2 and Le (an int, reading) or the data field (bytes, updating)."""

PIN_CONDITION = "PIN"
PIN_BIT = 1
_SHARED: dict[Masks, Masks] = {}
"""Equal rules are one object: there are few of them, and many cards."""


def compile_rule(rule: AccessRule, bits: Mapping[str, int]) -> Masks:
    """The masks of a rule; alternatives with a key this card does not have are left out."""
    masks = tuple(
        sorted(sum(bits[term] for term in terms) for terms in rule if all(term in bits for term in terms))
    )
    return _SHARED.setdefault(masks, masks)


def granted(masks: Masks, held: int) -> bool:
    """Whether the conditions held satisfy the rule."""
    for mask in masks:  # noqa: SIM110 - `any` over a generator costs five times as much, on every read
        if held & mask == mask:
            return True
    return False


def reading(run: FileCommand, transparent: bool) -> FileCommand:
    """`run`, reached only where the file has the right structure (6981) and may be read (6982)."""

    def checked(card: ProcessorCard, file: FileNode, p1: int, p2: int, body: Any) -> bytes:
        if file.transparent is not transparent:
            return status.STRUCTURE
        if not granted(file.read, card.granted):
            return status.SECURITY
        return run(card, file, p1, p2, body)

    return checked


def updating(run: FileCommand, transparent: bool) -> FileCommand:
    """`run`, reached only where the file has the right structure (6981) and may be changed (6982)."""

    def checked(card: ProcessorCard, file: FileNode, p1: int, p2: int, body: Any) -> bytes:
        if file.transparent is not transparent:
            return status.STRUCTURE
        if not granted(file.update, card.granted):
            return status.SECURITY
        return run(card, file, p1, p2, body)

    return checked
