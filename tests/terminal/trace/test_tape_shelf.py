"""A tape that was recorded once and is kept: it must replay for ever, or the format has another version."""

from __future__ import annotations

from pathlib import Path

import pytest
from tape_samples import Visit, replayed

from terminal.flow.authentication import Means
from terminal.trace.tape import read_tape
from terminal.trace.tape_render import as_html

SHELF = Path(__file__).parents[2] / "tapes"


def test_a_tape_of_format_1_still_replays() -> None:
    tape = read_tape(SHELF / "dual-insert-1.tape")
    assert tape.text().startswith("ssc-tape 1\n")
    assert replayed(Visit("ssc-2.0", "old-cpu", Means.HSM), tape).outcome.label == "activated"


@pytest.mark.parametrize("path", sorted(SHELF.glob("*.tape")), ids=lambda path: path.stem)
def test_every_kept_tape_is_whole_and_can_be_shown(path: Path) -> None:
    tape = read_tape(path)
    assert len(tape.entries) > 100
    assert "社会保障卡" in "\n".join(as_html(tape))
