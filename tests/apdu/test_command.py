from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apdu.command import Command, MalformedApduError
from apdu.response import Response

short_le = st.none() | st.integers(1, 256)
extended_le = st.none() | st.integers(1, 65536)

SHAPES = [
    (1, "00840000", b"", None, False),
    (2, "0084000008", b"", 8, False),
    (2, "0084000000", b"", 256, False),
    (3, "00A4000002EF05", b"\xef\x05", None, False),
    (4, "00A4000002DF0100", b"\xdf\x01", 256, False),
    (2, "00B00000000100", b"", 256, True),
    (2, "00B00000000000", b"", 65536, True),
    (3, "00D600000000021122", b"\x11\x22", None, True),
    (4, "00D6000000000211220000", b"\x11\x22", 65536, True),
]

MALFORMED = [
    ("", 0),
    ("00A404", 3),
    ("00A4000002EF", 4),
    ("00A4000002EF050000", 7),
    ("00A400000000", 4),
    ("00A4000000000011", 5),
    ("00A40000000003EF05", 5),
    ("00A40000000002EF0500", 9),
]


@pytest.mark.parametrize("shape", SHAPES)
def test_each_case_is_read_and_written_in_both_forms(
    shape: tuple[int, str, bytes, int | None, bool],
) -> None:
    case, text, data, le, extended = shape
    command = Command.parse(bytes.fromhex(text))
    assert (command.case, command.data, command.le, command.extended) == (case, data, le, extended)
    assert command.encode().hex().upper() == text


@given(st.binary(min_size=4, max_size=4), st.binary(max_size=255), short_le)
def test_parse_undoes_encode_in_the_short_form(header: bytes, data: bytes, le: int | None) -> None:
    command = Command(*header, data=data, le=le)
    assert Command.parse(command.encode()) == command


@given(st.binary(max_size=600), extended_le)
def test_parse_undoes_encode_in_the_extended_form(data: bytes, le: int | None) -> None:
    command = Command(0x00, 0xD6, 0x01, 0x02, data, le, extended=bool(data) or le is not None)
    assert Command.parse(command.encode()) == command


@given(st.binary(max_size=300))
def test_any_bytes_are_a_command_or_an_error_with_an_offset(raw: bytes) -> None:
    try:
        command = Command.parse(raw)
    except MalformedApduError as error:
        offset = error.offset
    else:
        offset = len(raw) if command.encode() == raw else -1
    assert 0 <= offset <= len(raw)


@pytest.mark.parametrize(("text", "offset"), MALFORMED)
def test_malformed_commands_say_which_byte(text: str, offset: int) -> None:
    with pytest.raises(MalformedApduError, match=f"^byte {offset}:") as caught:
        Command.parse(bytes.fromhex(text))
    assert caught.value.offset == offset


@pytest.mark.parametrize(
    "arguments",
    [
        {"cla": 256},
        {"ins": -1},
        {"data": bytes(256)},
        {"le": 0},
        {"le": 257},
        {"data": bytes(65536), "extended": True},
        {"le": 65537, "extended": True},
    ],
)
def test_commands_no_apdu_can_carry_are_refused(arguments: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        Command(**({"cla": 0, "ins": 0, "p1": 0, "p2": 0} | arguments))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    [
        "0020000003918273",
        "805E010007918273FF918273",
        "84D400010491827300",
        "FF20000003918273",
        "80FA0000080391827380000000",
        "00DC0830059182730000",
        "00D6000003918273",
        "0077000003918273",
    ],
)
def test_repr_never_shows_pins_keys_or_what_is_written(text: str) -> None:
    assert "918273" not in repr(Command.parse(bytes.fromhex(text)))


def test_repr_shows_what_is_selected() -> None:
    assert repr(Command.parse(bytes.fromhex("00A4000002EF05"))) == "Command(00a40000 data=ef05 le=None)"


@given(st.binary(max_size=300), st.integers(0, 0xFFFF))
def test_responses_survive_the_round_trip(data: bytes, sw: int) -> None:
    response = Response(data, sw)
    assert Response.parse(response.encode()) == response
    assert (response.sw1 << 8 | response.sw2, response.ok) == (sw, sw == 0x9000)


def test_a_response_without_status_word_says_where_it_ends() -> None:
    with pytest.raises(MalformedApduError, match=r"^byte 1:"):
        Response.parse(b"\x90")


def test_repr_of_a_response_shows_no_data() -> None:
    assert repr(Response(b"\x12\x34\x56", 0x9000)) == "Response(3 bytes, 9000)"
