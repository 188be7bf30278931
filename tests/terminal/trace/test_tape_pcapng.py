"""Wireshark opens a tape: every exchange is decoded as ISO 7816, on the interface of its reader."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from tape_samples import Visit, recorded

from terminal.trace.pcapng import Interface, Packet, pcapng
from terminal.trace.tape import Tape
from terminal.trace.tape_events import CommandSent, ResponseReceived
from terminal.trace.tape_pcap import as_pcapng, as_sent
from virtual_card.issue_record import issue_record
from virtual_card.persona import OLD_PIN

INTERNAL_AUTHENTICATION = "0x88"
"""Wireshark takes this one for a SIM's RUN GSM ALGORITHM, whose data has another length."""


def tshark(path: Path, *arguments: str) -> str:
    """What tshark says of a capture; it is in the packages that tests need."""
    done = subprocess.run(
        ["tshark", "-r", str(path), *arguments], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def capture(tmp_path_factory: pytest.TempPathFactory) -> tuple[Tape, Path]:
    """An unredacted activation and its capture."""
    directory = tmp_path_factory.mktemp("tapes")
    tape = recorded(Visit(seed=7), directory / "x.tape", redacted=False)[1]
    (directory / "x.pcapng").write_bytes(as_pcapng(tape))
    return tape, directory / "x.pcapng"


def test_tshark_decodes_every_exchange_as_iso_7816(capture: tuple[Tape, Path]) -> None:
    tape, path = capture
    layers = [packet["_source"]["layers"] for packet in json.loads(tshark(path, "-T", "json"))]
    answers = [entry.event for entry in tape.entries if isinstance(entry.event, ResponseReceived)]
    assert len(layers) == len(answers) > 50
    for packet, answer in zip(layers, answers, strict=True):
        decoded = packet["gsm_sim"]
        if decoded["gsm_sim.apdu.ins"] == INTERNAL_AUTHENTICATION:
            continue
        assert "_ws.malformed" not in packet
        assert int(decoded["gsm_sim.apdu.sw"], 16) == int.from_bytes(answer.answer[-2:], "big")
    instructions = {packet["gsm_sim"]["gsm_sim.apdu.ins"] for packet in layers}
    assert {"0xa4", "0xb2"} <= instructions


def test_interfaces_times_and_comments_name_the_reader(capture: tuple[Tape, Path]) -> None:
    tape, path = capture
    fields = ("frame.interface_name", "frame.time_epoch", "frame.comment")
    shown = tshark(path, "-T", "fields", *(part for name in fields for part in ("-e", name))).splitlines()
    first = shown[0].split("\t")
    assert first[0] == "psam"
    sent = next(entry for entry in tape.entries if isinstance(entry.event, ResponseReceived))
    assert float(first[1]) == pytest.approx(tape.header.created.timestamp() + sent.at_ms / 1000)
    assert first[2].startswith("psam: READ BINARY 读二进制文件")
    assert "answer to reset 复位应答 3B6D" in first[2]
    assert {line.split("\t")[0] for line in shown} == {"old", "new", "psam"}


def test_a_capture_of_an_unredacted_tape_has_no_secrets(capture: tuple[Tape, Path]) -> None:
    tape, path = capture
    holder = str(issue_record(Visit(seed=7).cards["new"]).holder_id)
    assert holder in tape.text()
    raw = path.read_bytes()
    assert holder.encode() not in raw and bytes.fromhex(OLD_PIN) not in raw


@pytest.mark.parametrize(
    ("apdu", "sent"),
    [
        ("00A40000", "00A4000000"),
        ("00B0950006", "00B0950006"),
        ("00A4000002EF05", "00A4000002EF05"),
        ("00A4000002EF0500", "00A4000002EF05"),
        ("00B0000000010000", "00B0000000010000"),
        ("00A4", "00A4"),
    ],
)
def test_commands_go_over_the_line_with_five_header_bytes_and_no_le_behind_data(apdu: str, sent: str) -> None:
    assert as_sent(bytes.fromhex(apdu)).hex().upper() == sent


def test_a_tape_without_exchanges_is_an_empty_capture(capture: tuple[Tape, Path], tmp_path: Path) -> None:
    tape = capture[0]
    entries = tuple(
        entry for entry in tape.entries if not isinstance(entry.event, CommandSent | ResponseReceived)
    )
    path = tmp_path / "x.pcapng"
    path.write_bytes(as_pcapng(Tape("x", tape.header, entries)))
    assert tshark(path) == ""


def test_blocks_have_whole_words_whatever_they_hold(tmp_path: Path) -> None:
    for length in range(5):
        text = "x" * length
        packets = [Packet(0, 2_000_000 + length, bytes(length), text)]
        path = tmp_path / f"{length}.pcapng"
        path.write_bytes(pcapng(text, [Interface(text, text, 147)], packets))
        shown: Any = tshark(
            path, "-T", "fields", "-e", "frame.time_epoch", "-e", "frame.comment", "-e", "frame.len"
        )
        moment, comment, size = shown.rstrip("\n").split("\t")
        assert (float(moment), comment, int(size)) == (pytest.approx(2 + length / 1e6), text, length)
