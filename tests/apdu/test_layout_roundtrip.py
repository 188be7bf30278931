"""parse(build(x)) = x and build(parse(b)) = b, for every declared file and arbitrary content."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apdu.layout import EVERYTHING, VERSIONS, FileSpec, Item, LayoutError, Structure, card_layout
from apdu.layout.old_cards import OLD_CARDS
from apdu.layout.psam import psam_layout


def _distinct() -> dict[str, FileSpec]:
    """Files that differ in more than access rights or place; large opaque ones add bytes, not cases."""
    found: dict[str, FileSpec] = {}
    directories = [entry for version in VERSIONS for entry in card_layout(version, options=EVERYTHING)]
    for entry in (*directories, *OLD_CARDS.values(), *psam_layout()[:2]):
        for file in entry.files:
            known = any(file.items == other.items for other in found.values())
            if file.items and not known and (file.size or 0) <= 512:
                found[f"{file.path} {file.name}"] = file
    return found


SMALL = _distinct() | {"SLE4428": OLD_CARDS["sle4428"].files[0]}
QUICK = settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))

GBK = st.text(st.sampled_from("测试甲乙丙丁社会保障卡张伟ABCxyz0123456789·—"), max_size=40)
ASCII = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), max_size=70)
DATES = st.dates(date(1, 1, 1), date(9999, 12, 31))
TIMES = st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31)).map(
    lambda moment: moment.replace(microsecond=0)
)


def values(item: Item) -> st.SearchStrategy[Any]:
    """Values that `item` can carry, unset ones included; found by what its coding accepts."""
    if item.coding is None:
        return st.tuples(*(values(child) for child in item.children))
    length = item.length

    def accepted(value: Any) -> bool:
        try:
            return len(item.encode(value)) == length
        except ValueError:
            return False
        except Exception as error:  # construct's own errors are no ValueError
            if type(error).__name__ == "FieldError":
                return False
            raise

    candidates: list[st.SearchStrategy[Any]] = []
    samples: list[tuple[Any, st.SearchStrategy[Any]]] = [
        (None, st.none()),
        (date(2024, 1, 2), DATES),
        (datetime(2024, 1, 2, 3, 4, 5), TIMES),
        (7, st.integers(0, (100 if item.type == "cn" else 256) ** length - 1)),
        (bytes(length), st.binary(min_size=length, max_size=length)),
        ("1", st.text("0123456789", max_size=2 * length if item.type == "cn" else length)),
        ("AB" * length, st.binary(min_size=length, max_size=length).map(lambda raw: raw.hex().upper())),
        ("A", ASCII.map(lambda text: text[:length])),
        ("测", GBK),
    ]
    for sample, strategy in samples:
        if accepted(sample):
            candidates.append(strategy)
    assert candidates, item.label
    return st.one_of(candidates).filter(accepted)


@cache
def contents(name: str) -> st.SearchStrategy[dict[int | str, Any]]:
    file = SMALL[name]
    if file.structure is Structure.CYCLIC:
        return st.fixed_dictionaries({file.items[0].key: st.lists(values(file.items[0]), max_size=3)})
    return st.fixed_dictionaries(
        {
            item.key: values(item) if item.occurs == 1 else st.lists(values(item), max_size=item.occurs)
            for item in file.items
        }
    )


@pytest.mark.parametrize("name", SMALL)
@QUICK
@given(data=st.data())
def test_parse_gives_back_what_build_was_given(name: str, data: st.DataObject) -> None:
    file = SMALL[name]
    wanted = data.draw(contents(name))
    content = file.parse(file.build(wanted))
    found: dict[int | str, list[Any]] = {}
    for value in content:
        found.setdefault(value.item.key, []).append(value.value)
    if file.structure is Structure.CYCLIC:
        assert found.get(file.items[0].key, []) == wanted[file.items[0].key]
    else:
        assert found == {item.key: _all_records(item, wanted[item.key]) for item in file.items}


def _all_records(item: Item, given: Any) -> list[Any]:
    """The values of every record of an item: those given, the rest unset."""
    values = [given] if item.occurs == 1 else list(given)
    return values + [item.decode(item.empty).value] * (item.occurs - len(values))


@pytest.mark.parametrize("name", SMALL)
@QUICK
@given(data=st.data())
def test_build_gives_back_the_bytes_that_were_parsed(name: str, data: st.DataObject) -> None:
    """Starting from bytes: a valid file with other padding and some bytes changed at will."""
    file = SMALL[name]
    raw = bytearray(file.build(data.draw(contents(name))))
    for _ in range(data.draw(st.integers(0, 3)) if raw else 0):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(
            st.sampled_from([0x00, 0x20, 0xFF, 0x31, 0xEE])
        )
    assert rebuilt(file, bytes(raw)) in (None, bytes(raw))


@pytest.mark.parametrize("name", SMALL)
@QUICK
@given(raw=st.binary(max_size=80))
def test_arbitrary_bytes_are_read_or_refused_with_their_place(name: str, raw: bytes) -> None:
    assert rebuilt(SMALL[name], raw) in (None, raw)


def rebuilt(file: FileSpec, raw: bytes) -> bytes | None:
    """The bytes after parse and build; None where the parse refused them and named a place inside."""
    try:
        content = file.parse(raw)
    except LayoutError as error:
        well_placed = error.path == file.path and 0 <= error.offset <= len(raw)
        return None if well_placed else b"misplaced error"
    return file.build(content)
