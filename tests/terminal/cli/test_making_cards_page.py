"""docs/making-cards.md names every kind, state, option and switch there is."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from terminal.cli.card import new
from virtual_card.applications.pboc.options import Activation
from virtual_card.card_kinds import CardKind, CardState
from virtual_card.issuer import PsamOptions

PAGE = (Path(__file__).parents[3] / "docs" / "making-cards.md").read_text(encoding="utf-8")
GENERAL = {"--output", "--force", "--tree"}


@pytest.mark.parametrize(
    "name", [*CardKind, *CardState, *Activation, *(field.name for field in fields(PsamOptions))]
)
def test_every_word_is_on_the_page(name: str) -> None:
    assert f"`{name}`" in PAGE


def test_every_option_is_on_the_page() -> None:
    options = {name for parameter in new.params for name in parameter.opts if name.startswith("--")}
    assert {name for name in options - GENERAL if f"| `{name}` |" not in PAGE} == set()
