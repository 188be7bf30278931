"""Debits of medical purses, verified afterwards by their TAC: the published figures, once for each number."""

from __future__ import annotations

from dataclasses import replace

import pytest
from centre_samples import KEY, OTHER_KEY

from apdu.layout.states import SocialState
from terminal.backoffice.debit_ports import DebitChecked, ReportDebit
from terminal.backoffice.ports import CardKey, Place, RefusedError

TERMINAL = "990100000001"
DEBIT = ReportDebit(
    place=Place("990100000001", TERMINAL),
    card=KEY,
    msgid="990100000001202501021030000001",
    algorithm=1,
    account_fen=0,
    self_paid_fen=10000,
    pool_fen=8000,
    number=7,
    sequence="00000005",
    time="20250102103000",
    tac="0BE1EA8D",
)
GENUINE, NOT_GENUINE = DebitChecked(True), DebitChecked(False)


@pytest.fixture
def world(make_world):
    return make_world().enrol(social=SocialState.NORMAL).enrol_other()


def kept(world, msgid=DEBIT.msgid):
    with world.store.transaction():
        return world.store.debits_of(msgid)


@pytest.mark.parametrize(("algorithm", "tac"), [(1, "0BE1EA8D"), (3, "5EDF85E9"), (3, "5edf85e9")])
def test_the_published_certificates_are_genuine_and_kept_with_the_settlement(world, algorithm, tac):
    assert world.call(replace(DEBIT, algorithm=algorithm, tac=tac)) == GENUINE
    (debit,) = kept(world)
    assert (debit.card, debit.number, debit.self_paid_fen, debit.pool_fen) == (KEY.number, 7, 10000, 8000)
    assert debit.tac == tac.upper()


@pytest.mark.parametrize(
    "changed",
    [
        {"account_fen": 1},
        {"self_paid_fen": 10001},
        {"pool_fen": 7999},
        {"sequence": "00000006"},
        {"time": "20250102103001"},
        {"algorithm": 3},
        {"tac": "0BE1EA8E"},
        {"place": Place("990100000001", "990100000002")},
        {"card": OTHER_KEY},
    ],
    ids="-".join,
)
def test_any_other_figure_terminal_or_card_is_not_genuine_and_not_kept(world, changed):
    assert world.call(replace(DEBIT, **changed)) == NOT_GENUINE
    assert kept(world) == []


def test_reported_again_it_is_kept_once(world):
    assert [world.call(DEBIT), world.call(DEBIT)] == [GENUINE, GENUINE]
    assert len(kept(world)) == 1


def test_a_card_gives_each_number_once(world):
    assert world.call(DEBIT) == GENUINE
    assert world.call(replace(DEBIT, algorithm=3, tac="5EDF85E9")) == NOT_GENUINE
    assert world.call(replace(DEBIT, msgid="9" * 30)) == NOT_GENUINE
    assert len(kept(world)) == 1 and kept(world, "9" * 30) == []


def test_what_has_become_of_the_card_since_does_not_matter(world):
    world.lose()
    assert world.call(DEBIT) == GENUINE


@pytest.mark.parametrize(
    "changed",
    [
        {"place": Place("123", TERMINAL)},
        {"card": CardKey(KEY.card_id, "Z00000000")},
        {"card": CardKey(OTHER_KEY.card_id, KEY.number)},
        {"algorithm": 2},
        {"number": 65536},
        {"self_paid_fen": -1},
        {"sequence": "5"},
        {"time": "yesterday"},
        {"tac": "0BE1EA8D00"},
        {"tac": "0B E1EA8D"},
        {"msgid": "9" * 65},
        {"place": Place("990100000001", "99")},
    ],
    ids="-".join,
)
def test_what_is_no_debit_or_not_from_here_is_refused(world, changed):
    with pytest.raises(RefusedError):
        world.call(replace(DEBIT, **changed))
    assert kept(world, changed.get("msgid", DEBIT.msgid)) == []
