from __future__ import annotations

import pytest

from apdu.instructions import INSTRUCTIONS, Effect, find, secret_data, showable_data


def test_no_header_is_declared_twice() -> None:
    headers = [(entry.cla, entry.ins) for entry in INSTRUCTIONS]
    assert len(headers) == len(set(headers))


@pytest.mark.parametrize(
    ("cla", "ins", "name"),
    [
        (0x00, 0x20, "VERIFY"),
        (0x80, 0x20, "VERIFY"),
        (0xFF, 0x20, "PRESENT CODE"),
        (0x04, 0xDC, "UPDATE RECORD"),
        (0xBF, 0xDE, "DELIVERY SESSION KEY"),
    ],
)
def test_an_instruction_is_found_by_class_or_by_ins_alone(cla: int, ins: int, name: str) -> None:
    entry = find(cla, ins)
    assert entry is not None and entry.name == name


@pytest.mark.parametrize(("cla", "ins"), [(0x00, 0x77), (0xFF, 0xA5)])
def test_unknown_instructions_are_not_guessed(cla: int, ins: int) -> None:
    assert find(cla, ins) is None


@pytest.mark.parametrize(
    ("cla", "ins", "data"),
    [
        (0x00, 0x20, "123456"),
        (0x0C, 0x20, "123456"),
        (0x80, 0x5E, "123456FF654321"),
        (0x84, 0x24, "0DE2B15C580E98FFE94B7AFE"),
        (0x84, 0xD4, "00" * 36),
        (0xFF, 0x20, "FFFFFF"),
        (0xFF, 0xD2, "FFFFFF"),
        (0xFF, 0x82, "FFFFFFFFFFFF"),
        (0x80, 0xFA, "0312345680000000"),
        (0x80, 0xFA, "0712345678901234"),
        (0x80, 0xFA, "0812345678901234568000000000000000"[:32]),
        (0x84, 0xFA, "03123456800000000000000000000000"),
    ],
)
def test_pins_codes_and_keys_are_secret(cla: int, ins: int, data: str) -> None:
    assert secret_data(cla, ins, bytes.fromhex(data))
    assert not showable_data(cla, ins, bytes.fromhex(data))


@pytest.mark.parametrize(
    ("cla", "ins", "data"),
    [
        (0x00, 0x20, ""),
        (0xFF, 0x20, ""),
        (0x00, 0xA4, "EF05"),
        (0x00, 0x82, "5AD53E781B5DD161A1A2A3A4A5A6A7A8"),
        (0x80, 0xFA, "A0A1A2A3A4A5A6A7"),
        (0x80, 0xFA, "0000000000000000842400000480000000"[:32]),
    ],
)
def test_queries_and_authentication_data_are_not_secret(cla: int, ins: int, data: str) -> None:
    assert not secret_data(cla, ins, bytes.fromhex(data))


def test_written_data_is_not_shown_because_it_may_be_the_holders() -> None:
    assert not showable_data(0x00, 0xDC, bytes.fromhex("0812"))
    assert showable_data(0x00, 0xA4, bytes.fromhex("EF05"))


@pytest.mark.parametrize(("cla", "ins"), [(0x00, 0xDC), (0x80, 0x5E), (0x84, 0x16), (0xB0, 0x2C)])
def test_commands_that_write_are_never_safe_to_repeat(cla: int, ins: int) -> None:
    entry = find(cla, ins)
    assert entry is not None and entry.effect is Effect.PERMANENT
