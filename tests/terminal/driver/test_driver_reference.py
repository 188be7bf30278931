"""The page of the reader-driver interface is fresh and names everything there is."""

from __future__ import annotations

import re
from pathlib import Path

from terminal.driver.codes import ReturnCode
from terminal.driver.functions import BY_NAME
from terminal.driver.profile import SWITCHES, profile_names
from terminal.driver.reference import page

PAGE = Path(__file__).parents[3] / "docs" / "driver.md"


def test_the_page_is_fresh() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), (
        "run `python -m terminal.driver.reference > docs/driver.md`"
    )


def test_every_function_code_switch_and_profile_is_on_the_page() -> None:
    text = page()
    assert [name for name in (*BY_NAME, *SWITCHES, *profile_names()) if f"`{name}`" not in text] == []
    assert [code for code in ReturnCode if code.zh not in text] == []


def test_the_fallback_codes_stand_out() -> None:
    assert sorted(set(re.findall(r"\*\*(-\d+)\*\*", page()))) == [
        "-2201", "-2202", "-2203", "-24", "-27272"
    ]  # fmt: skip
