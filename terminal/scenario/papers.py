"""What is shown or told of a person in a scenario: ID cards, and a power of attorney."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

HOLDER_PREFIX = "990100"
_ID_LENGTH = 18


def is_id_number(text: str) -> bool:
    """Whether this has the form of an ID number, right or wrong, and is no card's name."""
    return len(text) == _ID_LENGTH and text[:-1].isdigit()


class PapersSpec(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is shown or told: `holder` and `agent` by the name of a card of that person, or as an ID number in quotes.

    `holder` is the holder's ID card (on the phone and online, the number said); `agent` the agent's own.
    """

    holder: str | None = None
    agent: str | None = None
    power_of_attorney: bool = False

    def __post_init__(self) -> None:
        for said in (self.holder, self.agent):
            if said is not None and is_id_number(said) and not said.startswith(HOLDER_PREFIX):
                raise ValueError(f"an ID number of a scenario begins with {HOLDER_PREFIX}: nobody has it")

    def __repr__(self) -> str:
        return f"PapersSpec(power_of_attorney={self.power_of_attorney})"


NO_PAPERS = PapersSpec()


def named_holders(papers: PapersSpec) -> Iterator[tuple[str, str]]:
    """The keys of papers that name a person by a card, and the names."""
    for key in ("holder", "agent"):
        said = getattr(papers, key)
        if said is not None and not is_id_number(said):
            yield f"papers.{key}", said
