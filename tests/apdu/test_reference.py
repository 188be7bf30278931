"""The card reference lists everything the standard lists, and the page in docs is fresh."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from apdu.layout.codes import TABLES, HealthFlag, Nation, YesNo
from apdu.reference import directories, files, is_local, items, page

DIRECTORY_FILE = "SSSE/EF1E"
PAGE = Path(__file__).parents[2] / "docs" / "card-reference.md"

ITEMS_PER_FILE = {
    "SSSE": {"EF05": 7, "EF06": 7, "EF07": 1, "EF08": 1},
    "DF01": {
        "EF05": 4, "EF06": 5, "EF07": 2, "EF08": 1, "EF09": 4, "EF0A": 6, "EF15": 5,
        "EF16": 1, "EF17": 1, "EF18": 1, "EF19": 1, "EF1A": 1,
    },
    "DF02": {"EF05": 19, "EF06": 11, "EF07": 5, "EF09": 8, "EF15": 6, "EF16": 6},
    "DF03": {"EF05": 9, "EF06": 13, "EF07": 9, "EF15": 3, "EF16": 2, "EF17": 5, "EF18": 5, "EF19": 8},
    "DF04": {"EF05": 20, "EF06": 6, "EF08": 8, "EF15": 3, "Medical amounts (offline mode)": 7},
    "DF05": {"EF05": 33 - 8 + 4},
    "DF06": {"EF05": 20, "EF06": 28},
    "DF07": {"EF05": 5, "EF06": 3, "EF07": 2},
}  # fmt: skip

FILES_PER_DIRECTORY = {
    "SSSE": 10,
    "DF01": 18,
    "DF02": 10,
    "DF03": 14,
    "DF04": 9,
    "DF05": 1,
    "DF06": 2,
    "DF07": 3,
}
"""Rows of the file table: a file twice where versions differ in name, structure or rights."""


def test_every_item_of_the_standard_is_declared() -> None:
    counted = Counter(entry.file.path for entry in items() if not is_local(entry.file))
    del counted[DIRECTORY_FILE]
    assert counted == {
        f"{name}/{file}": count for name, held in ITEMS_PER_FILE.items() for file, count in held.items()
    }
    assert sum(counted.values()) == 288


def test_every_file_of_the_standard_is_declared() -> None:
    standard = [entry for entry in files() if not is_local(entry.file)]
    assert Counter(entry.file.directory for entry in standard) == FILES_PER_DIRECTORY
    # The directory file takes two rows, because 1.0 calls its update key otherwise.
    assert len(standard) - 1 == 66
    assert {"MF", *directories()} == {"MF", "SSSE", *(f"DF0{number}" for number in range(1, 8))}


def test_there_are_47_code_tables_with_472_codes() -> None:
    assert len(TABLES) == len({table.table() for table in TABLES}) == 47
    assert sum(len(table) for table in TABLES) == 472


def test_every_code_table_belongs_to_an_item() -> None:
    assert {table for entry in items() for table in entry.item.codes} >= set(TABLES)


@pytest.mark.parametrize("table", TABLES)
def test_codes_of_a_table_are_read_as_its_members_and_others_are_kept(table: type) -> None:
    member = next(iter(table))
    assert table(str(member)) is member
    assert member.known and member.en and member.zh
    kept = table("zz")
    assert isinstance(kept, table) and kept == "zz" and not kept.known


def test_a_member_that_means_unknown_is_known() -> None:
    assert HealthFlag("2").known
    assert (Nation("88").en, YesNo("").known) == ("", False)


def test_page_in_the_documentation_is_fresh() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), (
        "write it anew: python -m apdu.reference > docs/card-reference.md"
    )


def test_page_names_files_keys_commands_and_status_words() -> None:
    text = page()
    for found in ("| DF03 | EF19 |", "| UK8DF03 |", "| 80 5E | CHANGE PIN", "| 9303 |", "### expert_kind"):
        assert found in text
