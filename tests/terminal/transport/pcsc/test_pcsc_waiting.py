from __future__ import annotations

from collections import deque

import pytest
from scripted_scard import NAME, ScriptedScard

from terminal.transport.pcsc.errors import DaemonError, ReaderGoneError
from terminal.transport.pcsc.waiting import SlotState, wait_for_card, wait_for_change
from terminal.transport.pcsc.watching import ReaderEventKind, watch

EMPTY, IN, OUT, AGAIN, GONE = 0x00000012, 0x00010022, 0x00020012, 0x00030022, 0x0000000E
NO_SERVICE = 0x8010001D


def test_card_that_comes_is_waited_for():
    assert wait_for_card(ScriptedScard(states=deque([EMPTY, EMPTY, IN])), NAME, present=True) is True


def test_card_pulled_and_put_back_in_one_go_counts_as_removed():
    assert wait_for_card(ScriptedScard(states=deque([IN, IN, AGAIN])), NAME, present=False) is True


def test_other_programs_using_the_card_are_no_change():
    in_use = IN | 0x0100
    scard = ScriptedScard(states=deque([IN, in_use, IN, OUT]))
    assert wait_for_card(scard, NAME, present=False) is True
    before = SlotState.of(IN)
    scard = ScriptedScard(states=deque([in_use]))
    assert wait_for_change(scard, NAME, before, timeout_s=0.05) is None


def test_slices_are_short_so_that_ctrl_c_is_heard():
    scard = ScriptedScard(states=deque([EMPTY, EMPTY, EMPTY, IN]))
    wait_for_card(scard, NAME, present=True)
    assert max(timeout for (timeout,) in scard.called("SCardGetStatusChange")) == 200


def test_reader_that_goes_ends_the_wait_with_an_error():
    with pytest.raises(ReaderGoneError, match=f"reader {NAME}: waiting for a card: the reader was unplugged"):
        wait_for_card(ScriptedScard(states=deque([EMPTY, GONE])), NAME, present=True)
    with pytest.raises(ReaderGoneError, match="80100009"):
        wait_for_card(ScriptedScard(states=deque([EMPTY, 0x80100009])), NAME, present=True)


def test_service_that_is_not_there_at_the_start_is_an_error_at_once():
    scard = ScriptedScard()
    scard.fail("SCardEstablishContext", NO_SERVICE)
    with pytest.raises(DaemonError):
        wait_for_card(scard, NAME, present=True)


def test_service_lost_in_the_wait_is_asked_anew_on_a_new_context():
    scard = ScriptedScard(states=deque([EMPTY, NO_SERVICE, IN]))
    scard.fail("SCardEstablishContext", 0, 0, NO_SERVICE)
    assert wait_for_card(scard, NAME, present=True, timeout_s=5) is True
    assert len(scard.called("SCardEstablishContext")) == 4
    assert len(scard.called("SCardReleaseContext")) == 3


def test_service_that_stays_away_ends_the_wait_at_its_deadline():
    scard = ScriptedScard(states=deque([EMPTY, NO_SERVICE]))
    assert wait_for_card(scard, NAME, present=True, timeout_s=0.3) is False


def test_watch_sees_readers_come_and_go():
    scard = ScriptedScard(names=[], states=deque([IN]))
    events = []
    stream = watch(scard, timeout_s=1)
    scard.names.append(NAME)
    events.append(next(stream))
    events.append(next(stream))
    scard.names.clear()
    events.append(next(stream))
    assert [(event.kind, event.reader) for event in events] == [
        (ReaderEventKind.READER_APPEARED, NAME),
        (ReaderEventKind.CARD_INSERTED, NAME),
        (ReaderEventKind.READER_GONE, NAME),
    ]
    assert len(events[1].atr) == 18


def test_watch_shows_a_card_changed_in_one_go_as_two_events():
    scard = ScriptedScard(states=deque([IN, AGAIN]))
    kinds = [event.kind.name for event in watch(scard, timeout_s=0.05)]
    assert kinds == ["READER_APPEARED", "CARD_INSERTED", "CARD_REMOVED", "CARD_INSERTED"]


def test_watch_tells_of_a_lost_service_once_and_why():
    scard = ScriptedScard()
    scard.fail("SCardEstablishContext", NO_SERVICE, NO_SERVICE)
    events = list(watch(scard, timeout_s=0.5))
    assert [event.kind.name for event in events] == [
        "DAEMON_LOST",
        "DAEMON_BACK",
        "READER_APPEARED",
        "CARD_INSERTED",
    ]
    assert "8010001D" in events[0].text


def test_watch_lives_through_a_reader_that_goes_between_two_calls():
    scard = ScriptedScard(states=deque([0x80100009, IN]))
    assert [event.kind.name for event in watch(scard, timeout_s=0.05)] == ["READER_APPEARED", "CARD_INSERTED"]
