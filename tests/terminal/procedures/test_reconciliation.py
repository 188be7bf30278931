"""Card and centre beside each other: every pair has a verdict and an explanation, and the centre counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from itertools import product

import pytest

from apdu.layout.application_status import ApplicationStatus, Journal, Receipt, StatusFile
from apdu.layout.states import Channel, FinancialState, JournalPhase, ReceiptMode, SocialState
from terminal.backoffice.ports import CardStanding, Holder
from terminal.procedures.reconciliation import AGREE, VERDICTS, Action, reconcile

RECEIVED = datetime.fromisoformat("2030-01-01T10:00:00+08:00")
STANDING = CardStanding(
    Holder("990100198001010018", "测试甲"),
    SocialState.NORMAL,
    FinancialState.INACTIVE,
    Channel.PHONE,
    RECEIVED,
    RECEIVED,
    ReceiptMode.IN_PERSON,
)
RECEIPT = Receipt(datetime(2030, 1, 1, 10), ReceiptMode.IN_PERSON)


def file(social: SocialState, financial: FinancialState = FinancialState.INACTIVE) -> StatusFile:
    return StatusFile(ApplicationStatus(social, financial), RECEIPT)


def test_every_pair_has_a_verdict_with_its_explanation() -> None:
    assert set(VERDICTS) == set(product(SocialState, SocialState))
    for (card, centre), verdict in VERDICTS.items():
        assert verdict.text.en.isascii() and not verdict.text.zh.isascii()
        if card is not centre:
            assert verdict is not AGREE, "every disagreement is explained"


def test_a_card_is_written_only_while_the_centre_has_it_in_use() -> None:
    for (_, centre), verdict in VERDICTS.items():
        assert (verdict.action is Action.CATCH_UP) <= (centre is SocialState.NORMAL)


@pytest.mark.parametrize("centre", [state for state in SocialState if state > SocialState.NORMAL])
def test_a_card_out_of_use_is_left_as_it_is_whatever_it_says(centre: SocialState) -> None:
    for card in SocialState:
        assert reconcile(file(card), replace(STANDING, social=centre)).action is Action.LEAVE


def test_activated_without_a_reader_it_catches_up() -> None:
    assert reconcile(file(SocialState.SEALED), STANDING).action is Action.CATCH_UP
    assert reconcile(StatusFile(receipt=RECEIPT), STANDING).action is Action.CATCH_UP


def test_active_on_the_card_alone_is_an_activation_not_finished() -> None:
    sealed = replace(STANDING, social=SocialState.SEALED)
    assert reconcile(file(SocialState.NORMAL), sealed).action is Action.UNFINISHED


def test_bank_side_receipt_and_an_open_journal_count_too() -> None:
    said = file(SocialState.NORMAL)
    assert reconcile(said, STANDING) is AGREE
    bank = replace(STANDING, financial=FinancialState.ACTIVE)
    begun = replace(said, journal=Journal("1", JournalPhase.BEGUN))
    assert reconcile(said, bank).action is Action.CATCH_UP
    assert reconcile(replace(said, receipt=None), STANDING).action is Action.CATCH_UP
    assert reconcile(begun, STANDING).action is Action.CATCH_UP
    assert reconcile(replace(said, receipt=None), replace(STANDING, received_at=None)) is AGREE


@pytest.mark.parametrize("said", [None, StatusFile(foreign=True)])
def test_a_card_without_a_status_file_of_ours_is_left_to_the_centre(said: StatusFile | None) -> None:
    assert reconcile(said, STANDING).action is Action.NO_STATUS
