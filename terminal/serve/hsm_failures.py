"""What is wrong with an answer of the key machine on purpose: forms that some centres send, and plain errors.

Source: interface circular of the reader specification, HSM mode.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from terminal.backoffice.ports import HsmMessage, RefusedError
from terminal.backoffice.refusals import hsm_refusal
from terminal.serve.failures import HSM, HSM_TYPES, FailureKind
from terminal.serve.pool import Centre

HEADER_DIGITS = 10
"""CLA INS P1 P2 Lc of a secure message."""

_CRYPTOGRAMS: Mapping[str, tuple[tuple[int, int], ...]] = {
    "01": ((0, 0), (1, 0)),
    "02": ((0, 0),),
    "03": ((0, -1),),
    "04": ((2, 0), (3, 0), (4, 0)),
}
"""By message type: in which fields a cryptogram is, and one digit of it."""

Spoil = Callable[[HsmMessage, str], str]


def names_of(wire: str) -> tuple[str, ...]:
    """What failures may call this message: any of the key machine's, and those of its type."""
    name = f"hsm-{wire[:2]}"
    return (HSM, name) if name in HSM_TYPES else (HSM,)


def spoiled(centre: Centre, kind: FailureKind) -> Centre:
    """The centre with a key machine whose answers have this wrong with them."""
    spoil = _SPOILING[kind]

    def desk(message: HsmMessage) -> str:
        return spoil(message, str(centre.office.call(message)))

    return replace(centre, office=centre.office.with_desk(HsmMessage, desk))


def _wrong_cryptogram(message: HsmMessage, answer: str) -> str:
    fields = answer.split("|")
    for number, digit in _CRYPTOGRAMS[message.wire[:2]]:
        if fields[number]:
            fields[number] = _altered(fields[number], digit)
    return "|".join(fields)


def _altered(field: str, digit: int) -> str:
    digits = list(field)
    digits[digit] = f"{int(digits[digit], 16) ^ 0xF:X}"
    return "".join(digits)


def _no_key(message: HsmMessage, answer: str) -> str:
    raise RefusedError(
        hsm_refusal(
            "HSM", "9403, the key machine does not know this key index", "9403，加密机不支持该密钥索引"
        )
    )


_SPOILING: Mapping[FailureKind, Spoil] = {
    FailureKind.WRONG_CRYPTOGRAM: _wrong_cryptogram,
    FailureKind.NO_SEPARATOR: lambda _, answer: answer.removesuffix("|"),
    FailureKind.LOWER_CASE: lambda _, answer: answer.lower(),
    FailureKind.NO_HEADER: lambda _, answer: answer[HEADER_DIGITS:],
    FailureKind.NO_KEY: _no_key,
    FailureKind.EMPTY: lambda *_: "",
}
