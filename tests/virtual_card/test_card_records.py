"""READ RECORD and UPDATE RECORD, LD/T 32.5 sections 6.10 and 6.13, LD/T 32.3 section 5.3."""

from __future__ import annotations

import pytest
from card_samples import SELECT_DF04, authenticate, sample_card, send

EF05, EF08, EF09 = "00A4020002EF05", "00A4020002EF08", "00A4020002EF09"


@pytest.mark.parametrize(
    ("apdu", "answer"),
    [
        ("00B2012C04", "0102AABB"),
        ("00B2032C06", "0304332E3030"),
        ("00B2022803", "020133"),
        ("00B2012D0D", "0102AABB0201330304332E3030"),
        ("00B2022D09", "0201330304332E3030"),
        ("00B2012E0D", "0304332E30300201330102AABB"),
        ("00B2022E09", "0304332E3030020133"),
        ("00B2032E06", "0304332E3030"),
        ("00B20A4803", "0A0101"),
        ("00B20A4903", "0A0103"),
        ("00B20B4A03", "0B0102"),
        ("00B20B4B03", "0B0104"),
        ("00B2004803", "0A0101"),
        ("00B2004903", "0B0104"),
    ],
)
def test_reads_by_short_identifier_in_every_mode(apdu: str, answer: str) -> None:
    assert send(sample_card(), apdu) == answer + "9000"


@pytest.mark.parametrize("le", ["00", "02", "05", "FF"])
def test_wrong_le_is_answered_with_the_right_one(le: str) -> None:
    assert send(sample_card(), f"00B2012C{le}") == "6C04"


def test_next_and_previous_walk_the_records_of_one_identifier() -> None:
    card = sample_card()
    send(card, EF09)
    assert [send(card, "00B20A0203") for _ in range(3)] == ["0A01019000", "0A01039000", "6A83"]
    assert send(card, "00B20B0303") == "0B01029000"
    assert send(card, "00B20A0303") == "0A01019000"


def test_next_without_identifier_walks_all_records() -> None:
    card = sample_card()
    send(card, EF09)
    walked = [send(card, "00B2000203")[:6] for _ in range(4)]
    assert walked == ["0A0101", "0B0102", "0A0103", "0B0104"]
    assert send(card, "00B2000203") == "6A83"


def test_number_00_is_the_current_record_and_numbers_do_not_move_it() -> None:
    card = sample_card()
    assert send(card, EF09, "00B2000403") == "6A83"
    send(card, "00B20B0003", "00B2040403")
    assert send(card, "00B2000403") == "0B01029000"


def test_a_short_identifier_makes_the_file_current_and_resets_the_pointer() -> None:
    card = sample_card()
    send(card, EF09, "00B20B0003", "00B2014C03")
    assert send(card, "00B2000403") == "6A83"
    assert send(card, "00B2010403") == "0A01019000"


@pytest.mark.parametrize(
    ("apdu", "status"),
    [
        ("00B2010400", "6986"),
        ("00B2017400", "6A82"),
        ("00B201FC00", "6A82"),
        ("00B2013C00", "6981"),
        ("00B2042C00", "6A83"),
        ("00B24E2800", "6A83"),
        ("00B2012F00", "6A86"),
        ("00B2FF2C00", "6A86"),
        ("00B2012C02AAAA", "6700"),
        ("00DC012D0401020304", "6A86"),
        ("00DC012C00", "6700"),
        ("00DC012C04", "6700"),
    ],
)
def test_refused_record_commands(apdu: str, status: str) -> None:
    assert send(sample_card(), apdu) == status


def test_a_cyclic_record_has_no_identifier() -> None:
    assert send(sample_card(), SELECT_DF04, "00B2034002") == "6981"


def test_update_replaces_a_record_with_one_of_another_length() -> None:
    card = sample_card()
    assert authenticate(card, "UKSSSE", 4) == "9000"
    assert send(card, "00DC022805" + "0203313233") == "9000"
    assert send(card, "00B2022C05") == "02033132339000"


def test_update_by_number_00_writes_the_current_record() -> None:
    card = sample_card()
    assert send(card, EF09, "00B20B0003", "00DC0004030B0177") == "9000"
    assert send(card, "00B2020403") == "0B01779000"


@pytest.mark.parametrize(
    ("apdu", "number", "record"),
    [
        ("00DC0A48030A0155", 1, "0A0155"),
        ("00DC0A49030A0155", 3, "0A0155"),
        ("00DC0B4A030B0155", 2, "0B0155"),
        ("00DC0B4B030B0155", 4, "0B0155"),
        ("00DC054C030C0155", 5, "0C0155"),
        ("00DC0C48030C0155", 5, "0C0155"),
        ("00DC0C49030C0155", 5, "0C0155"),
    ],
)
def test_update_replaces_or_appends(apdu: str, number: int, record: str) -> None:
    card = sample_card()
    assert send(card, apdu) == "9000"
    assert send(card, f"00B2{number:02X}4C03") == record + "9000"


@pytest.mark.parametrize(
    ("apdu", "status"),
    [
        ("00DC064C030C0155", "6A83"),
        ("00DC0A48030B0155", "6A85"),
        ("00DC014C040A0155FF", "6A85"),
        ("00DC014C010A", "6A85"),
    ],
)
def test_records_that_do_not_fit_are_refused(apdu: str, status: str) -> None:
    card = sample_card()
    before = card.state()
    assert send(card, apdu) == status
    assert card.state() == before


def test_append_beyond_the_room_answers_6a84() -> None:
    card = sample_card()
    assert send(card, SELECT_DF04, "00DC025C020200") == "9000"
    assert send(card, "00DC035C020300") == "6A84"


def test_fixed_record_of_another_length_answers_6700() -> None:
    card = sample_card()
    assert send(card, SELECT_DF04, "00DC01340390019A") == "6700"
    assert send(card, "00DC0134049001929A") == "9000"


@pytest.mark.parametrize("apdu", ["00DC0043020404", "00DC0144020404"])
def test_cyclic_file_takes_new_records_as_number_1_and_drops_the_oldest(apdu: str) -> None:
    card = sample_card()
    send(card, SELECT_DF04)
    assert [send(card, apdu), send(card, apdu)] == ["9000", "9000"]
    assert send(card, "00B2014506") == "0404040403039000"


@pytest.mark.parametrize("apdu", ["00DC0244020404", "00DC0040020404"])
def test_cyclic_file_is_not_overwritten(apdu: str) -> None:
    assert send(sample_card(), SELECT_DF04, apdu) == "6981"


def test_joined_records_are_cut_at_256_bytes() -> None:
    card = sample_card()
    for number in range(5, 8):
        assert send(card, f"00DC{number:02X}4C7F0C7D" + "55" * 125) == "9000"
    answer = send(card, "00B2014D00")
    assert len(answer) == 2 * 256 + 4
    assert answer.endswith("9000")
