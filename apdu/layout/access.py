"""The right to read or update a file: which PINs and keys open it."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Access:
    """A right to read or update: any of the alternatives, each a set of terms that must all be fulfilled.

    Terms are "PIN" or key names of `apdu.keys`. Free is one empty alternative, never is none.
    """

    alternatives: tuple[frozenset[str], ...]

    @classmethod
    def parse(cls, text: str) -> Access:
        """Read "free", "never", "PIN or RK1DF04", "(PIN and RK3DF03) or UK4DF03"."""
        if text == "free":
            return cls((frozenset(),))
        if text == "never":
            return cls(())
        alternatives = tuple(frozenset(part.strip(" ()").split(" and ")) for part in text.split(" or "))
        if not all(re.fullmatch(r"[A-Z0-9-]+", term) for terms in alternatives for term in terms):
            raise ValueError(
                f"access rule {text!r}: expected free, never, or PIN and key names joined by and/or"
            )
        return cls(alternatives)

    @property
    def terms(self) -> frozenset[str]:
        """Every term that any alternative names."""
        return frozenset().union(*self.alternatives)

    def allows(self, fulfilled: Collection[str]) -> bool:
        """Whether the fulfilled terms satisfy one alternative."""
        return any(terms <= set(fulfilled) for terms in self.alternatives)

    def __str__(self) -> str:
        if not self.alternatives:
            return "never"
        if frozenset() in self.alternatives:
            return "free"
        parts = [
            " and ".join(sorted(terms, key=lambda term: (term != "PIN", term))) for terms in self.alternatives
        ]
        return " or ".join(f"({part})" if " and " in part and len(parts) > 1 else part for part in parts)


FREE = Access.parse("free")
NEVER = Access.parse("never")
