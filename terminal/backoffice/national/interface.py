"""The national interface: a JSON envelope in, a JSON answer out. Whatever comes in, an answer goes out.

A message that changes something counts once by its msgid: the same content again gets the same answer again, other
content is refused. A failure changes nothing and is not remembered: the same message may be sent again.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from terminal.backoffice.clock import Clock
from terminal.backoffice.database import LostRaceError
from terminal.backoffice.national import wire
from terminal.backoffice.national.centre import Call, Centre
from terminal.backoffice.national.faults import Fault, InterfaceError, error_text
from terminal.backoffice.national.fields import FieldError
from terminal.backoffice.national.messages import ANSWER, ENVELOPE, TRANSACTIONS
from terminal.backoffice.national.messages.transaction import Transaction
from terminal.backoffice.national.person_queries import Output, benefit_check, person_information
from terminal.backoffice.national.reconciling import reconcile, settlement_query
from terminal.backoffice.national.settling import clinic_bill, pharmacy_bill
from terminal.backoffice.national.signing_in import check_sign_in, sign_in, sign_out
from terminal.backoffice.national.undoing import cancel, reverse
from terminal.backoffice.national.visits import admit, cancel_registration, register
from terminal.backoffice.ports import Place, RefusedError
from terminal.backoffice.profile import Profile
from terminal.backoffice.store import Store
from terminal.backoffice.stored.ledger import OverdraftError
from terminal.backoffice.stored.messages import Message

DONE, FAILED = 0, -1
RACES = 8
INPUT_LIMIT = 40_000
MSGID_LENGTH, INSTITUTION_LENGTH = 30, 12

Handler = Callable[[Centre, Call], Output]

_HANDLERS: Mapping[str, Handler] = {
    "9001": sign_in,
    "9002": sign_out,
    "1101": person_information,
    "2001": benefit_check,
    "2101": pharmacy_bill,
    "2102": pharmacy_bill,
    "2103": cancel,
    "2601": reverse,
    "5203": settlement_query,
    "3201": reconcile,
    "2201": register,
    "2202": cancel_registration,
    "2206": clinic_bill,
    "2207": clinic_bill,
    "2208": cancel,
    "2401": admit,
}


def failure(err_msg: str) -> dict[str, Any]:
    """The interface's answer to what was not carried out."""
    empty = dict.fromkeys(("inf_refmsgid", "refmsg_time", "respond_time", "enctype", "signtype"), "")
    return {"infcode": FAILED, **empty, "err_msg": err_msg}


class NationalInterface:
    """The interface over a store; like the store, not for several threads at a time. `now` gives aware datetimes."""

    def __init__(
        self,
        store: Store,
        profile: Profile,
        now: Callable[[], datetime],
        random: Callable[[int], bytes] = os.urandom,
    ) -> None:
        self._centre = Centre(store, profile, Clock(store, profile, now))
        self._now = now
        self._random = random

    def handle(self, envelope: Any) -> dict[str, Any]:
        """Answer one envelope; amounts in it and in the answer are Decimal (see `wire`).

        Whatever is wrong with the envelope is answered with infcode -1 and err_msg; raises StoreError alone, where the
        database fails, and what became of the message is unknown.
        """
        for _ in range(RACES - 1):
            with suppress(LostRaceError):
                return self._answer(envelope)
        return self._answer(envelope)

    def _answer(self, envelope: Any) -> dict[str, Any]:
        received = self._now()
        try:
            call = self._read(envelope, received)
            return self._carry_out(call)
        except (InterfaceError, RefusedError) as error:
            reason = error.refusal if isinstance(error, RefusedError) else error
            return failure(error_text(reason, self._centre.profile.insurance))
        except OverdraftError:
            return failure(error_text(InterfaceError(Fault.SPENT), self._centre.profile.insurance))

    # --- reading ----------------------------------------------------------------------------------------------

    def _read(self, envelope: Any, received: datetime) -> Call:
        """The call in an envelope; raises InterfaceError."""
        if not isinstance(envelope, Mapping):
            raise InterfaceError(Fault.ENVELOPE)
        try:
            values = {field.name: field.read(envelope.get(field.name), "") for field in ENVELOPE}
            transaction = TRANSACTIONS.get(str(values["infno"]))
            if transaction is None:
                raise InterfaceError(Fault.UNKNOWN_TRANSACTION)
            asked = _input(transaction, envelope.get("input"))
        except FieldError as error:
            raise InterfaceError(Fault.ENVELOPE, str(error)) from None
        call = Call(transaction, values, asked, received)
        self._check(call)
        return call

    def _check(self, call: Call) -> None:
        envelope, profile = call.envelope, self._centre.profile
        insured_at = envelope["insuplc_admdvs"]
        if envelope["mdtrtarea_admvs"] != profile.region or insured_at not in (None, profile.region):
            raise InterfaceError(Fault.REGION)
        if call.transaction.of_a_person and insured_at is None:
            raise InterfaceError(Fault.ENVELOPE, "insuplc_admdvs: 必填 required")
        kind = profile.kind_of(Place(call.place))
        if kind is None:
            raise InterfaceError(Fault.NOT_DESIGNATED)
        allowed = ("pharmacy", "hospital") if call.transaction.at == "any" else (call.transaction.at,)
        if kind.value not in allowed:
            raise InterfaceError(Fault.WRONG_PLACE)
        digits = call.msgid[INSTITUTION_LENGTH:]
        well_made = len(call.msgid) == MSGID_LENGTH and digits.isascii() and digits.isdigit()
        if not (well_made and call.msgid.startswith(call.place)):
            raise InterfaceError(Fault.MESSAGE_ID)

    # --- carrying out -----------------------------------------------------------------------------------------

    def _carry_out(self, call: Call) -> dict[str, Any]:
        store = self._centre.store
        with store.transaction():
            digest = _digest(call)
            if call.transaction.books:
                known = store.message(call.msgid)
                if known is not None:
                    return _again(known, call, digest)
            check_sign_in(self._centre, call)
            output = _HANDLERS[call.transaction.infno](self._centre, call)
            nodes = {node.name: node.write(output[node.name]) for node in call.transaction.outputs}
            answer = self._done(nodes, call.at)
            if call.transaction.books:
                written = wire.encode(answer).decode()
                message = Message(call.msgid, call.transaction.infno, call.place, digest, written)
                store.add_message(message, call.at)
        return answer

    def _done(self, nodes: dict[str, Any], received: datetime) -> dict[str, Any]:
        answered = self._now()
        zone, region = self._centre.profile.zone, self._centre.profile.region
        serial = int.from_bytes(self._random(5), "big") % 10**10
        values = {
            "infcode": DONE,
            "inf_refmsgid": f"{region}{received.astimezone(zone):%Y%m%d%H%M%S}{serial:010d}",
            "refmsg_time": _milliseconds(received.astimezone(zone)),
            "respond_time": _milliseconds(answered.astimezone(zone)),
        }
        return {**{field.name: field.write(values.get(field.name)) for field in ANSWER}, "output": nodes}


def _input(transaction: Transaction, value: Any) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise FieldError("input", "", "应为对象 must be an object")
    try:
        size = len(wire.encode(value))
    except (TypeError, ValueError, OverflowError, RecursionError):
        raise FieldError("input", "", "不是有效的JSON is not JSON") from None
    if size > INPUT_LIMIT:
        raise FieldError("input", "", f"最长{INPUT_LIMIT}字节 has at most {INPUT_LIMIT} bytes")
    return {node.name: node.read(value.get(node.name), "input") for node in transaction.inputs}


def _digest(call: Call) -> bytes:
    """What makes a message the same: transaction, place and input; not when or by whom it was sent."""
    return hashlib.sha256(wire.encode_sorted([call.transaction.infno, call.place, call.input])).digest()


def _again(known: Message, call: Call, digest: bytes) -> dict[str, Any]:
    """The answer to a message that came before; raises InterfaceError where it is another one of the same id."""
    if known.is_void:
        raise InterfaceError(Fault.MESSAGE_VOID)
    if (known.infno, known.place, known.digest) != (call.transaction.infno, call.place, digest):
        raise InterfaceError(Fault.MESSAGE_REUSED)
    answer: dict[str, Any] = wire.decode(known.answer.encode())
    return answer


def _milliseconds(moment: datetime) -> str:
    return f"{moment:%Y%m%d%H%M%S}{moment.microsecond // 1000:03d}"
