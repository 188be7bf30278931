from __future__ import annotations

import subprocess
import sys
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from virtual_card.persona import DEFAULT_TODAY, SEED_LIMIT, Persona, years_later

SEEDS = st.integers(0, SEED_LIMIT - 1)
CITIZEN_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
BODY_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def citizen_check(digits: str) -> str:
    return "10X98765432"[sum(int(d) * w for d, w in zip(digits, CITIZEN_WEIGHTS, strict=True)) % 11]


def body_check(body: str) -> str:
    total = sum(int(c, 36) * w for c, w in zip(body, BODY_WEIGHTS, strict=True))
    return "0X987654321"[total % 11]


@given(SEEDS)
def test_same_seed_is_the_same_person(seed):
    assert Persona.from_seed(seed) == Persona.from_seed(seed)


def test_person_does_not_depend_on_hash_randomisation():
    program = "from virtual_card.persona import Persona; print(Persona.from_seed(7).id_number)"
    outputs = {
        subprocess.run(
            [sys.executable, "-c", program], env={"PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1


@given(SEEDS)
def test_id_number_is_valid_and_agrees_with_sex_and_birth(seed):
    persona = Persona.from_seed(seed)
    number = persona.id_number
    assert number[:6] == "990100"
    assert number[6:14] == f"{persona.birth_date:%Y%m%d}"
    assert (int(number[16]) % 2 == 1) == (persona.sex == "1")
    assert number[17] == citizen_check(number[:17])


@given(SEEDS)
def test_card_and_organisation_numbers_carry_their_check_character(seed):
    persona = Persona.from_seed(seed)
    for number in (persona.card_number, persona.old_number, *persona.hospitals):
        assert len(number) == 9
        assert number[8] == body_check(number[:8])
    assert persona.card_number[0].isalpha()


@given(SEEDS)
def test_card_id_and_answer_to_reset_share_the_serial(seed):
    persona = Persona.from_seed(seed)
    assert persona.card_id == bytes.fromhex("990100D156000005") + persona.serial + b"\xff" * 4
    assert len(persona.historical_bytes) == 13
    assert persona.historical_bytes[7:9] == bytes.fromhex("9901")
    assert persona.historical_bytes[9:] == persona.serial


def test_seeds_do_not_share_numbers():
    people = [Persona.from_seed(seed) for seed in range(5_000)]
    for numbers in (
        {p.id_number for p in people},
        {p.card_number for p in people},
        {p.old_number for p in people},
        {p.old_number_digits for p in people},
        {p.card_id for p in people},
    ):
        assert len(numbers) == len(people)


@given(SEEDS)
def test_name_is_openly_synthetic_and_fits_the_card(seed):
    name = Persona.from_seed(seed).name
    assert name.startswith("测试")
    assert len(name.encode("gbk")) <= 30


@given(SEEDS)
def test_insurance_kind_and_person_class_agree(seed):
    persona = Persona.from_seed(seed)
    assert (persona.insurance_kind, persona.person_class) in {("310", "11"), ("310", "21"), ("390", "91")}


@given(SEEDS)
def test_card_is_received_after_issue_and_valid_for_ten_years(seed):
    persona = Persona.from_seed(seed)
    assert persona.issued_on < persona.received_at.date() < DEFAULT_TODAY
    assert persona.valid_until == years_later(persona.issued_on, 10)


def test_29_february_ends_on_the_28th_ten_years_later():
    assert years_later(date(2024, 2, 29), 10) == date(2034, 2, 28)


@given(SEEDS)
def test_repr_shows_no_personal_data(seed):
    persona = Persona.from_seed(seed)
    shown = repr(persona)
    for secret in (persona.id_number, persona.name, persona.card_number, persona.old_pin):
        assert secret not in shown or secret == str(seed)


@pytest.mark.parametrize("seed", [-1, SEED_LIMIT])
def test_seed_outside_the_serial_range_is_refused(seed):
    with pytest.raises(ValueError, match="a seed lies between"):
        Persona.from_seed(seed)


@pytest.mark.parametrize("today", [date.min, date(1899, 12, 31), date(2200, 1, 1), date.max])
def test_a_day_that_no_card_dates_from_is_refused(today):
    with pytest.raises(ValueError, match="1900 to 2199"):
        Persona.from_seed(1, today)
