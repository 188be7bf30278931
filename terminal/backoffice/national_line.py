"""A terminal's line to the insurance centre: the envelope around a transaction, made in one place, and what comes back.

Below is whatever takes an envelope and gives an answer: the interface in process, or the one at the other end of an
HTTP link. Readers are tolerant (infcode may be text, objects may be absent); what cannot be read leaves the outcome
unknown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from terminal.backoffice.national_ports import SIGN_IN, SIGN_OUT, Transact, Transacted, message_id
from terminal.backoffice.ports import (
    Answer,
    BackOffice,
    Refusal,
    RefusalCode,
    RefusedError,
    Request,
    UnreachableError,
)
from terminal.backoffice.profile import Profile
from terminal.text import Text

VERSION = "V1.0"
RECEIVER = "SSC"
CLERK = "1"
NAME_LIMIT = 20
_RULE = re.compile(r"\[(R\d+)\]\s*")


class National(Protocol):
    """Takes envelopes of the national interface."""

    def handle(self, envelope: Mapping[str, Any]) -> Mapping[str, Any]:
        """The answer, failures included; raises UnreachableError where there is none."""


class MessageIds:
    """Makes the msgids of one place: no two alike while fewer than 10 000 are made in a second."""

    def __init__(self, place: str, profile: Profile, now: Callable[[], datetime], first: int = 0) -> None:
        self._place = place
        self._profile = profile
        self._now = now
        self._next = first

    def __call__(self) -> str:
        """A fresh one."""
        self._next += 1
        return message_id(self._place, self._now().astimezone(self._profile.zone), self._next)


@dataclass(slots=True)
class InsuranceLine:
    """Transactions from one place, signed in once (9001) and again where that was long ago.

    `operator` is the clerk's number. Not for several threads at a time.
    """

    national: National
    place: str
    profile: Profile
    now: Callable[[], datetime]
    new_msgid: Callable[[], str]
    operator: str = "001"
    _sign_no: str = field(default="", repr=False)

    def transact(self, request: Transact) -> Transacted:
        """Carry one transaction out; raises RefusedError, UnreachableError."""
        answer = self.national.handle(self.envelope(request))
        code = str(answer.get("infcode")) if isinstance(answer, Mapping) else ""
        if code not in ("0", "-1"):
            raise UnreachableError("the insurance centre's answer cannot be read")
        if code == "-1":
            raise RefusedError(refusal_of(str(answer.get("err_msg") or "")))
        output = answer.get("output") or {}
        if not isinstance(output, Mapping):
            raise UnreachableError("the insurance centre's answer cannot be read")
        if request.infno == SIGN_IN:
            self._sign_no = str((output.get("signinoutb") or {}).get("sign_no") or "")
        elif request.infno == SIGN_OUT:
            self._sign_no = ""
        return Transacted(request.infno, output)

    def envelope(self, request: Transact) -> dict[str, Any]:
        """The message as it is sent."""
        local = self.now().astimezone(self.profile.zone)
        return {
            "infno": request.infno,
            "msgid": request.msgid or self.new_msgid(),
            "mdtrtarea_admvs": self.profile.region,
            "insuplc_admdvs": request.insured_in or "",
            "recer_sys_code": RECEIVER,
            "dev_no": "",
            "dev_safe_info": "",
            "cainfo": "",
            "signtype": "",
            "infver": VERSION,
            "opter_type": CLERK,
            "opter": self.operator,
            "opter_name": self.operator,
            "inf_time": f"{local:%Y-%m-%d %H:%M:%S}",
            "fixmedins_code": self.place,
            "fixmedins_name": self.profile.place_named(self.place)[:NAME_LIMIT],
            "sign_no": self._sign_no,
            "input": request.input,
        }


@dataclass(frozen=True, slots=True)
class PayingOffice:
    """A back office with a line to the insurance centre: transactions go there, everything else where it went."""

    office: BackOffice
    line: InsuranceLine

    def call(self, request: Request) -> Answer:
        """Answer a request; raises RefusedError, UnreachableError."""
        if isinstance(request, Transact):
            return self.line.transact(request)
        return self.office.call(request)


def refusal_of(text: str) -> Refusal:
    """What infcode -1 says: a text for people, the rule of the domain where it names one."""
    found = _RULE.search(text)
    plain = text.removeprefix("FSI-")
    if found is not None:
        plain = plain.replace(found[0], "", 1)
    zh, full_stop, en = plain.partition("。")
    if not zh:
        return Refusal(RefusalCode.INSURANCE, "", Text("It gives no reason.", "未说明原因。"))
    return Refusal(
        RefusalCode.INSURANCE,
        found[1] if found else "",
        Text(en.strip() or zh, zh + full_stop),
    )
