"""Where terminals have the debits of medical purses verified: afterwards, by the TAC (LD/T 32.7 section 12)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from apdu.crypto import Algorithm
from apdu.purse import COUNTER_MAX, Amounts
from terminal.backoffice import refusals
from terminal.backoffice.debit_ports import DebitChecked, ReportDebit
from terminal.backoffice.hsm import Hsm
from terminal.backoffice.hsm_debit import Debit
from terminal.backoffice.ports import RefusedError
from terminal.backoffice.profile import Profile
from terminal.backoffice.records import SocialCard
from terminal.backoffice.store import Store
from terminal.backoffice.stored.debits import StoredDebit

NO_RANDOM = bytes(4)
"""The card's random does not count in a TAC."""

ALGORITHMS = {1: Algorithm.DES, 3: Algorithm.SM4}
MSGID_LIMIT = 64


class DebitDesk:
    """Verifies debits and keeps the genuine ones with their settlement. `now` gives aware datetimes."""

    def __init__(self, store: Store, profile: Profile, now: Callable[[], datetime], hsm: Hsm) -> None:
        self._store = store
        self._profile = profile
        self._now = now
        self._hsm = hsm

    def report(self, request: ReportDebit) -> DebitChecked:
        """Check the TAC, whatever has become of the card since; raises RefusedError.

        A card gives each number once: another genuine debit under the same number is none.
        """
        if self._profile.kind_of(request.place) is None:
            raise RefusedError(refusals.NOT_DESIGNATED)
        with self._store.transaction():
            card = self._store.social_card(request.card.number)
            if card is None or card.key.card_id != request.card.card_id:
                raise RefusedError(refusals.UNKNOWN_NEW_CARD)
            genuine = self._is_genuine(request, card)
            if genuine:
                self._store.add_debit(_stored(request, self._now()))
                kept = self._store.debit(card.number, request.number)
                genuine = kept is not None and (kept.msgid, kept.tac) == (request.msgid, request.tac.upper())
            event = "debit" if genuine else "debit-refused"
            self._store.note(self._now(), event, card.number, place=request.place.pharmacy)
        return DebitChecked(genuine)

    def _is_genuine(self, request: ReportDebit, card: SocialCard) -> bool:
        try:
            algorithm, debit = _debit(request)
            tac = _octets(request.tac, 4)
        except (KeyError, ValueError):
            reason = ("a field of the debit is not as it is written", "消费记录格式错误")
            raise RefusedError(refusals.hsm_refusal("HSM", *reason)) from None
        return self._hsm.certifies(card, algorithm, debit, tac)


def _debit(request: ReportDebit) -> tuple[Algorithm, Debit]:
    if not (0 <= request.number <= COUNTER_MAX and len(request.msgid) <= MSGID_LIMIT):
        raise ValueError("number or msgid")
    return ALGORITHMS[request.algorithm], Debit(
        _octets(request.sequence, 4),
        NO_RANDOM,
        request.number,
        Amounts(request.account_fen, request.self_paid_fen, request.pool_fen),
        _octets(request.place.terminal, 6),
        _octets(request.time, 7),
    )


def _octets(digits: str, length: int) -> bytes:
    value = bytes.fromhex(digits)
    if len(value) != length or len(digits) != 2 * length:
        raise ValueError("length")
    return value


def _stored(request: ReportDebit, at: datetime) -> StoredDebit:
    return StoredDebit(
        card=request.card.number,
        number=request.number,
        msgid=request.msgid,
        account_fen=request.account_fen,
        self_paid_fen=request.self_paid_fen,
        pool_fen=request.pool_fen,
        tac=request.tac.upper(),
        at=at,
    )
