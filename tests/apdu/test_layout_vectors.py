"""Every declared file against its own vectors, sizes, and the rules that hold for all of them."""

from __future__ import annotations

import pytest

from apdu.keys import BY_NAME
from apdu.layout import EVERYTHING, VERSIONS, DirectorySpec, FileSpec, LayoutError, Structure, card_layout
from apdu.layout.old_cards import OLD_CARDS
from apdu.layout.psam import psam_layout

CARD_FILES = [
    pytest.param(file, id=f"{version} {file.path}")
    for version in VERSIONS
    for directory in card_layout(version, options=EVERYTHING)
    for file in directory.files
]
OTHERS: list[DirectorySpec] = [*OLD_CARDS.values(), *psam_layout()]
OTHER_FILES = [
    pytest.param(file, id=file.path) for directory in OTHERS for file in directory.files if file.items
]


@pytest.mark.parametrize("file", CARD_FILES + OTHER_FILES)
def test_file_parses_and_builds_its_vectors(file: FileSpec) -> None:
    assert len(file.vectors) >= 2
    for vector in file.vectors:
        content = file.parse(vector.raw)
        assert tuple((value.item.key, value.value) for value in content) == vector.expected
        assert file.build(content) == vector.raw


@pytest.mark.parametrize("file", CARD_FILES + OTHER_FILES)
def test_trailing_byte_is_refused(file: FileSpec) -> None:
    raw = file.vectors[0].raw
    with pytest.raises(LayoutError) as caught:
        file.parse(raw + b"\x00")
    assert caught.value.path == file.path
    assert caught.value.offset >= len(raw)


@pytest.mark.parametrize("file", CARD_FILES + OTHER_FILES)
def test_blank_contents_parse(file: FileSpec) -> None:
    assert file.build(file.parse(file.blank())) == file.blank()


@pytest.mark.parametrize(
    ("version", "sizes"),
    [
        ("1.0", {"SSSE/EF05": 64, "SSSE/EF06": 69, "SSSE/EF07": 768, "DF04/EF06": 18, "DF04/EF08": 0}),
        (
            "2.0",
            {
                "SSSE/EF05": 64,
                "SSSE/EF06": 91,
                "SSSE/EF07": 768,
                "SSSE/EF08": 4096,
                "DF04/EF05": 182,
                "DF04/EF06": 13,
                "DF04/EF08": 0,
                "DF04/EF15": 0,
            },
        ),
        ("3.0", {"SSSE/EF05": 64, "SSSE/EF06": 91, "SSSE/EF08": 4096, "DF04/EF05": 182}),
    ],
)
def test_blank_files_have_the_standard_sizes(version: str, sizes: dict[str, int]) -> None:
    actual = {file.path: len(file.blank()) for entry in card_layout(version) for file in entry.files}
    assert sizes.items() <= actual.items()


def test_cyclic_files_have_the_standard_records() -> None:
    df04 = card_layout("2.0")[1]
    sizes = {
        file.fid: (file.record_length, file.min_records)
        for file in df04.files
        if file.structure is Structure.CYCLIC
    }
    assert sizes == {0xEF08: (28, 30), 0xEF15: (3, 8)}


def test_number_of_declared_records_is_that_of_the_standard() -> None:
    counts = {file.path: file.max_records for entry in card_layout("2.0", None) for file in entry.files}
    assert counts["SSSE/EF05"] == 7
    assert counts["SSSE/EF06"] == 7
    assert counts["DF04/EF05"] == 16
    assert counts["DF04/EF06"] == 3
    assert card_layout("1.0")[0].files[1].max_records == 6


def test_only_30_cards_protect_the_personal_data() -> None:
    read = {version: str(card_layout(version)[0].files[1].read) for version in VERSIONS}
    assert read == {"1.0": "free", "2.0": "free", "3.0": "RKSSSE"}


def test_first_generation_has_neither_photo_nor_special_settlements() -> None:
    fids = {entry.name: {file.fid for file in entry.files} for entry in card_layout("1.0", None)}
    assert fids["SSSE"] == {0xEF05, 0xEF06, 0xEF07}
    assert fids["DF04"] == {0xEF05, 0xEF06, 0xEF08}
    assert "DF07" not in fids


def test_every_access_rule_of_the_card_names_keys_that_exist() -> None:
    terms = {
        term
        for version in VERSIONS
        for entry in card_layout(version, options=EVERYTHING)
        for file in entry.files
        for access in (file.read, file.update)
        for alternative in access.alternatives
        for term in alternative
    }
    assert terms - {"PIN"} <= set(BY_NAME)


@pytest.mark.parametrize(
    "entry", [entry for version in VERSIONS for entry in card_layout(version, options=EVERYTHING)] + OTHERS
)
def test_files_of_a_directory_have_distinct_identifiers(entry: DirectorySpec) -> None:
    fids = [file.fid for file in entry.files]
    assert len(fids) == len(set(fids))
    tags = [[item.key for item in file.items] for file in entry.files]
    assert all(len(keys) == len(set(keys)) for keys in tags)


def test_unknown_version_is_refused() -> None:
    with pytest.raises(ValueError, match=r"'4\.0'.*1\.0, 2\.0, 3\.0"):
        card_layout("4.0")


def test_status_file_stands_where_the_profile_says() -> None:
    assert card_layout("2.0", 0xEF1B)[0].file(0xEF1B) is not None
    assert card_layout("2.0", None)[0].file(0xEF0C) is None
