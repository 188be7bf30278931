"""The card of docs/iso7816-card.md, and commands to it in hex."""

from __future__ import annotations

import random
import re
from pathlib import Path
from typing import Any

import yaml

from virtual_card.applications.iso7816 import IsoCard, iso7816_card, read_tree
from virtual_card.state import Face

PAGE = (Path(__file__).parents[2] / "docs" / "iso7816-card.md").read_text(encoding="utf-8")
VERIFY = "002000010431323334"
VERIFY_2 = "002000810435363738"
SELECT_FIRST = "00A4010C025000"


def block(language: str) -> str:
    """The one code block of the page in this language."""
    (found,) = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    return str(found)


def document() -> Any:
    """The example tree, as YAML gives it with all scalars as text."""
    return yaml.load(block("yaml"), yaml.BaseLoader)


def iso_card(face: Face = "apdu") -> IsoCard:
    """The card of the example tree: strict, powered on, with seeded challenges."""
    card = iso7816_card(read_tree(document()), random=random.Random(1).randbytes, face=face)
    card.strict = True
    card.power_on()
    return card


def send(card: IsoCard, *apdus: str) -> str:
    """Send commands in hex; the last answer in hex."""
    answer = b""
    for apdu in apdus:
        answer = card.transmit(bytes.fromhex(apdu))
    return answer.hex().upper()
