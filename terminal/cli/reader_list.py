"""The readers of this machine and the card images of this directory, as they are and as they change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from apdu import atr as answer_to_reset
from terminal.procedures.identify import memory_card_of
from terminal.text import Text
from terminal.trace.as_json import both, json_line
from terminal.trace.as_text import Line, labelled, line, name_of
from terminal.trace.names import card_name

if TYPE_CHECKING:
    from terminal.transport.pcsc.scard import Scard
    from terminal.transport.pcsc.waiting import SlotState

SOCIAL_HISTORICAL_LENGTH = 13
SOCIAL_OR_PSAM = Text("social security card or PSAM, by its answer to reset", "社会保障卡或PSAM卡")
UNKNOWN = Text("unknown by its answer to reset", "未知卡片")
NO_CARD = Text("", "")


class SlotCondition(Enum):
    """How a slot is, for people."""

    EMPTY = Text("empty", "无卡")
    CARD = Text("card", "有卡")
    SHARED = Text("card, used by another program", "有卡，其他程序使用中")
    HELD = Text("card, held by another program", "有卡，被其他程序独占")
    MUTE = Text("card that does not answer", "卡片无应答")


@dataclass(frozen=True, slots=True)
class ListedReader:
    """One line of the list; `address` opens it, `atr` is empty without a card.

    `holder` names the program that uses the card, where there is one and it is known.
    """

    name: str
    address: str
    condition: SlotCondition
    atr: bytes = b""
    card: Text = NO_CARD
    holder: str = ""


def card_by_atr(atr: bytes) -> Text:
    """What card an answer to reset tells of; the card itself is not asked."""
    memory = memory_card_of(atr)
    if memory is not None:
        return card_name(memory)
    try:
        historical = answer_to_reset.parse(atr).historical_bytes
    except answer_to_reset.AtrError:
        return UNKNOWN
    return SOCIAL_OR_PSAM if len(historical) == SOCIAL_HISTORICAL_LENGTH else UNKNOWN


def listed(name: str, state: SlotState, holder: str) -> ListedReader:
    """A PC/SC reader as its slot is."""
    card = card_by_atr(state.atr) if state.atr else NO_CARD
    return ListedReader(name, f"pcsc:{name}", _condition(state), state.atr, card, holder)


def _condition(state: SlotState) -> SlotCondition:
    if not state.present:
        return SlotCondition.EMPTY
    if state.mute:
        return SlotCondition.MUTE
    if state.exclusive:
        return SlotCondition.HELD
    return SlotCondition.SHARED if state.in_use else SlotCondition.CARD


def pcsc_readers(scard: Scard) -> Iterator[ListedReader]:
    """Every PC/SC reader with the state of its slot; cards are not touched. Raises ReaderError without a service."""
    from terminal.transport.pcsc.errors import ReaderGoneError
    from terminal.transport.pcsc.readers import reader_names
    from terminal.transport.pcsc.waiting import slot_state, users

    for name in reader_names(scard):
        try:
            state = slot_state(scard, name)
            yield listed(name, state, users(scard) if state.in_use or state.exclusive else "")
        except ReaderGoneError:
            continue


def images_here() -> Iterator[ListedReader]:
    """The card images of the current directory, each a virtual reader with its card in it."""
    from virtual_card.errors import VirtualCardError
    from virtual_card.image import DamagedImageError, load

    for path in sorted(Path().glob("*.card")):
        try:
            card = load(path)
        except (OSError, DamagedImageError, VirtualCardError):
            continue
        yield ListedReader(str(path), f"virtual:{path}", SlotCondition.CARD, card.atr, card_name(card.kind))


def reader_lines(reader: ListedReader) -> Iterator[Line]:
    """A reader: its address, how it is, and what card is in it."""
    condition = reader.condition.value
    style = "" if reader.condition is SlotCondition.EMPTY else "green"
    yield line((reader.address, "bold"))
    yield from labelled("State 状态", name_of(condition), style, margin=2, column=26)
    if reader.holder:
        yield from labelled("Used by 使用程序", reader.holder, margin=2, column=26)
    if reader.atr:
        yield from labelled("Card 卡片", name_of(reader.card), margin=2, column=26)
        yield from labelled("Answer to reset 复位应答", reader.atr.hex().upper(), margin=2, column=26)


def reader_json(reader: ListedReader) -> str:
    """A reader as a line of JSON."""
    values = {
        "name": reader.name,
        "address": reader.address,
        "state": reader.condition.name.lower(),
        **both(reader.condition.value),
        "holder": reader.holder,
        "atr": reader.atr.hex().upper(),
        "card": reader.card.en,
        "card_zh": reader.card.zh,
    }
    return json_line("reader", values)
