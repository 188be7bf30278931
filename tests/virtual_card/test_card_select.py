"""SELECT and what it answers, LD/T 32.5 section 6.11."""

from __future__ import annotations

import pytest
from card_samples import ATR, SELECT_DF04, SELECT_SSSE, sample_card, sample_contents, send

from apdu.crypto import Algorithm

FCI_SM4 = "6F1C840F7378312E73682EC9E7BBE1B1A3D5CFA50988011E9F0C03860103"
FCI_DES = "6F1C840F7378312E73682EC9E7BBE1B1A3D5CFA50988011E9F0C03860101"
FCI_OLDEST = "6F13840F7378312E73682EC9E7BBE1B1A3D5CFA500"
FCI_DF04 = "6F088406D15600000503"


def test_power_on_returns_the_answer_to_reset() -> None:
    card = sample_card()
    assert card.power_on() == card.reset() == ATR
    assert len(ATR) == 17


def test_environment_by_name_answers_61_and_its_control_information() -> None:
    assert send(card := sample_card(), SELECT_SSSE) == "611E"
    assert send(card, "00C000001E") == FCI_SM4 + "9000"


def test_des_card_announces_algorithm_01() -> None:
    card = sample_card(algorithm=Algorithm.DES)
    assert send(card, SELECT_SSSE, "00C000001E") == FCI_DES + "9000"


def test_oldest_form_announces_nothing() -> None:
    contents = sample_contents(Algorithm.DES)
    contents.directories[0].announces_algorithm = False
    contents.directories[0].directory_sfi = None
    assert send(sample_card(contents), SELECT_SSSE, "00C0000015") == FCI_OLDEST + "9000"


def test_application_by_identifier_answers_its_name_only() -> None:
    assert send(card := sample_card(), SELECT_DF04) == "610A"
    assert send(card, "00C000000A") == FCI_DF04 + "9000"


@pytest.mark.parametrize("apdu", ["00A40000023F00", "00A4000000", "00A40000", "00A40100023F00"])
def test_master_file_is_selected_by_identifier_and_without_data(apdu: str) -> None:
    card = sample_card()
    assert send(card, SELECT_DF04, apdu) == "611E"
    assert card.directory.name == "SSSE"


def test_trailing_le_is_accepted() -> None:
    assert send(sample_card(), SELECT_SSSE + "00") == "611E"


@pytest.mark.parametrize("p1", ["00", "01"])
def test_directory_by_file_identifier(p1: str) -> None:
    assert send(sample_card(), f"00A4{p1}0002DF04") == "610A"


@pytest.mark.parametrize("p1", ["00", "02"])
def test_file_is_selected_with_the_standards_and_the_fields_p1(p1: str) -> None:
    assert send(card := sample_card(), f"00A4{p1}0002EF05") == "9000"
    assert send(card, "00B2020403") == "0201339000"


def test_p1_01_selects_directories_only() -> None:
    assert send(sample_card(), "00A4010002EF05") == "6A82"


def test_file_of_another_directory_is_not_found() -> None:
    assert send(sample_card(), "00A4000002EF08") == "6A82"


def test_names_are_found_from_inside_another_application() -> None:
    card = sample_card()
    assert send(card, SELECT_DF04, "00A4040006D15600000502") == "610A"
    assert send(card, SELECT_SSSE) == "611E"


def test_genuine_card_does_not_know_7f01() -> None:
    assert send(sample_card(), SELECT_SSSE, "00A40000027F01") == "6A82"


def test_failed_selection_keeps_the_current_one() -> None:
    card = sample_card()
    assert send(card, "00A4020002EF05", "00A4020002EF3F") == "6A82"
    assert send(card, "00B2020403") == "0201339000"


def test_selecting_a_directory_leaves_no_current_file() -> None:
    assert send(sample_card(), "00A4020002EF05", SELECT_SSSE, "00B2010400") == "6986"


@pytest.mark.parametrize(
    ("apdu", "status"),
    [
        ("00A4080002EF05", "6A86"),
        ("00A4000102EF05", "6A86"),
        ("00A4000202EF05", "6A86"),
        ("00A4000003EF0500", "6700"),
        ("00A4020000", "6700"),
        ("00A4040004D1560000", "6700"),
        ("00A4040011" + "41" * 17, "6700"),
        ("00A4040006D15600000599", "6A82"),
        ("00A4040005D156000005", "6A82"),
        ("00A4040206D15600000503", "6A82"),
    ],
)
def test_refused_selections(apdu: str, status: str) -> None:
    assert send(sample_card(), apdu) == status
