"""The functions of the interface, declared once: names, arguments, buffer sizes (reader specification section 10).

The driver, the native library's exports and the local sockets all derive from `FUNCTIONS`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum


class Family(Enum):
    """Whose function it is: of the national text, or found in a vendor's build."""

    NATIONAL = "national"
    VENDOR = "vendor"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One argument: a number, or a text in a buffer of `size` characters, the closing NUL counted where C has one."""

    name: str
    size: int | None = None

    @property
    def is_text(self) -> bool:
        """A `char*`; the others are `int`."""
        return self.size is not None


@dataclass(frozen=True, slots=True)
class Function:
    """One function; the caller's output buffer, always the last argument in C, has `out_size` characters.

    `published`: False where a vendor's build exports the name and its parameters are not known; such a function
    answers -13.
    """

    name: str
    parameters: tuple[Parameter, ...]
    out_size: int
    aliases: tuple[str, ...] = ()
    family: Family = Family.NATIONAL
    published: bool = True


TYPE = Parameter("iType")
AUTH_TYPE = Parameter("iAuthType")
CARD_INFO = Parameter("pCardInfo", 128)
FILE_ADDRESS = Parameter("pFileAddr", 1024)
WRITE_DATA = Parameter("pWriteData", 20480)
PAY_INFO = Parameter("pPayInfo", 512)
PIN_TEXT = Parameter("pPIN", 17)


def _key(size: int) -> Parameter:
    return Parameter("pKey", size)


_NATIONAL = (
    Function("iReadCardBas", (TYPE,), 1024),
    Function("iReadCardBas_HSM_Step1", (TYPE,), 1024),
    Function("iReadCardBas_HSM_Step2", (_key(128),), 1024),
    Function("iReadCard", (TYPE, AUTH_TYPE, CARD_INFO, FILE_ADDRESS), 20480),
    Function("iReadCard_HSM_Step1", (TYPE, CARD_INFO, FILE_ADDRESS), 1024),
    Function("iReadCard_HSM_Step2", (_key(33),), 20480),
    Function("iWriteCard", (TYPE, CARD_INFO, FILE_ADDRESS, WRITE_DATA), 1024),
    Function("iWriteCard_HSM_Step1", (TYPE, CARD_INFO, FILE_ADDRESS), 1024),
    Function("iWriteCard_HSM_Step2", (_key(33), WRITE_DATA), 1024),
    Function("iVerifyPIN", (TYPE,), 512),
    Function("iChangePIN", (TYPE,), 512),
    Function("iReloadPIN", (TYPE, CARD_INFO), 512),
    Function("iReloadPIN_HSM_Step1", (TYPE, CARD_INFO), 512),
    Function("iReloadPIN_HSM_Step2", (_key(33),), 1024),
    Function("iReloadPIN_HSM_Step3", (_key(51),), 1024),
    Function("iUnblockPIN", (TYPE, CARD_INFO), 512, ("iUnlockPIN",)),
    Function("iUnblockPIN_HSM_Step1", (TYPE, CARD_INFO), 512, ("iUnlockPIN_HSM_Step1",)),
    Function("iUnblockPIN_HSM_Step2", (_key(33),), 1024, ("iUnlockPIN_HSM_Step2",)),
    Function("iUnblockPIN_HSM_Step3", (_key(19),), 1024, ("iUnlockPIN_HSM_Step3",)),
    Function("iDoDebit", (TYPE, CARD_INFO, PAY_INFO), 512),
    Function("iDoDebit_HSM_Step1", (TYPE, CARD_INFO, PAY_INFO), 512),
    Function("iDoDebit_HSM_Step2", (_key(128),), 1024),
    Function("iReadDebitRecord", (TYPE,), 2048, ("iReadDebit",)),
)


def _vendor(
    name: str, *parameters: Parameter, out_size: int = 1024, aliases: tuple[str, ...] = ()
) -> Function:
    return Function(name, parameters, out_size, aliases, Family.VENDOR)


def _unpublished(name: str) -> Function:
    return Function(name, (), 0, (), Family.VENDOR, published=False)


def _to(stem: str, first: int, last: int, *spellings: str) -> tuple[str, tuple[str, ...]]:
    """A joined step's name, and how other builds spell it."""
    return f"{stem}_HSM_Step{first}To{last}", (f"{stem}_HSM_Step{first}tostep{last}", *spellings)


def _joined(
    stem: str, steps: tuple[int, int], *parameters: Parameter, out_size: int, spelled: str = ""
) -> Function:
    name, aliases = _to(stem, *steps, *([spelled] if spelled else []))
    return _vendor(name, *parameters, out_size=out_size, aliases=aliases)


_VENDOR = (
    _joined("iReadCardBas", (1, 2), TYPE, out_size=1024),
    _joined("iReadCard", (1, 2), TYPE, CARD_INFO, FILE_ADDRESS, out_size=20480),
    _joined("iWriteCard", (1, 2), TYPE, CARD_INFO, FILE_ADDRESS, WRITE_DATA, out_size=1024),
    _joined("iReloadPIN", (1, 2), TYPE, CARD_INFO, out_size=1024),
    _joined("iReloadPIN", (2, 3), out_size=1024),
    _joined("iUnblockPIN", (1, 2), TYPE, CARD_INFO, out_size=1024),
    _joined("iUnblockPIN", (2, 3), out_size=1024),
    _joined(
        "iDoDebit", (1, 2), TYPE, CARD_INFO, PAY_INFO, out_size=1024, spelled="iDoDebit_HSM_Step1toStep2"
    ),
    _vendor("iVerifyPINK", TYPE, PIN_TEXT, out_size=512),
    _vendor("iReadICCardNum", TYPE, out_size=64, aliases=("iReadBankNumber",)),
    *map(
        _unpublished,
        (
            "iReadIdentityCard",
            "iReadCardInPutPin",
            "iReadCardType",
            "iCardAuthentication",
            "iCardInnerAuthentication",
            "iConsumer_TRAN_CERT",
            "iConsumer_TRAN_VERIFI",
            "iVerifyCode",
        ),
    ),
)
"""The joined steps have the driver talk to the centre itself; their arguments are those of the first step."""

FUNCTIONS: tuple[Function, ...] = _NATIONAL + _VENDOR

BY_NAME: Mapping[str, Function] = {
    name: function for function in FUNCTIONS for name in (function.name, *function.aliases)
}
"""Every function by its name and by every other spelling of it."""
