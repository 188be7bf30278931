"""A PC/SC service made of Python: one reader, a card that is a function, codes said in advance, and a keypad."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from threading import Event

from apdu.command import Command

ATR = list(bytes.fromhex("3B6D00000099534944869999010000000100"))
NAME = "ACS ACR38U 00 00"
T0 = 1


@dataclass
class ScriptedScard:
    """`codes` are what the next calls of a function return instead of doing anything; `calls` is what was called.

    `states` are what SCardGetStatusChange finds, the last for ever; a code among them is returned as it is.
    """

    answer: Callable[[bytes], bytes] = lambda apdu: b"\x90\x00"
    names: list[str] = field(default_factory=lambda: [NAME])
    protocol: int = T0
    atr: list[int] = field(default_factory=lambda: list(ATR))
    codes: dict[str, deque[int]] = field(default_factory=dict)
    states: deque[int] = field(default_factory=lambda: deque([0x00010022]))
    calls: list[tuple[object, ...]] = field(default_factory=list)
    disconnected: Event = field(default_factory=Event)

    def fail(self, function: str, *codes: int) -> None:
        """Let the next calls of `function` return these codes."""
        self.codes.setdefault(function, deque()).extend(codes)

    def called(self, function: str) -> list[tuple[object, ...]]:
        """The arguments of every call of `function`."""
        return [arguments for name, *arguments in self.calls if name == function]  # type: ignore[misc]

    def _code(self, function: str, *arguments: object) -> int:
        self.calls.append((function, *arguments))
        planned = self.codes.get(function)
        return planned.popleft() if planned else 0

    def SCardEstablishContext(self, scope: int) -> tuple[int, int]:
        return self._code("SCardEstablishContext", scope), 7

    def SCardReleaseContext(self, context: int) -> int:
        return self._code("SCardReleaseContext", context)

    def SCardListReaders(self, context: int, groups: Sequence[str]) -> tuple[int, list[str]]:
        return self._code("SCardListReaders", context), list(self.names)

    def SCardConnect(self, context: int, reader: str, share: int, protocols: int) -> tuple[int, int, int]:
        return self._code("SCardConnect", reader, share, protocols), 5, self.protocol

    def SCardReconnect(self, card: int, share: int, protocols: int, initialisation: int) -> tuple[int, int]:
        return self._code("SCardReconnect", share, initialisation), self.protocol

    def SCardDisconnect(self, card: int, disposition: int) -> int:
        code = self._code("SCardDisconnect", disposition)
        self.disconnected.set()
        return code

    def SCardBeginTransaction(self, card: int) -> int:
        return self._code("SCardBeginTransaction")

    def SCardEndTransaction(self, card: int, disposition: int) -> int:
        return self._code("SCardEndTransaction", disposition)

    def SCardTransmit(self, card: int, protocol: int, apdu: Sequence[int]) -> tuple[int, list[int]]:
        code = self._code("SCardTransmit", protocol, bytes(apdu))
        return code, [] if code else list(self.answer(bytes(apdu)))

    def SCardStatus(self, card: int) -> tuple[int, str, int, int, list[int]]:
        return self._code("SCardStatus"), self.names[0], 0x34, self.protocol, list(self.atr)

    def SCardGetStatusChange(
        self, context: int, timeout_ms: int, readers: Iterable[tuple[str, int]]
    ) -> tuple[int, list[tuple[str, int, list[int]]]]:
        code = self._code("SCardGetStatusChange", timeout_ms)
        state = self.states[0] if len(self.states) == 1 else self.states.popleft()
        if state >= 0x80100000:
            return state, []
        return code, [(name, state if name in self.names else 0, list(self.atr)) for name, _ in readers]

    def SCardControl(self, card: int, control: int, data: Sequence[int]) -> tuple[int, list[int]]:
        return self._code("SCardControl", control, bytes(data)) or 0x80100016, []

    def SCardCancel(self, context: int) -> int:
        return self._code("SCardCancel")

    def SCardIsValidContext(self, context: int) -> int:
        return self._code("SCardIsValidContext")

    def SCardGetAttrib(self, card: int, attribute: int) -> tuple[int, list[int]]:
        return self._code("SCardGetAttrib", attribute), []


FEATURE_REQUEST = 0x42000000 + 3400
VERIFY_CODE, MODIFY_CODE, PROPERTIES_CODE = 0x42330006, 0x42330007, 0x42330012


@dataclass
class KeypadScard(ScriptedScard):
    """A reader with a keypad, whose own hand puts typed PINs into the card's commands (PC/SC part 10 section 2.5).

    `typed` are the PINs a person types; `refusal` is what the reader answers instead of asking the card. What the card
    was sent from inside the reader is in `inside`.
    """

    typed: tuple[str, ...] = ()
    refusal: bytes = b""
    properties: bytes = b""
    features: tuple[tuple[int, int], ...] = ((6, VERIFY_CODE), (7, MODIFY_CODE), (0x12, PROPERTIES_CODE))
    inside: list[bytes] = field(default_factory=list)

    def SCardControl(self, card: int, control: int, data: Sequence[int]) -> tuple[int, list[int]]:
        code = self._code("SCardControl", control, bytes(data))
        if control == FEATURE_REQUEST:
            listed = b"".join(bytes((tag, 4)) + value.to_bytes(4, "big") for tag, value in self.features)
            return code, list(listed)
        if control == PROPERTIES_CODE:
            return code, list(self.properties)
        typed = self._verify if control == VERIFY_CODE else self._modify
        return code, list(self.refusal or typed(bytes(data)))

    def _verify(self, structure: bytes) -> bytes:
        assert structure[2] == 0x81 and structure[4] == 0
        shortest, longest = structure[6], structure[5]
        template = self._template(structure, 15)
        (pin,) = self.typed
        if not shortest <= len(pin) <= longest:
            return b"\x64\x03"
        block = self._block(pin, structure[3])
        return self._to_card(template, block)

    def _modify(self, structure: bytes) -> bytes:
        assert structure[2] == 0x81 and structure[9] == 0x03
        template = self._template(structure, 20)
        current, new, again = self.typed
        if new != again:
            return b"\x64\x02"
        data = bytearray(template[5:])
        for offset, pin in ((structure[5], current), (structure[6], new)):
            block = self._block(pin, structure[3])
            data[offset : offset + len(block)] = block
        return self._to_card(template, bytes(data))

    @staticmethod
    def _template(structure: bytes, at: int) -> bytes:
        length = int.from_bytes(structure[at : at + 4], "little")
        template = structure[at + 4 :]
        assert len(template) == length
        return template

    @staticmethod
    def _block(pin: str, block_length: int) -> bytes:
        packed = bytes.fromhex(pin + "F" * (len(pin) % 2))
        assert block_length in (0, len(packed))
        return packed

    def _to_card(self, template: bytes, data: bytes) -> bytes:
        cla, ins, p1, p2 = template[:4]
        command = Command(cla, ins, p1, p2, data).encode()
        self.inside.append(command)
        return self.answer(command)
