"""The fixture `ssc_pcscd`: programs of others meet the cards of a test."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from terminal.testing.cards import CardFactory
from terminal.testing.pcsc_daemon import PcscDaemon
from virtual_card.vpcd import CONNECT_TIMEOUT_S

TIMEOUT_S = 60.0
PLAINLY = ("--strict-markers", *("-p", "no:cacheprovider"), *("-p", "no:hypothesispytest"))
GET_CHALLENGE = "0084000008"


def opensc(daemon: PcscDaemon, name: str, *arguments: str) -> str:
    done = subprocess.run(
        ["opensc-tool", "--reader", daemon.readers[name], *arguments],
        env={**os.environ, **daemon.environment},
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    return done.stdout + done.stderr


def until_removed(daemon: PcscDaemon, name: str) -> None:
    deadline = time.monotonic() + TIMEOUT_S
    while "Card not present" not in opensc(daemon, name, "--atr"):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_card_is_there_when_insert_returns_and_goes_when_removed(
    ssc_card: CardFactory, ssc_pcscd: PcscDaemon
) -> None:
    card = ssc_card("ssc-3.0")
    ssc_pcscd.insert("new card", card)
    assert opensc(ssc_pcscd, "new card", "--atr").strip() == card.atr.hex(":")
    assert ssc_pcscd.remove("new card") is card
    assert ssc_pcscd.remove("new card") is None
    until_removed(ssc_pcscd, "new card")
    ssc_pcscd.insert("new card", card)
    assert opensc(ssc_pcscd, "new card", "--atr").strip() == card.atr.hex(":")


def test_the_environment_of_this_process_leads_there_too(ssc_pcscd: PcscDaemon) -> None:
    done = subprocess.run(["pcsc_scan", "-r"], capture_output=True, text=True, timeout=TIMEOUT_S, check=True)
    assert all(reader in done.stdout for reader in ssc_pcscd.readers.values())


def test_cards_come_back_after_a_crash_of_the_daemon(ssc_card: CardFactory, ssc_pcscd: PcscDaemon) -> None:
    card = ssc_card("old-cpu")
    ssc_pcscd.insert("old card", card)
    ssc_pcscd.kill()
    assert "No readers found" in opensc(ssc_pcscd, "old card", "--atr")
    ssc_pcscd.restart()
    assert opensc(ssc_pcscd, "old card", "--atr").strip() == card.atr.hex(":")


def test_a_fault_plan_reaches_the_program(ssc_card: CardFactory, ssc_pcscd: PcscDaemon) -> None:
    ssc_pcscd.insert("new card", ssc_card(), [{"do": "status", "instruction": "GET CHALLENGE", "sw": "6F00"}])
    assert "SW1=0x6F, SW2=0x00" in opensc(ssc_pcscd, "new card", "-s", GET_CHALLENGE)


def test_a_card_that_is_mute_at_power_on_is_inserted_all_the_same(
    ssc_card: CardFactory, ssc_pcscd: PcscDaemon
) -> None:
    started = time.monotonic()
    ssc_pcscd.insert("new card", ssc_card(), [{"do": "mute", "instruction": "POWER ON"}])
    assert time.monotonic() - started < CONNECT_TIMEOUT_S


def test_wrong_readers_are_named(ssc_card: CardFactory, ssc_pcscd: PcscDaemon) -> None:
    with pytest.raises(ValueError, match="no reader 'card'; there are old card, new card, PSAM"):
        ssc_pcscd.insert("card", ssc_card())
    ssc_pcscd.insert("PSAM", ssc_card("psam"))
    with pytest.raises(ValueError, match="'PSAM' holds a card"):
        ssc_pcscd.insert("PSAM", ssc_card("psam", 2))


def test_a_program_in_the_same_process_finds_the_daemon_of_each_test(tmp_path: Path) -> None:
    (tmp_path / "test_till.py").write_text("""
import pytest
from smartcard.scard import SCARD_SCOPE_USER, SCardEstablishContext, SCardListReaders, SCardReleaseContext

@pytest.mark.parametrize("round", range(2))
def test_readers(ssc_pcscd, round):
    failed, context = SCardEstablishContext(SCARD_SCOPE_USER)
    assert not failed
    assert set(ssc_pcscd.readers.values()) < set(SCardListReaders(context, [])[1])
    SCardReleaseContext(context)
""")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *PLAINLY, "test_till.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    assert "2 passed" in done.stdout, done.stdout


def test_a_fault_that_never_struck_fails_the_test(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
def test_till(ssc_card, ssc_pcscd):
    ssc_pcscd.insert("new card", ssc_card(), [{"do": "mute", "at": 3}])
""")
    result = pytester.runpytest_subprocess(*PLAINLY)
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*fault in slot 'new card' never struck: mute at exchange 3"])


def test_a_machine_without_the_daemon_is_told_what_to_install(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
import pytest
from virtual_card import pcscd_setup

@pytest.fixture
def bare(monkeypatch):
    monkeypatch.setattr(pcscd_setup, "DRIVERS", ())

def test_till(bare, ssc_pcscd):
    pass
""")
    result = pytester.runpytest_subprocess(*PLAINLY)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["ssc_pcscd: libifdvpcd.so is not installed*apt-get install vsmartcard-vpcd"])
