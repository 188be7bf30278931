"""READ BINARY and UPDATE BINARY, LD/T 32.5 sections 6.9 and 6.12."""

from __future__ import annotations

import pytest
from card_samples import SELECT_DF04, VERIFY, authenticate, sample_card, send


@pytest.mark.parametrize(
    ("apdu", "answer"),
    [
        ("00B0870004", "000102039000"),
        ("00B0871002", "10119000"),
        ("00B0010002", "00019000"),
        ("00B001002C", bytes(range(44)).hex().upper() + "9000"),
        ("00B001002D", "6C2C"),
        ("00B0010000", "6C2C"),
        ("00B0002C00", bytes([*range(44, 256), *range(44)]).hex().upper() + "9000"),
        ("00B0002D00", "6CFF"),
        ("00B0012C01", "6B00"),
        ("00B08F0001", "6A82"),
        ("00B0850001", "6981"),
        ("00B0A00001", "6A86"),
        ("00B087000100", "6700"),
    ],
)
def test_read_binary(apdu: str, answer: str) -> None:
    assert send(sample_card(), "00A4020002EF07", apdu) == answer


def test_read_without_a_current_file_answers_6986() -> None:
    assert send(sample_card(), "00B0000001") == "6986"


def test_short_identifier_makes_the_file_current() -> None:
    assert send(sample_card(), "00B0870001", "00B0010402") == "04059000"


def test_update_overwrites_in_place() -> None:
    card = sample_card()
    authenticate(card, "UKSSSE", 4)
    assert send(card, "00D6870203AABBCC") == "9000"
    assert send(card, "00B0870106") == "01AABBCC05069000"


@pytest.mark.parametrize(
    ("apdu", "status"),
    [
        ("00D6870801AA", "6B00"),
        ("00D6870703AABBCC", "6700"),
        ("00D6870000", "6700"),
        ("00D6850001AA", "6981"),
        ("00D6A70001AA", "6A86"),
    ],
)
def test_refused_updates_leave_the_file_alone(apdu: str, status: str) -> None:
    card = sample_card()
    assert send(card, SELECT_DF04, apdu) == status
    assert send(card, VERIFY, "00B0870008") == "00" * 8 + "9000"
