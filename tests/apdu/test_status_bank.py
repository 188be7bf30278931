from __future__ import annotations

import pytest

from apdu.status import Kind, meaning


@pytest.mark.parametrize(
    ("sw", "cla", "ins", "words"),
    [
        (0x6283, 0x00, 0xA4, "blocked"),
        (0x6300, 0x00, 0x82, "issuer authentication failed"),
        (0x6985, 0x80, 0xA8, "cannot begin"),
        (0x6985, 0x80, 0xAE, "no cryptogram"),
        (0x6A88, 0x80, 0xCA, "data object"),
        (0x6A88, 0x04, 0xDA, "script may change"),
        (0x6988, 0x84, 0x18, "MAC is wrong"),
        (0x6985, 0x84, 0x18, "no script"),
    ],
)
def test_bank_words_say_what_the_bank_means(sw: int, cla: int, ins: int, words: str) -> None:
    found = meaning(sw, cla, ins)
    assert words in found.en
    assert found.zh and found.remedy_zh


def test_selection_of_a_blocked_application_is_a_warning() -> None:
    assert meaning(0x6283, 0x00, 0xA4).kind is Kind.WARNING
