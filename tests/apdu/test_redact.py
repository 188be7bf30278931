"""Secret bytes are replaced by meaning, and nothing else is."""

from __future__ import annotations

import pytest

from apdu.addressing import Place
from apdu.command import Command
from apdu.layout.old_cards import OLD_CPU, SLE4428
from apdu.redact import mask_id, redact_command, redact_response
from apdu.response import Response

NUMBER = b"990100199003070019"
RECORD = b"\x08\x12" + NUMBER
HIDDEN = "0812" + "**" * 18


def command(text: str) -> Command:
    return Command.parse(bytes.fromhex(text))


def at(path: str, kind: str = "ssc-3.0") -> Place:
    """A card of this kind with a directory, or a file in it, selected."""
    place = Place.of_kind(kind)
    names = {"SSSE": "00A404000F7378312E73682EC9E7BBE1B1A3D5CF", "DF0003": "00A40000020003"}
    directory, _, file = path.partition("/")
    place = place.after(command(names[directory]), Response(b"", 0x9000))
    return place.after(command(f"00A4020002{file}"), Response(b"", 0x9000)) if file else place


@pytest.mark.parametrize(
    ("sent", "written"),
    [
        ("0020000003123456", "0020000003******"),
        ("805E010007123456FF654321", "805E010007**************"),
        ("8424000104A1A2A3A4", "8424000104********"),
        ("FF20000004FFFFFF09", "FF20000004********"),
        ("84D400110411223344", "84D4001104********"),
        ("0020000000", "0020000000"),
        ("00A40000023F00", "00A40000023F00"),
    ],
)
def test_pins_codes_and_keys_are_hidden_wherever_the_card_stands(sent: str, written: str) -> None:
    assert redact_command(command(sent), Place.of_kind()) == written


@pytest.mark.parametrize("read", ["00B2080014", "00B2010414", "00B2083014", "00B2013414"])
def test_identity_record_is_hidden_in_the_answer(read: str) -> None:
    place = at("SSSE/EF06") if read[6:8] in ("00", "04") else at("SSSE")
    assert redact_response(command(read), Response(RECORD, 0x9000), place) == HIDDEN + "9000"


def test_identity_record_is_hidden_among_the_others_of_a_whole_file_read() -> None:
    answer = Response(RECORD + bytes.fromhex("0A0131") + RECORD[:7], 0x9000)
    written = redact_response(command("00B201055B"), answer, at("SSSE/EF06"))
    assert written == HIDDEN + "0A0131" + "0812" + "**" * 5 + "9000"


def test_identity_record_is_hidden_when_it_is_written() -> None:
    sent = bytes.fromhex("00DC083014") + RECORD
    assert redact_command(Command.parse(sent), at("SSSE")) == "00DC083014" + HIDDEN


def test_extended_length_moves_the_hidden_bytes() -> None:
    sent = Command(0x00, 0xDC, 0x08, 0x30, RECORD, 256, extended=True)
    assert redact_command(sent, at("SSSE")) == "00DC0830000014" + HIDDEN + "0100"


def test_identity_of_the_old_cpu_card_is_hidden() -> None:
    file = OLD_CPU.files[0]
    answer = Response(file.encode_record(0x03, NUMBER.decode()), 0x9000)
    place = at("DF0003", "old-cpu")
    assert redact_response(command("00B2032814"), answer, place) == "0312" + "**" * 18 + "9000"


@pytest.mark.parametrize(("offset", "length"), [(0x33, 18), (0x30, 24), (0x40, 16), (0x20, 20), (0, 250)])
def test_identity_in_a_memory_card_is_hidden_however_it_is_cut(offset: int, length: int) -> None:
    memory = SLE4428.files[0].vectors[0].raw
    read = Command(0xFF, 0xB0, offset >> 8, offset & 0xFF, le=length)
    written = redact_response(
        read, Response(memory[offset : offset + length], 0x9000), Place.of_kind("sle4428")
    )
    shown = [written[2 * at_ : 2 * at_ + 2] for at_ in range(length)]
    for place, text in enumerate(shown, start=offset):
        assert (text == "**") == (0x33 <= place < 0x33 + 18), place


def test_number_fetched_by_get_response_is_hidden() -> None:
    read = command("00B2083014")
    place = at("SSSE").after(read, Response(b"", 0x6114))
    assert redact_response(command("00C0000014"), Response(RECORD, 0x9000), place) == HIDDEN + "9000"


@pytest.mark.parametrize("place", [Place.of_kind(), Place.of_kind("ssc-1.0")])
def test_citizen_number_in_an_unknown_file_is_hidden(place: Place) -> None:
    written = redact_response(command("00B2010420"), Response(b"\xea\x14" + NUMBER + b"AB", 0x9000), place)
    assert written == "EA14" + "**" * 18 + "41429000"


def test_open_items_are_written_as_they_are() -> None:
    answer = Response(bytes.fromhex("0709413030303030303131"), 0x9000)
    assert redact_response(command("00B207280B"), answer, at("SSSE")) == answer.encode().hex().upper()


def test_mask_keeps_the_region_and_the_end() -> None:
    assert mask_id("990100199003070019") == "990100**********19"
    assert mask_id("12345678") == "********"
    assert mask_id("") == ""
