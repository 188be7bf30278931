"""The back office at the other end of a line: the same ports as in process, over HTTP.

A refusal arrives as the same refusal. No connection, no answer in time, an answer that is none, a status that does not
belong: all are UnreachableError, and what became of the request is unknown.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from apdu.layout.states import FinancialState, ReceiptMode, SocialState
from terminal.backoffice import wire
from terminal.backoffice.bank_ports import BankNotice, NoticeAnswer
from terminal.backoffice.card_life_ports import Ticked
from terminal.backoffice.enrolment import EnrolmentError
from terminal.backoffice.insurance_desk import AskInsurance
from terminal.backoffice.link import DEFAULT_TIMEOUT_S, Link, Reply
from terminal.backoffice.national import wire as national_wire
from terminal.backoffice.office_ports import (
    CardList,
    Enrolled,
    EnrolOldCard,
    EnrolSocialCard,
    ListCards,
    all_due,
    snapshot_of,
)
from terminal.backoffice.ports import (
    Answer,
    CardKey,
    Holder,
    MedicalBase,
    Refusal,
    RefusedError,
    Request,
    UnreachableError,
)
from terminal.backoffice.profile import Profile
from terminal.backoffice.records import CardStatus
from terminal.backoffice.signing import Signer
from terminal.backoffice.verifier import PinVerifier
from terminal.text import Pin

TOKEN_VARIABLE = "SSC_CENTRE_TOKEN"
NATIONAL_PATH = "/fsi/api/rsfComIfsService/callService"
DONE, REFUSED, CONFLICT = 200, 409, 422


class RemoteOffice:
    """The back office behind the service at `url`; `profile` is the region this terminal goes by.

    `token` as the service expects it. Raises StoreError for an address that is none.
    """

    def __init__(
        self,
        url: str,
        profile: Profile,
        token: str | None = None,
        timeout_s: float = DEFAULT_TIMEOUT_S,
        random: Callable[[int], bytes] = os.urandom,
    ) -> None:
        self.profile = profile
        self.link = Link(url, token, timeout_s)
        self.enrolment = RemoteEnrolment(self.link, random)
        self.insurance: AskInsurance = partial(ask, self.link)

    def call(self, request: Request) -> Answer:
        """Answer a request with the type it names; raises RefusedError, UnreachableError."""
        answer: Answer = ask(self.link, request)
        return answer

    def bank_activated(self, notice: BankNotice) -> NoticeAnswer:
        """Take the bank's notice (R14); raises RefusedError, UnreachableError."""
        answer: NoticeAnswer = ask(self.link, notice)
        return answer

    def tick(self) -> Ticked:
        """Do all that is due by the service's clock; raises UnreachableError."""
        return all_due(self.call)

    def cards(self) -> list[CardStatus]:
        """Every card on record, old ones first; raises UnreachableError."""
        answer: CardList = ask(self.link, ListCards())
        return list(answer.cards)

    def snapshot(self) -> dict[str, dict[str, Any]]:
        """State, usable, balance_fen, reservation of every card, by `old:NUMBER` or `new:NUMBER`."""
        return snapshot_of(self.cards())

    def close(self) -> None:
        """Close the line."""
        self.link.close()


class RemoteEnrolment:
    """Brings cards in over the line; a PIN becomes its verifier before it leaves."""

    def __init__(self, link: Link, random: Callable[[int], bytes] = os.urandom) -> None:
        self._link = link
        self._random = random

    def enrol_old_card(
        self,
        kind: str,
        number: str,
        holder: Holder,
        *,
        pin: Pin | PinVerifier | None = None,
        balance_fen: int = 0,
        state: SocialState = SocialState.NORMAL,
        tries_left: int | None = None,
    ) -> Enrolled:
        """Bring in an old medical card; raises EnrolmentError, UnreachableError."""
        verifier = PinVerifier.of(pin, self._random) if isinstance(pin, Pin) else pin
        return self._ask(EnrolOldCard(kind, number, holder, verifier, balance_fen, state, tries_left))

    def enrol_social_card(
        self,
        key: CardKey,
        historical_bytes: bytes,
        holder: Holder,
        *,
        valid_until: date | None = None,
        received_at: datetime | None = None,
        receipt_mode: ReceiptMode = ReceiptMode.IN_PERSON,
        social: SocialState = SocialState.SEALED,
        financial: FinancialState = FinancialState.INACTIVE,
        medical: MedicalBase | None = None,
    ) -> Enrolled:
        """Bring in a social security card; raises EnrolmentError, UnreachableError."""
        written = medical or MedicalBase()
        given = (valid_until, received_at, receipt_mode, social, financial, written)
        return self._ask(EnrolSocialCard(key, historical_bytes, holder, *given))

    def _ask(self, request: EnrolOldCard | EnrolSocialCard) -> Enrolled:
        answer: Enrolled = ask(self._link, request)
        return answer


@dataclass(frozen=True, slots=True)
class Refused:
    """The body of a refusal on the line."""

    refused: Refusal


@dataclass(frozen=True, slots=True)
class Trouble:
    """The body of any other error on the line: one message for people."""

    error: str


def ask(link: Link, request: Any) -> Any:
    """Put one typed request; raises RefusedError, EnrolmentError, UnreachableError."""
    operation = wire.BY_REQUEST[type(request)]
    reply = link.post(f"/terminal/{operation.name}", wire.encode(request))
    if reply.status == DONE:
        return read(link, reply, operation.answer)
    if reply.status == REFUSED:
        refusal: Refusal = read(link, reply, Refused).refused
        raise RefusedError(refusal)
    if reply.status == CONFLICT:
        raise EnrolmentError(read(link, reply, Trouble).error)
    raise UnreachableError(f"{link.url}: {why(reply)}")


def read(link: Link, reply: Reply, kind: Any) -> Any:
    """The body of a reply as a type; raises UnreachableError where it is none."""
    try:
        return wire.decode(reply.body, kind)
    except wire.MalformedError:
        raise UnreachableError(f"{link.url}: the answer cannot be read") from None


def why(reply: Reply) -> str:
    """What a status that is no answer means, for people."""
    if reply.status == 401:
        return f"the centre asks for a token; set {TOKEN_VARIABLE} to the centre's"
    try:
        told: Trouble = wire.decode(reply.body, Trouble)
    except wire.MalformedError:
        return f"HTTP status {reply.status}"
    return f"HTTP status {reply.status}, {told.error}"


class RemoteNational:
    """The national insurance interface at the other end of a line: one envelope, one answer.

    `signer` signs each request, None leaves them unsigned. Amounts are decimals on both ends.
    """

    def __init__(self, link: Link, signer: Signer | None = None, path: str = NATIONAL_PATH) -> None:
        self._link = link
        self._signer = signer
        self._path = path

    def handle(self, envelope: Mapping[str, Any]) -> dict[str, Any]:
        """The answer in the interface's own form, refusals included; raises UnreachableError."""
        signed = self._signer.headers(str(envelope.get("infno", ""))) if self._signer else {}
        reply = self._link.post(self._path, national_wire.encode(envelope), headers=signed)
        try:
            answer = national_wire.decode(reply.body)
        except ValueError:
            answer = None
        if reply.status != DONE:
            text = answer.get("err_msg") if isinstance(answer, dict) else None
            raise UnreachableError(
                f"{self._link.url}: HTTP status {reply.status}{f', {text}' if text else ''}"
            )
        if not isinstance(answer, dict) or "infcode" not in answer:
            raise UnreachableError(f"{self._link.url}: the answer is not the interface's")
        return answer
