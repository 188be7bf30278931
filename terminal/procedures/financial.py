"""The bank's application, as a terminal reads it: selection, options, records, cryptograms (EMV Book 3).

Card errors of EMV Book 3 section 7.5 and 10.2 (data missing, twice, or outside a template) end the transaction
with UnexpectedAnswerError. A blocked application is an error for a shop and a fact for a bank's outlet.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from apdu.bank_commands import (
    external_authenticate,
    generate_cryptogram,
    get_processing_options,
    read_bank_record,
)
from apdu.commands import select_name
from apdu.dol import fill, parse_dol
from apdu.pboc import DEBIT_AID, HASHED_WHOLE_FROM, Cryptogram, LocatorError, parse_locator
from apdu.tags import tag_name
from apdu.tlv import Tlv, TlvError, find, parse
from terminal.errors import CardBlockedError, CardRefusedError, UnexpectedAnswerError, expect_ok
from terminal.flow.steps import Procedure

BLOCKED_APPLICATION = 0x6283
CARD_BLOCKED = 0x6A81
MANDATORY = (0x5A, 0x5F24, 0x8C, 0x8D)
UNTAGGED = 0x80
Values = Mapping[int, bytes]


@dataclass(frozen=True, slots=True, repr=False)
class Selected:
    """The application after SELECT: whether it is blocked, and the data it wants with GPO."""

    blocked: bool
    processing: bytes


@dataclass(frozen=True, slots=True, repr=False)
class Application:
    """What the card said up to the end of its records; `static` is the signed part of them, with the AIP."""

    blocked: bool
    profile: bytes
    data: Values
    static: bytes

    @property
    def number(self) -> str:
        """The card number."""
        return self.data[0x5A].hex().rstrip("f")

    @property
    def sequence(self) -> str:
        """The card number's sequence number."""
        return self.data.get(0x5F34, b"\0").hex()

    def __repr__(self) -> str:
        return f"Application(…{self.number[-4:]}{', blocked' if self.blocked else ''})"


@dataclass(frozen=True, slots=True, repr=False)
class CardAnswer:
    """One cryptogram: what it decides, the transaction counter, the cryptogram, tag 9F10."""

    kind: Cryptogram
    counter: bytes
    cryptogram: bytes
    issuer_data: bytes


def select_debit(*, outlet: bool = False) -> Procedure[Selected]:
    """Select the debit application; only an outlet goes on where it is blocked (6283).

    Raises CardBlockedError on 6A81, CardRefusedError on every other refusal.
    """
    command = select_name(DEBIT_AID)
    response = yield command
    if response.sw == CARD_BLOCKED:
        raise CardBlockedError("the card is blocked: every selection answers 6A81")
    blocked = response.sw == BLOCKED_APPLICATION
    if not response.ok and not (blocked and outlet):
        raise CardRefusedError(command, response, "selecting the bank's application")
    objects = _objects(response.data, "the control information of the bank's application")
    name = find(objects, 0x6F, 0x84)
    if name is None or name.value != DEBIT_AID:
        raise UnexpectedAnswerError("the card answered with another application than was asked for")
    wished = find(objects, 0x6F, 0xA5, 0x9F38)
    return Selected(blocked, wished.value if wished else b"")


def read_application(selected: Selected, values: Values) -> Procedure[Application]:
    """GPO and every record of the file locator, checked (EMV Book 3 sections 10.1 and 10.2)."""
    command = get_processing_options(fill(parse_dol(selected.processing), values))
    response = yield command
    answer = expect_ok(command, response, "starting a transaction")
    profile, raw_locator = _options(answer)
    try:
        locator = parse_locator(raw_locator)
    except LocatorError as error:
        raise UnexpectedAnswerError(f"card error: {error}") from None
    data: dict[int, bytes] = {}
    static = b""
    for entry in locator:
        for number in entry.records:
            command = read_bank_record(number, entry.sfi)
            response = yield command
            record = expect_ok(command, response, f"reading record {number} of file {entry.sfi}")
            inside = _template(record, f"record {number} of file {entry.sfi}")
            if number - entry.first < entry.authenticated:
                static += record if entry.sfi >= HASHED_WHOLE_FROM else inside.value
            _collect(data, inside)
    _complete(data)
    return Application(selected.blocked, profile, data, static + profile)


def _options(answer: bytes) -> tuple[bytes, bytes]:
    objects = _objects(answer, "the answer to GET PROCESSING OPTIONS")
    if len(objects) == 1 and objects[0].tag == UNTAGGED:
        return objects[0].value[:2], objects[0].value[2:]
    profile, locator = find(objects, 0x77, 0x82), find(objects, 0x77, 0x94)
    if profile is None or locator is None:
        raise UnexpectedAnswerError("card error: the answer to GET PROCESSING OPTIONS lacks tag 82 or 94")
    return profile.value, locator.value


def _objects(raw: bytes, what: str) -> tuple[Tlv, ...]:
    try:
        return parse(raw)
    except TlvError as error:
        raise UnexpectedAnswerError(f"card error: {what} is damaged: {error}") from None


def _template(record: bytes, what: str) -> Tlv:
    objects = _objects(record, what)
    if len(objects) != 1 or objects[0].tag != 0x70:
        raise UnexpectedAnswerError(f"card error: {what} does not stand in template 70")
    return objects[0]


def _collect(data: dict[int, bytes], template: Tlv) -> None:
    for entry in _objects(template.value, "a record"):
        if entry.tag in data:
            raise UnexpectedAnswerError(f"card error: {tag_name(entry.tag)} ({entry.tag:02X}) comes twice")
        data[entry.tag] = entry.value


def _complete(data: Values) -> None:
    for tag in MANDATORY:
        if tag not in data:
            raise UnexpectedAnswerError(f"card error: {tag_name(tag)} ({tag:02X}) is missing")
    track = data.get(0x57, b"").hex()
    number, _, rest = track.partition("d")
    if track and number != data[0x5A].hex().rstrip("f"):
        raise UnexpectedAnswerError("card error: track and record hold different card numbers")
    if track and rest[:4] != data[0x5F24].hex()[:4]:
        raise UnexpectedAnswerError("card error: track and record hold different dates of expiry")


def first_cryptogram(application: Application, kind: Cryptogram, values: Values) -> Procedure[CardAnswer]:
    """GENERATE AC with the values of CDOL1; a cryptogram higher than asked for is a card error."""
    answer = yield from _cryptogram(application.data[0x8C], kind, values)
    return answer


def second_cryptogram(application: Application, kind: Cryptogram, values: Values) -> Procedure[CardAnswer]:
    """GENERATE AC with the values of CDOL2, after the issuer's answer."""
    answer = yield from _cryptogram(application.data[0x8D], kind, values)
    return answer


_RANK = {Cryptogram.AAC: 0, Cryptogram.ARQC: 1, Cryptogram.TC: 2}


def _cryptogram(dol: bytes, kind: Cryptogram, values: Values) -> Procedure[CardAnswer]:
    command = generate_cryptogram(kind, fill(parse_dol(dol), values))
    response = yield command
    answer = _card_answer(expect_ok(command, response, f"asking for a cryptogram ({kind.name})"))
    if _RANK[answer.kind] > _RANK[kind]:
        raise UnexpectedAnswerError(f"card error: it gave {answer.kind.name} where {kind.name} was asked for")
    return answer


def _card_answer(raw: bytes) -> CardAnswer:
    objects = _objects(raw, "the answer to GENERATE AC")
    if len(objects) == 1 and objects[0].tag == UNTAGGED and len(objects[0].value) >= 11:
        value = objects[0].value
        parts = (value[:1], value[1:3], value[3:11], value[11:])
    else:
        found = [find(objects, 0x77, tag) for tag in (0x9F27, 0x9F36, 0x9F26, 0x9F10)]
        if any(entry is None for entry in found[:3]):
            raise UnexpectedAnswerError("card error: the answer to GENERATE AC lacks tag 9F27, 9F36 or 9F26")
        parts = tuple(entry.value if entry else b"" for entry in found)  # type: ignore[assignment]
    kind = parts[0][0] & 0xC0
    if kind not in set(Cryptogram):
        raise UnexpectedAnswerError(
            f"card error: cryptogram information {parts[0].hex().upper()} is not known"
        )
    return CardAnswer(Cryptogram(kind), *parts[1:])


def prove_issuer(proof: bytes) -> Procedure[bool]:
    """Hand the issuer's proof to the card; False where the card does not believe it (6300)."""
    command = external_authenticate(proof)
    response = yield command
    if response.ok or response.sw == 0x6300:
        return response.ok
    raise CardRefusedError(command, response, "presenting the issuer's proof")
