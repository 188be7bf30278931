"""A tape as people read it: what happened, in order, each exchange decoded to the field and masked.

Text, Markdown and HTML are made from this. Secrets of a tape that was recorded without redaction are left behind here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from apdu.explain import Explanation
from apdu.redact import masked_hex
from terminal.backoffice.ports import BackOfficeError, Refusal, RefusedError, UnreachableError
from terminal.text import Text
from terminal.trace import tape_input
from terminal.trace.centre import centre_entry
from terminal.trace.tape import DamagedTapeError, Tape, TapeEntry
from terminal.trace.tape_bodies import ANSWERS, REQUESTS, BodyError, from_plain
from terminal.trace.tape_events import (
    CardReset,
    ClockRead,
    CommandSent,
    Inserted,
    OfficeAnswered,
    OfficeAsked,
    OfficeRefused,
    OfficeUnreachable,
    OperatorAsked,
    OperatorDid,
    OperatorDidNot,
    PadAsked,
    PoweredOff,
    PoweredOn,
    RandomDrawn,
    ReaderFailed,
    ReaderOpened,
    Removed,
    ResponseReceived,
    TapeEvent,
    WaitEnded,
)
from terminal.trace.tape_redaction import Redactor
from terminal.trace.tape_row import AGREEING, DID, DOINGS, FAILURES, UNDONE, Row, Tone

_PLAIN: Mapping[type, tuple[Tone, Callable[[Any], Text]]] = {
    ReaderOpened: (Tone.MOVEMENT, lambda event: Text(f"reader {event.name}", "读卡器")),
    Inserted: (Tone.MOVEMENT, lambda event: Text("card inserted", "卡片插入")),
    Removed: (Tone.MOVEMENT, lambda event: Text("card removed", "卡片取出")),
    WaitEnded: (Tone.MOVEMENT, lambda event: Text("waited for a card in vain", "等待卡片超时")),
    PoweredOff: (Tone.POWER, lambda event: Text("powered off", "下电")),
    ClockRead: (
        Tone.TERMINAL,
        lambda event: Text(f"clock {event.moment.isoformat(' ', 'seconds')}", "读取时钟"),
    ),
    RandomDrawn: (Tone.TERMINAL, lambda event: Text(f"random {event.drawn.hex().upper()}", "随机数")),
}


def timeline(tape: Tape) -> Iterator[Row]:
    """The rows of a tape; raises DamagedTapeError where a request or answer on it is not what it says it is."""
    return _Timeline(tape).rows()


class _Timeline:
    """Reads events one after the other; what is sent waits for its answer."""

    def __init__(self, tape: Tape) -> None:
        self._tape = tape
        self._redactor = Redactor(enabled=not tape.header.redacted)
        self._sent: CommandSent | PadAsked | None = None
        self._asked: TapeEntry | None = None
        self._forms: Mapping[type, Callable[[TapeEntry, Any], Row | None]] = {
            PoweredOn: self._powered,
            CardReset: self._reset,
            CommandSent: self._command,
            PadAsked: self._command,
            ResponseReceived: self._exchanged,
            ReaderFailed: self._failed,
            OperatorAsked: self._question,
            OperatorDid: self._did,
            OperatorDidNot: self._did_not,
            OfficeAsked: self._question,
            OfficeAnswered: self._answered,
            OfficeRefused: self._refused,
            OfficeUnreachable: self._unreachable,
        }

    def rows(self) -> Iterator[Row]:
        """Every row; a question that was never answered has none."""
        for entry in self._tape.entries:
            event = entry.event
            form = self._forms.get(type(event))
            if form is not None:
                row = form(entry, event)
                if row is not None:
                    yield row
            else:
                tone, title = _PLAIN[type(event)]
                yield Row(entry.at_ms, _who(event), tone, title(event))

    def _powered(self, entry: TapeEntry, event: PoweredOn) -> Row:
        self._redactor.powered(event.lane, event.atr)
        title = Text(f"powered on ({event.protocol})", "上电")
        return Row(entry.at_ms, event.lane, Tone.POWER, title, received=event.atr.hex().upper())

    def _reset(self, entry: TapeEntry, event: CardReset) -> Row:
        self._redactor.powered(event.lane, event.atr)
        return Row(
            entry.at_ms, event.lane, Tone.POWER, Text("reset", "复位"), received=event.atr.hex().upper()
        )

    def _command(self, entry: TapeEntry, event: CommandSent | PadAsked) -> None:
        self._sent = event
        self._redactor.command(event.lane, event.apdu if isinstance(event, CommandSent) else event.template)

    def _exchanged(self, entry: TapeEntry, event: ResponseReceived) -> Row:
        told = self._redactor.answer(event.lane, event.answer)[1]
        if told is None:
            return self._undecoded(entry, event)
        where = " (keypad 密码键盘)" if isinstance(self._sent, PadAsked) else ""
        return Row(
            entry.at_ms,
            event.lane,
            Tone.EXCHANGE,
            Text(f"{told.title}{where}", told.title_zh),
            told.path,
            told.command_hex,
            f"{told.response_hex[:-4]} {told.response_hex[-4:]}".lstrip(),
            _meaning(told),
            tuple(
                (Text(_label(told, field.path, field.name), field.name_zh), field.value or field.raw)
                for field in told.fields
            ),
        )

    def _undecoded(self, entry: TapeEntry, event: ResponseReceived) -> Row:
        sent = self._sent.apdu if isinstance(self._sent, CommandSent) else b""
        return Row(
            entry.at_ms,
            event.lane,
            Tone.EXCHANGE,
            Text("bytes that are no APDU", "非APDU数据"),
            sent=masked_hex(sent, range(5, len(sent))),
            received=masked_hex(event.answer, range(len(event.answer) - 2)),
        )

    def _failed(self, entry: TapeEntry, event: ReaderFailed) -> Row:
        doing, failure = DOINGS[event.doing.value], FAILURES[event.failure.value]
        sent = self._sent.apdu[:4].hex().upper() if isinstance(self._sent, CommandSent) else ""
        return Row(
            entry.at_ms,
            event.lane,
            Tone.FAILURE,
            Text(f"{doing.en}: {failure.en}", f"{doing.zh}：{failure.zh}"),
            sent=f"{sent} ..." if sent and event.doing.value == "command" else "",
            details=((Text("message", "信息"), self._redactor.text(event.message)),),
        )

    def _question(self, entry: TapeEntry, event: OperatorAsked | OfficeAsked) -> None:
        self._asked = entry

    def _did(self, entry: TapeEntry, event: OperatorDid) -> Row:
        asked = self._question_asked()
        did = DID.get(asked.kind) if asked else None
        if asked and asked.kind in AGREEING:
            did = Text("agrees", "同意") if event.body else Text("declines", "拒绝")
        elif asked and asked.kind == tape_input.LINE:
            did = self._typed(event.body)
        return self._operator(entry, asked, did, Tone.PERSON)

    def _typed(self, body: Any) -> Text:
        if body is None:
            return Text("ends the input", "输入结束")
        return Text(f"types: {self._redactor.line(str(body), apdus=False)}", "输入")

    def _did_not(self, entry: TapeEntry, event: OperatorDidNot) -> Row:
        return self._operator(entry, self._question_asked(), UNDONE[event.why], Tone.FAILURE)

    def _question_asked(self) -> OperatorAsked | None:
        event = self._asked.event if self._asked else None
        return event if isinstance(event, OperatorAsked) else None

    def _operator(self, entry: TapeEntry, asked: OperatorAsked | None, did: Text | None, tone: Tone) -> Row:
        body = asked.body if asked and isinstance(asked.body, dict) else {}
        receipt = body.get("receipt", {})
        said = _text(body.get("text") or receipt.get("title"), self._redactor)
        lines = tuple(
            (_text(label, self._redactor), self._redactor.text(str(value)))
            for label, value in receipt.get("lines", ())
        )
        answer = () if did is None else ((Text("operator", "操作员"), f"{did.en} {did.zh}"),)
        return Row(entry.at_ms, "operator", tone, said, details=(*lines, *answer))

    def _answered(self, entry: TapeEntry, event: OfficeAnswered) -> Row:
        answer = self._decoded(entry, ANSWERS.get(event.kind, object), event.body)
        return self._office(entry, answer, Tone.OFFICE)

    def _refused(self, entry: TapeEntry, event: OfficeRefused) -> Row:
        refusal = self._decoded(entry, Refusal, event.body)
        return self._office(entry, RefusedError(refusal), Tone.FAILURE)

    def _unreachable(self, entry: TapeEntry, event: OfficeUnreachable) -> Row:
        return self._office(entry, UnreachableError(self._redactor.text(event.detail)), Tone.FAILURE)

    def _office(self, entry: TapeEntry, outcome: Any, tone: Tone) -> Row:
        asked = self._asked
        if asked is None or not isinstance(asked.event, OfficeAsked):
            raise self._damaged(entry, "an answer of the back office without a request")
        request = self._decoded(asked, REQUESTS.get(asked.event.kind, object), asked.event.body)
        told = centre_entry(request, outcome)
        values = [(value.text, value.value) for value in (*told.sent, *told.answer)]
        if isinstance(outcome, BackOfficeError):
            values.append((Text("failure", "失败"), str(outcome)))
        return Row(entry.at_ms, "centre", tone, told.text, details=tuple(values))

    def _decoded(self, entry: TapeEntry, kind: type, body: Any) -> Any:
        try:
            return from_plain(kind, self._redactor.body(body))
        except BodyError as error:
            raise self._damaged(entry, str(error)) from None

    def _damaged(self, entry: TapeEntry, what: str) -> DamagedTapeError:
        return DamagedTapeError(
            f"{self._tape.name}:{entry.line}: {what}; correct the line, or record it again"
        )


def _who(event: TapeEvent) -> str:
    return getattr(event, "lane", "terminal")


def _meaning(told: Explanation) -> Text:
    remedy = f" ({told.remedy})" if told.remedy else ""
    remedy_zh = f"（{told.remedy_zh}）" if told.remedy_zh else ""
    return Text(f"{told.meaning}{remedy}", f"{told.meaning_zh}{remedy_zh}")


def _label(told: Explanation, path: str, name: str) -> str:
    inside = path.removeprefix(told.path).lstrip("/") if told.path else path
    return f"{inside} {name}".lstrip()


def _text(plain: Any, redactor: Redactor) -> Text:
    known = plain if isinstance(plain, dict) else {}
    return Text(redactor.text(str(known.get("en", ""))), redactor.text(str(known.get("zh", ""))))
