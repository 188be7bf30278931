"""The append-only journal: every commit is in the file at once, and a kill loses nothing."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from card_samples import SELECT_DF04, sample_card, send

from virtual_card import image
from virtual_card.applications.memory import MemoryCard
from virtual_card.card import ProcessorCard
from virtual_card.errors import TornError
from virtual_card.image import DamagedImageError, ImageInUseError, JournalledImage
from virtual_card.image_text import decode, journal_line

UPDATES = ["00DC0A48030A0155", "00DC054C030C0155", "0020000003999999", "805E010007123456FF654321"]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "card.image"
    image.save(sample_card(), path)
    return path


def opened(path: Path) -> tuple[JournalledImage, ProcessorCard]:
    journal = image.open_journalled(path)
    card = journal.card
    assert isinstance(card, ProcessorCard)
    card.strict = True
    card.power_on()
    return journal, card


def abandon(journal: JournalledImage) -> None:
    """What the end of the process does: the file is closed, nothing else happens."""
    journal.card.on_commit = None
    os.close(journal._file)
    journal._open = False


def journalled(path: Path) -> bytes:
    """The image after four updates of a process that never closed it."""
    journal, card = opened(path)
    send(card, *UPDATES, SELECT_DF04, "00DC0043020404")
    abandon(journal)
    return path.read_bytes()


def test_every_commit_is_in_the_file_before_its_answer(path: Path) -> None:
    journal, card = opened(path)
    for apdu in [*UPDATES, SELECT_DF04, "00DC0043020404"]:
        send(card, apdu)
        assert image.load(path).state() == card.state()
    journal.close()


def test_commands_that_write_nothing_leave_the_file_alone(path: Path) -> None:
    journal, card = opened(path)
    before = path.read_bytes()
    send(card, "00B2012C04", "0020000003123456", "0084000008", SELECT_DF04)
    assert path.read_bytes() == before
    journal.close()


def test_closing_rewrites_the_image_without_journal(path: Path) -> None:
    with image.open_journalled(path) as card:
        card.power_on()
        for apdu in UPDATES:
            card.transmit(bytes.fromhex(apdu))
    assert path.read_text(encoding="utf-8") == image.dumps(card)
    assert card.on_commit is None


def test_closing_twice_is_harmless(path: Path) -> None:
    journal, card = opened(path)
    send(card, *UPDATES)
    journal.close()
    closed = path.read_bytes()
    journal.close()
    assert path.read_bytes() == closed == image.dumps(card).encode()


def test_a_journal_is_continued_after_the_process_ended(path: Path) -> None:
    journalled(path)
    journal, card = opened(path)
    send(card, "00DC0A48030A0166")
    abandon(journal)
    assert image.load(path).state() == card.state()


def test_kill_9_loses_no_update_that_was_answered(path: Path) -> None:
    code = (
        "import sys; from virtual_card import image\n"
        "card = image.open_journalled(sys.argv[1]).card; card.power_on(); n = 0\n"
        "while True:\n"
        "    n += 1\n"
        "    answer = card.transmit(bytes.fromhex('00DC0A48060A04%08X' % n))\n"
        "    print(n, answer.hex(), flush=True)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        for _ in range(200):
            process.stdout.readline()
        os.kill(process.pid, signal.SIGKILL)
        answered = [line for line in process.stdout.read().splitlines() if line.endswith("9000")]
    last = int(answered[-1].split()[0]) if answered else 200
    card = image.load(path)
    card.power_on()
    written = int.from_bytes(card.transmit(bytes.fromhex("00B2014C06"))[2:6], "big")
    assert written in (last, last + 1)


def test_a_torn_last_line_is_left_out_and_then_overwritten(path: Path) -> None:
    whole = journalled(path)
    lines = whole.splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:-1]))
    without_last = image.load(path).state()
    for length in range(len(lines[-1])):
        path.write_bytes(b"".join(lines[:-1]) + lines[-1][:length])
        assert image.load(path).state() == without_last
    journal, card = opened(path)
    send(card, SELECT_DF04, "00DC0043020404")
    abandon(journal)
    assert path.read_bytes() == whole


def refused(path: Path, line: int) -> None:
    """Both ways to open the image name file, line and next step, and leave the file as it is."""
    raw = path.read_bytes()
    for reads in (image.load, image.open_journalled):
        with pytest.raises(DamagedImageError) as caught:
            reads(path)
        assert str(caught.value).startswith(f"{path}: line {line}: this journal line is damaged")
        assert str(caught.value).endswith("the file was left as it is.")
    assert path.read_bytes() == raw


@pytest.mark.parametrize("line", [-5, -3, -2, -1])
@pytest.mark.parametrize("damage", ["changed", "lost", "swapped"])
def test_a_damaged_complete_line_is_an_error_and_the_file_untouched(
    damage: str, line: int, path: Path
) -> None:
    lines = journalled(path).splitlines(keepends=True)
    first = len(lines) + line
    if damage == "changed":
        lines[first] = lines[first][:-3] + bytes((lines[first][-3] ^ 1,)) + lines[first][-2:]
    elif damage == "lost":
        first = min(first, len(lines) - 2)
        del lines[first]
    else:
        first = min(first, len(lines) - 2)
        lines[first : first + 2] = reversed(lines[first : first + 2])
    path.write_bytes(b"".join(lines))
    refused(path, first + 1)


@pytest.mark.parametrize("appended", [b"garbage\n", b"\n", b"\0" * 40 + b"\n", b"garbage\ntorn"])
def test_a_complete_line_that_no_card_wrote_is_an_error(appended: bytes, path: Path) -> None:
    whole = journalled(path)
    path.write_bytes(whole + appended)
    refused(path, whole.count(b"\n") + 1)


@pytest.mark.parametrize("change", [("no such file", 0, b"\1"), ("SSSE/EF05", "0", b"\1")])
def test_a_change_that_does_not_fit_the_card_is_an_error_in_its_line(
    change: tuple[str, Any, bytes], path: Path
) -> None:
    whole = journalled(path)
    line, _ = journal_line([change], decode(whole, "card.image").chain)
    path.write_bytes(whole + line.encode())
    refused(path, whole.count(b"\n") + 1)


def test_any_byte_flipped_before_the_last_newline_is_an_error(path: Path) -> None:
    start = path.stat().st_size
    whole = journalled(path)
    for position in range(start, len(whole) - 1):
        damaged = bytearray(whole)
        damaged[position] ^= 0x20
        with pytest.raises(DamagedImageError, match="journal line is damaged"):
            decode(bytes(damaged), "card.image")


def test_an_image_is_journalled_by_one_program_at_a_time(path: Path) -> None:
    journal, _ = opened(path)
    with pytest.raises(ImageInUseError, match="another program"):
        image.open_journalled(path)
    journal.close()
    image.open_journalled(path).close()


def test_an_update_that_cannot_be_journalled_is_undone(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal, card = opened(path)
    card.strict = False
    before = path.read_bytes()
    monkeypatch.setattr(os, "write", lambda file, raw: 3)
    assert send(card, UPDATES[0]) == "6F00"
    monkeypatch.undo()
    assert path.read_bytes() == before
    assert send(card, "00B2014C03") == "0A01019000"
    assert send(card, UPDATES[0]) == "9000"
    journal.close()


def test_a_full_disk_is_told_of_the_image_itself(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(file: int, raw: bytes) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    journal, card = opened(path)
    monkeypatch.setattr(os, "write", full)
    with pytest.raises(OSError, match="No space left on device") as caught:
        send(card, UPDATES[0])
    monkeypatch.undo()
    assert caught.value.filename == str(path)
    journal.close()


@pytest.mark.parametrize(("after_bytes", "committed"), [(1, False), (3, False), (4, True)])
def test_a_torn_update_is_in_the_journal_only_if_committed(
    after_bytes: int, committed: bool, path: Path
) -> None:
    journal, card = opened(path)
    card.arm_tear(after_bytes)
    with pytest.raises(TornError):
        send(card, UPDATES[0])
    abandon(journal)
    assert (image.load(path).state() == sample_card().state()) is not committed


def test_memory_cards_are_journalled_too(tmp_path: Path) -> None:
    path = tmp_path / "old.image"
    image.save(MemoryCard("sle4442", b"\xa2\x13\x10\x91"), path)
    journal = image.open_journalled(path)
    journal.card.power_on()
    journal.card.transmit(bytes.fromhex("FF20000003000000"))
    assert path.read_bytes().count(b"\n") == 3
    assert image.load(path).state() == journal.card.state()
    journal.close()
