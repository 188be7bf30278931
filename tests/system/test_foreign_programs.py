"""Programs that know nothing of us, on our cards, through the real PC/SC daemon."""

from __future__ import annotations

import os
import re
import selectors
import subprocess
import sys
import time
from pathlib import Path

import pytest

from apdu.commands import read_record, select_name
from apdu.layout.ssse import DF_NAME
from terminal.testing.cards import CardFactory
from terminal.testing.pcsc_daemon import PcscDaemon
from virtual_card.card import ProcessorCard, VirtualCard
from virtual_card.issuer import BankOptions, SocialOptions

HERE = Path(__file__).parent
PROGRAMS = HERE.parent / "programs"
TIMEOUT_S = 60.0
ISSUER_FID = 0xEF05
SELECT = select_name(DF_NAME).encode().hex()
RECORDS = range(1, 8)


def run(daemon: PcscDaemon, *command: str) -> str:
    done = subprocess.run(
        command,
        env={**os.environ, **daemon.environment, "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        errors="replace",
        timeout=TIMEOUT_S,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def issuer_records(card: VirtualCard) -> list[bytes]:
    """EF05 as it was issued, not as any command reads it."""
    assert isinstance(card, ProcessorCard)
    (file,) = (
        file
        for directory in card.contents().directories
        if directory.name == "SSSE"
        for file in directory.files
        if file.fid == ISSUER_FID
    )
    return [record for record in file.records if record]


@pytest.fixture
def card(ssc_card: CardFactory, ssc_pcscd: PcscDaemon) -> VirtualCard:
    """A card in the reader `new card`, whose bank card number has 16 digits."""
    made = ssc_card("ssc-3.0", social=SocialOptions(bank=BankOptions(number_length=16)))
    ssc_pcscd.insert("new card", made)
    return made


def test_pcsc_scan_lists_the_readers(ssc_pcscd: PcscDaemon) -> None:
    listed = run(ssc_pcscd, "pcsc_scan", "-r")
    assert re.findall(r"\d+: (.*)", listed) == [
        f"{name} 00 0{slot}" for name in ssc_pcscd.readers for slot in range(2)
    ]


def test_pcsc_scan_sees_a_card_come_and_go(ssc_card: CardFactory, ssc_pcscd: PcscDaemon) -> None:
    made = ssc_card("ssc-3.0")
    scan = subprocess.Popen(
        ["pcsc_scan", "-n"],
        env={**os.environ, **ssc_pcscd.environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        assert "Card removed" in until(scan, "PSAM 00 01.*?Card state: ")
        ssc_pcscd.insert("new card", made)
        until(scan, f"new card 00 00.*?Card inserted.*?ATR: {made.atr.hex(' ').upper()}")
        ssc_pcscd.remove("new card")
        until(scan, "new card 00 00.*?Card removed")
    finally:
        scan.kill()
        scan.communicate()


def until(program: subprocess.Popen[bytes], pattern: str) -> str:
    """What a program has said when this turns up in it."""
    assert program.stdout is not None
    said = b""
    deadline = time.monotonic() + TIMEOUT_S
    with selectors.DefaultSelector() as selector:
        selector.register(program.stdout, selectors.EVENT_READ)
        while not re.search(pattern.encode(), said, re.DOTALL):
            assert selector.select(max(0, deadline - time.monotonic())), said.decode(errors="replace")
            piece = os.read(program.stdout.fileno(), 65536)
            assert piece, said.decode(errors="replace")
            said += piece
    return said.decode(errors="replace")


def test_opensc_tool_knows_the_atr(card: VirtualCard, ssc_pcscd: PcscDaemon) -> None:
    assert run(ssc_pcscd, "opensc-tool", "--reader", ssc_pcscd.readers["new card"], "--atr").strip() == (
        card.atr.hex(":")
    )


def test_opensc_tool_selects_the_social_application_and_reads_the_issuer(
    card: VirtualCard, ssc_pcscd: PcscDaemon
) -> None:
    sent = [SELECT, *(read_record(number, 5).encode().hex() for number in RECORDS)]
    said = run(
        ssc_pcscd,
        *("opensc-tool", "--reader", ssc_pcscd.readers["new card"]),
        *(part for apdu in sent for part in ("--send-apdu", apdu)),
    )
    _, select, *answers = said.split("Sending: ")
    assert "SW1=0x90, SW2=0x00" in select
    read = [
        bytes.fromhex("".join(re.findall(r"^((?:[0-9A-F]{2} )+)", answer.split("):\n")[1], re.MULTILINE)))
        for answer in answers
    ]
    assert read == issuer_records(card)


def test_a_java_program_selects_the_social_application_and_reads_the_issuer(
    card: VirtualCard, ssc_pcscd: PcscDaemon
) -> None:
    said = run(ssc_pcscd, "java", str(PROGRAMS / "ReadIssuer.java"), ssc_pcscd.readers["new card"])
    expected = [f"ATR {card.atr.hex().upper()}"]
    expected += [
        f"EF05/{number} {record.hex().upper()}" for number, record in enumerate(issuer_records(card), 1)
    ]
    assert said.splitlines() == expected


@pytest.mark.timeout(300)
def test_a_public_emv_program_reads_the_bank_application(card: VirtualCard, ssc_pcscd: PcscDaemon) -> None:
    home = Path(sys.prefix) / "emv-program"
    subprocess.run(
        [HERE / "install-emv-program", home], env={**os.environ, "PYTHON": sys.executable}, check=True
    )
    emvtool = str(home / "bin" / "emvtool")
    listed = run(ssc_pcscd, emvtool, "readers")
    ((reader,),) = [re.findall(rf"(\d+): {ssc_pcscd.readers['new card']}", listed)]
    assert isinstance(card, ProcessorCard)
    bank = card.contents().bank
    assert bank is not None
    (number,) = re.findall(r"5a08(\d{16})", bank.files[2][0].hex())

    assert '"PBOC DEBIT"' in run(ssc_pcscd, emvtool, "-r", reader, "listapps")
    said = run(ssc_pcscd, emvtool, "-r", reader, "info")
    shown = dict(re.findall(r"Account Number \(PAN\) +\S* *(\d{16})()", said))
    assert list(shown) == [number]
    for name in (
        "Issuer Public Key Certificate",
        "Card Risk Management Data Object List 1",
        "last_online_atc",
    ):
        assert name in said
