"""The reader layer on a real pcscd with virtual readers, in processes of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from pcsc_desk import PcscDesk

from virtual_card.issuer import issue
from virtual_card.pcscd import PrivateDaemon
from virtual_card.slot import Slot
from virtual_card.vpcd import PresentedSlot

NAME = "new card 00 00"
CONNECT = f"c = reader({NAME!r}).connect()"
SELECT = "c.transmit(bytes.fromhex('00A404000F7378312E73682EC9E7BBE1B1A3D5CF')).hex()"
VERIFY = "c.transmit(bytes.fromhex('0020000003123456')).hex()"


@pytest.fixture
def daemon() -> Iterator[PrivateDaemon]:
    with PrivateDaemon(("old card", "new card")) as running:
        yield running


@pytest.fixture
def slot(daemon: PrivateDaemon) -> Iterator[PresentedSlot]:
    slot = Slot("new card")
    slot.insert(issue("ssc-3.0", 1))
    with PresentedSlot(slot, port=daemon.ports["new card"]) as presented:
        assert presented.wait_powered(5)
        yield presented


@pytest.fixture
def desk(daemon: PrivateDaemon) -> Iterator[PcscDesk]:
    with PcscDesk(daemon.environment) as running:
        yield running


def until_none(desk: PcscDesk, line: str) -> bool:
    """Whether a line succeeds within ten seconds."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if desk.do(line) == "None":
            return True
    return False


def test_readers_are_listed_by_full_name(daemon, desk):
    assert sorted(eval(desk.do("reader_names(scard)"))) == [
        "new card 00 00",
        "new card 00 01",
        "old card 00 00",
        "old card 00 01",
    ]


def test_card_is_powered_selected_and_reset(slot, desk):
    assert desk.do(CONNECT) == "None"
    assert desk.do("c.protocol, c.share.name, c.pin_pad") == "('T=0', 'EXCLUSIVE', None)"
    assert eval(desk.do("c.atr")) == slot.slot.card.atr
    assert desk.do(SELECT).startswith("'61")
    assert desk.do("c.reset() == c.atr == c.reset(cold=True)") == "True"
    assert desk.do("c.close(), c.close()") == "(None, None)"
    assert "this connection is closed" in desk.do(SELECT)


def test_closing_takes_the_power_away_by_default_and_leaves_the_card_where_asked(slot, desk):
    waiting = "c.transmit(bytes.fromhex('00C0000000')).hex()[:2]"
    desk.do(f"c = reader({NAME!r}, at_close=Disposition.LEAVE).connect()")
    assert desk.do(SELECT).startswith("'61")
    desk.do("c.close()")
    desk.do(CONNECT)
    assert desk.do(waiting) == "'6c'", "the answer to SELECT still waits"
    desk.do("c.close()")
    desk.do(CONNECT)
    assert desk.do(waiting) == "'6f'"


def test_empty_slot_and_unknown_reader_are_told_apart(daemon, desk):
    empty = desk.do("reader('old card 00 00').connect()")
    assert empty.startswith(
        "NoCardError: reader old card 00 00: powering the card on: there is no card in it"
    )
    assert "(8010000C)" in empty
    unknown = desk.do("reader('Nowhere').connect()")
    assert unknown.startswith(
        "ReaderGoneError: reader Nowhere: powering the card on: there is no such reader"
    )
    assert "(80100009)" in unknown and "ssc readers" in unknown


def test_card_pulled_in_mid_session_is_a_removal_at_once(slot, desk):
    desk.do(CONNECT)
    assert desk.do(SELECT).startswith("'61")
    slot.remove()
    removed = desk.do(SELECT)
    assert removed.startswith(
        f"CardRemovedError: reader {NAME}: sending a command to the card: the card was removed"
    )
    slot.insert(issue("ssc-3.0", 2))
    assert desk.do(f"reader({NAME!r}).wait(True, 5)") == "True"
    desk.do("c.close()")
    desk.do(CONNECT)
    assert desk.do(SELECT).startswith("'61")


def test_killed_daemon_is_named_and_a_new_connection_works_once_it_is_back(daemon, slot, desk):
    desk.do(CONNECT)
    daemon.kill()
    lost = desk.do(SELECT)
    assert lost.startswith(f"DaemonError: reader {NAME}: sending a command to the card:")
    assert f"it was looked for at {daemon.environment['PCSCLITE_CSOCK_NAME']}" in lost
    assert desk.do("c.close()") == "None"
    assert desk.do("reader_names(scard)").startswith("DaemonError: asking for readers:")
    slot.forget_power()
    daemon.restart()
    assert slot.wait_powered(10)
    assert desk.do(f"reader({NAME!r}).wait(True, 5)") == "True"
    desk.do(CONNECT)
    assert desk.do(SELECT).startswith("'61")


def test_wait_survives_a_daemon_that_is_killed_and_started_again(daemon, desk):
    desk.start(f"reader({NAME!r}, Announcing()).wait(True, 20)")
    assert desk.answer() == "waiting"
    daemon.kill()
    assert desk.silent(0.5)
    daemon.restart()
    slot = Slot("new card")
    slot.insert(issue("ssc-3.0", 1))
    with PresentedSlot(slot, port=daemon.ports["new card"]):
        assert desk.answer() == "True"


def test_watch_tells_readers_cards_and_the_daemon_coming_and_going(daemon, slot, desk):
    desk.do("events = watch(scard)")
    step = "(lambda e: (e.kind.name, e.reader, len(e.atr)))(next(events))"
    seen = {desk.do(step) for _ in range(5)}
    assert f"('READER_APPEARED', '{NAME}', 0)" in seen
    assert f"('CARD_INSERTED', '{NAME}', 17)" in seen
    slot.remove()
    assert desk.do(step) == f"('CARD_REMOVED', '{NAME}', 0)"
    slot.insert(issue("ssc-3.0", 2))
    assert desk.do(step) == f"('CARD_INSERTED', '{NAME}', 17)"
    daemon.kill()
    assert desk.do(step) == "('DAEMON_LOST', '', 0)"
    daemon.restart()
    assert desk.do(step) == "('DAEMON_BACK', '', 0)"
    assert "READER_APPEARED" in desk.do(step)


@pytest.mark.parametrize("timeout_s", [0, 0.35, 1.0])
def test_deadline_of_a_wait_is_kept_to_a_tenth_of_a_second(daemon, desk, timeout_s):
    answer, seconds = eval(desk.do(f"timed(lambda: reader({NAME!r}).wait(True, {timeout_s}))"))
    assert answer is False
    assert timeout_s <= seconds < timeout_s + 0.25


def test_card_pulled_and_put_back_between_two_looks_is_seen(slot, desk):
    desk.do(f"before = slot_state(scard, {NAME!r})")
    slot.remove()
    assert desk.do(f"reader({NAME!r}).wait(False, 5)") == "True"
    slot.insert(issue("ssc-3.0", 1))
    assert desk.do(f"reader({NAME!r}).wait(True, 5)") == "True"
    assert desk.do("before.present") == "True"
    assert (
        desk.do(
            f"(lambda s: (s.present, s.changes - before.changes))(wait_for_change(scard, {NAME!r}, before, 0))"
        )
        == "(True, 2)"
    )
    assert desk.do(f"wait_for_change(scard, {NAME!r}, slot_state(scard, {NAME!r}), 0.3)") == "None"


@pytest.mark.parametrize(
    "line",
    [f"reader({NAME!r}, Announcing()).wait(False)", "list(watch(Announcing()))"],
    ids=["wait", "watch"],
)
def test_ctrl_c_ends_a_wait_within_a_slice(slot, desk, line):
    desk.start(line)
    assert desk.answer() == "waiting"
    began = time.monotonic()
    desk.interrupt()
    assert desk.answer() == "KeyboardInterrupt"
    assert time.monotonic() - began < 0.5


def test_list_and_doctor_name_the_program_that_holds_a_reader(daemon, slot, desk):
    environment = {**os.environ, **daemon.environment}
    ssc = str(Path(sys.executable).with_name("ssc"))

    def told(*command: str) -> dict[str, dict[str, str]]:
        shown = subprocess.run(
            [ssc, *command, "--json"],
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        ).stdout
        lines = [json.loads(line) for line in shown.splitlines()]
        return {line.get("name", line.get("value", "").partition(",")[0]): line for line in lines}

    assert told("readers")[NAME]["holder"] == ""
    assert told("doctor")[f"pcsc:{NAME}"]["level"] == "ok"
    assert desk.do(CONNECT) == "None"
    listed, found = told("readers"), told("doctor")[f"pcsc:{NAME}"]
    assert (listed[NAME]["state"], listed["old card 00 00"]["holder"]) == ("held", "")
    assert f"(pid {desk.pid})" in listed[NAME]["holder"]
    assert found["level"] == "warning"
    assert (
        "held by" in found["value"]
        and f"(pid {desk.pid})" in found["value"]
        and "end that program" in found["fix"]
    )
    shown = subprocess.run(
        [ssc, "readers"], env=environment, capture_output=True, text=True, check=True
    ).stdout
    assert f"(pid {desk.pid})" in shown and "Used by 使用程序" in shown


def test_reader_held_by_another_program_names_it(daemon, slot, desk):
    with PcscDesk(daemon.environment) as other:
        other.do(CONNECT)
        refused = desk.do(f"reader({NAME!r}).connect()")
    assert refused.startswith(f"ReaderBusyError: reader {NAME}: powering the card on: it is held by")
    assert "python" in refused and f"(pid {other.pid})" in refused and "(8010000B)" in refused


def test_shared_use_is_the_fallback_and_is_said(daemon, slot, desk):
    with PcscDesk(daemon.environment) as other:
        other.do(f"c = reader({NAME!r}, sharing=Sharing.SHARED).connect()")
        assert desk.do(CONNECT) == "None"
        assert desk.do("c.share.name") == "'SHARED'"
        assert f"(pid {other.pid}), which may come between" in desk.do("told")
        refused = desk.do(f"reader({NAME!r}, sharing=Sharing.EXCLUSIVE).connect()")
    assert refused.startswith("ReaderBusyError")


def test_reset_by_another_program_is_said_once_and_the_connection_goes_on(daemon, slot, desk):
    share = f"c = reader({NAME!r}, sharing=Sharing.SHARED).connect()"
    desk.do(share)
    desk.do(SELECT)
    with PcscDesk(daemon.environment) as other:
        other.do(share)
        other.do("c.reset()")
        lost = desk.do(VERIFY)
        assert lost.startswith(
            f"CardResetError: reader {NAME}: sending a command to the card: another program reset"
        )
        assert desk.do(SELECT).startswith("'61")


def test_transaction_keeps_others_away_and_ctrl_c_still_ends_their_commands(daemon, slot, desk):
    share = f"c = reader({NAME!r}, sharing=Sharing.SHARED).connect()"
    desk.do(share)
    with PcscDesk(daemon.environment) as other:
        other.do(share)
        other.do("t = c.transaction(); t.__enter__()")
        desk.start(SELECT)
        assert desk.silent(0.5)
        other.do("t.__exit__(None, None, None)")
        assert desk.answer().startswith("'61")
        other.do("t = c.transaction(); t.__enter__()")
        desk.start(SELECT)
        assert desk.silent(0.5)
        desk.interrupt()
        assert desk.answer(5) == "KeyboardInterrupt"
        assert desk.do("c.close()") == "None"


def test_transaction_of_another_program_ends_the_patience_of_connect(daemon, slot, desk):
    with PcscDesk(daemon.environment) as other:
        other.do(f"c = reader({NAME!r}, sharing=Sharing.SHARED).connect()")
        other.do("t = c.transaction(); t.__enter__()")
        refused = desk.do(f"reader({NAME!r}, busy_timeout_s=0.5).connect()")
        assert refused.startswith("ReaderBusyError") and f"(pid {other.pid})" in refused
        other.do("t.__exit__(None, None, None); c.close()")
    assert until_none(desk, f"c = reader({NAME!r}, sharing=Sharing.EXCLUSIVE).connect()"), (
        "nothing is left open"
    )
    assert desk.do(SELECT).startswith("'61")


def test_reader_that_this_program_holds_itself_is_said_to_be(daemon, slot, desk):
    desk.do(CONNECT)
    assert "it is held by this program itself" in desk.do(f"reader({NAME!r}).connect()")
