"""The cards and the centre before and after a visit, side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from terminal.backoffice.office import Office
from terminal.backoffice.records import CardStatus
from terminal.cli.card_facts import facts
from terminal.cli.card_sections import Fact
from terminal.flow.texts import yuan
from terminal.text import Text
from terminal.trace.centre import state_text
from terminal.trace.entries import ComparisonEntry, Row
from terminal.trace.names import card_name
from virtual_card.card import VirtualCard
from virtual_card.image import diff

ALWAYS = ("card/pin", "card/pin_tries", "/FA/", "/FC/", "SLE4442+", "SLE4428+", "DF0003/")
"""Paths of facts that are shown even where nothing changed."""


def card_facts(card: VirtualCard) -> list[Fact]:
    """The card as it is now, for `compare_card` later."""
    return list(facts(card))


def compare_card(role: str, card: VirtualCard, before: Sequence[Fact]) -> ComparisonEntry:
    """What a visit changed on a card, beside what is worth seeing unchanged."""
    rows = difference_rows(before, card_facts(card), ALWAYS)
    if not any(row.changed for row in rows):
        rows.append(Row("card", Text("everything else", "其余内容"), "", "unchanged 未改动", False))
    title = card_name(card.kind)
    return ComparisonEntry(role, Text(f"{title.en}: before and after", f"{title.zh}前后对照"), tuple(rows))


def difference_rows(before: Sequence[Fact], after: Sequence[Fact], always: Sequence[str] = ()) -> list[Row]:
    """Facts that differ, and those whose path holds one of `always`; a hidden value that changed says so."""
    earlier, later = {fact.path: fact for fact in before}, {fact.path: fact for fact in after}
    rows = []
    for path in earlier | later:
        old, new = earlier.get(path), later.get(path)
        changed = (old and old.compared) != (new and new.compared)
        if not changed and not any(part in path for part in always):
            continue
        known = new or old
        assert known is not None
        shown = [fact.value or "-" if fact else "(absent)" for fact in (old, new)]
        if changed and shown[0] == shown[1]:
            shown[1] += " (changed)"
        rows.append(Row(path, known.text, shown[0], shown[1], changed))
    return rows


CENTRE_FACTS: Mapping[str, tuple[Text, Callable[[CardStatus], str]]] = {
    "state": (Text("state", "状态"), lambda card: state_text(card.state)),
    "usable": (Text("usable", "可否使用"), lambda card: "yes 可用" if card.usable else "no 不可用"),
    "balance": (Text("balance", "个人账户余额"), lambda card: yuan(card.balance_fen)),
    "reservation": (
        Text("reservation", "预占"),
        lambda card: card.reservation.value if card.reservation else "none",
    ),
    "replaced_by": (Text("replaced by", "已换发"), lambda card: card.replaced_by or "-"),
}


def compare_centre(office: Office, before: Sequence[CardStatus], numbers: Sequence[str]) -> ComparisonEntry:
    """What a visit changed at the centre, for the cards with these numbers."""
    earlier = {(card.role, card.number): card for card in before}
    rows: list[Row] = []
    for card in office.cards():
        if card.number in numbers:
            rows += _centre_rows(card, earlier.get((card.role, card.number)))
    return ComparisonEntry("centre", Text("The centre: before and after", "中心前后对照"), tuple(rows))


def _centre_rows(card: CardStatus, earlier: CardStatus | None) -> list[Row]:
    whose = Text("old card", "医保卡") if card.role == "old" else Text("new card", "社保卡")
    rows = [
        Row(
            f"{card.role}/number",
            Text(f"{whose.en} number", f"{whose.zh}卡号"),
            card.number,
            card.number,
            False,
        )
    ]
    for key, (text, value) in CENTRE_FACTS.items():
        if key == "replaced_by" and card.role == "new":
            continue
        before, after = (value(earlier) if earlier else "-"), value(card)
        label = Text(f"{whose.en} {text.en}", f"{whose.zh}{text.zh}")
        rows.append(Row(f"{card.role}/{key}", label, before, after, before != after))
    return rows


def compare_images(a: str, first: VirtualCard, b: str, second: VirtualCard) -> ComparisonEntry | None:
    """How two cards differ, None for equal ones; what no fact covers is named by its place in the image."""
    differences = diff(first, second)
    if not differences:
        return None
    rows = difference_rows(card_facts(first), card_facts(second))
    if not rows:
        rows = [
            Row(found.path, Text(found.path, ""), "****", "**** (changed)", True) for found in differences
        ]
    return ComparisonEntry("card", Text(f"{a} and {b}", "比较"), tuple(rows), (Path(a).name, Path(b).name))
