"""A holder who is said replaces the seed's, and ID number, birth date and sex always agree."""

from __future__ import annotations

from datetime import date

import pytest

from apdu.identifiers import citizen_check_character, plausible_social_number
from virtual_card.holder import Holder, HolderError
from virtual_card.issue_record import SocialIssueRecord, issue_record
from virtual_card.issuer import issue
from virtual_card.persona import Persona

PERSONA = Persona.from_seed(7)


def number(body: str) -> str:
    return body + citizen_check_character(body)


def test_nothing_said_changes_nothing() -> None:
    assert Holder().applied_to(PERSONA) == PERSONA
    assert issue("ssc-3.0", 7, holder=Holder()).state() == issue("ssc-3.0", 7).state()


def test_id_number_gives_birth_date_and_sex() -> None:
    holder = Holder(id_number=number("99010019990228012")).applied_to(PERSONA)
    assert (holder.birth_date, holder.sex) == (date(1999, 2, 28), "2")


@pytest.mark.parametrize("sex", ["1", "2", "9"])
def test_birth_date_and_sex_give_an_id_number_that_fits(sex: str) -> None:
    holder = Holder(birth_date=date(1999, 2, 28), sex=sex).applied_to(PERSONA)
    assert holder.id_number[6:14] == "19990228"
    assert plausible_social_number(holder.id_number)
    assert sex == "9" or (int(holder.id_number[16]) % 2 == 1) is (sex == "1")


@pytest.mark.parametrize(
    ("holder", "field", "reason"),
    [
        (Holder(id_number=number("11010119990228012")), "id_number", "only synthetic holders"),
        (Holder(id_number="99010019990228012" + "?"), "id_number", "check character"),
        (Holder(id_number="990100"), "id_number", "18 characters"),
        (Holder(id_number=number("99010019990230012")), "id_number", "birth date"),
        (
            Holder(id_number=number("99010019990228012"), birth_date=date(1999, 3, 1)),
            "birth_date",
            "ID number",
        ),
        (Holder(id_number=number("99010019990228012"), sex="1"), "sex", "ID number"),
        (Holder(card_number="A00000071"), "card_number", "check character"),
        (Holder(old_number="A00000071"), "old_number", "check character"),
        (Holder(valid_until=date(2000, 1, 1)), "valid_until", "before"),
    ],
)
def test_holder_who_cannot_be_is_refused_without_the_value(holder: Holder, field: str, reason: str) -> None:
    with pytest.raises(HolderError, match=reason) as refused:
        holder.applied_to(PERSONA)
    assert refused.value.field == field
    assert "19990228" not in str(refused.value)


def test_cards_of_a_holder_carry_what_was_said() -> None:
    holder = Holder(name="测试新名", card_number="A00000070", insurance_kind="390", opening_balance_fen=125)
    record = issue_record(issue("ssc-2.0", 9, holder=holder))
    assert isinstance(record, SocialIssueRecord)
    assert (record.holder_name, record.number, record.medical[0x81]) == ("测试新名", "A00000070", "39000000")
    assert record.holder_id == issue_record(issue("sle4428", 9, holder=holder)).holder_id
