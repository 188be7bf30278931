from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apdu.tlv import SimpleTlv, Tlv, TlvError, encode, find, parse, parse_simple

SSSE = bytes.fromhex("6F1C840F7378312E73682EC9E7BBE1B1A3D5CFA50988011E9F0C03860103")
DIRECTORY = bytes.fromhex("61184F06D15600000500500EB9ABB9B2D3A6D3C3D0C5CFA2C7F8")
tags = st.sampled_from([0x4F, 0x50, 0x84, 0x88, 0x9F0C, 0x9F38, 0xBF0C, 0xDF8101, 0x61])
objects = st.lists(st.builds(Tlv, tags, st.binary(max_size=40)), max_size=6)


def test_the_algorithm_is_found_in_the_answer_to_select() -> None:
    found = find(parse(SSSE), 0x6F, 0xA5, 0x9F0C, 0x86)
    assert found is not None and (found.value, found.offset) == (b"\x03", 29)
    assert find(parse(SSSE), 0x6F, 0xA5, 0x9F38) is None


def test_an_answer_without_issuer_data_has_no_algorithm() -> None:
    raw = bytes.fromhex("6F13840F7378312E73682EC9E7BBE1B1A3D5CFA500")
    assert find(parse(raw), 0x6F, 0xA5, 0x9F0C, 0x86) is None


def test_an_answer_to_select_is_built_as_the_standard_prints_it() -> None:
    issuer = Tlv.of(0x9F0C, Tlv(0x86, b"\x03"))
    name = Tlv(0x84, "sx1.sh.社会保障".encode("gbk"))
    assert Tlv.of(0x6F, name, Tlv.of(0xA5, Tlv(0x88, b"\x1e"), issuer)).encode() == SSSE


def test_order_and_duplicates_are_kept() -> None:
    raw = DIRECTORY + bytes.fromhex("61084F06D15600000503") + DIRECTORY
    assert [item.tag for item in parse(raw)] == [0x61, 0x61, 0x61]
    assert encode(parse(raw)) == raw


def test_find_tries_every_branch() -> None:
    label = find(parse(bytes.fromhex("61034F0101") + DIRECTORY), 0x61, 0x50)
    assert label is not None and label.value.decode("gbk") == "公共应用信息区"


@given(objects)
def test_parse_undoes_encode(items: list[Tlv]) -> None:
    assert list(parse(encode(items))) == items


@pytest.mark.parametrize(
    ("size", "head"), [(0x7F, "507F"), (0x80, "508180"), (0xFF, "5081FF"), (0x100, "50820100")]
)
def test_lengths_take_the_shortest_form(size: int, head: str) -> None:
    raw = Tlv(0x50, bytes(size)).encode()
    assert raw[: -size or None].hex().upper() == head
    assert parse(raw)[0].value == bytes(size)


def test_padding_between_objects_is_skipped() -> None:
    assert [item.tag for item in parse(bytes.fromhex("0000840101008801020000"))] == [0x84, 0x88]


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("84", 1),
        ("9F", 1),
        ("9F8C", 2),
        ("8403AABB", 2),
        ("8481", 2),
        ("848201", 3),
        ("8480AA", 1),
        ("8483010000", 1),
        ("84010188", 4),
    ],
)
def test_truncated_input_says_where(text: str, offset: int) -> None:
    with pytest.raises(TlvError, match=f"^byte {offset}:") as caught:
        parse(bytes.fromhex(text))
    assert caught.value.offset == offset


def test_an_error_inside_a_template_counts_from_the_outermost_byte() -> None:
    raw = SSSE[:-4] + bytes.fromhex("0386")  # the value of 9F0C ends inside its own item
    broken = bytes.fromhex("6F06A5049F0C0186")
    with pytest.raises(TlvError) as caught:
        find(parse(broken), 0x6F, 0xA5, 0x9F0C, 0x86)
    assert caught.value.offset == 8
    with pytest.raises(TlvError):
        parse(raw)


@pytest.mark.parametrize("tag", [0x00, 0x1F, 0x9F8C, 0x8401, 0x9F0C01])
def test_numbers_that_are_no_tag_are_refused(tag: int) -> None:
    with pytest.raises(ValueError, match="tag"):
        Tlv(tag, b"").encode()


def test_a_value_too_long_for_three_length_bytes_is_refused() -> None:
    with pytest.raises(ValueError, match="65536"):
        Tlv(0x50, bytes(65536)).encode()


def test_repr_shows_no_value() -> None:
    assert repr(Tlv(0x5A, b"\x62\x12")) == "Tlv(5A, 2 bytes)"


def test_record_tags_are_one_byte_even_where_ber_would_read_more() -> None:
    assert parse_simple(bytes.fromhex("1F0101 3F020102 5F00")) == [
        SimpleTlv(0x1F, b"\x01", 0),
        SimpleTlv(0x3F, b"\x01\x02", 3),
        SimpleTlv(0x5F, b"", 7),
    ]


@given(st.lists(st.tuples(st.integers(0, 255), st.binary(max_size=255)), max_size=5))
def test_joined_records_are_taken_apart(items: list[tuple[int, bytes]]) -> None:
    raw = b"".join(bytes((tag, len(value))) + value for tag, value in items)
    assert [(item.tag, item.value) for item in parse_simple(raw)] == items


@pytest.mark.parametrize(("text", "offset"), [("02", 1), ("020133 03", 4), ("0203AABB", 2)])
def test_truncated_records_say_where(text: str, offset: int) -> None:
    with pytest.raises(TlvError, match=f"^byte {offset}:"):
        parse_simple(bytes.fromhex(text))
