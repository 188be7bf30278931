"""The application status file: its records, and how somebody else's file is told apart."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apdu.layout import LayoutError, card_layout
from apdu.layout.application_status import (
    ApplicationStatus,
    Journal,
    Receipt,
    StatusFile,
    file,
    read_status_records,
)
from apdu.layout.states import Channel, FinancialState, JournalPhase, ReceiptMode, SocialState

STATUS = ApplicationStatus(
    SocialState.NORMAL, FinancialState.INACTIVE, datetime(2026, 3, 1, 9, 30), Channel.PHARMACY, "990100000001"
)
RECEIPT = Receipt(datetime(2026, 2, 10, 10, 15), ReceiptMode.EMPLOYER)
JOURNAL = Journal("20260301000000000001", JournalPhase.BEGUN, datetime(2026, 3, 1, 9, 30), "990100000001")
RECORDS = (STATUS.to_record(), RECEIPT.to_record(), JOURNAL.to_record())


def test_records_are_read_back() -> None:
    assert read_status_records(RECORDS) == StatusFile(STATUS, RECEIPT, JOURNAL)


@pytest.mark.parametrize("state", SocialState)
@pytest.mark.parametrize("channel", Channel)
def test_every_state_and_channel_is_carried(state: SocialState, channel: Channel) -> None:
    status = ApplicationStatus(state, FinancialState.CLOSED, None, channel)
    assert ApplicationStatus.from_record(status.to_record()) == status


def test_unset_records_are_nothing_and_not_foreign() -> None:
    assert read_status_records(file().blank_records()) == StatusFile()
    assert read_status_records([]) == StatusFile()


@pytest.mark.parametrize(
    "record",
    [
        bytes.fromhex("2A28") + bytes(40),
        bytes.fromhex("EA0C") + b"990100000001",
        STATUS.to_record()[:-1],
        STATUS.to_record().replace(b"\x9a\x01\x31", b"\x9a\x01\x37"),  # no such social state
        RECORDS[0],  # a second FA
        b"",
        b"\xfa",
    ],
)
def test_foreign_record_makes_the_whole_file_foreign(record: bytes) -> None:
    assert read_status_records([RECORDS[0], record]) == StatusFile(foreign=True)


@given(st.lists(st.binary(max_size=60), max_size=4))
def test_no_content_raises(records: list[bytes]) -> None:
    assert isinstance(read_status_records(records), StatusFile)


def test_record_of_another_kind_is_refused() -> None:
    with pytest.raises(LayoutError, match="record FA is expected"):
        ApplicationStatus.from_record(RECORDS[1])


def test_tags_keep_off_those_of_the_standard_and_of_a_province() -> None:
    local = file()
    tags = {item.tag for item in local.items} | {child.tag for item in local.items for child in item.children}
    declared = {item.tag for entry in card_layout("2.0", None) for spec in entry.files for item in spec.items}
    assert not tags & declared
    assert not tags & set(range(0xEA, 0xEE))
