from __future__ import annotations

import pytest

from apdu import commands as c
from apdu.command import Command
from apdu.crypto import factors
from apdu.instructions import find

SSSE = bytes.fromhex("7378312E73682EC9E7BBE1B1A3D5CF")
R = bytes.fromhex("1122334455667788")
RAW = bytes.fromhex("A1A2A3A4A5A6A7A8")
AUTH = bytes.fromhex("5AD53E781B5DD161")

FACTORS = factors("990100", bytes.fromhex("0081544B318660990100A1B2C3"))
PROCESS = bytes.fromhex("B0B1B2B3B4B5B6B7")

BUILT = [
    (c.select_name(SSSE), "00A404000F7378312E73682EC9E7BBE1B1A3D5CF00"),
    (c.select_name(SSSE[:5], next_occurrence=True), "00A40402057378312E7300"),
    (c.select_file(0xEF05), "00A4020002EF05"),
    (c.select_file(0xEF05, p1=0x00), "00A4000002EF0500"),
    (c.read_record(1, le=0x12), "00B2010412"),
    (c.read_record(0x08, 6, c.RecordMode.FIRST, 0x14), "00B2083014"),
    (c.read_record(1, mode=c.RecordMode.FROM_NUMBER_TO_LAST, le=0x40), "00B2010540"),
    (c.read_record(1), "00B2010400"),
    (c.update_record(2, bytes.fromhex("020133"), 5, c.RecordMode.FIRST), "00DC022803020133"),
    (c.update_record(1, b"\x01\x02", mode=c.RecordMode.PREVIOUS), "00DC0103020102"),
    (c.read_binary(0, 0x15, 15), "00B095000F"),
    (c.read_binary(0x1234, le=4), "00B0123404"),
    (c.update_binary(2, b"\xaa", 7), "00D6870201AA"),
    (c.verify(bytes.fromhex("123456")), "0020000003123456"),
    (c.verify_query(), "0020000000"),
    (c.change_pin(bytes.fromhex("123456"), bytes.fromhex("654321")), "805E010007123456FF654321"),
    (c.change_pin(b"", bytes.fromhex("654321")), "805E010004FF654321"),
    (c.get_challenge(), "0084000008"),
    (c.internal_authenticate(R, RAW), "0088000010" + (R + RAW).hex() + "00"),
    (c.internal_authenticate(R, RAW, 2), "0088000011" + (R + RAW).hex() + "0200"),
    (c.external_authenticate(0x04, AUTH, RAW), "0082000410" + (AUTH + RAW).hex()),
    (c.external_authenticate(0x85, AUTH, RAW, 1), "0082008511" + (AUTH + RAW).hex() + "01"),
    (c.get_response(0x1E), "00C000001E"),
    (c.deliver_session_key(0x67, 0x08, R), "BFDE670808" + R.hex()),
    (
        c.deliver_session_key(0x67, 0x08, b"".join(reversed(FACTORS)) + PROCESS),
        "BFDE670820 8660990100A1B2C3 3939303130307378 3939303030307368 B0B1B2B3B4B5B6B7",
    ),
    (
        c.deliver_session_key(0x67, 0x08, b"".join(reversed(FACTORS)) + PROCESS + bytes(8)),
        "BFDE670828 8660990100A1B2C3 3939303130307378 3939303030307368 B0B1B2B3B4B5B6B7 0000000000000000",
    ),
    (c.deliver_session_key(0x27, 0x08, FACTORS[2] + PROCESS), "BFDE270810 8660990100A1B2C3 B0B1B2B3B4B5B6B7"),
    (c.cipher_data(c.CipherMode.ENCRYPT, RAW), "80FA000008" + RAW.hex() + "00"),
    (c.cipher_data(c.CipherMode.MAC_FIRST, RAW, None), "80FA070008" + RAW.hex()),
    (c.initialize_environment(0x99), "BFEC00000199"),
    (c.storage_select_type(c.StorageType.SLE4442), "FFA400000106"),
    (c.storage_select_type(c.StorageType.SLE4428), "FFA400000105"),
    (c.storage_read(0x0100, 16), "FFB0010010"),
    (c.storage_error_counter(), "FFB1000004"),
    (c.storage_present_code(b"\xff\xff\xff"), "FF20000003FFFFFF"),
    (c.storage_write(0x20, b"\x01"), "FFD600200101"),
    (c.storage_write(0x20, b"\x01", c.StorageDialect.ACS), "FFD000200101"),
]


@pytest.mark.parametrize(("command", "expected"), BUILT)
def test_commands_are_the_bytes_the_field_sends(command: Command, expected: str) -> None:
    assert command.encode().hex().upper() == expected.replace(" ", "").upper()
    assert Command.parse(command.encode()) == command


@pytest.mark.parametrize("command", [command for command, _ in BUILT])
def test_every_built_command_is_a_known_instruction(command: Command) -> None:
    assert find(command.cla, command.ins) is not None


@pytest.mark.parametrize(("sfi", "offset"), [(31, 0), (-1, 0), (5, 256), (0, 0x8000), (0, -1)])
def test_addresses_no_command_can_carry_are_refused(sfi: int, offset: int) -> None:
    with pytest.raises(ValueError):
        c.read_binary(offset, sfi)
    with pytest.raises(ValueError):
        c.update_binary(offset, b"\0", sfi)


def test_a_record_of_no_file_is_refused() -> None:
    with pytest.raises(ValueError, match="short file identifier"):
        c.read_record(1, sfi=31)


def test_a_verify_without_pin_is_never_built_by_accident() -> None:
    with pytest.raises(ValueError, match="only asks"):
        c.verify(b"")
