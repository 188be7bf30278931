"""Cryptograms, the issuer's answer and what the card remembers (EMV Book 3 section 9, JR/T 0025.5)."""

from __future__ import annotations

from datetime import date

import pytest
from bank_samples import ACCOUNT, DEBIT, TERMINAL, TVR_AT, Desk, bank, desk

from apdu.bank_keys import TEST_CA, TEST_CARD, TEST_ISSUER
from apdu.crypto import pboc
from apdu.crypto.algorithm import Algorithm
from apdu.crypto.offline_data import open_dynamic_signature
from apdu.pboc import Cryptogram
from virtual_card.applications.pboc.contents import BankBehaviour, BankContents, Blocked, History, Processing
from virtual_card.applications.pboc.options import Activation

DES, SM4 = Algorithm.DES, Algorithm.SM4
ANSWERS = {
    DES: "801E800001FC1BEDC45DEC8CF107010103A00000010A0100000000008BC5DA88",
    SM4: "801E800001F2C933288AF84FA607010103A00000040A01000000000029A70813",
}
CERTIFICATES = {DES: "3BFA4D9F379E40F9", SM4: "723C2E95D889BFFB"}


def used(**options: object) -> BankContents:
    """A card that was online before, so that it is no new card."""
    contents = bank(**options)  # type: ignore[arg-type]
    contents.online_counter = 1
    return contents


def specified(algorithm: Algorithm, **options: object) -> Desk:
    """The card of the known answers: AIP 7C00 with either algorithm."""
    contents = used(**options)
    contents.processing = dict.fromkeys(
        (DES, SM4), Processing(bytes.fromhex("7C00"), bytes.fromhex("08010100"))
    )
    return desk(contents, algorithm=algorithm)


@pytest.mark.parametrize("algorithm", [DES, SM4])
def test_first_cryptogram_is_the_known_answer(algorithm: Algorithm) -> None:
    counter = specified(algorithm)
    assert counter.begin() == "9000"
    counter.first()
    assert counter.answer.hex().upper() == ANSWERS[algorithm] + "9000"


@pytest.mark.parametrize("algorithm", [DES, SM4])
def test_second_cryptogram_is_the_known_answer(algorithm: Algorithm) -> None:
    counter = specified(algorithm)
    counter.begin()
    counter.first()
    arpc = {DES: "90C10DCDF2DEEA61", SM4: "135C34EB917CA268"}[algorithm]
    assert counter(f"008200000A{arpc}3030") == "9000"
    assert counter.second() == "03600000"
    assert counter.answer[5:13].hex().upper() == CERTIFICATES[algorithm]


def test_tagged_answer_holds_the_same_four_values() -> None:
    counter = specified(DES, behaviour=BankBehaviour(tagged=True))
    counter.begin()
    counter.first()
    shown = counter.answer.hex().upper()
    assert shown == (
        "772A9F2701809F360200019F2608FC1BEDC45DEC8CF19F101307010103A00000010A0100000000008BC5DA889000"
    )


def test_issuer_data_without_discretionary_part_have_eight_bytes() -> None:
    counter = specified(DES, behaviour=BankBehaviour(discretionary=False))
    counter.begin()
    counter.first()
    assert counter.answer[13:-2].hex().upper() == "07010103A0000001"


def test_sm_terminal_and_card_without_sm_meet_in_3des() -> None:
    counter = desk(used(sm=False), algorithm=SM4)
    counter.begin()
    counter.first()
    assert counter.answer[20] == 0x01


def test_counter_goes_up_with_every_processing_options_and_nothing_else() -> None:
    counter = desk()
    for expected in (b"\0\1", b"\0\2", b"\0\3"):
        counter.begin()
        assert counter.counter == expected
    assert counter.options() == "6985"
    assert counter.counter_now() == b"\0\3"


@pytest.mark.parametrize(
    ("asked", "given", "results"),
    [(0x00, 0x00, "03800000"), (0x40, 0x40, "03900000"), (0x80, 0x80, "03A00000")],
)
def test_card_gives_what_was_asked(asked: int, given: int, results: str) -> None:
    counter = desk(used())
    counter.begin()
    assert counter.first(asked) == results
    assert counter.kind == given


@pytest.mark.parametrize("p1", [0xC0, 0x01, 0x90])
def test_other_control_parameters_are_refused(p1: int) -> None:
    counter = desk()
    counter.begin()
    assert counter.first(p1) == "6A86"


def test_wrong_length_of_cryptogram_data_is_6700() -> None:
    counter = desk()
    counter.begin()
    assert counter.word("80AE800033" + "00" * 51) == "6700"
    counter.first()
    assert counter.word("80AE400021" + "00" * 33) == "6700"


def test_third_cryptogram_is_refused() -> None:
    counter = desk()
    counter.online()
    assert counter.second() == "6985"
    counter.begin()
    counter.first(0x00)
    assert counter.second() == "6985"


def test_second_cryptogram_may_not_ask_the_issuer_again() -> None:
    counter = desk()
    counter.begin()
    counter.first()
    assert counter.second(0x80) == "6985"


def test_new_card_wants_its_issuer_and_says_so() -> None:
    counter = desk()
    counter.begin()
    assert counter.first(0x40) == "03A01000"
    assert counter.kind == Cryptogram.ARQC


def test_first_proven_online_transaction_ends_being_new() -> None:
    counter = desk()
    assert counter.online() == "03601000"
    assert counter("80CA9F1300") == "9F130200019000"
    counter.begin()
    assert counter.first() == "03A00000"


def test_request_without_second_cryptogram_is_remembered() -> None:
    counter = desk(used())
    counter.begin()
    counter.first()
    counter.begin()
    assert counter.first(0x40) == "03A08000"
    assert counter.kind == Cryptogram.ARQC


def test_card_pulled_before_the_cryptogram_leaves_no_trace_but_the_counter() -> None:
    counter = desk(used())
    counter.begin()
    counter.card.power_on()
    counter.begin()
    assert counter.counter == b"\0\2"
    assert counter.first() == "03A00000"


def test_wrong_proof_is_6300_and_shows_now_and_next_time() -> None:
    contents = used(offline_pin="1234")
    contents.objects[0x9F56] = b"\x80"
    counter = desk(contents)
    counter.begin()
    counter("0020008008241234FFFFFFFFFF")
    counter.first()
    assert counter.authenticate(right=False) == "6300"
    assert counter.second() == "032C0000"
    assert counter.kind == Cryptogram.AAC
    counter.begin()
    counter("0020008008241234FFFFFFFFFF")
    assert counter.first() == "03A48800"


def test_wrong_proof_is_forgiven_where_none_is_mandatory() -> None:
    counter = desk(used())
    counter.begin()
    counter.first()
    counter.authenticate(right=False)
    counter.second()
    assert counter.kind == Cryptogram.TC


@pytest.mark.parametrize(("indicator", "kind"), [(b"\x80", Cryptogram.AAC), (b"\x00", Cryptogram.TC)])
def test_missing_proof_declines_only_where_it_is_mandatory(indicator: bytes, kind: Cryptogram) -> None:
    contents = used()
    contents.objects[0x9F56] = indicator
    counter = desk(contents)
    counter.begin()
    counter.first()
    counter.second()
    assert counter.kind == kind


def test_missing_proof_shows_in_the_next_results() -> None:
    counter = desk(used())
    counter.begin()
    counter.first()
    counter.second()
    counter.begin()
    assert counter.first() == "03A00400"


def test_proof_is_taken_once_and_only_between_the_cryptograms() -> None:
    counter = desk()
    counter.begin()
    assert counter.authenticate() == "6985"
    counter.first()
    assert counter.authenticate() == "9000"
    assert counter.authenticate() == "6985"
    counter.second()
    assert counter.authenticate() == "6985"


@pytest.mark.parametrize(("data", "word"), [("00" * 7, "6700"), ("00" * 17, "6700"), ("00" * 8, "6300")])
def test_lengths_of_the_proof(data: str, word: str) -> None:
    counter = desk()
    counter.begin()
    counter.first()
    assert counter.word(f"00820000{len(data) // 2:02X}{data}") == word


@pytest.mark.parametrize("code", [b"Y3", b"Z3"])
def test_terminal_that_reached_nobody_is_told_of_in_the_results(code: bytes) -> None:
    counter = desk(used())
    counter.begin()
    counter.first()
    assert counter.second(code=code) == "03610000"


def test_offline_limits_bring_the_issuer_in() -> None:
    contents = used()
    contents.objects |= {0x9F58: b"\x01", 0x9F59: b"\x02"}
    counter = desk(contents)
    kinds = []
    for _ in range(2):
        counter.begin()
        results = counter.first(0x40)
        kinds.append(counter.kind)
    assert kinds == [Cryptogram.TC, Cryptogram.ARQC]
    assert results == "03A02000"


def test_upper_offline_limit_declines_without_issuer() -> None:
    contents = used()
    contents.objects |= {0x9F59: b"\x01"}
    contents.offline_count = 1
    counter = desk(contents)
    counter.begin()
    counter.first()
    counter.second(code=b"Z3")
    assert counter.kind == Cryptogram.AAC


def test_forged_data_found_by_the_terminal_are_remembered() -> None:
    counter = desk(used())
    tvr = TERMINAL[:TVR_AT] + b"\x48" + TERMINAL[TVR_AT + 1 :]
    counter.begin()
    counter.first(0x00, terminal=tvr)
    counter.begin()
    assert counter.first() == "03A00104"


def test_blocked_application_always_declines() -> None:
    contents = bank()
    contents.blocked = Blocked.APPLICATION
    counter = desk(contents)
    for asked in (0x00, 0x40, 0x80):
        assert counter.begin() == "9000"
        counter.first(asked)
        assert counter.kind == Cryptogram.AAC
    assert counter.counter == b"\0\3"


def test_counter_at_its_end_makes_the_application_unusable() -> None:
    contents = used()
    contents.counter = 0xFFFE
    counter = desk(contents)
    assert counter.online() == "03600000"
    assert counter(DEBIT)[-4:] == "6283"
    assert counter.options() == "6985"
    assert counter.first() == "6985"


def test_approved_transactions_are_logged_newest_first() -> None:
    counter = desk(used())
    counter(DEBIT)
    assert counter("00B2015C00") == "6A83"
    for _ in range(2):
        counter.online()
    entry = "261121" + "120000" + "000000001234" + "000000000000" + "0156" + "0156"
    merchant = b"TEST SHOP".ljust(20).hex().upper()
    assert counter("00B2015C00") == entry + merchant + "00" + "0002" + "9000"
    assert counter("00B2025C00") == entry + merchant + "00" + "0001" + "9000"
    for _ in range(12):
        counter.online()
    assert counter.word("00B20A5C00") == "9000"
    assert counter.word("00B20B5C00") == "6A83"


def test_dynamic_signature_opens_under_the_cards_key() -> None:
    counter = desk()
    counter.begin()
    answer = counter.send(bytes.fromhex("0088000004A1A2A3A400"))
    assert answer[:3] == b"\x80\x81\x80"
    number = open_dynamic_signature(TEST_CARD.public, answer[3:-2], bytes.fromhex("A1A2A3A4"))
    assert len(number) == 9
    assert counter.first() == "03A01002"


@pytest.mark.parametrize("contents", [bank(signed=False), bank()])
def test_no_dynamic_signature_without_the_announced_ability(contents: BankContents) -> None:
    counter = desk(contents, algorithm=SM4)
    counter.begin()
    assert counter.word("0088000004A1A2A3A4") == "6985"


def test_lengths_of_data_to_sign() -> None:
    counter = desk()
    counter.begin()
    assert counter.word("0088000003A1A2A3") == "6700"


def test_test_chain_is_no_real_one() -> None:
    assert {key.public.length for key in (TEST_CA, TEST_ISSUER, TEST_CARD)} == {176, 144, 128}
    assert ACCOUNT.expires > date(2030, 1, 1)
    assert repr(ACCOUNT) == "Account(…0003)"
    assert pboc.derivation_input(ACCOUNT.number, "01").hex() == "4567890000000301"


def test_active_card_was_online_before() -> None:
    counter = desk(bank(Activation.ACTIVE))
    counter.begin()
    assert counter.first() == "03A00000"
    assert counter.card.contents().bank.history & ~History.ONLINE_OPEN == History.NONE  # type: ignore[union-attr]


def test_offline_amount_stops_at_its_largest_value() -> None:
    contents = used()
    contents.offline_amount = 256**6 - 1
    counter = desk(contents)
    counter.begin()
    counter.first(0x40)
    assert counter.kind == Cryptogram.TC
    assert counter.card.contents().bank.offline_amount == 256**6 - 1  # type: ignore[union-attr]
