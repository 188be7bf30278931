"""What is said of a holder in place of what the seed says; everything left out stays the seed's.

ID number, birth date and sex always agree: what is given decides, the rest follows. Holders are synthetic: an ID
number outside region 990100 is refused.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

from apdu.identifiers import citizen_check_character, plausible_card_number, plausible_social_number
from virtual_card.persona import REGION, Persona

_ID_LENGTH = 18
_SEX_DIGIT = 16
MALE, FEMALE, NOT_STATED = "1", "2", "9"


class HolderError(ValueError):
    """A holder who cannot be: `field` says which of the Holder's fields is wrong; values are not repeated."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Holder:
    """The fields of a `Persona` that may be chosen; None leaves the seed's. Codes as the card stores them."""

    name: str | None = None
    sex: str | None = None
    nation: str | None = None
    birth_date: date | None = None
    id_number: str | None = None
    card_number: str | None = None
    issued_on: date | None = None
    valid_until: date | None = None
    employer: str | None = None
    person_class: str | None = None
    insurance_kind: str | None = None
    hospitals: tuple[str, str, str] | None = None
    account_number: str | None = None
    certificate_number: str | None = None
    old_issued_on: date | None = None
    old_number: str | None = None
    opening_balance_fen: int | None = None

    def applied_to(self, persona: Persona) -> Persona:
        """The persona with everything that is given; raises HolderError."""
        given = {entry.name: getattr(self, entry.name) for entry in fields(self)}
        chosen: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
        for name in ("name", "employer"):
            if not _fits_gbk(chosen.get(name, "")):
                raise HolderError(name, "holds a character that GBK, the card's character set, does not have")
        for name in ("card_number", "old_number"):
            if name in chosen and not plausible_card_number(chosen[name]):
                raise HolderError(name, "nine characters are expected, the last of them the check character")
        result = replace(persona, **{**chosen, **_identity(self, persona)})
        if result.valid_until < result.issued_on:
            raise HolderError("valid_until", "lies before the day of issue")
        return result


def _fits_gbk(text: str) -> bool:
    try:
        text.encode("gbk")
    except UnicodeEncodeError:
        return False
    return True


def _identity(holder: Holder, persona: Persona) -> dict[str, Any]:
    """ID number, birth date and sex that agree."""
    if holder.id_number is None:
        number = _number(
            holder.birth_date or persona.birth_date, holder.sex or persona.sex, persona.id_number
        )
        return {"id_number": number, "birth_date": holder.birth_date or persona.birth_date} | (
            {} if holder.sex is None else {"sex": holder.sex}
        )
    number = holder.id_number.upper()
    born, sex = _read(number)
    if holder.birth_date not in (None, born):
        raise HolderError("birth_date", "is not the one in the ID number; give one of them alone")
    if holder.sex not in (None, sex, NOT_STATED):
        raise HolderError("sex", "is not the one in the ID number; give one of them alone")
    return {"id_number": number, "birth_date": born, "sex": holder.sex or sex}


def _read(number: str) -> tuple[date, str]:
    """Birth date and sex of an ID number; raises HolderError."""
    if len(number) != _ID_LENGTH or not number[:-1].isdecimal() or not number.isascii():
        raise HolderError("id_number", "18 characters are expected: 17 digits and the check character")
    if not number.startswith(REGION):
        raise HolderError(
            "id_number",
            f"lies outside region {REGION}; only synthetic holders are allowed, so begin it with {REGION}",
        )
    if not plausible_social_number(number):
        raise HolderError(
            "id_number", f"the check character does not fit; {citizen_check_character(number[:17])} would"
        )
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise HolderError("id_number", "characters 7 to 14 are no birth date") from None
    return born, MALE if int(number[_SEX_DIGIT]) % 2 else FEMALE


def _number(born: date, sex: str, seeded: str) -> str:
    """An ID number of this birth date and sex, with the seed's sequence as far as the sex lets it."""
    sequence = int(seeded[14:17])
    if sex in (MALE, FEMALE) and (sex == MALE) is (sequence % 2 == 0):
        sequence += -1 if sequence > 1 else 1
    body = f"{REGION}{born:%Y%m%d}{sequence:03d}"
    return body + citizen_check_character(body)
