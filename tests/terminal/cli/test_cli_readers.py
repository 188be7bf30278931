from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest
from cli_samples import SEED, Run
from pcsc_counter import FRONT, SAM, SECOND, counter, without_service

from terminal.cli import reader_options
from virtual_card.image import save
from virtual_card.issuer import issue
from virtual_card.slot import Slot


@pytest.fixture
def slots(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Slot]]:
    """Three PC/SC readers, the first with a card, on a machine that has no others."""
    with counter(monkeypatch) as slots:
        yield slots


@pytest.fixture
def no_service(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without the PC/SC service."""
    without_service(monkeypatch)


def lines(stdout: str) -> list[dict[str, str]]:
    return [json.loads(line) for line in stdout.splitlines()]


def test_readers_are_listed_with_what_is_in_them(ssc: Run, slots: dict[str, Slot]) -> None:
    result = ssc("readers", "--json")
    assert result.exit_code == 0
    listed = {line["name"]: line for line in lines(result.stdout)}
    assert list(listed) == [FRONT, SECOND, SAM]
    assert listed[FRONT]["address"] == f"pcsc:{FRONT}"
    assert listed[FRONT]["state"] == "card"
    assert listed[FRONT]["atr"].startswith("3B6D0000")
    assert "social security card" in listed[FRONT]["card"]
    assert (listed[SAM]["state"], listed[SAM]["atr"], listed[SAM]["card"]) == ("empty", "", "")


def test_listing_does_not_touch_the_card(ssc: Run, slots: dict[str, Slot]) -> None:
    before = slots[FRONT].exchanges
    ssc("readers")
    assert slots[FRONT].exchanges == before


def test_a_reader_is_found_by_a_part_of_its_name_and_read(ssc: Run, slots: dict[str, Slot]) -> None:
    result = ssc("read", "pcsc:front", "--json")
    assert result.exit_code == 0, result.stderr
    assert "social security card 2.0" in result.stdout
    result = ssc("apdu", "--reader", "pcsc:front", "00A40400097378312E73682EC9E700")
    assert result.exit_code == 0, result.stderr


@pytest.mark.parametrize("kind", ["sle4442", "sle4428"])
def test_a_memory_card_is_read_in_its_readers_dialect(ssc: Run, slots: dict[str, Slot], kind: str) -> None:
    slots[SAM].insert(issue(kind, SEED))
    result = ssc("read", "pcsc:sam", "--json")
    assert result.exit_code == 0, result.stderr
    assert f"old medical card, {kind.upper()}" in result.stdout
    assert '"en": "Tries left for the code", "zh": "安全码剩余次数", "value": "unknown 未知"' in result.stdout


def test_the_psam_in_its_own_reader_opens_what_it_can(ssc: Run, slots: dict[str, Slot]) -> None:
    slots[SAM].insert(issue("psam", SEED))
    result = ssc("read", "pcsc:front", "--psam", "pcsc:sam", "--json")
    assert result.exit_code == 0, result.stderr
    assert "Genuine, by the PSAM" in result.stdout and "yes 是" in result.stdout


@pytest.mark.parametrize("command", ["read", "shell"])
@pytest.mark.parametrize(
    ("card", "psam"),
    [("pcsc:front", f"pcsc:{FRONT}"), ("pcsc:front", "pcsc:front"), ("a.card", "virtual:./a.card")],
)
def test_a_psam_in_the_cards_own_reader_is_refused_however_it_is_spelled(
    ssc: Run, slots: dict[str, Slot], command: str, card: str, psam: str
) -> None:
    save(issue("ssc-2.0", SEED), "a.card")
    result = ssc(command, card, "--psam", psam, stdin="")
    assert result.exit_code == 2
    assert f"{psam} cannot hold the PSAM and the holder's card; name another reader" in result.stderr


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("pcsc:counter", "2 readers"),
        ("pcsc:", "there are 2 readers"),
        ("pcsc:omnikey", "no reader's name has 'omnikey'"),
    ],
)
def test_two_matches_and_none_list_the_candidates(
    ssc: Run, slots: dict[str, Slot], address: str, told: str
) -> None:
    result = ssc("read", address)
    assert result.exit_code == 3
    assert told in result.stderr
    assert f"  pcsc:{FRONT}\n  pcsc:{SAM}\n" in result.stderr
    assert SECOND not in result.stderr


def test_an_empty_reader_says_how_to_wait_and_waiting_finds_the_card(
    ssc: Run, slots: dict[str, Slot]
) -> None:
    result = ssc("read", "pcsc:sam")
    assert result.exit_code == 4
    assert f"no card in {SAM}" in result.stderr and "--wait SECONDS" in result.stderr
    inserter = Thread(target=slots[SAM].insert, args=(issue("psam", SEED),))
    inserter.start()
    result = ssc("read", "pcsc:sam", "--wait", "30")
    inserter.join()
    assert result.exit_code == 0, result.stderr
    assert "PSAM 终端安全模块" in result.stdout


def test_a_watch_tells_what_is_there_and_ends_with_ctrl_c(
    ssc: Run, slots: dict[str, Slot], monkeypatch: pytest.MonkeyPatch
) -> None:
    from terminal.transport.pcsc import watching

    def interrupted(scard: object, timeout_s: float | None = None) -> Iterator[watching.ReaderEvent]:
        for number, event in enumerate(original(scard), 1):  # type: ignore[arg-type]
            yield event
            if number == 4:
                raise KeyboardInterrupt

    original = watching.watch
    monkeypatch.setattr(watching, "watch", interrupted)
    result = ssc("readers", "--watch", "--json")
    assert result.exit_code == 0, result.stderr
    told = [(line["event"], line["name"]) for line in lines(result.stdout)]
    assert told[:3] == [("reader-appeared", name) for name in (FRONT, SECOND, SAM)]
    assert told[3] == ("card-inserted", FRONT)
    assert "插卡" in ssc("readers", "--watch").stdout


def test_without_service_card_images_are_listed_and_what_is_missing_is_said(
    ssc: Run, no_service: None, tmp_path: Path
) -> None:
    save(issue("sle4442", SEED), tmp_path / "old.card")
    (tmp_path / "damaged.card").write_text("no card")
    result = ssc("readers", "--json")
    assert result.exit_code == 0
    (line,) = lines(result.stdout)
    assert (line["address"], line["card"]) == ("virtual:old.card", "old medical card, SLE4442")
    assert "pcscd" in result.stderr and "8010001D" in result.stderr


def test_without_service_and_images_no_reader_can_be_used(ssc: Run, no_service: None) -> None:
    result = ssc("readers")
    assert result.exit_code == 3
    assert "pcscd" in result.stderr


def test_without_pyscard_virtual_readers_work_and_real_ones_say_what_to_install(
    ssc: Run, cards: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "smartcard.scard", None)
    assert ssc("read", "new.card").exit_code == 0
    listed = ssc("readers")
    assert listed.exit_code == 0
    assert "virtual:new.card" in listed.stdout and "ssc-terminal[pcsc]" in listed.stderr
    result = ssc("read", "pcsc:any")
    assert result.exit_code == 3
    assert "ssc-terminal[pcsc]" in result.stderr


def completed(incomplete: str) -> list[str]:
    import click

    command = click.Command("any")
    context = click.Context(command)
    items = reader_options.ADDRESS.shell_complete(context, click.Argument(["address"]), incomplete)
    return [item.value for item in items]


def test_the_shell_completes_schemes_images_and_live_readers(
    slots: dict[str, Slot], cards: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(cards)
    (cards / "more").mkdir()
    assert completed("") == ["pcsc:", "virtual:", "vpcd:", "tape:", "new.card", "old.card", "psam.card"]
    assert completed("v") == ["virtual:", "vpcd:"]
    assert completed("m") == ["more/"]
    assert completed("virtual:o") == ["virtual:old.card"]
    assert completed("pcsc:FRONT") == [f"pcsc:{FRONT}"]


def test_completion_is_silent_without_service(no_service: None) -> None:
    assert completed("pcsc:") == []
