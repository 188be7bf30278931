"""How card values are coded: construct adapters between value bytes and plain Python values.

Each function returns one coding, a `construct` object over a fixed number of bytes that also knows its
`kind` ("cn", "an", "b") and `length`. Reading accepts every padding met in the field; writing produces the
canonical one and refuses a value that would not read back the same. Sources: LD/T 32.6 sections 5 and 8
(types cn, an, b).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from construct import Adapter, Bytes, ConstructError

PADDING = b"\x00\x20\xff"
"""What stands at the end of short `an` values: 00 by the standard, blanks and FF on cards in use."""


class FieldError(ConstructError):  # type: ignore[misc]  # construct has no types
    """A value that its coding cannot carry; `offset` counts from the first byte of the value."""

    def __init__(self, offset: int, reason: str, item: str = "") -> None:
        super().__init__(reason)
        self.offset = offset
        self.reason = reason
        self.item = item

    def within(self, offset: int, item: str) -> FieldError:
        """The same error seen from the structure around it; the innermost item keeps its name."""
        return FieldError(self.offset + offset, self.reason, self.item or item)


class Coding(Adapter):  # type: ignore[misc]  # construct has no types
    """A coding of exactly `length` bytes, with what turns them to a value and back; `empty` is unset."""

    def __init__(
        self,
        kind: str,
        length: int,
        read: Callable[[bytes], Any],
        write: Callable[[Any], bytes],
        *,
        fill: int = 0,
        unit: str = "",
        from_text: Callable[[str], Any] = str,
    ) -> None:
        super().__init__(Bytes(length))
        self.kind = kind
        self.length = length
        self.unit = unit
        self.empty = bytes((fill,)) * length
        self.from_text = from_text
        self._read = read
        self._write = write

    def _decode(self, obj: bytes, context: Any, path: str) -> Any:
        return self._read(obj)

    def _encode(self, obj: Any, context: Any, path: str) -> bytes:
        raw = self._write(obj)
        if len(raw) > self.length:
            raise FieldError(self.length, f"the value needs {len(raw)} bytes, {self.length} are there")
        raw = raw + self.empty[len(raw) :]
        if self._read(raw) != obj:
            raise FieldError(0, "the value would not read back the same")
        return raw


def text(length: int) -> Coding:
    """`an` Chinese text: GBK, at most `length` bytes, filled with 00; value str, "" where unset."""

    def read(raw: bytes) -> str:
        stripped = raw.rstrip(PADDING)
        try:
            return stripped.decode("gbk")
        except UnicodeDecodeError as error:
            raise FieldError(error.start, "no GBK character begins here") from None

    return Coding("an", length, read, _gbk)


def split_text(length: int) -> Coding:
    """Part of a GBK text cut at a byte boundary: a character halved at the end is left out, elsewhere U+FFFD.

    Join the raw bytes of the parts to read the whole text (LD/T 32.6 section 8.1.2.2).
    """
    return Coding("an", length, lambda raw: _lenient(raw.rstrip(PADDING)), _gbk)


def ascii_text(length: int) -> Coding:
    """`an` code or number in printable ASCII, filled with 00; value str, "" where unset."""

    def read(raw: bytes) -> str:
        stripped = raw.rstrip(PADDING)
        for offset, byte in enumerate(stripped):
            if not 0x20 <= byte < 0x7F:
                raise FieldError(offset, "not a printable ASCII character")
        return stripped.decode("ascii")

    def write(value: Any) -> bytes:
        wanted: str = _expect(str, value)
        if not wanted.isascii():
            raise FieldError(0, "only ASCII characters are possible here")
        return wanted.encode("ascii")

    return Coding("an", length, read, write)


def digits(length: int) -> Coding:
    """`cn` number text: BCD, left-aligned, filled with nibble F; value str of up to `2 * length` digits."""
    return Coding("cn", length, _read_digits, _write_digits, fill=0xFF)


def one_digit() -> Coding:
    """`cn` code of one digit in one byte, written 1F; 01 and F1 are read alike; value str, "" where unset.

    Source: LD/T 32.6 section 5, padding of cn.
    """

    def read(raw: bytes) -> str:
        shown = raw.hex().strip("f")
        _refuse_letters(shown)
        return shown[1:] if len(shown) == 2 and shown[0] == "0" else shown

    return Coding("cn", 1, read, _write_digits, fill=0xFF)


def reused_digits(count: int) -> Coding:
    """`cn` digits of a later item packed into a record of the first generation, the odd nibble E.

    Value str of `count` digits. Source: LD/T 32.6 annex C.
    """
    length = (count + 1) // 2

    def read(raw: bytes) -> str:
        shown = raw.hex()
        _refuse_letters(shown[:count])
        if shown[count:].strip("e"):
            raise FieldError(length - 1, "the odd nibble should be E")
        return shown[:count]

    def write(value: Any) -> bytes:
        digits_given = _write_digits(value).hex()[: len(value)]
        if len(digits_given) != count:
            raise FieldError(0, f"{count} digits are expected")
        return bytes.fromhex(digits_given + "e" * (count % 2))

    return Coding("cn", length, read, write, fill=0xEE)


def region() -> Coding:
    """Six digits of GB/T 2260 in three bytes; value str, any six digits accepted, "" where unset."""
    return digits(3)


def identifier(length: int) -> Coding:
    """`cn` that holds nibbles A-F as well (card identification code): value str of upper-case hex."""

    def write(value: Any) -> bytes:
        try:
            return bytes.fromhex(str(_expect(str, value)))
        except ValueError:
            raise FieldError(0, "not pairs of hexadecimal digits") from None

    return Coding("cn", length, lambda raw: raw.hex().upper(), write, fill=0xFF)


def day() -> Coding:
    """`cn` date YYYYMMDD; value datetime.date, None where unset (FF or 00 throughout)."""

    def read(raw: bytes) -> date | None:
        moment = _read_moment(raw)
        return moment.date() if moment else None

    def write(value: Any) -> bytes:
        if value is None:
            return b"\xff" * 4
        wanted = _expect(date, value)
        return bytes.fromhex(f"{wanted.year:04}{wanted.month:02}{wanted.day:02}")

    return Coding("cn", 4, read, write, fill=0xFF, from_text=_day_from_text)


def day_text() -> Coding:
    """`an` date of eight ASCII digits YYYYMMDD (old memory cards); value datetime.date, None where unset."""
    packed = day()

    def read(raw: bytes) -> date | None:
        shown = raw.rstrip(PADDING)
        if not shown:
            return None
        bad = next((place for place in range(8) if not raw[place : place + 1].isdigit()), None)
        if bad is not None:
            raise FieldError(bad, "not an ASCII digit")
        try:
            found: date | None = packed.parse(bytes.fromhex(raw.decode("ascii")))
        except FieldError as error:
            raise FieldError(2 * error.offset, error.reason) from None
        return found

    def write(value: Any) -> bytes:
        shown: str = packed.build(value).hex()
        return b"" if value is None else shown.encode("ascii")

    return Coding("an", 8, read, write, fill=0xFF)


def timestamp() -> Coding:
    """`cn` YYYYMMDDhhmmss, local time; value naive datetime without fractions, None where unset."""

    def write(value: Any) -> bytes:
        if value is None:
            return b"\xff" * 7
        wanted: datetime = _expect(datetime, value)
        return bytes.fromhex(f"{wanted.year:04}" + wanted.strftime("%m%d%H%M%S"))

    return Coding("cn", 7, _read_moment, write, fill=0xFF)


def amount_digits(length: int = 4) -> Coding:
    """`cn` amount in fen with leading zeros; trailing F dropped on reading; value int, None where unset."""

    def read(raw: bytes) -> int | None:
        shown = _read_digits(raw)
        return int(shown) if shown else None

    def write(value: Any) -> bytes:
        if value is None:
            return b"\xff" * length
        wanted: int = _expect(int, value)
        if not 0 <= wanted < 100**length:
            raise FieldError(0, f"an amount has 0 to {100**length - 1} fen here")
        return bytes.fromhex(f"{wanted:0{2 * length}}")

    return Coding("cn", length, read, write, fill=0xFF, unit="fen")


def unsigned(length: int) -> Coding:
    """`b` unsigned number, most significant byte first; value int."""

    def write(value: Any) -> bytes:
        wanted: int = _expect(int, value)
        if not 0 <= wanted < 256**length:
            raise FieldError(0, f"a number from 0 to {256**length - 1} is expected")
        return wanted.to_bytes(length, "big")

    return Coding("b", length, lambda raw: int.from_bytes(raw, "big"), write)


def amount() -> Coding:
    """`b` amount in fen, four bytes; value int."""
    coding = unsigned(4)
    coding.unit = "fen"
    return coding


def opaque(length: int, fill: int = 0) -> Coding:
    """`b` bytes without an inner format; value bytes of exactly that length."""

    def write(value: Any) -> bytes:
        wanted: bytes = _expect(bytes, value)
        if len(wanted) != length:
            raise FieldError(
                min(len(wanted), length), f"{len(wanted)} bytes given, exactly {length} expected"
            )
        return wanted

    return Coding("b", length, bytes, write, fill=fill)


def _day_from_text(text: str) -> date | None:
    try:
        return datetime.strptime(text, "%Y%m%d").date() if text else None
    except ValueError:
        raise FieldError(0, f"{text!r} is no date YYYYMMDD") from None


def _expect(kind: type, value: Any) -> Any:
    if not isinstance(value, kind) or isinstance(value, bool):
        raise FieldError(0, f"a {kind.__name__} is expected, not a {type(value).__name__}")
    return value


def _gbk(value: Any) -> bytes:
    try:
        encoded: bytes = _expect(str, value).encode("gbk")
    except UnicodeEncodeError as error:
        raise FieldError(error.start, f"character {error.start + 1} does not exist in GBK") from None
    return encoded


def _lenient(raw: bytes) -> str:
    try:
        return raw.decode("gbk")
    except UnicodeDecodeError as error:
        if error.start == len(raw) - 1:
            return raw[:-1].decode("gbk")
        return raw.decode("gbk", "replace")


def _read_digits(raw: bytes) -> str:
    shown = raw.hex().rstrip("f")
    _refuse_letters(shown)
    return shown


def _refuse_letters(shown: str) -> None:
    for place, nibble in enumerate(shown):
        if nibble > "9":
            raise FieldError(place // 2, "not a decimal digit")


def _write_digits(value: Any) -> bytes:
    wanted: str = _expect(str, value)
    if not (wanted.isascii() and (wanted.isdigit() or not wanted)):
        raise FieldError(0, "only decimal digits are possible here")
    return bytes.fromhex(wanted + "F" * (len(wanted) % 2))


_PARTS = (("year", 0), ("month", 2), ("day", 3), ("hour", 4), ("minute", 5), ("second", 6))


def _read_moment(raw: bytes) -> datetime | None:
    """A date (4 bytes) or time stamp (7 bytes); the error names the first part that is out of range."""
    if raw in (b"\xff" * len(raw), bytes(len(raw))):
        return None
    shown = raw.hex()
    bad = next((place for place, nibble in enumerate(shown) if nibble > "9"), None)
    if bad is not None:
        raise FieldError(bad // 2, "not a decimal digit")
    numbers = [int(shown[:4])] + [int(shown[2 * at : 2 * at + 2]) for at in range(2, len(raw))]
    for known in range(1, len(numbers) + 1):
        try:
            moment = datetime(*(numbers[:known] + [1, 1][max(known - 1, 0) :]))  # type: ignore[arg-type]
        except ValueError:
            name, offset = _PARTS[known - 1]
            raise FieldError(offset, f"no such {name}") from None
    return moment
