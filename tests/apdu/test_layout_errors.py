"""A wrong byte is reported with file, item and its offset in the file."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from apdu.layout import Access, FileSpec, LayoutError, card_layout
from apdu.layout.ssse import join_name, split_name

SSSE, DF04 = card_layout("2.0")[:2]
ISSUER, HOLDER = SSSE.files[:2]
MEDICAL = DF04.files[0]


def file_of(version: str, directory: int, fid: int) -> FileSpec:
    found = card_layout(version)[directory].file(fid)
    assert found is not None
    return found


def changed(raw: bytes, offset: int, byte: int) -> bytes:
    return raw[:offset] + bytes((byte,)) + raw[offset + 1 :]


@pytest.mark.parametrize(
    ("offset", "byte", "item", "reported"),
    [
        (45, 0x1A, "05 Issue date", 45),  # the third byte of the date: 0A is no digit
        (43, 0x2A, "05 Issue date", 43),
        (45, 0x13, "05 Issue date", 45),  # month 13
        (46, 0x32, "05 Issue date", 46),  # day 32
        (23, 0xE4, "03 Specification version", 23),
        (20, 0x80, "02 Card class", 20),
    ],
)
def test_wrong_byte_is_named_with_item_and_offset(offset: int, byte: int, item: str, reported: int) -> None:
    raw = ISSUER.vectors[0].raw
    with pytest.raises(LayoutError) as caught:
        ISSUER.parse(changed(raw, offset, byte))
    assert (caught.value.path, caught.value.item, caught.value.offset) == ("SSSE/EF05", item, reported)
    assert f"SSSE/EF05, item {item}, byte {reported}:" in str(caught.value)


def test_wrong_length_is_reported_at_the_length_byte() -> None:
    raw = bytes.fromhex("0A0131 0B020101")
    with pytest.raises(LayoutError, match="2 value bytes, 1 are defined") as caught:
        HOLDER.parse(raw)
    assert caught.value.offset == 4


def test_tag_of_another_file_is_refused() -> None:
    with pytest.raises(LayoutError, match="tag 81 is not defined in this file"):
        HOLDER.parse(bytes.fromhex("810131"))


def test_file_cut_short_names_the_record_it_ends_in() -> None:
    with pytest.raises(LayoutError, match="ends inside the record that begins at 3"):
        HOLDER.parse(bytes.fromhex("0A0131 0D0419"))


def test_item_that_occurs_too_often_is_refused() -> None:
    with pytest.raises(LayoutError, match="occurs more than 1 times"):
        HOLDER.parse(bytes.fromhex("0A0131 0A0132"))


def test_error_about_an_identity_number_does_not_show_it() -> None:
    number = b"99010019900307001\x80"
    with pytest.raises(LayoutError) as caught:
        HOLDER.decode_record(b"\x08\x12" + number)
    assert "990100" not in str(caught.value)
    assert caught.value.offset == 2 + 17


def test_repr_of_an_identity_number_does_not_show_it() -> None:
    value = HOLDER.decode_record(HOLDER.encode_record(0x08, "990100199003070019"))
    assert value.value == "990100199003070019"
    assert "1990" not in repr(value)


@pytest.mark.parametrize(
    ("tag", "value"),
    [
        (0x05, "20240102"),
        (0x05, 20240102),
        (0x02, "33"),
        (0x02, "男"),
        (0x04, "GG"),
        (0x07, "A000000111"),
        (0x03, "2.0 "),  # a trailing blank is padding and would not read back
    ],
)
def test_value_the_item_cannot_carry_is_refused(tag: int, value: object) -> None:
    with pytest.raises(LayoutError, match="SSSE/EF05, item "):
        ISSUER.encode_record(tag, value)


def test_changed_item_is_built_anew_and_the_others_keep_their_padding() -> None:
    raw = ISSUER.vectors[1].raw  # its version is filled with 00
    content = ISSUER.parse(raw.replace(b"2.0\x00", b"2.0 "))
    renewed = tuple(
        replace(value, value=date(2035, 1, 1)) if value.tag == 0x06 else value for value in content
    )
    built = ISSUER.build(replace(content, values=renewed))
    assert b"2.0 " in built
    assert bytes.fromhex("060420350101") in built


def test_card_number_longer_than_nine_characters_is_read() -> None:
    value = ISSUER.decode_record(b"\x07\x0cA00000011ABC")
    assert value.value == "A00000011"
    content = ISSUER.parse(b"\x07\x0cA00000011ABC")
    assert ISSUER.build(content) == b"\x07\x0cA00000011ABC"


def test_card_number_is_never_refused_by_its_format() -> None:
    assert ISSUER.decode_record(b"\x07\x09a-0000000").value == "a-0000000"


def test_short_transaction_record_lacks_the_last_two_amounts() -> None:
    transactions = file_of("2.0", 1, 0xEF08)
    record = transactions.vectors[0].raw[:20]
    assert transactions.decode_record(record).value[-1] == 4000
    assert len(transactions.decode_record(record).value) == 5


def test_first_generation_record_may_carry_the_later_meaning() -> None:
    medical = file_of("1.0", 1, 0xEF05)
    value = medical.decode_record(bytes((0x81, 70)) + b"31000000".ljust(70, b"\xee"))
    assert (value.item.name, value.value) == ("Medical insurance kind and flags", "31000000")


def test_changed_reused_record_keeps_its_filler() -> None:
    account = file_of("1.0", 1, 0xEF06)
    content = account.parse(bytes.fromhex("93043031EEEE"))
    changed_value = replace(content.values[0], value="02")
    assert account.build(replace(content, values=(changed_value,))) == bytes.fromhex("93043032EEEE")


def test_codes_no_table_knows_are_kept() -> None:
    value = HOLDER.decode_record(bytes.fromhex("0B0188"))
    assert value.value == "88"
    assert value.item.describe(value.value) is None


def test_codes_of_several_digit_groups_are_explained_together() -> None:
    meaning = MEDICAL.item(0x81).describe("31010000")
    assert meaning is not None
    assert meaning[0].startswith("Basic medical insurance of employees, Yes, No")


@pytest.mark.parametrize("text", ["free", "never", "PIN", "PIN or RK1DF04", "(PIN and RK3DF03) or UK4DF03"])
def test_access_rule_is_written_as_it_was_read(text: str) -> None:
    assert str(Access.parse(text)) == text


def test_access_rule_is_an_or_of_ands() -> None:
    rule = Access.parse("(PIN and RK3DF03) or UK4DF03")
    assert rule.allows({"UK4DF03"}) and rule.allows({"PIN", "RK3DF03"})
    assert not rule.allows({"PIN"}) and not rule.allows({"RK3DF03"})
    assert Access.parse("free").allows(()) and not Access.parse("never").allows({"PIN"})


def test_malformed_access_rule_is_refused() -> None:
    with pytest.raises(ValueError, match="access rule"):
        Access.parse("pin, please")


LONG_NAME = "测" * 17  # 34 bytes: fifteen characters in 09, two in 4E


def test_name_is_divided_between_whole_characters_and_joined_again() -> None:
    first, second = split_name(LONG_NAME)
    assert (len(first), len(second)) == (15, 2)
    raw = HOLDER.encode_record(0x09, first)[2:], HOLDER.encode_record(0x4E, second)[2:]
    assert join_name(*raw) == LONG_NAME


def test_character_across_the_boundary_is_joined_before_decoding() -> None:
    encoded = ("A" + LONG_NAME).encode("gbk")
    assert join_name(encoded[:30], encoded[30:].ljust(20, b"\xff")) == "A" + LONG_NAME
    assert HOLDER.decode_record(b"\x09\x1e" + encoded[:30]).value == "A" + "测" * 14
