from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from apdu.addressing import Place
from apdu.command import Command
from apdu.redact import redact_command, redact_response
from apdu.redact_bank import hidden_in_templates
from apdu.response import Response
from apdu.tlv import Tlv

NUMBER = "6212345678900000003F"
RECORD = bytes.fromhex(
    "70505F24033012315F25032501019F0702FF005A0A6212345678900000003F5F3401018E0C000000000000000002031F00"
    "9F0D05D8609CA8009F0E0500100000009F0F05D8689CF8005F280201569F4A0182"
)
READ = Command(0x00, 0xB2, 0x01, 0x14, le=256)


def test_card_number_in_a_record_is_masked_and_nothing_else() -> None:
    shown = redact_response(READ, Response(RECORD, 0x9000), Place.of_kind("ssc-3.0"))
    assert shown == (RECORD.hex().upper() + "9000").replace(NUMBER, "**" * 10)


def test_track_name_document_and_certificate_are_masked() -> None:
    inside = (Tlv(0x57, b"\x62" * 19), Tlv(0x9F61, b"1" * 18), Tlv(0x9F46, b"\xaa" * 144), Tlv(0x9F62, b"\0"))
    shown = redact_response(READ, Response(Tlv.of(0x70, *inside).encode(), 0x9000), Place.of_kind())
    assert "6262" not in shown and "3131" not in shown and "AAAA" not in shown
    assert "9F620100" in shown


def test_record_being_written_is_masked_too() -> None:
    command = Command(0x04, 0xDC, 0x01, 0x14, RECORD)
    assert NUMBER not in redact_command(command, Place.of_kind("ssc-3.0"))


def test_contactless_track_in_the_answer_of_gpo_is_masked() -> None:
    command = Command(0x80, 0xA8, 0, 0, b"\x83\0", 256)
    data = Tlv.of(0x77, Tlv(0x82, b"\x7c\0"), Tlv(0x57, bytes.fromhex(NUMBER))).encode()
    assert NUMBER not in redact_response(command, Response(data, 0x9000), Place.of_kind())


@given(st.integers(1, len(RECORD) - 1))
def test_record_cut_off_keeps_its_secrecy(length: int) -> None:
    hidden = hidden_in_templates(RECORD[:length])
    assert hidden is not None
    start = RECORD.index(bytes.fromhex(NUMBER))
    assert set(range(start, min(start + 10, length))) <= hidden


def test_other_data_are_none_of_its_business() -> None:
    assert hidden_in_templates(b"\x05\x0a\x62\x12") is None
    assert hidden_in_templates(b"") is None
