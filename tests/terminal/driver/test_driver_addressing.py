"""The grammar of pFileAddr and pWriteData, and an address held against the card's layout."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apdu.layout import card_layout
from terminal.driver.addressing import (
    FileAddress,
    FileName,
    FileValues,
    ItemName,
    Target,
    match_values,
    parse_address,
    parse_values,
    render_address,
    render_values,
    resolve,
)
from terminal.driver.codes import CallError, ReturnCode
from terminal.driver.values import FORBIDDEN

NEWEST = card_layout("3.0")
OLDEST = card_layout("1.0")


def _targets(address: str, version: str = "3.0") -> tuple[Target, ...]:
    return resolve(parse_address(address), card_layout(version))


def test_one_item_of_one_file() -> None:
    (file,) = parse_address("DF01EF0A|37|$")
    assert file == FileAddress(FileName("DF01EF0A", "DF01", 0xEF0A), (ItemName("37"),))
    assert (file.items[0].tag, file.items[0].occurrence) == (0x37, 1)


def test_several_files_and_the_second_record_of_a_repeated_item() -> None:
    first, second = parse_address("DF01EF0A|37|$DF01EF15|2A|40:2|$")
    assert first.name.place == ("DF01", 0xEF0A)
    assert [(item.tag, item.occurrence) for item in second.items] == [(0x2A, 1), (0x40, 2)]


@pytest.mark.parametrize("name", ["SSSEEF05", "3F00EF05", "ssseef05", "3f00eF05"])
def test_the_environment_has_two_names_in_either_case_and_the_callers_is_kept(name: str) -> None:
    (file,) = parse_address(f"{name}|01|$")
    assert file.name.place == ("SSSE", 0xEF05)
    assert render_values([FileValues(file.name, ("X",))]) == f"{name}|X|$"


def test_the_name_by_number_can_be_refused() -> None:
    with pytest.raises(CallError) as caught:
        parse_address("3F00EF05|01|$", fid_alike=False)
    assert caught.value.code == ReturnCode.BAD_DATA


@pytest.mark.parametrize(
    "text",
    ["", "$", "|$", "DF01EF0A", "DF01EF0A|37|", "DF01EF0A|37$", "DF01EF0A|37|$x", "DF01EF0A|37|$$", "DF01|37|$",
     "DFXXEF05|01|$", "DF01EF0A|3G|$", "DF01EF0A|37:0|$", "DF01EF0A|37:|$", "DF01EF0A||$", "DF01EF0A|137|$",
     " DF01EF0A|37|$", "DF01EF0A|37|$ ", "DF01/EF0A|37|$", "DF01EF0A|-1|$", "DF01EF0A|37:1:1|$"],
)  # fmt: skip
def test_an_address_outside_the_grammar_is_invalid_data(text: str) -> None:
    with pytest.raises(CallError) as caught:
        parse_address(text)
    assert caught.value.code == ReturnCode.BAD_DATA


@contextmanager
def suppress_invalid() -> Iterator[None]:
    """Lets -23 pass, and nothing else."""
    try:
        yield
    except CallError as error:
        if error.code != ReturnCode.BAD_DATA:
            raise


HEX = st.sampled_from("0123456789ABCDEFabcdef")
NAMES = st.builds(
    lambda directory, file: directory + file,
    st.sampled_from(["SSSE", "3F00", "sSsE"]) | st.builds(lambda a, b: f"DF{a}{b}", HEX, HEX),
    st.builds(lambda a, b: f"EF{a}{b}", HEX, HEX),
)
ITEMS = st.builds(
    lambda tag, n: tag if n is None else f"{tag}:{n}",
    st.text(HEX, min_size=1, max_size=2),
    st.none() | st.integers(1, 99),
)
TEXTS = st.text(st.characters(exclude_characters=FORBIDDEN, exclude_categories=["C"]), max_size=12)


def _written(files: list[tuple[str, list[str]]]) -> str:
    return "".join("|".join([name, *parts, "$"]) for name, parts in files)


@given(st.lists(st.tuples(NAMES, st.lists(ITEMS, max_size=5)), min_size=1, max_size=4))
def test_an_address_survives_parsing_and_rendering(files: list[tuple[str, list[str]]]) -> None:
    text = _written(files)
    assert render_address(parse_address(text)) == text


@given(st.lists(st.tuples(NAMES, st.lists(TEXTS, max_size=5)), min_size=1, max_size=4))
def test_values_survive_parsing_and_rendering(files: list[tuple[str, list[str]]]) -> None:
    text = _written(files)
    parsed = parse_values(text)
    assert [list(file.values) for file in parsed] == [parts for _, parts in files]
    assert render_values(parsed) == text


@given(st.text("DFE01S|$:3^", max_size=40))
def test_whatever_comes_is_an_address_or_invalid_data(text: str) -> None:
    with suppress_invalid():
        assert render_address(parse_address(text)) == text


@given(st.data())
def test_values_mirror_the_shape_of_their_address(data: st.DataObject) -> None:
    declared = [
        (entry.name, file, [item for item in file.items if item.tag is not None])
        for entry in NEWEST
        for file in entry.files
        if file.structure.name in ("VARIABLE", "FIXED") and file.fid >= 0xEF00
    ]
    chosen = data.draw(st.lists(st.sampled_from(declared), min_size=1, max_size=3))
    address = ""
    for directory, file, items in chosen:
        wanted = data.draw(st.lists(st.sampled_from(items), min_size=1, max_size=4))
        address += _written([(f"{directory}EF{file.fid & 0xFF:02X}", [f"{item.tag:02X}" for item in wanted])])
    targets = resolve(parse_address(address), NEWEST)
    values = render_values(
        [FileValues(target.address.name, ("x",) * len(target.items)) for target in targets]
    )
    assert [part.count("|") for part in values.split("$")] == [part.count("|") for part in address.split("$")]
    assert match_values(targets, parse_values(values)) == tuple(("x",) * len(t.items) for t in targets)


def test_a_target_knows_its_items_and_their_occurrence() -> None:
    (target,) = _targets("DF01EF15|2A|40:3|$")
    assert [(item.tag, occurrence) for item, occurrence in target.items] == [(0x2A, 1), (0x40, 3)]
    assert (target.directory.name, target.file.path, target.cyclic) == ("DF01", "DF01/EF15", False)


def test_a_cyclic_file_is_asked_for_all_records_or_one() -> None:
    every, newest, tenth = _targets("DF04EF08|$DF04EF08|1|$DF04EF08|10|$")
    assert every.cyclic
    assert (every.record, newest.record, tenth.record) == (None, 1, 10)


def test_a_transparent_file_is_asked_for_as_a_whole() -> None:
    (target,) = _targets("SSSEEF08|$")
    assert (target.items, target.record, target.file.size) == ((), None, 4096)


@pytest.mark.parametrize(
    "address",
    ["DF04EF77|01|$", "DF99EF05|01|$", "DF01EF0A|38:2|$", "DF01EF0A|01|$", "SSSEEF08|01|$", "DF01EF0A|$",
     "DF04EF08|1|2|$", "DF04EF08|0|$", "DF04EF08|0A|$", "DF04EF08|1:1|$", "DF01EF15|40:4|$"],
)  # fmt: skip
def test_what_the_layout_does_not_have_is_refused_before_the_card_is_asked(address: str) -> None:
    with pytest.raises(CallError) as caught:
        _targets(address)
    assert caught.value.code == ReturnCode.BAD_DATA


def test_the_layout_is_that_of_the_cards_version() -> None:
    assert _targets("SSSEEF06|4E|$", "2.0")
    with pytest.raises(CallError, match="4E"):
        _targets("SSSEEF06|4E|$", "1.0")
    (old,), (new,) = _targets("DF04EF05|81|$", "1.0"), _targets("DF04EF05|81|$", "2.0")
    assert (old.items[0][0].length, new.items[0][0].length) == (70, 8)


@pytest.mark.parametrize(
    ("address", "data", "values"),
    [
        ("DF01EF07|29|$", "DF01EF07|1|$", (("1",),)),
        ("df01ef07|29|$", "DF01EF07|1|$", (("1",),)),
        ("3F00EF05|02|$", "SSSEEF05|1|$", (("1",),)),
        ("DF04EF15|$", "DF04EF15|0001^1^|$", (("0001^1^",),)),
        ("DF01EF16|$", "DF01EF16|00FF|$", (("00FF",),)),
        ("DF01EF07|29|$DF01EF08|2B|$", "DF01EF07|1|$DF01EF08||$", (("1",), ("",))),
    ],
)
def test_data_to_write_have_the_shape_of_the_address(
    address: str, data: str, values: tuple[tuple[str, ...], ...]
) -> None:
    assert match_values(_targets(address), parse_values(data)) == values


@pytest.mark.parametrize(
    "data",
    ["DF01EF08|1|$", "DF01EF07|1|2|$", "DF01EF07|$", "DF01EF07|1|$DF01EF07|1|$", "DF01EF07|1|"],
)
def test_data_of_another_shape_are_invalid(data: str) -> None:
    with pytest.raises(CallError) as caught:
        match_values(_targets("DF01EF07|29|$"), parse_values(data))
    assert caught.value.code == ReturnCode.BAD_DATA


def test_an_end_of_file_inside_a_value_is_an_illegal_character() -> None:
    with pytest.raises(CallError) as caught:
        parse_values("DF01EF07|1$2|$")
    assert caught.value.code == ReturnCode.CHARACTER


def test_nothing_of_the_values_shows_in_a_repr() -> None:
    (file,) = parse_values("SSSEEF06|990100199003070019|$")
    assert "1990" not in repr(file)
