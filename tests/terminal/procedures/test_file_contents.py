"""What a file holds beyond single items: the n-th record of a tag, rings of records, transparent bodies."""

from __future__ import annotations

import pytest
from scripted import play

from apdu.layout import FileSpec, card_layout
from terminal.errors import CardRefusedError, UnexpectedAnswerError
from terminal.procedures.file_contents import (
    append_record,
    read_every,
    read_occurrence,
    read_transparent,
    update_occurrence,
    write_transparent,
)


def declared(path: str) -> FileSpec:
    return next(file for entry in card_layout("3.0") for file in entry.files if file.path == path)


SKILLS, RING, PHOTO = declared("DF02/EF05"), declared("DF04/EF15"), declared("SSSE/EF08")
REPEATED = next(item for item in SKILLS.items if item.occurs > 1)
TAG = REPEATED.tag or 0
RECORD = bytes((TAG, REPEATED.length)) + REPEATED.empty
NUMBER = sum(item.occurs for item in SKILLS.items[: SKILLS.items.index(REPEATED)]) + 1
READ_FIRST, READ_NEXT = f"00B2{TAG:02X}00", f"00B2{TAG:02X}02"


def test_the_second_record_of_a_tag_is_the_next_after_the_first() -> None:
    played = play(read_occurrence(SKILLS, TAG, 2), RECORD.hex() + "9000", RECORD.hex() + "9000")
    assert played.result == RECORD
    assert [command[:8] for command in played.sent] == [READ_FIRST, READ_NEXT]


def test_a_record_that_is_not_there_is_none_and_nothing_further_is_asked() -> None:
    assert play(read_occurrence(SKILLS, TAG, 3), RECORD.hex() + "9000", "6A83").result is None


def test_a_record_with_another_tag_is_not_what_was_asked_for() -> None:
    with pytest.raises(UnexpectedAnswerError, match="asked for item"):
        play(read_occurrence(SKILLS, TAG), "FF009000")


def test_a_ring_is_read_until_there_are_no_more_records() -> None:
    played = play(read_every(RING), "0002399000", "0001319000", "6A83")
    assert played.result == [bytes.fromhex("000239"), bytes.fromhex("000131")]
    assert played.sent[0] == "00B2010403"


def test_a_transparent_file_is_read_in_pieces_to_its_declared_end() -> None:
    size, chunk = PHOTO.size or 0, 0xF0
    pieces = [bytes(min(chunk, size - start)) for start in range(0, size, chunk)]
    played = play(read_transparent(PHOTO), *(piece.hex() + "9000" for piece in pieces))
    assert played.result == bytes(size)
    assert played.sent[1] == "00B000F0F0"
    with pytest.raises(UnexpectedAnswerError, match="ends after 0 bytes"):
        play(read_transparent(PHOTO), "9000")


def test_a_later_record_of_a_tag_is_written_behind_the_one_before_it() -> None:
    played = play(update_occurrence(SKILLS, RECORD, 2), RECORD.hex() + "9000", "9000")
    assert [command[:8] for command in played.sent] == [READ_FIRST, f"00DC{TAG:02X}02"]


def test_where_nothing_may_be_read_a_later_record_is_written_by_its_declared_number() -> None:
    played = play(update_occurrence(SKILLS, RECORD, 2), "6982", "9000")
    assert played.sent[1][:8] == f"00DC{NUMBER + 1:02X}04"


def test_another_refusal_ends_the_writing() -> None:
    with pytest.raises(CardRefusedError, match="6A82"):
        play(update_occurrence(SKILLS, RECORD, 2), "6A82")


def test_a_ring_takes_a_new_record_before_the_newest() -> None:
    assert play(append_record(RING, b"\x00\x01\x31"), "9000").sent == ["00DC000303000131"]


def test_a_transparent_body_is_written_from_its_first_byte_on() -> None:
    played = play(write_transparent(PHOTO, bytes(0xF1)), "9000", "9000")
    assert [command[:10] for command in played.sent] == ["00D60000F0", "00D600F001"]
