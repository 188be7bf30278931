"""Which error ends a call with which code: one table, from the most particular error to the most general."""

from __future__ import annotations

from apdu.fields import FieldError
from apdu.layout import LayoutError
from apdu.status import meaning, tries_left
from apdu.t0 import CompletionError
from terminal.backoffice.ports import BackOfficeError
from terminal.driver.codes import CallError, ReturnCode, from_authentication_status, meaning_of
from terminal.driver.ports import KeypadCancelledError, KeypadLengthError, KeypadTimeoutError
from terminal.driver.profile import CodeOrder, Profile
from terminal.errors import (
    CardRefusedError,
    NotGenuineError,
    PsamUnfitError,
    UnexpectedAnswerError,
)
from terminal.procedures.hsm import HsmAnswerError
from terminal.transport.base import (
    CardMuteError,
    NoCardError,
    PowerLostError,
    ReaderError,
    TransportError,
)

CODES: tuple[tuple[type[Exception], int], ...] = (
    (PowerLostError, ReturnCode.NOT_POWERED),
    (NoCardError, ReturnCode.NO_CARD),
    (CardMuteError, ReturnCode.MUTE),
    (ReaderError, ReturnCode.NOT_CONNECTED),
    (TransportError, ReturnCode.CONNECTION),
    (CompletionError, ReturnCode.CHECKSUM),
    (LayoutError, ReturnCode.CHECKSUM),
    (FieldError, ReturnCode.CHECKSUM),
    (KeypadCancelledError, ReturnCode.CANCELLED),
    (KeypadTimeoutError, ReturnCode.TIMED_OUT),
    (KeypadLengthError, ReturnCode.PIN_LENGTH),
    (NotGenuineError, ReturnCode.NOT_GENUINE),
    (UnexpectedAnswerError, ReturnCode.CARD_TYPE),
    (BackOfficeError, ReturnCode.HSM_MISMATCH),
    (HsmAnswerError, ReturnCode.HSM_MISMATCH),
)


def call_error(error: Exception, profile: Profile) -> CallError:
    """The code and the text that an error ends a call with; the text is never empty."""
    if isinstance(error, CallError):
        return error
    if isinstance(error, PsamUnfitError):
        return _told(error.code, error.reason)
    if isinstance(error, CardRefusedError):
        return _refused(error, profile)
    for kind, code in CODES:
        if isinstance(error, kind):
            return _told(code, str(error))
    return _told(ReturnCode.UNKNOWN, type(error).__name__)


def _refused(error: CardRefusedError, profile: Profile) -> CallError:
    """-(SW); a 63Cx is an authentication's, for VERIFY and CHANGE PIN are answered where the PIN is entered."""
    if tries_left(error.sw) is not None:
        literal = profile.external_authentication_codes is CodeOrder.LITERAL
        return from_authentication_status(error.sw, literal_order=literal)
    return CallError(-error.sw, f"{meaning(error.sw).zh}({error.sw:04X}) {error}")


def _told(code: int, detail: str) -> CallError:
    return CallError(code, f"{meaning_of(code)}: {detail}" if detail else "")
