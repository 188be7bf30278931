from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apdu.dol import DolEntry, encode_dol, fill, parse_dol, split, total
from apdu.pboc import FIRST_LIST, PROCESSING_LIST, SECOND_LIST
from apdu.tags import BY_TAG, TAGS, secret, tag_bytes, tag_name
from apdu.tlv import TlvError


@pytest.mark.parametrize(("raw", "length"), [(FIRST_LIST, 52), (SECOND_LIST, 34), (PROCESSING_LIST, 10)])
def test_lists_of_real_cards_ask_for_the_known_lengths(raw: bytes, length: int) -> None:
    assert total(parse_dol(raw)) == length
    assert encode_dol(parse_dol(raw)) == raw


@pytest.mark.parametrize("raw", ["9F", "9F02", "95", "9F0206DF69"])
def test_list_cut_off_is_named_with_its_place(raw: str) -> None:
    with pytest.raises(TlvError, match="ends inside the entry"):
        parse_dol(bytes.fromhex(raw))


@pytest.mark.parametrize(
    ("tag", "length", "value", "expected"),
    [
        (0x9F02, 6, "1234", "000000001234"),
        (0x9F1A, 2, "000156", "0156"),
        (0x57, 4, "6212", "6212FFFF"),
        (0x9F37, 4, "1A2B", "1A2B0000"),
        (0x95, 5, "000000800011", "0000008000"),
        (0x9F4E, 3, "", "000000"),
        (0xDF7E, 2, "01", "0100"),
    ],
)
def test_values_are_cut_and_filled_by_their_form(tag: int, length: int, value: str, expected: str) -> None:
    assert fill((DolEntry(tag, length),), {tag: bytes.fromhex(value)}) == bytes.fromhex(expected)


@given(st.binary(min_size=52, max_size=52))
def test_splitting_is_the_inverse_of_filling(data: bytes) -> None:
    dol = parse_dol(FIRST_LIST)
    assert fill(dol, split(dol, data)) == data


def test_splitting_refuses_another_length() -> None:
    with pytest.raises(ValueError, match="asks for 10 bytes, 9 are there"):
        split(parse_dol(PROCESSING_LIST), bytes(9))


def test_no_tag_is_declared_twice_and_all_have_both_names() -> None:
    assert len(BY_TAG) == len(TAGS)
    assert all(entry.name and entry.name_zh and entry.source for entry in TAGS)


def test_numbers_that_identify_are_secret() -> None:
    assert all(secret(tag) for tag in (0x5A, 0x57, 0x9F61, 0x9F1F, 0x9F46))
    assert not secret(0x5F24) and not secret(0xDF7E)


def test_names_and_bytes_of_tags() -> None:
    assert tag_name(0x9F36) == "Application transaction counter"
    assert tag_name(0xDF7E) == "tag DF7E"
    assert (tag_bytes(0x5A), tag_bytes(0x9F36)) == (b"\x5a", b"\x9f\x36")
