"""What differs between two cards."""

from __future__ import annotations

from card_samples import SELECT_DF04, sample_card, sample_contents, send

from virtual_card import image


def test_equal_cards_do_not_differ() -> None:
    assert image.diff(sample_card(), sample_card()) == []


def test_differences_name_file_and_record() -> None:
    card = sample_card()
    send(card, "00DC0A48030A0155", "00DC054C030C0155", "0020000003999999", SELECT_DF04, "0084000008")
    send(card, "0082008410" + "00" * 16)
    found = {entry.path: (entry.before, entry.after) for entry in image.diff(sample_card(), card)}
    assert found == {
        "pin_tries": ("6", "5"),
        "SSSE/EF09/records/1": ("0a0101", "0a0155"),
        "SSSE/EF09/records/5": (None, "0c0155"),
        "DF04/keys/RK1DF04/tries_left": ("3", "2"),
    }


def test_pin_and_keys_are_marked_secret_and_not_shown() -> None:
    contents = sample_contents()
    contents.pin = bytes.fromhex("654321")
    contents.directories[0].key("IRK").versions[1] = b"secret-key-bytes"
    found = image.diff(sample_card(), sample_card(contents))
    assert {entry.path for entry in found} == {"pin", "SSSE/keys/IRK/versions/1"}
    assert all(entry.secret for entry in found)
    assert "654321" not in repr(found)
    assert b"secret-key-bytes".hex() not in repr(found)
