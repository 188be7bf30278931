"""Every rule is carried out by a function that names it, shown by a test, and on the page, which is fresh."""

from __future__ import annotations

from pathlib import Path

import pytest

from terminal.backoffice import rules_page
from terminal.backoffice.rule_table import RULES
from terminal.backoffice.rules_page import functions, naming, numbers

PAGE = Path(__file__).parents[3] / "docs" / "rules.md"


@pytest.mark.parametrize("number", RULES)
def test_a_rule_has_a_function_and_a_test_and_both_languages(number: int) -> None:
    assert functions().get(number), f"R{number}"
    assert naming("tests", "test_*.py").get(number), f"R{number}"
    assert RULES[number].en.isascii() and not RULES[number].zh.isascii()


def test_ranges_name_every_rule_between_them() -> None:
    assert numbers("R10 to R12, R41; R99") == {10, 11, 12, 41}


def test_the_page_is_fresh() -> None:
    remedy = "run `python -m terminal.backoffice.rules_page > docs/rules.md`"
    assert PAGE.read_text(encoding="utf-8") == rules_page.page(), remedy
