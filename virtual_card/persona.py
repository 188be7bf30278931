"""A synthetic holder from a seed: the same seed is the same person, with the same cards.

Nobody here exists: names begin with 测试 (test), and every number lies in region 990100, which is not
assigned. Numbers are spread over their range by a bijection, so that different seeds never share one (up to
20 million seeds).
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from apdu.identifiers import card_check_character, citizen_check_character

REGION = "990100"
DEFAULT_TODAY = date(2030, 1, 1)
INITIAL_PIN = "123456"
OLD_PIN = "246810"
VALIDITY_YEARS = 10
CHIP_AND_MAKER = bytes.fromhex("00814E43238697")
OLD_CHIP_AND_MAKER = bytes.fromhex("00815431008660")
SEED_LIMIT = 2**32
YEARS = range(1900, 2200)
"""In which a card's dates may count from a day."""

_FIRST_BIRTHDAY = date(1946, 1, 1)
_BIRTHDAYS = 20_000
_SEQUENCES = 999
_SPREAD = 7_368_787
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_NATIONS = ("01",) * 12 + ("02", "03", "08", "11", "15")
_RETIREMENT_AGE = 60


@dataclass(frozen=True, slots=True, repr=False)
class Persona:
    """One synthetic holder, everything an issuer needs to know; repr shows the seed and no personal data.

    `historical_bytes` are the 13 of the new card's answer to reset (`old_historical_bytes` of an old CPU
    card), `card_id` the new card's identification code (16 bytes). `old_number_digits` (14 digits) and
    `old_number` (9 characters with check character) are what old medical cards carry, depending on their
    kind. `received_at` is when the holder got the new card.
    """

    seed: int
    name: str
    sex: str
    nation: str
    birth_date: date
    id_number: str
    serial: bytes
    card_number: str
    card_id: bytes
    historical_bytes: bytes
    old_historical_bytes: bytes
    old_number_digits: str
    old_number: str
    person_class: str
    insurance_kind: str
    hospitals: tuple[str, str, str]
    employer: str
    account_number: str
    certificate_number: str
    opening_balance_fen: int
    old_issued_on: date
    issued_on: date
    valid_until: date
    received_at: datetime
    old_pin: str = OLD_PIN
    initial_pin: str = INITIAL_PIN

    @classmethod
    def from_seed(cls, seed: int, today: date = DEFAULT_TODAY) -> Persona:
        """The holder of `seed` (0 to 2^32 - 1), whose card was issued two weeks before `today`.

        Raises ValueError for a seed outside that range and a day outside `YEARS`.
        """
        if not 0 <= seed < SEED_LIMIT:
            raise ValueError(f"a seed lies between 0 and {SEED_LIMIT - 1}, not {seed}")
        if today.year not in YEARS:
            raise ValueError(f"cards count their dates from a day in {YEARS[0]} to {YEARS[-1]}, not {today}")
        choose = random.Random(f"ssc-persona:{seed}")
        birth_date, sequence = _birth(seed)
        sex = "1" if sequence % 2 else "2"
        insurance_kind = choose.choice(("310", "310", "390"))
        issued_on = today - timedelta(days=14)
        serial = seed.to_bytes(4, "big")
        return cls(
            seed=seed,
            name="测试" + "".join(choose.choices(_STEMS, k=2)),
            sex=sex,
            nation=choose.choice(_NATIONS),
            birth_date=birth_date,
            id_number=_with_citizen_check(f"{REGION}{birth_date:%Y%m%d}{sequence:03d}"),
            serial=serial,
            card_number=with_check(_body(seed, 0)),
            card_id=bytes.fromhex(REGION + "D156000005") + serial + b"\xff" * 4,
            historical_bytes=CHIP_AND_MAKER + bytes.fromhex(REGION[:4]) + serial,
            old_historical_bytes=OLD_CHIP_AND_MAKER + bytes.fromhex(REGION[:4]) + serial,
            old_number_digits=f"{REGION}{seed % 10**8:08d}",
            old_number=with_check(_body(seed, 13)),
            person_class=_person_class(insurance_kind, birth_date, today),
            insurance_kind=insurance_kind,
            hospitals=_hospitals(choose),
            employer=f"测试单位{choose.choice(_STEMS)}",
            account_number=f"{seed:010d}",
            certificate_number=f"Y{seed:010d}",
            opening_balance_fen=choose.randrange(10_000, 500_001),
            old_issued_on=years_later(issued_on, -8),
            issued_on=issued_on,
            valid_until=years_later(issued_on, VALIDITY_YEARS),
            received_at=datetime.combine(today - timedelta(days=7), time(10, 0)),
        )

    def __repr__(self) -> str:
        return f"Persona(seed={self.seed})"


def with_check(body: str) -> str:
    """An eight-character card or organisation number with its check character (annex A, GB 11714)."""
    return body + card_check_character(body)


def years_later(day: date, years: int) -> date:
    """The same day `years` later; 29 February becomes 28 February where the year has none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def _with_citizen_check(digits: str) -> str:
    return digits + citizen_check_character(digits)


def _birth(seed: int) -> tuple[date, int]:
    """Birth date and sequence number (1 to 999), a different pair for every seed below days × sequences."""
    spread = seed * _SPREAD % (_BIRTHDAYS * _SEQUENCES)
    return _FIRST_BIRTHDAY + timedelta(days=spread % _BIRTHDAYS), 1 + spread // _BIRTHDAYS


def _body(seed: int, letter_offset: int) -> str:
    letter = _LETTERS[(seed // 10**7 + letter_offset) % len(_LETTERS)]
    return f"{letter}{seed % 10**7:07d}"


def _person_class(insurance_kind: str, birth_date: date, today: date) -> str:
    """Insured person class (tag 8C): 91 other for residents, 21 retired or 11 working for employees."""
    if insurance_kind == "390":
        return "91"
    return "21" if years_later(birth_date, _RETIREMENT_AGE) <= today else "11"


def _hospitals(choose: random.Random) -> tuple[str, str, str]:
    first, second, third = (
        with_check(f"{number:08d}") for number in choose.sample(range(99_010_000, 99_020_000), 3)
    )
    return first, second, third
