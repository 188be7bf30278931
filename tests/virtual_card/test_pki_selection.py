from __future__ import annotations

import pytest
from bank_samples import DEBIT, bank
from card_samples import sample_card, sample_contents, send
from pki_samples import (
    ASK,
    BY_FID,
    BY_NAME,
    ENVIRONMENT,
    GENERATE,
    SELECT_SSSE,
    USER_PIN,
    Kiosk,
    fixed_pairs,
    kiosk,
    pki_card,
)

from virtual_card.applications.pboc.contents import BankBehaviour
from virtual_card.applications.pki.contents import PkiContents

ENVIRONMENT_FCI = "6F0E840C504B492EC9E7BBE1B1A3D5CF9000"
APPLICATION_FCI = "6F0E840C53532E434552542E414446319000"


@pytest.fixture(autouse=True)
def _pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    fixed_pairs(monkeypatch)


def test_environment_answers_its_name_and_so_does_its_application() -> None:
    desk = Kiosk(pki_card())
    assert desk(ENVIRONMENT) == ENVIRONMENT_FCI
    assert desk(BY_FID) == desk(BY_NAME) == APPLICATION_FCI


def test_under_t0_the_answer_waits_and_at_once_otherwise() -> None:
    assert send(pki_card(), ENVIRONMENT) == "6110"
    assert send(pki_card(face="apdu"), ENVIRONMENT) == ENVIRONMENT_FCI


def test_card_without_the_application_answers_6a82() -> None:
    assert send(sample_card(), ENVIRONMENT) == send(sample_card(), BY_NAME) == "6A82"


def test_df01_of_the_social_side_is_another_one() -> None:
    desk = Kiosk(pki_card())
    desk(SELECT_SSSE)
    assert desk(BY_FID) == "6A82"  # the sample card has no DF01, and PKI's is not reached from outside


@pytest.mark.parametrize("leave", [SELECT_SSSE, "00A40000023F00", "00A4000000", "00A4000002DF04"])
def test_social_side_is_found_again_by_name_and_identifier(leave: str) -> None:
    desk = kiosk()
    assert desk(leave)[-4:] == "9000"
    assert not desk.card.foreign
    assert desk("00B2012C00") != "6D00"


def test_all_three_environments_of_a_chip_find_each_other() -> None:
    contents = sample_contents()
    contents.bank, contents.pki = bank(), PkiContents()
    card = sample_card(contents)
    for name in (DEBIT, ENVIRONMENT, DEBIT, SELECT_SSSE, BY_NAME, SELECT_SSSE, ENVIRONMENT, BY_NAME):
        assert send(card, name).startswith("61")


@pytest.mark.parametrize(
    ("command", "word"),
    [
        ("00A40400050102030405", "6A82"),
        ("00A404020C53532E434552542E41444631", "6A82"),
        ("00A404010C53532E434552542E41444631", "6A86"),
        ("00A404000153", "6700"),
        ("00A4000003DF0100", "6700"),
        ("00A4020000", "6700"),
        ("00A4030002DF01", "6A86"),
        ("00A40200020017", "6A82"),
        ("00A40100020018", "6A82"),
        ("00A4020002DF01", "6A82"),
    ],
)
def test_refused_selection_keeps_the_current_one(command: str, word: str) -> None:
    desk = kiosk()
    assert desk(command) == word
    assert desk("00A40200020018") == "9000"


@pytest.mark.parametrize("command", ["804E000001AA", "804A021001AA", "80C2400001AA", "80C2C00101AA"])
def test_key_envelope_is_not_published_and_answers_6d00(command: str) -> None:
    assert kiosk()(command) == "6D00"


@pytest.mark.parametrize(
    ("command", "word"),
    [
        ("B026000004", "6E00"),
        ("80200181", "6E00"),
        ("00FF0000", "6D00"),
        ("84240000", "6D00"),
        ("00", "6700"),
    ],
)
def test_commands_of_other_environments_are_unknown(command: str, word: str) -> None:
    assert kiosk()(command) == word


@pytest.mark.parametrize("command", [GENERATE, ASK, "00B0980010", "00D6980001AA"])
def test_keys_and_files_belong_to_the_application_not_to_its_environment(command: str) -> None:
    desk = Kiosk(pki_card())
    desk(ENVIRONMENT)
    assert desk(command) == "6D00"


def test_leaving_the_environment_loses_what_was_proved() -> None:
    desk = kiosk()
    desk.user()
    desk(SELECT_SSSE)
    desk(BY_NAME)
    assert desk(GENERATE) == "6982"


def test_selecting_the_application_again_keeps_what_was_proved_and_the_environment_begins_anew() -> None:
    desk = kiosk()
    assert desk.user(USER_PIN) == "9000"
    desk(BY_NAME)
    assert desk(GENERATE) == "9000"
    desk.enter()
    assert desk(GENERATE) == "6982"


def test_bank_that_outlives_the_block_of_the_card_takes_pki_not_along() -> None:
    contents = sample_contents()
    contents.bank = bank(behaviour=BankBehaviour(outlives_card_block=True))
    contents.blocked, contents.pki = True, PkiContents()
    card = sample_card(contents)
    assert send(card, ENVIRONMENT) == "6A81"
    assert send(card, DEBIT).startswith("61")
    assert send(card, ENVIRONMENT) == "6A82"


def test_blocked_card_has_no_pki_application_either() -> None:
    contents = sample_contents()
    contents.blocked, contents.pki = True, PkiContents()
    card = sample_card(contents)
    assert send(card, ENVIRONMENT) == send(card, BY_NAME) == "6A81"
