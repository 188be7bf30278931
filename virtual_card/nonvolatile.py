"""Memory that survives power, written in one place, with an undo log for each command and a way to tear it.

A command's writes are logged as (cell, place, old contents). Commit drops the log; an exception or the next
power-on after a tear plays it back, so that a torn command leaves the old contents or the new ones, never a
mixture (LD/T 32.7 section 14).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from virtual_card.errors import MemoryFailureError, TornError

Cell = bytearray | list[bytes]
"""Bytes addressed by offset, or records addressed by index."""

Change = tuple[str, int | None, bytes | list[bytes]]
"""Name of the cell, offset or index (None: all records), new contents."""

CommitHook = Callable[[Sequence[Change]], None]


class NonVolatile:
    """Named cells with an undo log; `pending`: there is something to commit, or a tear or failure is armed."""

    __slots__ = ("_budget", "_failing", "_undo", "cells", "names", "on_commit", "pending")

    def __init__(self, names: tuple[str, ...], cells: list[Cell]) -> None:
        self.names = names
        self.cells = cells
        self.pending = False
        self.on_commit: CommitHook | None = None
        self._undo: list[tuple[int, int | None, bytes | list[bytes] | None]] = []
        self._budget: int | None = None
        self._failing = False

    def copy(self) -> NonVolatile:
        """An independent copy of the committed contents, without hook and without an armed tear."""
        twin = NonVolatile(self.names, [cell[:] for cell in self.cells])
        twin._undo = self._undo[:]
        twin.recover()
        return twin

    def arm_tear(self, after_bytes: int) -> None:
        """Let power fail once the next command has written `after_bytes` bytes.

        For a command that writes n bytes: below n inside the write, n before its commit, n + 1 after it; a
        larger number does not strike. Raises ValueError for a negative number.
        """
        if after_bytes < 0:
            raise ValueError("a tear strikes after 0 bytes or more")
        self._budget = after_bytes
        self.pending = True

    def arm_failure(self) -> None:
        """Let the first write of the next command raise MemoryFailureError; a command that writes nothing is safe."""
        self._failing = True
        self.pending = True

    def write(self, cell: int, offset: int, data: bytes) -> None:
        """Overwrite bytes of a byte cell; the range must lie inside it."""
        target = self.cells[cell]
        assert isinstance(target, bytearray)
        self._log(cell, offset, bytes(target[offset : offset + len(data)]))
        reached = self._reach(len(data))
        target[offset : offset + reached] = data[:reached]
        self._strike(reached < len(data))

    def put(self, cell: int, index: int, record: bytes) -> None:
        """Replace record `index`, or append it where `index` is the number of records."""
        target = self.cells[cell]
        assert isinstance(target, list)
        old = target[index] if index < len(target) else None
        self._log(cell, index, old)
        reached = self._reach(len(record))
        target[index : index + 1] = [_partly(record, reached, old or b"")]
        self._strike(reached < len(record))

    def push(self, cell: int, record: bytes, capacity: int) -> None:
        """Insert `record` as the newest of a cyclic file; beyond `capacity` records the oldest disappears."""
        target = self.cells[cell]
        assert isinstance(target, list)
        self._log(cell, None, target[:])
        reached = self._reach(len(record))
        oldest = target[-1] if len(target) >= capacity else b""
        target[:] = [_partly(record, reached, oldest), *target[: capacity - 1]]
        self._strike(reached < len(record))

    def commit(self) -> None:
        """Make the command's writes final; raises TornError where an armed tear strikes before or after."""
        budget, self._budget = self._budget, None
        self._failing = False
        if self._undo:
            self._strike(budget == 0)
            if self.on_commit is not None:
                self.on_commit([self._change(cell, place, old) for cell, place, old in self._undo])
            self._undo.clear()
            self._strike(budget == 1)
        self.pending = False

    def rollback(self) -> None:
        """Undo a command that failed; a tear or failure armed for it is over too."""
        self._budget = None
        self._failing = False
        self.recover()

    def recover(self) -> None:
        """Play the undo log back, newest entry first: what power-on does after a tear."""
        while self._undo:
            cell, place, old = self._undo.pop()
            _restore(self.cells[cell], place, old)
        self.pending = self._budget is not None or self._failing

    def apply(self, change: Change) -> None:
        """Carry out a committed change again; raises ValueError where it fits no cell of this memory."""
        name, place, value = change
        if name not in self.names:
            raise ValueError(f"{name} is no part of this card")
        target = self.cells[self.names.index(name)]
        if isinstance(target, bytearray) and isinstance(value, bytes) and place is not None:
            if not 0 <= place <= place + len(value) <= len(target):
                raise ValueError(f"{name} has no {len(value)} bytes at offset {place}")
            target[place : place + len(value)] = value
        elif isinstance(target, list) and isinstance(value, list) and place is None:
            target[:] = value
        elif (
            isinstance(target, list)
            and isinstance(value, bytes)
            and place is not None
            and 0 <= place <= len(target)
        ):
            target[place : place + 1] = [value]
        else:
            raise ValueError(f"the change does not fit {name}")

    def _change(self, cell: int, place: int | None, old: bytes | list[bytes] | None) -> Change:
        target = self.cells[cell]
        if isinstance(target, list):
            return self.names[cell], place, target[:] if place is None else target[place]
        assert isinstance(old, bytes)
        assert place is not None
        return self.names[cell], place, bytes(target[place : place + len(old)])

    def _log(self, cell: int, place: int | None, old: bytes | list[bytes] | None) -> None:
        if self._failing:
            raise MemoryFailureError("the memory did not take a write")
        self._undo.append((cell, place, old))
        self.pending = True

    def _reach(self, length: int) -> int:
        """How many of `length` bytes reach the memory before an armed tear strikes."""
        if self._budget is None:
            return length
        reached = min(length, self._budget)
        self._budget -= reached
        return reached

    def _strike(self, now: bool) -> None:
        if now:
            self._budget = None
            raise TornError("power failed while the card was writing")


def _partly(record: bytes, reached: int, old: bytes) -> bytes:
    return record if reached == len(record) else record[:reached] + old[reached:]


def _restore(target: Cell, place: int | None, old: bytes | list[bytes] | None) -> None:
    if isinstance(old, list):
        assert isinstance(target, list)
        target[:] = old
        return
    assert place is not None
    if isinstance(target, bytearray):
        assert old is not None
        target[place : place + len(old)] = old
    else:
        target[place : place + 1] = [] if old is None else [old]
