"""Typed requests and their answers as JSON: one mapping, derived from the dataclasses, for both ends of the line.

An enumeration is written by its value (card states as AAZ502 has them), a time as ISO 8601 with its zone, bytes in
base64, a PIN by its digits: what is encoded here is for the line alone, never for a trace.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import msgspec

from terminal.backoffice import (
    bank_ports,
    card_life_ports,
    card_ports,
    debit_ports,
    insurance_desk,
    office_ports,
    ports,
)
from terminal.backoffice.card_life_ports import HandedOver, ListHandedOver
from terminal.backoffice.national import reconciling
from terminal.backoffice.ports import Refusal
from terminal.text import Pin

LARGEST = 2**63 - 1
"""What the databases hold as a whole number."""


class MalformedError(ValueError):
    """What came over the line is not what belongs there; the message names the place, never a value."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One request on the line: its name in paths and in plans of failures, its type and its answer's."""

    name: str
    request: type
    answer: Any


def _named(pairs: Iterable[tuple[type, Any]]) -> tuple[Operation, ...]:
    return tuple(
        Operation(re.sub(r"(?<=.)(?=[A-Z])", "-", request.__name__).lower(), request, answer)
        for request, answer in pairs
    )


TERMINAL = _named(
    (
        (ports.SignIn, ports.SignedIn),
        (ports.OldCardQuery, ports.OldCardAnswer),
        (ports.NewCardQuery, ports.NewCardAnswer),
        (ports.VerifyOldPin, ports.PinAnswer),
        (ports.Reserve, ports.Reserved),
        (ports.ConfirmActivation, ports.Confirmed),
        (ports.ReleaseReservation, ports.ReservationView),
        (ports.HsmMessage, str),
        (card_ports.QueryCard, card_ports.CardView),
        (card_ports.PresentCard, ports.CardStanding),
        (card_ports.Enable, card_ports.Enabled),
        (card_ports.SignElectronicCard, card_ports.ElectronicCard),
        (card_life_ports.ReportLoss, card_life_ports.CardChanged),
        (card_life_ports.ReleaseLoss, card_life_ports.CardChanged),
        (card_life_ports.ReplaceCard, card_life_ports.CardReplaced),
        (card_life_ports.CancelCard, card_life_ports.CardChanged),
        (card_life_ports.LockCard, card_life_ports.CardChanged),
        (card_life_ports.UnlockCard, card_life_ports.CardChanged),
        (card_life_ports.HandOver, card_life_ports.HandedOver),
        (card_life_ports.HandOverToEmployer, card_life_ports.ListHandedOver),
        (card_ports.Authorise, card_ports.Authorised),
        (card_life_ports.Tick, card_life_ports.Ticked),
        (debit_ports.ReportDebit, debit_ports.DebitChecked),
    )
)
"""What a terminal asks: everything `BackOffice.call` takes."""

OFFICE = _named(
    (
        (bank_ports.BankNotice, bank_ports.NoticeAnswer),
        (office_ports.EnrolOldCard, office_ports.Enrolled),
        (office_ports.EnrolSocialCard, office_ports.Enrolled),
        (office_ports.ListCards, office_ports.CardList),
        (insurance_desk.InsurePerson, insurance_desk.PersonInsured),
        (insurance_desk.CloseDay, reconciling.DayEnd),
        (insurance_desk.FindSettlement, insurance_desk.FoundSettlement),
    )
)
"""What the bank and the staff of the centre ask."""

OPERATIONS = (*TERMINAL, *OFFICE)
BY_NAME = {operation.name: operation for operation in OPERATIONS}
BY_REQUEST = {operation.request: operation for operation in OPERATIONS}


def _plain(value: Any) -> Any:
    if isinstance(value, Pin):
        return value.reveal()
    raise NotImplementedError(f"{type(value).__name__} has no form on the line")


_ENCODER = msgspec.json.Encoder(enc_hook=_plain)


def encode(value: Any) -> bytes:
    """A value as JSON in UTF-8."""
    return _ENCODER.encode(value)


def decode(raw: bytes, kind: Any) -> Any:
    """A value of a type from JSON; raises MalformedError."""
    return convert(parse(raw), kind)


def parse(raw: bytes) -> Any:
    """Plain data from JSON, such as every database can hold: no NUL in texts, whole numbers of 64 bits.

    Raises MalformedError.
    """
    try:
        plain = msgspec.json.decode(raw)
        check_storable(plain)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedError(f"this is not JSON in UTF-8 ({error})") from None
    return plain


def check_storable(plain: Any) -> None:
    """Raises MalformedError for texts and numbers that no database can hold."""
    if isinstance(plain, dict):
        for key, value in plain.items():
            check_storable(key)
            check_storable(value)
    elif isinstance(plain, list):
        for value in plain:
            check_storable(value)
    elif isinstance(plain, str):
        if "\0" in plain:
            raise MalformedError("a text contains the character NUL")
    elif isinstance(plain, int) and not -LARGEST <= plain <= LARGEST:
        raise MalformedError("a whole number has more than 64 bits")


def convert(plain: Any, kind: Any) -> Any:
    """A value of a type from plain data; raises MalformedError."""
    try:
        if kind is ListHandedOver:
            return _list_handed_over(plain)
        return msgspec.convert(plain, kind, dec_hook=_read, str_keys=True)
    except msgspec.ValidationError as error:
        raise MalformedError(str(error)) from None


def _read(kind: type, value: Any) -> Any:
    if kind is Pin and isinstance(value, str):
        return Pin(value)
    raise TypeError(f"expected digits in quotes, got {type(value).__name__}")


class _WrittenList(msgspec.Struct):
    """A list handed over as it is written: each result is told by its own keys."""

    employer: str
    results: list[tuple[str, dict[str, Any]]]


def _list_handed_over(plain: Any) -> ListHandedOver:
    written = msgspec.convert(plain, _WrittenList)
    results = [
        (number, convert(result, Refusal if "rule" in result else HandedOver))
        for number, result in written.results
    ]
    return ListHandedOver(written.employer, tuple(results))


# --- what the JSON looks like, for descriptions ------------------------------------------------------------------

_OUTCOME = {"anyOf": [{"$ref": "#/components/schemas/HandedOver"}, {"$ref": "#/components/schemas/Refusal"}]}
_RESULTS = {
    "type": "array",
    "items": {
        "type": "array",
        "minItems": 2,
        "maxItems": 2,
        "prefixItems": [{"type": "string"}, _OUTCOME],
        "items": False,
    },
}


def schemas(kinds: Iterable[Any]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """JSON Schemas of types, and those they refer to under `#/components/schemas/`, by name."""
    wanted = [_WrittenList if kind is ListHandedOver else kind for kind in kinds]
    found, parts = msgspec.json.schema_components(
        [*wanted, HandedOver, Refusal], schema_hook=_schema, ref_template="#/components/schemas/{name}"
    )
    if _WrittenList in wanted:
        listed = parts["ListHandedOver"] = parts.pop("_WrittenList")
        listed["title"] = "ListHandedOver"
        listed["properties"]["results"] = _RESULTS
    renamed = [
        {"$ref": "#/components/schemas/ListHandedOver"} if kind is _WrittenList else schema
        for kind, schema in zip(wanted, found, strict=False)
    ]
    return renamed, parts


def _schema(kind: type) -> dict[str, Any]:
    if kind is Pin:
        return {"type": "string", "pattern": "^[0-9]{4,16}$"}
    raise NotImplementedError(f"{kind.__name__} has no form on the line")
