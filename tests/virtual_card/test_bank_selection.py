"""Names, records and data objects of the bank's side (EMV Book 1 section 12, JR/T 0025.5)."""

from __future__ import annotations

import pytest
from bank_samples import DEBIT, PPSE, PSE, SELECT_SSSE, Desk, bank, bank_card, desk
from card_samples import sample_card

from apdu.crypto.algorithm import Algorithm
from virtual_card.applications.pboc.contents import BankBehaviour, Blocked, Processing

PSE_FCI = "6F26840E315041592E5359532E4444463031A5148801015F2D027A689F110101BF0C059F4D020B0A"
PPSE_FCI = (
    "6F30840E325041592E5359532E4444463031A51EBF0C1B61194F08A000000333010101500A50424F43204445424954870101"
)
ADF_FCI = (
    "6F4D8408A000000333010101A541500A50424F432044454249548701019F380C9F7A019F02065F2A02DF69015F2D027A68"
    "9F1101019F120A50424F43204445424954BF0C0A9F4D020B0ADF4D020C0A"
)
DIRECTORY = "701B61194F08A000000333010101500A50424F43204445424954870101"
RECORDS = {
    "010C": "704D57136212345678900000003D30122200000000000F5F200F43415244484F4C4445522F544553549F1F0A30"
    "3030303030303030309F61125445535430303030303030303030303030319F620100",
    "0114": "70505F24033012315F25032501019F0702FF005A0A6212345678900000003F5F3401018E0C000000000000000002031F00"
    "9F0D05D8609CA8009F0E0500100000009F0F05D8689CF8005F280201569F4A0182",
    "011C": "705D8C1B9F02069F03069F1A0295055F2A029A039C019F37049F21039F4E148D1A8A029F02069F03069F1A0295055F2A02"
    "9A039C019F37049F21039F080200205F300202209F420201569F4401029F49039F37049F1401019F2301058F01E1",
}


@pytest.mark.parametrize(("name", "fci"), [(PSE, PSE_FCI), (PPSE, PPSE_FCI), (DEBIT, ADF_FCI)])
@pytest.mark.parametrize("face", ["T=0", "apdu"])
def test_names_answer_the_known_control_information(name: str, fci: str, face: str) -> None:
    assert desk(face=face)(name) == fci + "9000"  # type: ignore[arg-type]


def test_directory_record_names_the_debit_application() -> None:
    counter = desk()
    counter(PSE)
    assert counter("00B2010C00") == DIRECTORY + "9000"
    assert counter("00B2020C00") == "6A83"
    assert counter("00B2011400") == "6A82"


@pytest.mark.parametrize("where", list(RECORDS))
def test_records_are_the_known_ones(where: str) -> None:
    counter = desk(bank(second_number=False))
    counter(DEBIT)
    assert counter(f"00B2{where}00") == RECORDS[where] + "9000"


@pytest.mark.parametrize(
    ("tagged", "answer"),
    [(False, "800E7C00080101001001010118010100"), (True, "771282027C00940C080101001001010118010100")],
)
def test_processing_options_in_both_formats(tagged: bool, answer: str) -> None:
    contents = bank(behaviour=BankBehaviour(tagged=tagged))
    contents.processing = {
        Algorithm.DES: Processing(bytes.fromhex("7C00"), bytes.fromhex("080101001001010118010100"))
    }
    counter = desk(contents)
    counter(DEBIT)
    assert counter("80A800000C830A" + "00" * 10 + "00") == answer + "9000"


@pytest.mark.parametrize("where", ["0114", "011C"])
def test_card_number_is_readable_straight_after_select(where: str) -> None:
    counter = desk()
    counter(DEBIT)
    assert "5A0A6212345678900000003F" in counter(f"00B2{where}00")


def test_second_number_stands_outside_the_file_locator() -> None:
    counter = desk()
    counter(DEBIT)
    answer = counter("80A800000C830A" + "00" * 10 + "00")
    assert answer == "800E7C00080101001001010118020500" + "9000"


def test_partial_name_matches_and_has_no_second_occurrence() -> None:
    counter = desk()
    assert counter("00A4040005A000000333") == ADF_FCI + "9000"
    assert counter("00A4040205A000000333") == "6A82"
    assert counter("00A40400054130303030") == "6A82"


def test_names_are_found_on_the_whole_chip_without_a_reset() -> None:
    counter = desk()
    assert counter.word(SELECT_SSSE) == "9000"
    assert counter.word(DEBIT) == "9000"
    assert counter.word(SELECT_SSSE) == "9000"
    assert counter.word("00B2012C00") == "9000"
    counter(DEBIT)
    assert counter.word("00A40000023F00") == "9000"
    assert counter.word("00B2012C00") == "9000"


@pytest.mark.parametrize("name", [DEBIT, PSE, PPSE])
@pytest.mark.parametrize("p1", ["00", "01"])
def test_directories_of_the_social_side_are_found_by_identifier(name: str, p1: str) -> None:
    counter = desk()
    counter(name)
    assert counter(f"00A4{p1}0002DF04") == "6F088406D156000005039000"
    assert not counter.card.foreign
    assert counter.word("80CA9F3600") == "6D00"
    assert counter.word(DEBIT) == "9000"


def test_a_file_that_is_not_found_leaves_the_bank_current() -> None:
    counter = desk()
    counter(DEBIT)
    assert counter("00A4000002EF05") == "6A82"
    assert counter.word("80CA9F3600") == "9000"


@pytest.mark.parametrize(
    ("command", "word"),
    [
        ("00A4030002DF04", "6A86"),
        ("00A4000C02DF04", "6A86"),
        ("00A4000001DF", "6700"),
        ("00A4000002DF0F", "6A82"),
        ("00A4010002EF05", "6A82"),
        ("00A4000002EF05", "6A82"),
        ("00A4020002EF05", "6A82"),
        ("00A4020002DF04", "6A82"),
        ("00A4040104A0000003", "6A86"),
        ("00A4040004A0000003", "6700"),
        ("00A4040006D15600000599", "6A82"),
        ("00C0000000", "6F00"),
        ("00C0010000", "6A86"),
        ("00B2010000", "6A86"),
        ("00B2017C00", "6A82"),
        ("00B2091400", "6A83"),
        ("00B2001400", "6A83"),
        ("80CA9F9900", "6A88"),
        ("80CA9F1700", "6A88"),
        ("80AE400000", "6985"),
        ("0088000004AABBCCDD", "6985"),
        ("0082000004AABBCCDD", "6700"),
        ("008200000A" + "00" * 10, "6985"),
        ("8418000004AABBCCDD", "6985"),
        ("90A8000002830000", "6E00"),
        ("00A8000002830000", "6E00"),
        ("00770000", "6D00"),
        ("0084000004", "6C08"),
        ("0084010008", "6A86"),
        ("80A8000002830000", "6700"),
        ("80A8010002830000", "6A86"),
    ],
)
def test_refusals_before_a_transaction(command: str, word: str) -> None:
    counter = desk()
    counter(DEBIT)
    assert counter.card.transmit(bytes.fromhex(command)).hex().upper() == word


@pytest.mark.parametrize("name", [PSE, PPSE])
@pytest.mark.parametrize(
    "command", ["80A8000002830000", "80CA9F3600", "008200000A" + "00" * 10, "0020008008" + "24" * 8]
)
def test_system_environments_run_no_transaction(name: str, command: str) -> None:
    counter = desk()
    counter(name)
    assert counter.word(command) == "6D00"


def test_contact_only_card_has_no_proximity_environment() -> None:
    assert desk(bank(proximity=False))(PPSE) == "6A82"
    assert desk(bank(directory=False))(PSE) == "6A82"


def test_card_without_financial_application_knows_none_of_its_names() -> None:
    counter = Desk(sample_card())
    counter.card.power_on()
    assert {counter(name) for name in (PSE, PPSE, DEBIT)} == {"6A82"}


@pytest.mark.parametrize(
    ("tag", "answer"),
    [
        ("9F36", "9F36020000"),
        ("9F13", "9F13020000"),
        ("9F4F", "9F4F199A039F21039F02069F03069F1A025F2A029F4E149C019F3602"),
        ("9F79", "9F7906000000000000"),
        ("9F52", "9F52028200"),
    ],
)
def test_data_objects_come_with_tag_and_length(tag: str, answer: str) -> None:
    counter = desk()
    counter(DEBIT)
    assert counter(f"80CA{tag}00") == answer + "9000"


@pytest.mark.parametrize("warning_first", [False, True])
@pytest.mark.parametrize("face", ["T=0", "apdu"])
def test_blocked_application_gives_its_control_information_with_6283(warning_first: bool, face: str) -> None:
    contents = bank(behaviour=BankBehaviour(warning_first=warning_first))
    contents.blocked = Blocked.APPLICATION
    counter = desk(contents, face=face)  # type: ignore[arg-type]
    assert counter(DEBIT) == ADF_FCI + "6283"


def test_both_ways_of_delivering_6283_over_t0() -> None:
    for warning_first, words in ((False, ("614F", "6283")), (True, ("6283", "9000"))):
        contents = bank(behaviour=BankBehaviour(warning_first=warning_first))
        contents.blocked = Blocked.APPLICATION
        card = bank_card(contents)
        assert card.transmit(bytes.fromhex(DEBIT)).hex().upper() == words[0]
        assert card.transmit(bytes.fromhex("00C0000000")).hex().upper() == "6C4F"
        assert card.transmit(bytes.fromhex("00C000004F"))[-2:].hex().upper() == words[1]


def test_blocked_application_lets_records_and_data_be_read() -> None:
    contents = bank()
    contents.blocked = Blocked.APPLICATION
    counter = desk(contents)
    counter(DEBIT)
    assert counter.word("00B2011400") == "9000"
    assert counter.word("80CA9F4F00") == counter.word("80CA9F7F00") == "9000"


def test_blocked_directory_says_so_and_the_application_does_not() -> None:
    contents = bank()
    contents.blocked = Blocked.DIRECTORY
    counter = desk(contents)
    assert counter(PSE) == PSE_FCI + "6283"
    assert counter(DEBIT) == ADF_FCI + "9000"


def test_answers_in_pieces_need_several_get_responses() -> None:
    counter = desk(bank(behaviour=BankBehaviour(piece=32)))
    assert counter.card.transmit(bytes.fromhex(DEBIT)) == b"\x61\x20"
    assert counter.card.transmit(bytes.fromhex("00C0000020"))[-2:] == b"\x61\x20"
    assert counter(DEBIT) == ADF_FCI + "9000"
