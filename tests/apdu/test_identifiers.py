from __future__ import annotations

import pytest

from apdu.identifiers import (
    card_check_character,
    citizen_check_character,
    plausible_card_number,
    plausible_social_number,
)


@pytest.mark.parametrize(
    "number", ["A00000011", "Z00000013", "A0000002X", "A00000070", "A99010008", "X00000019", "D2143569X"]
)
def test_published_and_invented_card_numbers_check(number: str) -> None:
    assert card_check_character(number[:8]) == number[8]
    assert plausible_card_number(number)


@pytest.mark.parametrize(
    "number", ["990100199003070019", "990100200002290031", "990100199001010012", "990100198506150024"]
)
def test_invented_citizen_numbers_check(number: str) -> None:
    assert citizen_check_character(number[:17]) == number[17]
    assert plausible_social_number(number)


def test_wrong_check_character_is_not_plausible() -> None:
    assert not plausible_card_number("A00000012")
    assert not plausible_social_number("990100199003070018")


def test_assigned_number_with_letters_is_plausible() -> None:
    assert plausible_social_number("99010019900307AB19")


@pytest.mark.parametrize("number", ["", "a00000011", "A0000001", "A000000111"])
def test_odd_card_number_is_doubted_not_refused(number: str) -> None:
    assert not plausible_card_number(number)


def test_check_character_of_a_malformed_body_is_refused() -> None:
    with pytest.raises(ValueError, match="eight"):
        card_check_character("A-000001")
    with pytest.raises(ValueError, match="17 digits"):
        citizen_check_character("9901001990030700X")
