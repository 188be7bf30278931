"""docs/iso7816-card.md says what the card does: its session is played, its fields are the schema's."""

from __future__ import annotations

import re

from iso_samples import PAGE, block, iso_card, send

from virtual_card.iso_tree import DirectoryEntry, FileEntry, PasswordEntry, Rights, Tree


def test_session_of_the_page_is_what_happens() -> None:
    card = iso_card("apdu")
    exchanges = re.findall(r"^> (.*)\n< (.*)$", block("apdu"), re.MULTILINE)
    assert len(exchanges) >= 15
    for command, answer in exchanges:
        assert send(card, command) == answer.replace(" ", ""), command


def test_every_field_of_the_tree_is_on_the_page() -> None:
    names = {
        name
        for shape in (Tree, DirectoryEntry, FileEntry, PasswordEntry, Rights)
        for name in shape.__struct_fields__
    }
    text = PAGE.partition("## A session")[0]
    assert sorted(name for name in names if name not in text and name != "tries_left") == []
