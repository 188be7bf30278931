from __future__ import annotations

import pytest

from terminal.readers import ReaderHintError, choose
from terminal.transport.pcsc.choice import bare_name, is_second_slot, meant, offered

NAMES = (
    "Old card 00 00",
    "Old card 00 01",
    "Old card 2 01 00",
    "Old card 2 01 01",
    "ACS ACR39U ICC Reader 02 00",
    "PSAM 03 0A",
)
"""Two readers of vpcd with their second slots, a real one, and a second slot that stands alone."""

TABLE = (
    ("Old card 00 00", ("Old card 00 00",)),
    ("Old card 00 01", ("Old card 00 01",)),
    ("old card", ("Old card 00 00",)),
    ("Old card 2", ("Old card 2 01 00",)),
    ("old", ("Old card 00 00", "Old card 2 01 00")),
    ("acr39u", ("ACS ACR39U ICC Reader 02 00",)),
    ("2 01", ("Old card 2 01 00",)),
    ("card 00 01", ()),
    ("PSAM", ()),
    ("PSAM 03 0A", ("PSAM 03 0A",)),
    ("", ("Old card 00 00", "Old card 2 01 00", "ACS ACR39U ICC Reader 02 00")),
    ("omnikey", ()),
)


@pytest.mark.parametrize(("said", "found"), TABLE)
def test_the_first_rule_that_finds_a_reader_decides(said: str, found: tuple[str, ...]) -> None:
    assert meant(NAMES, said) == found


def test_numbers_at_the_end_are_not_part_of_the_name() -> None:
    assert bare_name("Old card 2 01 00") == "Old card 2"
    assert bare_name("ACS CCID USB Reader 0") == "ACS CCID USB Reader 0"
    assert is_second_slot("X 00 01") and is_second_slot("X 00 0A") and not is_second_slot("X 01 00")


def test_second_slots_are_offered_where_there_is_nothing_else() -> None:
    assert offered(NAMES) == ("Old card 00 00", "Old card 2 01 00", "ACS ACR39U ICC Reader 02 00")
    assert offered(("A 00 01",)) == ("A 00 01",)


def test_one_match_is_the_reader() -> None:
    assert choose(NAMES, "acr39") == "ACS ACR39U ICC Reader 02 00"
    assert choose(("Only 00 00", "Only 00 01"), "") == "Only 00 00"


@pytest.mark.parametrize(
    ("names", "said", "told", "listed", "unlisted"),
    [
        (NAMES, "omnikey", "no reader's name has 'omnikey' in it", NAMES[0], NAMES[1]),
        (NAMES, "old", "'old' is in the names of 2 readers", NAMES[2], NAMES[4]),
        (NAMES, "", "there are 3 readers", NAMES[4], NAMES[3]),
    ],
)
def test_no_match_and_two_matches_list_the_candidates(
    names: tuple[str, ...], said: str, told: str, listed: str, unlisted: str
) -> None:
    with pytest.raises(ReaderHintError) as error:
        choose(names, said)
    lines = str(error.value).splitlines()
    assert told in lines[0]
    assert f"  pcsc:{listed}" in lines[1:]
    assert f"  pcsc:{unlisted}" not in lines[1:]


def test_without_any_reader_the_doctor_is_named() -> None:
    with pytest.raises(ReaderHintError, match="no PC/SC reader; `ssc doctor`"):
        choose((), "anything")
