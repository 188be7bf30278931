"""What a card holds, as sections of facts: the vocabulary of `card show`, `card diff` and before-and-after."""

from __future__ import annotations

from dataclasses import dataclass

from terminal.text import Text

HIDDEN = "****"


@dataclass(frozen=True, slots=True, repr=False)
class Fact:
    """One thing a card holds: `value` for people, masked; `compared` in full, for comparing only."""

    path: str
    text: Text
    value: str
    compared: object

    def __repr__(self) -> str:
        return f"Fact({self.path})"


@dataclass(frozen=True, slots=True)
class Section:
    """A card, a directory or a file: its facts, and for a file its structure and rights in `note`."""

    path: str
    text: Text
    note: str
    facts: tuple[Fact, ...]


def fact(path: str, en: str, zh: str, value: object, compared: object = None) -> Fact:
    """A fact whose value is compared as it is shown, unless something else is given for that."""
    return Fact(path, Text(en, zh), str(value), value if compared is None else compared)


def secret(value: str, masked: bool) -> str:
    """A PIN or key as it may be shown: `****`, in full only where that was asked for, `none` where there is none."""
    if not value:
        return "none"
    return HIDDEN if masked else value.upper()


def yes_or_no(value: object) -> str:
    """Yes or no, in both languages."""
    return "yes 是" if value else "no 否"
