"""Errors of a reader, a person and the back office as words on a tape, and back: the same error at the same place."""

from __future__ import annotations

from collections.abc import Mapping

from terminal.backoffice.ports import BackOfficeError, UnreachableError
from terminal.flow.operator import OperatorCancelledError, OperatorError, OperatorTimeoutError
from terminal.trace.tape_deck import NoInputError
from terminal.trace.tape_events import Failure, Undone
from terminal.transport.base import (
    CardMuteError,
    CardRemovedError,
    CardResetError,
    CardUnpoweredError,
    DamagedCardError,
    NoCardError,
    ReaderAddressError,
    ReaderError,
    TransportError,
)
from terminal.transport.pin_entry import PinEntryCancelledError, PinEntryError, PinEntryTimeoutError

READER_ERRORS: Mapping[Failure, type[BaseException]] = {
    Failure.REMOVED: CardRemovedError,
    Failure.NO_CARD: NoCardError,
    Failure.UNPOWERED: CardUnpoweredError,
    Failure.WAS_RESET: CardResetError,
    Failure.MUTE: CardMuteError,
    Failure.NOT_TYPED: PinEntryTimeoutError,
    Failure.NOT_AGREED: PinEntryCancelledError,
    Failure.KEYPAD: PinEntryError,
    Failure.ADDRESS: ReaderAddressError,
    Failure.DAMAGED: DamagedCardError,
    Failure.READER: ReaderError,
    Failure.TRANSPORT: TransportError,
    Failure.INTERRUPTED: KeyboardInterrupt,
}
"""The nearest error of the seam, narrow ones first."""

OPERATOR_ERRORS: Mapping[Undone, type[BaseException]] = {
    Undone.TIMED_OUT: OperatorTimeoutError,
    Undone.CANCELLED: OperatorCancelledError,
    Undone.FAILED: OperatorError,
    Undone.NO_INPUT: NoInputError,
    Undone.INTERRUPTED: KeyboardInterrupt,
}

_NO_DETAIL = str(UnreachableError())


def reader_failure(error: BaseException) -> Failure:
    """The word for an error of the transport seam, or for Ctrl-C."""
    return next(word for word, kind in READER_ERRORS.items() if isinstance(error, kind))


def operator_failure(error: BaseException) -> Undone:
    """The word for what a person did instead, or for Ctrl-C."""
    return next(word for word, kind in OPERATOR_ERRORS.items() if isinstance(error, kind))


def unreachable_detail(error: BackOfficeError) -> str:
    """What is known about a back office that did not answer."""
    return str(error).removeprefix(_NO_DETAIL).removeprefix(": ")
