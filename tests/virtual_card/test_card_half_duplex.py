"""GET RESPONSE, the two faces, and bytes that are no command, LD/T 32.2 section 9.3."""

from __future__ import annotations

import pytest
from card_samples import SELECT_DF04, SELECT_SSSE, VERIFY, sample_card, send

from virtual_card.errors import CardMuteError

FCI_DF04 = "6F088406D15600000503"


@pytest.mark.parametrize("le", ["00", "0B", "FF"])
def test_wrong_le_of_get_response_is_corrected_and_nothing_lost(le: str) -> None:
    card = sample_card()
    assert send(card, SELECT_DF04, f"00C00000{le}") == "6C0A"
    assert send(card, "00C000000A") == FCI_DF04 + "9000"


def test_short_le_gives_that_much_and_says_how_much_is_left() -> None:
    card = sample_card()
    assert send(card, SELECT_DF04, "00C0000004") == FCI_DF04[:8] + "6106"
    assert send(card, "00C0000006") == FCI_DF04[8:] + "9000"


@pytest.mark.parametrize("le", ["00", "0A"])
def test_nothing_waiting_answers_6f00(le: str) -> None:
    card = sample_card()
    assert send(card, f"00C00000{le}") == "6F00"
    assert send(card, SELECT_DF04, "00C000000A", f"00C00000{le}") == "6F00"


@pytest.mark.parametrize("between", [VERIFY, "00B2010400", "00FF000000", "80C0000000"])
def test_any_other_command_discards_what_waits(between: str) -> None:
    assert send(sample_card(), SELECT_DF04, between, "00C000000A") == "6F00"


@pytest.mark.parametrize(("apdu", "status"), [("00C0010000", "6A86"), ("00C0000001AA", "6700")])
def test_get_response_parameters(apdu: str, status: str) -> None:
    assert send(sample_card(), SELECT_DF04, apdu) == status


def test_direct_face_gives_data_and_9000_at_once() -> None:
    card = sample_card(face="apdu")
    assert send(card, SELECT_DF04) == FCI_DF04 + "9000"
    assert len(send(card, "0088000010" + "11" * 16)) == 20
    assert send(card, SELECT_SSSE, "00B2012C00") == "0102AABB9000"
    assert send(card, "00B2012CFF") == "0102AABB9000"
    assert send(card, "00B2012C02") == "6C04"
    assert send(card, "00B0872000")[-4:] == "9000"


@pytest.mark.parametrize(
    ("apdu", "status"),
    [
        ("", "6700"),
        ("00", "6700"),
        ("00A4", "6700"),
        ("00A400", "6700"),
        ("00A4000002EF", "6700"),
        ("00A4000002EF050000", "6700"),
        ("002000000000", "6700"),
        ("00B2012C000100", "6700"),
        ("00FE000000", "6D00"),
        ("80FE000000", "6D00"),
        ("8018000104AABBCCDD", "6D00"),
        ("C0B2012C00", "6E00"),
        ("04B2012C00", "6E00"),
        ("0026000104", "6E00"),
        ("B026000104", "6A81"),
        ("FFA4000001", "6E00"),
    ],
)
def test_bytes_that_are_no_command_of_this_card(apdu: str, status: str) -> None:
    assert send(sample_card(), apdu) == status


def test_card_without_power_is_mute() -> None:
    card = sample_card()
    card.power_off()
    with pytest.raises(CardMuteError):
        send(card, SELECT_SSSE)
    card.power_on()
    assert send(card, SELECT_SSSE) == "611E"
