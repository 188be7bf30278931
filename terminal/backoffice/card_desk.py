"""Where the life of a card is managed: loss, release, replacement, cancelling, locking, handing over."""

from __future__ import annotations

from typing import Any

from apdu.layout.states import ReceiptMode, SocialState
from terminal.backoffice.card_life_ports import (
    CancelCard,
    CardChanged,
    CardReplaced,
    HandedOver,
    HandOver,
    HandOverToEmployer,
    ListHandedOver,
    LockCard,
    ReleaseLoss,
    ReplaceCard,
    ReportLoss,
    UnlockCard,
)
from terminal.backoffice.card_states import Operation, moved
from terminal.backoffice.desk import Desk
from terminal.backoffice.ports import Refusal, RefusedError
from terminal.backoffice.records import SocialCard
from terminal.backoffice.rule import Situation, first_refusal
from terminal.backoffice.rules_channels import CollectedCard
from terminal.backoffice.rules_moves import operation_of

StateRequest = ReportLoss | ReleaseLoss | CancelCard | LockCard | UnlockCard


class CardDesk(Desk):
    """The moves of the table of card states, and what goes with them. Repeating a request changes nothing (R19)."""

    def change(self, request: StateRequest) -> CardChanged:
        """Loss, release, cancelling, lock and its lifting: one move of the table."""
        with self._store.transaction():
            return self._moved(self._card(request), operation_of(request), request)

    def replace(self, request: ReplaceCard) -> CardReplaced:
        """Cancel the lost card, and give its account to the new one, which stays sealed until it is activated."""
        with self._store.transaction():
            card = self._clock.contact(request.number)
            new = self._clock.contact(request.new_number)
            card = self._decided(request, Situation(card=card, successor=new))
            assert new is not None, "a rule refuses a new card that is not on record"
            changed = card.social is not SocialState.CANCELLED
            if changed:
                self._moved(card, Operation.REPLACE, request)
                self._store.set_replaced_by(card.number, new.number)
                self._store.move(
                    card.account,
                    new.account,
                    self._store.balance(card.account),
                    reason="replacement",
                    at=self._now(),
                    reference=card.number,
                )
            balance_fen = self._store.balance(new.account)
            return CardReplaced(card.number, new.number, balance_fen, changed)

    def hand_over(self, request: HandOver) -> HandedOver:
        """Record that the holder has the card: day 0 of the bank's deadline (R23)."""
        with self._store.transaction():
            return self._received(self._card(request), ReceiptMode.IN_PERSON, request)

    def hand_over_to_employer(self, request: HandOverToEmployer) -> ListHandedOver:
        """Record each card of a list as collected by the employer: the hours of R18 begin.

        Raises RefusedError where the place hands over no cards; a card refused is one of the results.
        """
        with self._store.transaction():
            refusal = first_refusal(self._rules, Situation(), request, self._now(), self._profile)
            if refusal is not None:
                self._note("refused", request, None, f"{refusal.rule} {refusal.code.value}")
                raise RefusedError(refusal)
            collected = [self._collected(CollectedCard(request.place, number)) for number in request.numbers]
            return ListHandedOver(request.employer, tuple(zip(request.numbers, collected, strict=True)))

    def _collected(self, card: CollectedCard) -> HandedOver | Refusal:
        try:
            return self._received(self._card(card), ReceiptMode.EMPLOYER, card)
        except RefusedError as error:
            return error.refusal

    def _received(self, card: SocialCard, mode: ReceiptMode, request: Any) -> HandedOver:
        if card.received_at is not None:
            return HandedOver(card.number, card.received_at, card.receipt_mode, changed=False)
        now = self._now()
        self._store.set_received(card.number, now, mode)
        self._note("hand-over", request, card.number, mode.name.lower())
        return HandedOver(card.number, now, mode, changed=True)

    def _moved(self, card: SocialCard, operation: Operation, request: Any) -> CardChanged:
        after = moved(card, operation)
        if after is not card:
            self._store.set_state(after)
            self._note(operation.value, request, card.number)
        return CardChanged(card.number, after.social, changed=after is not card)
