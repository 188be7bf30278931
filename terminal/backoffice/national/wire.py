"""JSON as bytes, exact to the last decimal: numbers with a point are Decimal, never binary fractions."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import msgspec

_ENCODER = msgspec.json.Encoder(decimal_format="number")
_SORTED = msgspec.json.Encoder(decimal_format="number", order="deterministic")
_DECODER = msgspec.json.Decoder(float_hook=Decimal)


def encode(answer: Mapping[str, Any]) -> bytes:
    """UTF-8 JSON; an amount keeps its decimals (1234.50)."""
    return _ENCODER.encode(answer)


def encode_sorted(value: Any) -> bytes:
    """As `encode`, the same bytes for equal values: for digests."""
    return _SORTED.encode(value)


def decode(body: bytes) -> Any:
    """The JSON value; raises ValueError (also for what is no UTF-8, nested too deeply, or numbers without end)."""
    try:
        return _DECODER.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ArithmeticError) as error:
        raise ValueError(f"not JSON: {error}") from None
