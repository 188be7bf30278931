"""Synthetic persons for every situation at the insurance centre, one declaration each.

Each has a seed: `ssc card new --seed N` makes the card that goes with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from apdu.layout.states import SocialState
from terminal.backoffice.stored.people import INSURED, InsuranceRow
from terminal.text import Text

EMPLOYEE, FREELANCE, RESIDENT = "1101", "1103", "1501"
PAUSED, ENDED = "2", "4"
_LETTERS = "ABCDEFGHIJKL"
FIRST_SEED = 1102
"""From here on the seeds' holders have the kinds of insurance that are said here."""


@dataclass(frozen=True, slots=True)
class Cover:
    """One insurance of a fixture: its kind and status; dates follow from the day it is brought in."""

    kind: str
    person_type: str
    status: str = INSURED

    def row(self, today: date) -> InsuranceRow:
        """The insurance as it stands on a day: three years old, paused for a quarter where it is paused."""
        paused = None if self.status == INSURED else today - timedelta(days=90)
        employer = "测试单位" if self.person_type == EMPLOYEE else None
        return InsuranceRow(
            self.kind, self.person_type, self.status, today - timedelta(days=3 * 365), paused, employer
        )


@dataclass(frozen=True, slots=True)
class Fixture:
    """A person: letter, what for, state of the card at the centre, insurances, months paid, balance.

    `old_card`: there is an old medical card too, and the money is on it.
    """

    letter: str
    text: Text
    covers: tuple[Cover, ...]
    state: SocialState = SocialState.NORMAL
    balance_fen: int = 0
    months: Mapping[str, int] = field(default_factory=lambda: {"310": 36})
    old_card: bool = False

    @property
    def seed(self) -> int:
        """The seed of the person's cards."""
        return FIRST_SEED + _LETTERS.index(self.letter)

    @property
    def voucher(self) -> str:
        """The token of the person's e-voucher."""
        return f"EV{self.seed:08d}"


_WORKING = (Cover("310", EMPLOYEE),)

FIXTURES = (
    Fixture("A", Text("employee in work, with a balance", "在职职工，有余额"), _WORKING, balance_fen=123_456),
    Fixture(
        "B", Text("residents' insurance only", "仅居民医保"), (Cover("390", RESIDENT),), months={"390": 36}
    ),
    Fixture(
        "C",
        Text("two insurances, one of them ended", "两个险种，其一已终止"),
        (Cover("310", EMPLOYEE), Cover("390", RESIDENT, ENDED)),
        balance_fen=50_000,
    ),
    Fixture("D", Text("not insured", "未参保"), (), months={}),
    Fixture(
        "E", Text("card formally lost", "正式挂失"), _WORKING, SocialState.FORMALLY_LOST, balance_fen=10_000
    ),
    Fixture(
        "F",
        Text("card temporarily lost", "临时挂失"),
        _WORKING,
        SocialState.TEMPORARILY_LOST,
        balance_fen=10_000,
    ),
    Fixture(
        "G",
        Text("card not enabled, with an old card", "未启用，有旧卡"),
        _WORKING,
        SocialState.SEALED,
        old_card=True,
    ),
    Fixture("H", Text("card cancelled", "已注销"), _WORKING, SocialState.CANCELLED),
    Fixture(
        "I",
        Text("card in order, benefit check negative", "卡正常，待遇检查不通过"),
        (Cover("310", EMPLOYEE, PAUSED),),
        balance_fen=20_000,
    ),
    Fixture("J", Text("balance zero", "余额为零"), _WORKING),
    Fixture(
        "K",
        Text(
            "five months of contributions: no serious-illness benefits yet (R53)", "缴费五个月，未享大病待遇"
        ),
        _WORKING,
        balance_fen=30_000,
        months={"310": 5},
    ),
    Fixture(
        "L",
        Text("self-employed (R55)", "灵活就业人员"),
        (Cover("310", FREELANCE),),
        balance_fen=30_000,
        months={"110": 36, "210": 36, "310": 36},
    ),
)
"""By letter; A to J are what every test of a terminal needs, K and L show R53 and R55."""
