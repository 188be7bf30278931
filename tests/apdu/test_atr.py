from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apdu.atr import CONTACT, CONTACTLESS, AtrError, build, parse

HISTORY = "00814E43238697990100000001"

SEEN = [
    ("3B6D0000" + HISTORY, HISTORY, (0,)),
    ("3B7D940000" + HISTORY, HISTORY, (0,)),
    ("3B04A2131091", "A2131091", (0,)),
    ("3B0492231091", "92231091", (0,)),
    ("3F6D0000" + HISTORY, HISTORY, (0,)),
    ("3B00", "", (0,)),
]


@pytest.mark.parametrize(("text", "historical", "protocols"), SEEN)
def test_answers_met_in_the_field_are_read_and_written(
    text: str, historical: str, protocols: tuple[int, ...]
) -> None:
    atr = parse(bytes.fromhex(text))
    assert (atr.historical_bytes.hex().upper(), atr.protocols, atr.tck) == (historical, protocols, None)
    assert atr.encode().hex().upper() == text


def test_the_contact_form_is_built_as_the_standard_prints_it() -> None:
    assert build(bytes.fromhex(HISTORY)).encode().hex().upper() == "3B6D0000" + HISTORY


def test_the_contactless_form_carries_the_same_historical_bytes_and_a_check_byte() -> None:
    atr = build(bytes.fromhex(HISTORY), CONTACTLESS)
    raw = atr.encode()
    assert raw[:4].hex().upper() == "3B8D8001" and len(raw) == 18
    check = 0
    for byte in raw[1:]:
        check ^= byte
    assert check == 0
    assert parse(raw).historical_bytes == build(bytes.fromhex(HISTORY), CONTACT).historical_bytes
    assert parse(raw).protocols == (0, 1)


def test_a_memory_cards_answer_has_no_interface_bytes() -> None:
    assert build(bytes.fromhex("A2131091"), ()).encode().hex().upper() == "3B04A2131091"


def test_the_long_form_with_clock_stop_and_class_is_read() -> None:
    atr = build(bytes.fromhex(HISTORY), (("TA1", 0x11), ("TD1", 0), ("TD2", 15), ("TA3", 0x03)))
    raw = atr.encode()
    assert raw[:6].hex().upper() == "3B9D11801F03"
    assert parse(raw).interface == (("TA1", 0x11), ("TD1", 0x80), ("TD2", 0x1F), ("TA3", 0x03))
    assert parse(raw).protocols == (0,) and parse(raw).tck is not None


@given(st.binary(max_size=15), st.sampled_from([(), CONTACT, CONTACTLESS, (("TA1", 0x94), *CONTACT)]))
def test_parse_undoes_build(historical: bytes, interface: tuple[tuple[str, int], ...]) -> None:
    atr = build(historical, interface)
    assert parse(atr.encode()) == atr
    assert atr.historical_bytes == historical


@given(st.binary(max_size=40))
def test_any_bytes_are_an_answer_or_an_error_with_an_offset(raw: bytes) -> None:
    try:
        atr = parse(raw)
    except AtrError as error:
        offset = error.offset
    else:
        offset = len(atr.encode()) if atr.encode() == raw else -1
    assert 0 <= offset <= len(raw)


@pytest.mark.parametrize(
    ("text", "offset", "named"),
    [
        ("", 0, "TS and T0"),
        ("3B", 1, "TS and T0"),
        ("036D0000" + HISTORY, 0, "TS is 03"),
        ("3B6D00", 3, "TC1, announced by T0"),
        ("3B8D", 2, "TD1, announced by T0"),
        ("3B8D80", 3, "TD2, announced by TD1"),
        ("3B6D0000" + HISTORY[:-2], 16, "13 historical bytes, 12 follow"),
        ("3B6D0000" + HISTORY + "6D", 17, "TCK though only T=0"),
        ("3B6D0000" + HISTORY + "6D00", 17, "nothing may follow"),
        ("3B8D8001" + HISTORY, 17, "TCK is missing"),
        ("3B8D8001" + HISTORY + "00", 17, "TCK is 00"),
        ("3B" + "00" * 33, 33, "at most 32"),
    ],
)
def test_a_wrong_answer_names_the_byte(text: str, offset: int, named: str) -> None:
    with pytest.raises(AtrError, match=f"^byte {offset} of the answer to reset: .*{named}") as caught:
        parse(bytes.fromhex(text))
    assert caught.value.offset == offset


def test_answers_that_cannot_be_sent_are_not_built() -> None:
    with pytest.raises(ValueError, match="at most 15"):
        build(bytes(16))
    with pytest.raises(ValueError, match="order"):
        build(b"", (("TC1", 0), ("TB1", 1)))
    with pytest.raises(ValueError):
        build(b"", (("TA2", 0),))
