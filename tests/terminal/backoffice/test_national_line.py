"""The envelope around a transaction, and what an answer means; the same over a store as over any other line."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from centre_samples import PLACE

from terminal.backoffice.national.fields import Field
from terminal.backoffice.national.messages import ENVELOPE
from terminal.backoffice.national_line import InsuranceLine, MessageIds, refusal_of
from terminal.backoffice.national_ports import Transact, amount, fen, message_id
from terminal.backoffice.ports import RefusalCode, RefusedError, UnreachableError
from terminal.backoffice.profile import load_profile

PROFILE = load_profile("default")
NOW = datetime(2030, 1, 1, 18, 30, tzinfo=UTC)


class Canned:
    """Answers what it was told to, and keeps the envelopes."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.envelopes: list[Mapping[str, Any]] = []

    def handle(self, envelope: Mapping[str, Any]) -> Mapping[str, Any]:
        self.envelopes.append(envelope)
        answer: Mapping[str, Any] = self.answers.pop(0)
        return answer


def line(canned: Canned) -> InsuranceLine:
    ids = MessageIds(PLACE.pharmacy, PROFILE, lambda: NOW)
    return InsuranceLine(canned, PLACE.pharmacy, PROFILE, lambda: NOW, ids)


def test_a_msgid_is_institution_local_time_and_sequence() -> None:
    assert (
        message_id("990100000001", datetime(2030, 1, 2, 3, 4, 5), 10_007) == "990100000001203001020304050007"
    )


def test_no_two_msgids_of_a_second_are_alike() -> None:
    ids = MessageIds(PLACE.pharmacy, PROFILE, lambda: NOW, first=9_990)
    made = [ids() for _ in range(10_000)]
    assert len(set(made)) == len(made) and {len(each) for each in made} == {30}
    assert made[0].startswith("99010000000120300102023000"), "local time: it is tomorrow in Shanghai"


def test_the_envelope_fits_what_the_interface_declares() -> None:
    canned = Canned({"infcode": 0, "output": {}})
    line(canned).transact(Transact("1101", {"data": {}}, msgid="7" * 30, insured_in="990100"))
    (envelope,) = canned.envelopes
    declared: Mapping[str, Field] = {field.name: field for field in ENVELOPE}
    assert envelope.keys() == {*declared, "input"}
    for name, field in declared.items():
        field.read(envelope[name], "")
    assert envelope["msgid"] == "7" * 30 and envelope["inf_time"] == "2030-01-02 02:30:00"


def test_a_sign_in_number_goes_into_what_follows_until_the_sign_out() -> None:
    signed = {"infcode": "0", "output": {"signinoutb": {"sign_no": "000042"}}}
    canned = Canned(signed, {"infcode": 0}, {"infcode": 0}, {"infcode": 0})
    asked = line(canned)
    for infno in ("9001", "1101", "9002", "1101"):
        asked.transact(Transact(infno, {}))
    assert [envelope["sign_no"] for envelope in canned.envelopes] == ["", "000042", "000042", ""]


@pytest.mark.parametrize("code", [-1, "-1"])
def test_a_refusal_carries_rule_and_both_texts(code: int | str) -> None:
    text = "FSI-[R41] 社会保障卡已挂失。The card is reported lost."
    with pytest.raises(RefusedError) as caught:
        line(Canned({"infcode": code, "err_msg": text})).transact(Transact("1101", {}))
    refusal = caught.value.refusal
    assert (refusal.rule, refusal.code) == ("R41", RefusalCode.INSURANCE)
    assert refusal.text.zh == "社会保障卡已挂失。" and refusal.text.en == "The card is reported lost."


@pytest.mark.parametrize("text", ["", "FSI-卡状态异常", "no card"])
def test_a_refusal_in_free_text_is_told_as_it_is(text: str) -> None:
    refusal = refusal_of(text)
    assert refusal.rule == "" and refusal.text.zh and refusal.text.en
    assert text.removeprefix("FSI-") in refusal.text.zh


@pytest.mark.parametrize(
    "answer", [{}, {"infcode": 7}, {"infcode": None}, {"infcode": 0, "output": [1]}, "text", None]
)
def test_what_cannot_be_read_leaves_the_outcome_unknown(answer: Any) -> None:
    with pytest.raises(UnreachableError):
        line(Canned(answer)).transact(Transact("2102", {}))


@pytest.mark.parametrize("given", [Decimal("12.30"), 12.3, "12.30", "12.300"])
def test_amounts_are_read_to_the_fen_whatever_they_come_as(given: object) -> None:
    assert fen(given) == 1230 and amount(1230) == Decimal("12.30")


@pytest.mark.parametrize("given", ["12.345", "much", "NaN", "Infinity"])
def test_what_is_no_amount_leaves_the_outcome_unknown(given: str) -> None:
    with pytest.raises(UnreachableError):
        fen(given)


def test_clocks_of_other_zones_make_the_same_msgid() -> None:
    for moment in (NOW, NOW.astimezone(PROFILE.zone), (NOW + timedelta(0)).astimezone(UTC)):
        assert MessageIds(PLACE.pharmacy, PROFILE, lambda moment=moment: moment)()[12:26] == "20300102023000"  # type: ignore[misc]
