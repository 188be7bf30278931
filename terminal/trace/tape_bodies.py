"""Steps of a person and requests to the back office as plain values for a tape, and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, get_args

import msgspec

from terminal.backoffice.bank_ports import BankNotice, NoticeAnswer
from terminal.backoffice.card_ports import CardAnswer, CardRequest
from terminal.backoffice.ports import (
    ConfirmActivation,
    Confirmed,
    HsmMessage,
    NewCardAnswer,
    NewCardQuery,
    OldCardAnswer,
    OldCardQuery,
    PinAnswer,
    ReleaseReservation,
    ReservationView,
    Reserve,
    Reserved,
    SignedIn,
    SignIn,
    VerifyOldPin,
)
from terminal.flow.steps import Confirm, EnterPin, InsertCard, PrintReceipt, RemoveCard, Show
from terminal.text import Pin

TEXT_KIND = "text"
"""What an HSM's answer is called: it is a text, no record."""

STEPS: Mapping[str, type] = {
    kind.__name__: kind for kind in (InsertCard, RemoveCard, EnterPin, Confirm, Show, PrintReceipt)
}
REQUESTS: Mapping[str, type] = {
    kind.__name__: kind
    for kind in (
        SignIn,
        OldCardQuery,
        NewCardQuery,
        VerifyOldPin,
        Reserve,
        ConfirmActivation,
        ReleaseReservation,
        HsmMessage,
        BankNotice,
        *get_args(CardRequest),
    )
}
ANSWERS: Mapping[str, type] = {
    TEXT_KIND: str,
    **{
        kind.__name__: kind
        for kind in (
            SignedIn,
            OldCardAnswer,
            NewCardAnswer,
            PinAnswer,
            Reserved,
            Confirmed,
            ReservationView,
            NoticeAnswer,
            *get_args(CardAnswer),
        )
    },
}
_KINDS = {kind: name for name, kind in {**STEPS, **REQUESTS, **ANSWERS}.items()}


class BodyError(ValueError):
    """Plain values that are not what their kind says."""


def kind_of(value: Any) -> str:
    """What a step, request or answer is called on a tape."""
    return _KINDS[type(value)]


def to_plain(value: Any, pin: Callable[[Pin], str]) -> Any:
    """Lists, mappings, texts and numbers; `pin` says what is written for a PIN."""

    def hook(given: Any) -> Any:
        if isinstance(given, Pin):
            return pin(given)
        raise NotImplementedError(f"a tape cannot hold a {type(given).__name__}")

    return msgspec.to_builtins(value, str_keys=True, enc_hook=hook)


def from_plain(kind: Any, plain: Any) -> Any:
    """The step, request or answer of this type; raises BodyError."""
    try:
        return msgspec.convert(plain, kind, str_keys=True, dec_hook=_decoded)
    except (msgspec.ValidationError, NotImplementedError) as error:
        raise BodyError(f"this is no {getattr(kind, '__name__', kind)}: {error}") from None


def _decoded(kind: type, plain: Any) -> Any:
    if kind is Pin and isinstance(plain, str):
        return Pin(plain)
    raise NotImplementedError(f"a tape holds no {kind.__name__}")
