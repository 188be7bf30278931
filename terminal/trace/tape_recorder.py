"""Records a session: a wrapper for each thing that a terminal is given, all of them writing one tape.

The wrappers change nothing that passes through them. Presence is noted when somebody looks: the terminal itself, or
the recorder after a person has acted and after an exchange has failed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from apdu.explain import Explanation
from terminal.trace.tape import TapeWriter
from terminal.trace.tape_events import (
    CardReset,
    CommandSent,
    Doing,
    Inserted,
    PadAction,
    PadAsked,
    PoweredOff,
    PoweredOn,
    ReaderFailed,
    ReaderOpened,
    Removed,
    ResponseReceived,
    TapeEvent,
    WaitEnded,
)
from terminal.trace.tape_failures import reader_failure
from terminal.trace.tape_redaction import Redactor
from terminal.transport.base import Connection, PinPad, Reader, TransportError

T = TypeVar("T")


class TapeRecorder:
    """What the wrappers of one session share: the tape, its redaction, and the readers they watch."""

    def __init__(self, tape: TapeWriter, redactor: Redactor) -> None:
        self.redactor = redactor
        self._tape = tape
        self._readers: list[RecordingReader] = []

    @property
    def events(self) -> int:
        """How many events were written."""
        return self._tape.events

    def put(self, event: TapeEvent, remark: str = "") -> None:
        """Write an event, and a remark behind it."""
        self._tape.event(event)
        if remark:
            self._tape.remark(remark)

    def watch(self, reader: RecordingReader) -> None:
        """Remember a reader whose presence is looked at when a person has acted."""
        self._readers.append(reader)

    def unwatch(self, reader: RecordingReader) -> None:
        """Forget a reader that was closed."""
        self._readers.remove(reader)

    def look_everywhere(self) -> None:
        """Note every card that came or went by itself."""
        for reader in self._readers:
            reader.notice()

    def person_acted(self) -> None:
        """Looks are counted from here again."""
        for reader in self._readers:
            reader.looks = 0


class RecordingReader:
    """A reader that is recorded under the name `lane`; raises what the reader beneath it raises."""

    def __init__(self, reader: Reader, recorder: TapeRecorder, lane: str) -> None:
        self.beneath = reader
        self.lane = lane
        self.looks = 0
        self._recorder = recorder
        self._present = False
        self.put(ReaderOpened(lane, recorder.redactor.text(reader.name)))
        recorder.watch(self)
        self.notice()

    @property
    def name(self) -> str:
        """The name of the reader beneath."""
        return self.beneath.name

    def card_present(self) -> bool:
        """Whether there is a card in the slot."""
        self.looks += 1
        return self._seen(self.failing(Doing.LOOK, self.beneath.card_present))

    def wait(self, present: bool, timeout_s: float | None = None) -> bool:
        """Whether a card came (or went) in time."""
        self.looks += 1
        came = self.failing(Doing.WAIT, lambda: self.beneath.wait(present, timeout_s))
        if came:
            self._seen(present)
        else:
            self._seen(not present)
            self.put(WaitEnded(self.lane, self.looks))
        return came

    def connect(self) -> RecordingConnection:
        """Power the card on."""
        connection = self.failing(Doing.POWER, self.beneath.connect)
        if not self._present:
            self._changed(present=True, looks=0)
        self._recorder.redactor.powered(self.lane, connection.atr)
        keypad = connection.pin_pad is not None
        self.put(PoweredOn(self.lane, connection.protocol, keypad, connection.atr))
        return RecordingConnection(connection, self, self._recorder.redactor)

    def notice(self) -> None:
        """Note a card that came or went without the terminal's looking."""
        try:
            present = self.beneath.card_present()
        except TransportError:
            return
        if present is not self._present:
            self._changed(present, looks=0)

    def put(self, event: TapeEvent, remark: str = "") -> None:
        """Write an event of this reader: looks are counted anew."""
        self._recorder.put(event, remark)
        self.looks = 0

    def failing(self, doing: Doing, act: Callable[[], T]) -> T:
        """Do something at the reader, and write down the error it ends in."""
        try:
            return act()
        except (TransportError, KeyboardInterrupt) as error:
            message = self._recorder.redactor.text(str(error))
            self.put(ReaderFailed(self.lane, doing, self.looks, reader_failure(error), message))
            if isinstance(error, TransportError):
                self.notice()
            raise

    def _seen(self, present: bool) -> bool:
        if present is not self._present:
            self._changed(present, self.looks)
        return present

    def _changed(self, present: bool, looks: int) -> None:
        self._present = present
        self.put((Inserted if present else Removed)(self.lane, looks))


class RecordingConnection:
    """A powered card that is recorded."""

    def __init__(self, connection: Connection, reader: RecordingReader, redactor: Redactor) -> None:
        self._connection = connection
        self._reader = reader
        self._redactor = redactor
        self._open = True

    @property
    def atr(self) -> bytes:
        """The answer to reset."""
        return self._connection.atr

    @property
    def protocol(self) -> str:
        """`T=0`, `T=1` or `raw`."""
        return self._connection.protocol

    @property
    def pin_pad(self) -> PinPad | None:
        """The reader's keypad, recorded as well."""
        pad = self._connection.pin_pad
        return None if pad is None else RecordingPinPad(pad, self)

    def transmit(self, apdu: bytes) -> bytes:
        """Send one APDU."""
        lane = self._reader.lane
        sent = CommandSent(lane, self._redactor.command(lane, apdu))
        return self.exchange(sent, lambda: self._connection.transmit(apdu))

    def exchange(self, sent: CommandSent | PadAsked, act: Callable[[], bytes]) -> bytes:
        """Record what is sent and what comes back."""
        self._reader.put(sent)
        answer = self._reader.failing(Doing.COMMAND, act)
        shown, explanation = self._redactor.answer(self._reader.lane, answer)
        self._reader.put(ResponseReceived(self._reader.lane, shown), remark_on(explanation))
        return answer

    def keypad_template(self, template: bytes) -> bytes:
        """A keypad's command as the tape has it; it holds no PIN, and the answer belongs to it."""
        return self._redactor.command(self._reader.lane, template)

    def ask_keypad(self, action: PadAction, template: bytes, act: Callable[[], bytes]) -> bytes:
        """Record a PIN typed at the reader: everything but the PIN."""
        return self.exchange(PadAsked(self._reader.lane, action, self.keypad_template(template)), act)

    def reset(self) -> bytes:
        """Reset the card."""
        atr = self._reader.failing(Doing.RESET, self._connection.reset)
        self._redactor.powered(self._reader.lane, atr)
        self._reader.put(CardReset(self._reader.lane, atr))
        return atr

    def close(self) -> None:
        """Power the card off; the first time it is written down."""
        self._connection.close()
        if self._open:
            self._open = False
            self._reader.put(PoweredOff(self._reader.lane))


class RecordingPinPad:
    """A reader's keypad that is recorded; the PIN never passes through here."""

    def __init__(self, pad: PinPad, connection: RecordingConnection) -> None:
        self._pad = pad
        self._connection = connection

    def verify(self, template: bytes, *, shortest: int, longest: int, timeout_s: float) -> bytes:
        """Have a PIN typed and verified."""
        return self._connection.ask_keypad(
            PadAction.VERIFY,
            template,
            lambda: self._pad.verify(template, shortest=shortest, longest=longest, timeout_s=timeout_s),
        )

    def change(self, template: bytes, *, shortest: int, longest: int, timeout_s: float) -> bytes:
        """Have the old PIN typed, then the new one twice."""
        return self._connection.ask_keypad(
            PadAction.CHANGE,
            template,
            lambda: self._pad.change(template, shortest=shortest, longest=longest, timeout_s=timeout_s),
        )


def remark_on(explanation: Explanation | None) -> str:
    """What an exchange was, for people who read the tape."""
    if explanation is None:
        return ""
    title = f"{explanation.title} {explanation.title_zh}"
    return f"{title} {explanation.path}: {explanation.meaning} {explanation.meaning_zh}"
