from __future__ import annotations

from apdu.bank_commands import read_bank_record
from apdu.commands import select_name
from apdu.layout import every_file
from apdu.response import Response
from apdu.tlv import Tlv
from terminal.cli.card_sections import Section
from terminal.cli.reading_bank import bank_sections
from terminal.cli.reading_facts import atr_facts, directory_sections, tried_section
from terminal.procedures.survey import DirectoryFound, FileFound, NameTried, Refusal
from terminal.procedures.survey_bank import BankApplication, BankFound

AID = bytes.fromhex("A000000333010101")
LOG_FORMAT = bytes.fromhex("9A039F02069F3602")
PATH = f"bank/{AID.hex().upper()}"
SSSE = every_file("2.0")[0]


def values(section: Section) -> dict[str, str]:
    return {fact.path: fact.value for fact in section.facts}


def application(**found: object) -> list[Section]:
    bank = BankFound(b"", b"", (), (BankApplication(AID, b"", blocked=False, **found),))  # type: ignore[arg-type]
    return list(bank_sections(bank, masked=True))


def test_the_log_is_cut_by_the_cards_own_format() -> None:
    _, log = application(
        objects=[Tlv(0x9F4F, LOG_FORMAT)], log=[bytes.fromhex("3001080000000012340007")], log_sfi=0x0B
    )
    assert log.note == "SFI 0B, newest first"
    assert values(log) == {
        f"{PATH}/log/1/9A": "300108",
        f"{PATH}/log/1/9F02": "000000001234",
        f"{PATH}/log/1/9F36": "0007",
    }


def test_a_log_without_a_format_is_told_by_its_length() -> None:
    (itself,) = application(log=[bytes(11)] * 2)
    assert values(itself)[f"{PATH}/log"].startswith("2 entries; the card tells no format")


def test_refused_and_damaged_parts_of_a_bank_application_are_told() -> None:
    (itself,) = application(
        refused=[Refusal(read_bank_record(3, 2), 0x6A83)], damaged=["a file locator is damaged"]
    )
    told = values(itself)
    assert told[f"{PATH}/refused/1"].startswith("00B20314: 6A83 ")
    assert told[f"{PATH}/damaged/1"] == "a file locator is damaged"


def test_a_record_that_breaks_the_layout_is_told_and_the_others_are_decoded() -> None:
    file = next(file for file in SSSE.files if file.fid == 0xEF05)
    found = DirectoryFound(SSSE, (FileFound(file, (bytes.fromhex("020133"), bytes.fromhex("0502FFFF"))),))
    _, section = directory_sections(found, frozenset(), masked=True)
    assert values(section)["SSSE/EF05/02"].startswith("3 (")
    assert "2 value bytes, 4 are defined" in values(section)["SSSE/EF05/2"]


def test_what_was_read_before_a_refusal_is_shown_with_it() -> None:
    file = next(file for file in SSSE.files if file.fid == 0xEF05)
    refused = Refusal(read_bank_record(2, 0), 0x6581)
    found = DirectoryFound(SSSE, (FileFound(file, (bytes.fromhex("020133"),), refused=refused),))
    directory, section = directory_sections(found, frozenset(), masked=True)
    assert values(directory)["SSSE/files"] == "0 of 1"
    assert list(values(section)) == ["SSSE/EF05/02", "SSSE/EF05"]
    assert values(section)["SSSE/EF05"].startswith("6581 ")


def test_an_absent_directory_is_not_shown() -> None:
    absent = DirectoryFound(SSSE, refused=Refusal(select_name(SSSE.df_name), 0x6A82))
    assert list(directory_sections(absent, frozenset(), masked=True)) == []


def test_an_answer_to_reset_that_is_none_is_shown_and_said_to_be() -> None:
    facts = {fact.path: fact.value for fact in atr_facts(bytes.fromhex("3B"))}
    assert facts["card/atr"] == "3B"
    assert "byte 1" in facts["card/atr/error"]


def test_interface_bytes_are_told_apart() -> None:
    names = [fact.text.en for fact in atr_facts(bytes.fromhex("3B6D000000814E43208697990100000005"))]
    assert "Interface byte TB1" in names and "Interface byte TC1" in names


def test_names_that_were_tried_show_their_status_words() -> None:
    section = tried_section([NameTried("Bank", AID, Response.parse(bytes.fromhex("6A82")))])
    assert values(section)[f"tried/{AID.hex().upper()}"].startswith("6A82 ")
