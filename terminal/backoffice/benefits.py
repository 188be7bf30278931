"""What a region's insurance pays, and how its interface speaks: the part of a profile that settlements go by."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

Fen = Annotated[int, msgspec.Meta(ge=0)]
Percent = Annotated[int, msgspec.Meta(ge=0, le=100)]
InsuranceKind = Annotated[str, msgspec.Meta(pattern="^[0-9]{3,6}$")]
MedicalType = Annotated[str, msgspec.Meta(pattern="^[0-9]{1,6}$")]


class Benefit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the fund pays for one kind of treatment: a share of what exceeds the year's deductible, up to a cap."""

    deductible_fen: Fen = 0
    percent: Percent
    cap_fen: Fen


class Item(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How an item of a bill counts: class 01 (甲), 02 (乙, the person pays a share first), 03 (own cost).

    `price_limit_fen`: what one piece costs beyond it the person pays.
    """

    level: Literal["01", "02", "03"] = "01"
    self_paid_percent: Percent = 0
    price_limit_fen: Fen | None = None


class Insurance(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The insurance side of a region.

    `benefits`: by kind of insurance and medical type; where there is none the fund pays nothing (a pharmacy purchase,
    41). `catalogue`: items by their code, `other_items` all others. `account_pays`: all of the person's part, or what
    the insurance covers. `serious_illness`: medical types that need months of contributions without a gap
    (R53). `sign_in`: whether 9001 comes first. `pin_at_purchase`: whether
    the holder types the card's PIN before a settlement. `reverse_unknown`: whether 2601 of a message that never arrived
    is answered as done. `error_prefix` and `error_texts` (by code) are how failures are worded.
    """

    benefits: dict[InsuranceKind, dict[MedicalType, Benefit]] = {}
    catalogue: dict[str, Item] = {}
    other_items: Item = Item()
    account_pays: Literal["all", "covered"] = "all"
    serious_illness: frozenset[MedicalType] = frozenset()
    sign_in: bool = True
    pin_at_purchase: bool = True
    reverse_unknown: bool = True
    error_prefix: str = "FSI-"
    error_texts: dict[str, str] = {}

    def benefit(self, kind: str, medical_type: str) -> Benefit | None:
        """What the fund pays, None for nothing."""
        return self.benefits.get(kind, {}).get(medical_type)

    def item(self, code: str) -> Item:
        """How an item counts."""
        return self.catalogue.get(code, self.other_items)
