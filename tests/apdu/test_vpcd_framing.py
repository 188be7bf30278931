"""Messages between a virtual reader and a card."""

from __future__ import annotations

import pytest

from apdu.vpcd import LONGEST, Control, FramingError, Unframer, frame, parse_control

SELECT = bytes.fromhex("00A404000E7378312E73682EC9E7BBE1B1A3D5CF")
PAYLOADS = [b"\x01", b"\x04", SELECT, b"", bytes(range(256)), b"\x00"]
STREAM = b"".join(frame(payload) for payload in PAYLOADS)


def test_a_message_is_its_length_in_two_bytes_and_itself() -> None:
    assert frame(SELECT) == b"\x00\x14" + SELECT
    assert frame(bytes(LONGEST)) == b"\xff\xff" + bytes(LONGEST)
    assert Control.ATR.message == bytes.fromhex("000104")


def test_what_fits_into_no_message_is_refused() -> None:
    with pytest.raises(FramingError, match="65536"):
        frame(bytes(LONGEST + 1))


@pytest.mark.parametrize("cut", range(len(STREAM) + 1))
def test_a_stream_cut_anywhere_gives_the_same_payloads(cut: int) -> None:
    unframer = Unframer()
    first = unframer.feed(STREAM[:cut])
    assert first == PAYLOADS[: len(first)]
    assert unframer.partial is (b"".join(map(frame, first)) != STREAM[:cut])
    assert first + unframer.feed(STREAM[cut:]) == PAYLOADS
    assert not unframer.partial


def test_a_stream_in_single_bytes_gives_the_same_payloads() -> None:
    unframer = Unframer()
    pieces = [unframer.feed(STREAM[index : index + 1]) for index in range(len(STREAM))]
    assert [payload for piece in pieces for payload in piece] == PAYLOADS


def test_one_byte_is_a_control_and_more_is_a_command() -> None:
    assert [parse_control(bytes((value,))) for value in (0, 1, 2, 4)] == list(Control)
    assert parse_control(SELECT) is None
    assert parse_control(b"\x00\xa4") is None


@pytest.mark.parametrize("payload", [b"", b"\x03", b"\x05", b"\xff"])
def test_what_no_reader_sends_is_refused(payload: bytes) -> None:
    with pytest.raises(FramingError):
        parse_control(payload)
