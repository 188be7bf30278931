"""The bank's side of issued cards: profiles of activation, numbers, images and journals."""

from __future__ import annotations

from pathlib import Path

import pytest
from bank_samples import DEBIT, Desk

from apdu.identifiers import luhn_check_digit
from virtual_card import image
from virtual_card.applications.pboc.options import Activation, BankOptions
from virtual_card.applications.pboc.personalisation import card_number
from virtual_card.card import ProcessorCard, VirtualCard
from virtual_card.issuer import IssueError, SocialOptions, issue

SELECTED = {
    Activation.HOST_INACTIVE: "9000",
    Activation.CHIP_BLOCKED: "6283",
    Activation.PIN_LOCKED: "9000",
    Activation.ACTIVE: "9000",
    Activation.NONE: "6A82",
}


def issued(
    activation: Activation = Activation.HOST_INACTIVE, seed: int = 1, **options: object
) -> VirtualCard:
    bank = BankOptions(**options)  # type: ignore[arg-type]
    card = issue("ssc-3.0", seed, social=SocialOptions(activation=activation, bank=bank), random=bytes)
    card.power_on()
    return card


def at(card: VirtualCard) -> Desk:
    assert isinstance(card, ProcessorCard)
    return Desk(card)


@pytest.mark.parametrize("activation", list(Activation))
def test_profiles_of_activation_look_as_they_should(activation: Activation) -> None:
    assert at(issued(activation))(DEBIT)[-4:] == SELECTED[activation]


@pytest.mark.parametrize("kind", ["ssc-1.0", "ssc-2.0", "ssc-3.0"])
def test_every_generation_has_the_application_and_blank_cards_have_none(kind: str) -> None:
    for state, word in ((None, "9000"), ("blank", "6A82")):
        card = issue(kind, 5, state=state)
        card.power_on()
        assert at(card)(DEBIT)[-4:] == word


@pytest.mark.parametrize("number", ["6212345678901265", "6212345678900000003", "6200000000000005"])
def test_luhn_digit_of_published_test_numbers(number: str) -> None:
    assert luhn_check_digit(number[:-1]) == number[-1]


@pytest.mark.parametrize("body", ["", "12A", "-1"])
def test_luhn_digit_of_something_else_is_an_error(body: str) -> None:
    with pytest.raises(ValueError, match="digits only"):
        luhn_check_digit(body)


@pytest.mark.parametrize("length", [16, 19])
def test_numbers_are_synthetic_and_differ_between_seeds(length: int) -> None:
    numbers = {card_number(seed, length) for seed in range(500)}
    assert len(numbers) == 500
    assert all(len(number) == length and number.startswith("62123456") for number in numbers)


def test_sixteen_digit_number_is_on_the_card() -> None:
    counter = at(issued(number_length=16))
    counter(DEBIT)
    assert f"5A08{card_number(1, 16)}" in counter("00B2011400")


@pytest.mark.parametrize(
    ("options", "why"), [({"number_length": 18}, "16 or 19"), ({"flaws": ("torn-off",)}, "no flaw")]
)
def test_options_that_cannot_be_are_refused(options: dict[str, object], why: str) -> None:
    with pytest.raises(IssueError, match=why):
        issued(**options)


def test_same_seed_and_options_give_the_same_card() -> None:
    assert image.dumps(issued(Activation.PIN_LOCKED)) == image.dumps(issued(Activation.PIN_LOCKED))


def test_image_keeps_the_bank_side_and_a_damaged_one_says_where(tmp_path: Path) -> None:
    path = tmp_path / "bank.card"
    card = issued()
    counter = at(card)
    counter.begin()
    image.save(card, path)
    loaded = image.load(path)
    assert loaded.state() == card.state()
    loaded.power_on()
    again = at(loaded)
    again(DEBIT)
    assert again.counter_now() == b"\0\1"


def test_journal_carries_what_the_bank_side_wrote(tmp_path: Path) -> None:
    path = tmp_path / "bank.card"
    image.save(issued(), path)
    journalled = image.open_journalled(path)
    journalled.card.power_on()
    at(journalled.card).begin()
    revived = image.load(path)
    assert revived.state()["bank"]["counter"] == 1
    journalled.close()


@pytest.mark.parametrize(
    ("field", "value", "place"),
    [
        ("pin", 7, "bank.pin"),
        ("counter", "x", "bank.counter"),
        ("counter", 70000, "bank.counter"),
        ("offline_amount", -1, "bank.offline_amount"),
        ("keys", {}, "bank.processing"),
        ("behaviour", {}, "bank.behaviour"),
        ("keys", {"ROT13": {}}, "bank.keys"),
        ("directory", ["zz"], "bank.directory"),
        ("sm2_key", {"private": "00"}, "bank.sm2_key.point"),
        ("sm2_key", {"private": "01", "point": "02"}, "bank.sm2_key"),
        ("sm2_key", {"private": "00" * 32, "point": "02" * 64}, "bank.sm2_key"),
    ],
)
def test_damaged_bank_side_is_named(field: str, value: object, place: str) -> None:
    from virtual_card.description_reader import DescriptionError
    from virtual_card.kinds import from_state

    state = issued().state()
    state["bank"][field] = value
    with pytest.raises(DescriptionError, match=place):
        from_state(state, bytes)


def test_copies_of_a_card_do_not_share_the_bank_side() -> None:
    card = issued()
    twin = card.fork()
    at(card).begin()
    twin.power_on()
    counter = at(twin)
    counter(DEBIT)
    assert counter.counter_now() == b"\0\0"
