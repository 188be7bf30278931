"""The strings of a debit: amounts, step 1, the centre's key, proofs and records."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apdu.crypto import Algorithm
from terminal.driver.codes import CallError, ReturnCode
from terminal.driver.debit_strings import (
    AMOUNT_LIMIT_FEN,
    DebitKey,
    DebitOffer,
    DebitProof,
    DebitRecord,
    PayInfo,
    fen,
    yuan,
)

PAY = PayInfo(10000, 8000, datetime(2025, 1, 2, 10, 30))
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2099, 12, 31)).map(
    lambda when: when.replace(microsecond=0)
)
AMOUNTS = st.integers(0, AMOUNT_LIMIT_FEN - 1)


def _invalid(text: str) -> None:
    with pytest.raises(CallError) as caught:
        PayInfo.parse(text)
    assert caught.value.code == ReturnCode.BAD_DATA


def test_pay_info_is_total_covered_amount_and_time() -> None:
    assert PayInfo.parse("100.00|80.00|20250102103000|") == PAY
    assert PayInfo.parse("100.00|80.00|20250102103000") == PAY
    assert PAY.amounts == "0000271000001F40"


@given(AMOUNTS, AMOUNTS, MOMENTS)
def test_pay_info_survives_rendering(total: int, covered: int, moment: datetime) -> None:
    pay = PayInfo(total, covered, moment)
    assert PayInfo.parse(pay.render()) == pay
    assert (int(pay.amounts[:8], 16), int(pay.amounts[8:], 16)) == (total, covered)


@pytest.mark.parametrize(
    "text",
    ["", "100|80.00|20250102103000|", "100.0|80.00|20250102103000|", "100.000|80.00|20250102103000|",
     "-1.00|0.00|20250102103000|", "1e2|0.00|20250102103000|", " 1.00|0.00|20250102103000|", ".50|0.00|20250102103000|",
     "42949672.95|0.00|20250102103000|", "0.00|42949672.95|20250102103000|", "99999999.99|0.00|20250102103000|",
     "1.00|1.00|2025010210300|", "1.00|1.00|20250132103000|", "1.00|1.00|20250102106000|", "1.00|1.00|",
     "1.00|1.00|20250102103000|x|", "１.00|1.00|20250102103000|"],
)  # fmt: skip
def test_pay_info_of_another_form_is_invalid_data(text: str) -> None:
    _invalid(text)


def test_the_largest_amount_is_one_fen_below_the_limit() -> None:
    assert fen("42949672.94") == 0xFFFFFFFE
    assert (yuan(0), yuan(5), yuan(12345)) == ("0.00", "0.05", "123.45")


def test_step_1_of_a_debit_has_eight_fields() -> None:
    offer = DebitOffer(Algorithm.SM4, 0x0199, bytes.fromhex("a1b2c3d4"), 7, PAY)
    assert offer.render() == "03|0199|A1B2C3D4|0007|0000271000001F40|32|000000000000|20250102103000|"
    with_psam = replace(offer, terminal_number="990100000001")
    assert with_psam.render().split("|")[6] == "990100000001"


@pytest.mark.parametrize("tail", ["|", ""])
def test_step_2_takes_the_first_three_of_the_centres_five_fields(tail: str) -> None:
    key = DebitKey.parse("0000000a|20250102103000|a1b2c3d4" + tail)
    assert key == DebitKey(bytes.fromhex("0000000A"), datetime(2025, 1, 2, 10, 30), bytes.fromhex("A1B2C3D4"))
    assert key.render() == "0000000A|20250102103000|A1B2C3D4|"
    with pytest.raises(CallError) as caught:
        DebitKey.parse("0000000A|20250102103000|A1B2C3D4|11111111|22222222|")
    assert caught.value.code == ReturnCode.BAD_DATA


PROOF = DebitProof(
    Algorithm.DES, 0x017F, PAY, "990100000001", bytes.fromhex("0000000B"), bytes.fromhex("CAFEBABE")
)


def test_a_debit_with_the_psam_ends_with_eight_fields() -> None:
    assert PROOF.render() == "01|017F|0000271000001F40|32|990100000001|0000000B|20250102103000|CAFEBABE|"


def test_a_debit_by_hsm_has_the_cards_mac2_in_front() -> None:
    by_hsm = replace(PROOF, mac2=bytes.fromhex("0badf00d"), terminal_number="000000000000")
    assert by_hsm.render() == (
        "0BADF00D|01|017F|0000271000001F40|32|000000000000|0000000B|20250102103000|CAFEBABE|"
    )


def test_a_debit_record_has_a_caret_after_each_of_its_five_fields() -> None:
    record = DebitRecord(10, "990100000001", "20250102103000", 10000, 8005)
    assert record.render() == "000A^990100000001^20250102103000^100.00^80.05^|"


FOUR = st.binary(min_size=4, max_size=4)
PAYS = st.builds(PayInfo, AMOUNTS, AMOUNTS, MOMENTS)
TERMINALS = st.from_regex(r"[0-9]{12}", fullmatch=True)


ALGORITHMS, WORDS = st.sampled_from(Algorithm), st.integers(0, 0xFFFF)


@given(st.builds(DebitOffer, ALGORITHMS, WORDS, FOUR, WORDS, PAYS, TERMINALS))
def test_step_1_of_a_debit_survives_rendering(offer: DebitOffer) -> None:
    assert DebitOffer.parse(offer.render()) == offer


@given(st.builds(DebitProof, ALGORITHMS, WORDS, PAYS, TERMINALS, FOUR, FOUR, st.none() | FOUR))
def test_the_proof_of_a_debit_survives_rendering(proof: DebitProof) -> None:
    assert DebitProof.parse(proof.render()) == proof


@given(
    st.lists(
        st.builds(DebitRecord, st.integers(0, 0xFFFF), TERMINALS, TERMINALS, AMOUNTS, AMOUNTS), max_size=4
    )
)
def test_debit_records_survive_rendering(records: list[DebitRecord]) -> None:
    assert list(DebitRecord.parse_all("".join(record.render() for record in records))) == records


@pytest.mark.parametrize("text", ["|", "0001^1^1^1.00^1.00|", "0001^1^1^1.00^1.00^x|", "01^1^1^1.00^1.00^|"])
def test_a_record_of_another_form_is_invalid_data(text: str) -> None:
    with pytest.raises(CallError) as caught:
        DebitRecord.parse_all(text)
    assert caught.value.code == ReturnCode.BAD_DATA


def test_another_type_than_a_settlement_is_no_debit() -> None:
    for parse, text in ((DebitProof.parse, PROOF.render()), (DebitOffer.parse, DebitOffer(
        Algorithm.SM4, 0x0199, bytes(4), 7, PAY).render())):  # fmt: skip
        with pytest.raises(CallError):
            parse(text.replace("|32|", "|31|"))
