"""What happens to readers, as lines and as JSON."""

from __future__ import annotations

from collections.abc import Iterator

from terminal.cli.reader_list import NO_CARD, card_by_atr
from terminal.text import Text
from terminal.trace.as_json import both, json_line
from terminal.trace.as_text import Line, line, name_of
from terminal.transport.pcsc.watching import ReaderEvent, ReaderEventKind

MUTE = Text("card that does not answer", "卡片无应答")
NAMES = {
    ReaderEventKind.READER_APPEARED: Text("reader", "读卡器"),
    ReaderEventKind.READER_GONE: Text("reader unplugged", "读卡器已拔出"),
    ReaderEventKind.CARD_INSERTED: Text("card inserted", "插卡"),
    ReaderEventKind.CARD_REMOVED: Text("card removed", "取卡"),
    ReaderEventKind.DAEMON_LOST: Text("PC/SC service lost", "智能卡服务已停止"),
    ReaderEventKind.DAEMON_BACK: Text("PC/SC service back", "智能卡服务已恢复"),
}
STYLES = {
    ReaderEventKind.CARD_INSERTED: "green",
    ReaderEventKind.CARD_REMOVED: "yellow",
    ReaderEventKind.READER_GONE: "red",
    ReaderEventKind.DAEMON_LOST: "red",
}


def event_lines(event: ReaderEvent) -> Iterator[Line]:
    """What happened and where; the card and its answer to reset below it."""
    where = f"pcsc:{event.reader}" if event.reader else event.text
    yield line((name_of(NAMES[event.kind]), STYLES.get(event.kind, "")), f"  {where}" if where else "")
    if event.kind is ReaderEventKind.CARD_INSERTED:
        yield line("  ", name_of(_card(event)), f"  {event.atr.hex().upper()}")


def event_json(event: ReaderEvent) -> str:
    """An event as a line of JSON."""
    card = _card(event)
    values = {
        "event": event.kind.name.lower().replace("_", "-"),
        **both(NAMES[event.kind]),
        "name": event.reader,
        "address": f"pcsc:{event.reader}" if event.reader else "",
        "atr": event.atr.hex().upper(),
        "card": card.en,
        "card_zh": card.zh,
        "text": event.text,
    }
    return json_line("reader-event", values)


def _card(event: ReaderEvent) -> Text:
    if event.kind is not ReaderEventKind.CARD_INSERTED:
        return NO_CARD
    return card_by_atr(event.atr) if event.atr else MUTE
