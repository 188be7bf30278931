"""A holder as people write one down: YAML with English or Chinese field names, checked before a card is made."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

import msgspec

from apdu.layout.codes.person import Nation, Sex
from terminal.cli.input_files import InputFileError, read_yaml
from virtual_card.holder import Holder

FIELDS: Mapping[str, str] = {
    "name": "姓名",
    "sex": "性别",
    "nation": "民族",
    "birth_date": "出生日期",
    "id_number": "社会保障号码",
    "card_number": "卡号",
    "issued_on": "发卡日期",
    "valid_until": "有效期",
    "employer": "工作单位",
    "balance": "个人账户余额",
    "medical": "医疗保险",
}
"""The fields of a holder file and their Chinese names."""

MEDICAL_FIELDS: Mapping[str, str] = {
    "insurance_kind": "参保类型",
    "person_class": "参保人员类别",
    "enrolled_on": "参保日期",
    "account_number": "账户号",
    "certificate_number": "医疗证号",
    "hospitals": "定点医疗机构",
    "old_number": "医保卡号",
}
"""The fields of `medical`: the medical base data and the old card's number."""

_DAY = "a day of the calendar, year first"
_CARD_NUMBER = "nine characters, digits and capital letters"
_DIGITS_AND_LETTERS = "up to 20 digits and letters"
EXPECTED: Mapping[str, tuple[str, str]] = {
    "name": ("1 to 50 characters", "name: 测试甲乙"),
    "sex": ("one word or code", "sex: 女"),
    "nation": ("one word or code", "nation: 汉族"),
    "birth_date": (_DAY, "birth_date: 1990-03-07"),
    "id_number": ("18 characters beginning with 990100", "id_number: 990100199003070027"),
    "card_number": (_CARD_NUMBER, "card_number: A00000070"),
    "issued_on": (_DAY, "issued_on: 2029-12-18"),
    "valid_until": (_DAY, "valid_until: 2039-12-18"),
    "employer": ("1 to 50 characters", "employer: 测试单位"),
    "balance": ("yuan, with two decimals or none", "balance: 1250.00"),
    "medical": ("fields of its own", "medical: {insurance_kind: 310}"),
    "medical.insurance_kind": ("a code of three digits", "insurance_kind: 310"),
    "medical.person_class": ("a code of two digits", "person_class: 11"),
    "medical.enrolled_on": (_DAY, "enrolled_on: 2021-12-18"),
    "medical.account_number": (_DIGITS_AND_LETTERS, "account_number: 990100000123"),
    "medical.certificate_number": (_DIGITS_AND_LETTERS, "certificate_number: Y0000000123"),
    "medical.hospitals": (
        "a list of three codes of nine characters",
        "hospitals: [990100018, 990100026, 990100034]",
    ),
    "medical.old_number": (_CARD_NUMBER, "old_number: N00000016"),
}
"""What each field has to look like, in words and by an example."""

_HINT = "docs/holder.md shows every field"
_PLACE = re.compile(r" - at `\$\.([a-z_.]+)")
_PLACES: Mapping[str, str] = {"old_issued_on": "medical.enrolled_on", "opening_balance_fen": "balance"}
_MEDICAL_PLACES = frozenset(MEDICAL_FIELDS)

Words = Annotated[str, msgspec.Meta(min_length=1, max_length=50)]
Hospital = Annotated[str, msgspec.Meta(pattern="^[0-9A-Z]{9}$")]
Number = Annotated[str, msgspec.Meta(pattern="^[0-9A-Za-z]{1,20}$")]
CardNumber = Annotated[str, msgspec.Meta(pattern="^[0-9A-Z]{9}$")]
Yuan = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{1,7}(\.[0-9]{2})?$")]


class _Medical(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    insurance_kind: Annotated[str, msgspec.Meta(pattern="^[0-9]{3}$")] | None = None
    person_class: Annotated[str, msgspec.Meta(pattern="^[0-9]{2}$")] | None = None
    enrolled_on: date | None = None
    account_number: Number | None = None
    certificate_number: Number | None = None
    hospitals: tuple[Hospital, Hospital, Hospital] | None = None
    old_number: CardNumber | None = None


class _HolderFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: Words | None = None
    sex: str | None = None
    nation: str | None = None
    birth_date: date | None = None
    id_number: str | None = None
    card_number: CardNumber | None = None
    issued_on: date | None = None
    valid_until: date | None = None
    employer: Words | None = None
    balance: Yuan | None = None
    medical: _Medical = _Medical()


def load_holder(path: str) -> Holder:
    """The holder of a file; raises InputFileError or MalformedFileError naming file, field and next step."""
    document = read_yaml(path, all_text=True)
    plain = _english(path, document, FIELDS, "")
    if isinstance(plain.get("medical"), dict):
        plain["medical"] = _english(path, plain["medical"], MEDICAL_FIELDS, "medical.")
    try:
        given = msgspec.convert(plain, _HolderFile)
    except msgspec.ValidationError as error:
        raise InputFileError(f"{path}: {_wrong(error)}; {_HINT}") from None
    medical = given.medical
    return Holder(
        name=given.name,
        sex=_code(path, "sex", given.sex, _SEXES),
        nation=_code(path, "nation", given.nation, _NATIONS),
        birth_date=given.birth_date,
        id_number=given.id_number,
        card_number=given.card_number,
        issued_on=given.issued_on,
        valid_until=given.valid_until,
        employer=given.employer,
        person_class=medical.person_class,
        insurance_kind=medical.insurance_kind,
        hospitals=medical.hospitals,
        account_number=medical.account_number,
        certificate_number=medical.certificate_number,
        old_issued_on=medical.enrolled_on,
        old_number=medical.old_number,
        opening_balance_fen=None if given.balance is None else _fen(given.balance),
    )


def place_of(field: str) -> str:
    """Where a field of a Holder stands in the file: `medical.enrolled_on`, with its Chinese name."""
    english = _PLACES.get(field, f"medical.{field}" if field in _MEDICAL_PLACES else field)
    chinese = FIELDS.get(english) or MEDICAL_FIELDS.get(english.removeprefix("medical."), "")
    return f"{english} {chinese}"


def _english(path: str, document: Any, names: Mapping[str, str], prefix: str) -> dict[str, Any]:
    """The document with English keys; unknown and doubled ones are refused with what is known."""
    if not isinstance(document, dict):
        where = prefix.rstrip(".") or "the file"
        raise InputFileError(f"{path}: {where} should be a list of fields such as `name: 测试甲乙`; {_HINT}")
    english = {chinese: name for name, chinese in names.items()}
    found: dict[str, Any] = {}
    for key, value in document.items():
        name = english.get(str(key), str(key))
        if name not in names:
            known = ", ".join(f"{one} {two}" for one, two in names.items())
            raise InputFileError(f"{path}: {prefix}{key} is no field of a holder; known are {known}")
        if name in found:
            raise InputFileError(f"{path}: {prefix}{name} stands there twice, as {names[name]} too; keep one")
        found[name] = value
    return found


def _wrong(error: msgspec.ValidationError) -> str:
    """The field that is wrong and what it has to look like; values are not repeated."""
    found = _PLACE.search(str(error))
    assert found is not None  # the document is a mapping of known fields before it is converted
    expected, example = EXPECTED[found[1]]
    return f"{place_of(found[1])}: should be {expected}, such as `{example}`"


def _codes(table: type[Sex] | type[Nation]) -> dict[str, str]:
    found: dict[str, str] = {}
    for code in table:
        short = code.zh.removesuffix("族").removesuffix("性")
        found |= dict.fromkeys((code.value, code.en.lower(), code.zh, short), code.value)
    return found


_SEXES = _codes(Sex)
_NATIONS = _codes(Nation)


def _code(path: str, field: str, given: str | None, known: Mapping[str, str]) -> str | None:
    if given is None:
        return None
    found = known.get(given.lower())
    if found is None:
        codes = ", ".join(sorted(set(known.values())))
        raise InputFileError(f"{path}: {place_of(field)}: this is none of its codes {codes}, nor their names")
    return found


def _fen(yuan: str) -> int:
    whole, _, part = yuan.partition(".")
    return int(whole) * 100 + int(part or 0)
