"""The old CPU card: an invention of ours that tells itself from a social security card as old ones do."""

from __future__ import annotations

from card_samples import SELECT_SSSE, send

from apdu.layout.old_cards import OLD_CPU
from virtual_card.applications.old_cpu import old_cpu_card, old_cpu_contents
from virtual_card.card import ProcessorCard

RECORDS = OLD_CPU.files[0].records({0x01: "99010000000001", 0x02: "测试甲", 0x03: "990100199003070019"})


def old_card() -> ProcessorCard:
    contents = old_cpu_contents(
        atr=bytes.fromhex("3B6D0000") + bytes(13),
        layout=OLD_CPU,
        files={"DF0003/EF05": RECORDS},
        pin=bytes.fromhex("123456"),
        pin_tries=2,
    )
    card = old_cpu_card(contents)
    card.strict = True
    card.power_on()
    return card


def test_directory_0003_answers_9000_and_the_others_6a82() -> None:
    card = old_card()
    assert send(card, SELECT_SSSE) == "6A82"
    assert send(card, "00A40000027F01") == "6A82"
    assert send(card, "00A40000020003") == "9000"


def test_records_are_read_without_a_pin() -> None:
    card = old_card()
    send(card, "00A40000020003")
    assert send(card, "00B2012C10") == RECORDS[0].hex().upper() + "9000"


def test_pin_is_verified_and_counted() -> None:
    card = old_card()
    assert send(card, "0020000003999999") == "63C1"
    assert send(card, "0020000003123456") == "9000"
    assert send(card, "0020000000") == "63C6"


def test_it_is_never_written_and_authenticates_nobody() -> None:
    card = old_card()
    assert send(card, "00A40000020003", "00DC012C03010101") == "6D00"
    assert send(card, "0084000008") == "6D00"
