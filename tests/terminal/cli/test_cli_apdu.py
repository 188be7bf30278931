from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from cli_samples import Run

from virtual_card.image import load, open_journalled

SELECT_SSSE = "00A404000F7378312E73682EC9E7BBE1B1A3D5CF00"
READER = ("apdu", "--reader", "virtual:new.card")


def test_one_line_out_and_one_line_in_for_each_apdu(ssc: Run, cards: Path) -> None:
    result = ssc(*READER, SELECT_SSSE, "00a40200 02 EF05", "00B2070400")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert [line[:2] for line in lines] == ["> ", "< "] * 3
    assert all(re.fullmatch(r"[<>] [0-9A-F*]+", line) for line in lines)
    assert lines[0] == f"> {SELECT_SSSE}"
    assert lines[1].startswith("< 6F1C840F")
    assert lines[1].endswith("9000")


def test_raw_leaves_61xx_and_6cxx_to_the_caller(ssc: Run, cards: Path) -> None:
    result = ssc(*READER, "--raw", SELECT_SSSE, "00C000001E", "00")
    assert result.stdout.splitlines()[1] == "< 611E"
    assert result.stdout.splitlines()[3].startswith("< 6F1C")
    assert result.stdout.splitlines()[4:] == ["> 00", "< 6700"]


@pytest.mark.parametrize(
    ("apdu", "shown"),
    [
        ("0020000003918273", "0020000003******"),
        ("805E010007123456FF918273", "805E010007**************"),
        ("84D4000008" + "91" * 8, "84D4000008" + "**" * 8),
        ("0020000000", "0020000000"),
        ("00DCFC0002FC00", "00DCFC0002FC00"),
    ],
)
def test_pins_and_keys_in_commands_are_masked(ssc: Run, cards: Path, apdu: str, shown: str) -> None:
    result = ssc(*READER, apdu)
    assert result.stdout.splitlines()[0] == f"> {shown}"
    assert "918273" not in result.stdout


def test_a_malformed_apdu_with_a_pin_is_masked_as_well(ssc: Run, cards: Path) -> None:
    assert ssc(*READER, "--raw", "0020000009918273").stdout.splitlines()[0] == "> 0020000009******"


def test_what_a_card_wrote_is_in_its_image(ssc: Run, cards: Path) -> None:
    ssc(*READER, SELECT_SSSE, "0020000003918273")
    assert load(cards / "new.card").pin_tries == 5


@pytest.mark.parametrize(
    ("bad", "part"),
    [
        ("00A4zz", "argument 2, byte 2: 'z' is no hex digit"),
        ("00A40", "argument 2, byte 2: half a byte"),
        ("00A404000F73", "argument 2, byte 4: Lc announces 15 data bytes, 1 follow"),
        ("00A4", "argument 2, byte 2: the header"),
        ("", "argument 2, byte 0: the header"),
    ],
)
def test_malformed_hex_is_named_and_nothing_is_sent(ssc: Run, cards: Path, bad: str, part: str) -> None:
    before = (cards / "new.card").read_bytes()
    result = ssc(*READER, "0020000003918273", bad)
    assert result.exit_code == 2
    assert part in result.stderr
    assert result.stdout == ""
    assert (cards / "new.card").read_bytes() == before


def test_apdus_are_read_from_stdin_line_by_line(ssc: Run, cards: Path) -> None:
    result = ssc(*READER, "-", stdin=f"{SELECT_SSSE}\n\n0020000003918273\n00Z\n0020000003918273\n")
    assert result.exit_code == 2
    assert "line 4, byte 1" in result.stderr
    assert len(result.stdout.splitlines()) == 4
    assert load(cards / "new.card").pin_tries == 5


@pytest.mark.parametrize("reader", ["missing.card", "virtual:", "usb:0"])
def test_an_unknown_reader_is_wrong_use(ssc: Run, cards: Path, reader: str) -> None:
    result = ssc("apdu", "--reader", reader, "00A40000")
    assert result.exit_code == 2
    assert "virtual:IMAGE" in result.stderr


def test_a_card_image_alone_is_a_reader_and_one_call_is_one_session(ssc: Run, cards: Path) -> None:
    result = ssc("apdu", "--reader", "new.card", SELECT_SSSE, "00A40200 02 EF05", "00B2070400")
    assert result.stdout.splitlines()[-1].endswith("9000")
    assert result.stdout == ssc(*READER, SELECT_SSSE, "00A40200 02 EF05", "00B2070400").stdout


def test_missing_damaged_and_busy_images_have_their_own_exit_codes(ssc: Run, cards: Path) -> None:
    assert ssc("apdu", "--reader", "virtual:none.card", "00A40000").exit_code == 2
    (cards / "old.card").write_text("x")
    assert ssc("apdu", "--reader", "virtual:old.card", "00A40000").exit_code == 10
    with open_journalled(cards / "new.card"):
        assert ssc(*READER, "00A40000").exit_code == 3


def test_exchanges_as_json_are_explained_and_masked(ssc: Run, cards: Path) -> None:
    shown = ssc(*READER, "--json", SELECT_SSSE, "0020000003999999")
    first, second = [json.loads(line) for line in shown.stdout.splitlines()]
    assert (first["number"], first["slot"], first["path"], first["sw"]) == (1, "card", "SSSE", "9000")
    assert second["command"] == "0020000003******" and second["sw"] == "63C5"


def test_raw_bytes_are_not_explained(ssc: Run, cards: Path) -> None:
    assert ssc(*READER, "--raw", "--json", "00A4").exit_code == 2
