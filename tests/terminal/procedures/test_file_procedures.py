"""Items are read and written by tag; the application status file is recognised or left alone."""

from __future__ import annotations

from datetime import datetime

import pytest
from scripted import play

from apdu.layout import card_layout
from apdu.layout.application_status import ApplicationStatus, Journal, Receipt
from apdu.layout.states import Channel, FinancialState, JournalPhase, ReceiptMode, SocialState
from terminal.errors import CardRefusedError
from terminal.procedures.application_status import read_status_file
from terminal.procedures.files import (
    declared_file,
    insist_on_record,
    read_item,
    select_directory,
    update_record_by_tag,
)
from terminal.procedures.medical import MEDICAL_FID, medical_records

SSSE, DF04 = card_layout("3.0")[:2]
STATUS = declared_file(SSSE, 0xEF0C)
MEDICAL = declared_file(DF04, MEDICAL_FID)
AT = datetime(2030, 3, 1, 9, 0)
RECORDS = (
    ApplicationStatus(SocialState.NORMAL, FinancialState.INACTIVE, AT, Channel.PHARMACY).to_record(),
    Receipt(AT, ReceiptMode.IN_PERSON).to_record(),
    Journal("A1", JournalPhase.BEGUN, AT, "990100000001").to_record(),
)


def record_answers(*records: bytes) -> list[str]:
    return [record.hex() + "9000" for record in records]


def test_status_file_is_read_record_by_record_to_its_end() -> None:
    played = play(read_status_file(STATUS), "9000", *record_answers(*RECORDS), "6A83")
    found = played.result
    assert found is not None and found.status is not None and found.journal is not None
    assert found.status.social is SocialState.NORMAL
    assert found.journal.activation_number == "A1"
    assert not found.foreign
    assert [apdu[4:6] for apdu in played.sent[1:]] == ["01", "02", "03", "04"]


def test_card_without_the_file_has_none() -> None:
    assert play(read_status_file(STATUS), "6A82").result is None


@pytest.mark.parametrize("answers", [("6981",), ("6982",), ("EA02010290" + "00", "6A83")])
def test_file_that_does_not_read_as_ours_is_foreign(answers: tuple[str, ...]) -> None:
    found = play(read_status_file(STATUS), "9000", *answers).result
    assert found is not None and found.foreign


def test_file_with_too_many_records_is_not_read_to_the_end() -> None:
    extra = bytes.fromhex("EA020102")
    found = play(read_status_file(STATUS), "9000", *record_answers(*RECORDS, extra)).result
    assert found is not None and found.foreign


def test_refusal_names_file_record_and_status_word() -> None:
    with pytest.raises(CardRefusedError, match="selecting SSSE/EF0C: SELECT answered 9303"):
        play(read_status_file(STATUS), "9303")
    with pytest.raises(CardRefusedError, match="reading SSSE/EF0C record 2: READ RECORD answered 6581"):
        play(read_status_file(STATUS), "9000", *record_answers(RECORDS[0]), "6581")


def test_directory_is_selected_by_name() -> None:
    played = play(select_directory(DF04), "6F029000")
    assert played.sent[0].startswith("00A40400")
    with pytest.raises(CardRefusedError, match="selecting DF04: SELECT answered 6A82"):
        play(select_directory(DF04), "6A82")


def test_missing_item_is_none() -> None:
    assert play(read_item(MEDICAL, 0x8F), "6A83").result is None


def test_write_that_wants_an_authentication_first_is_told_apart_from_a_refusal() -> None:
    record = bytes.fromhex("8F0131")
    assert play(update_record_by_tag(MEDICAL, record), "9000").result is True
    assert play(update_record_by_tag(MEDICAL, record), "6982").result is False
    with pytest.raises(CardRefusedError, match="writing DF04/EF05 item 8F: UPDATE RECORD answered 6581"):
        play(update_record_by_tag(MEDICAL, record), "6581")
    with pytest.raises(CardRefusedError) as refused:
        play(insist_on_record(MEDICAL, record), "6982")
    assert "writing DF04/EF05 item 8F: UPDATE RECORD answered 6982" in str(refused.value)
    assert "UK1DF04" in str(refused.value)


def test_file_the_layout_does_not_have_is_the_callers_bug() -> None:
    with pytest.raises(ValueError, match="SSSE has no file EF77"):
        declared_file(SSSE, 0xEF77)


def test_1_0_card_gets_no_medical_items_81_and_84() -> None:
    base = {0x81: "31000000", 0x84: "990100", 0x8F: "1"}
    assert {record[0] for record in medical_records("1.0", base)} == {0x8F}
    assert {record[0] for record in medical_records("3.0", base)} == {0x81, 0x84, 0x8F}
