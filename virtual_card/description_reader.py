"""Reading a description field by field: every error names the entry that is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar, cast

T = TypeVar("T")


class DescriptionError(ValueError):
    """Data that describes no card; `place` is the path of the offending entry."""

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(f"{place}: {reason}")
        self.place = place
        self.reason = reason


class Reader:
    """Reads a mapping of a description field by field; errors name the path
    (`directories[0].files[2].fid`).
    """

    def __init__(self, data: object, place: str = "card") -> None:
        if not isinstance(data, Mapping):
            raise DescriptionError(place, "is no object")
        self.data: Mapping[str, Any] = data
        self.place = place

    def take(self, name: str, kind: type[T]) -> T:
        """The value of a field of this type."""
        value = self.data.get(name)
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise DescriptionError(f"{self.place}.{name}", f"should be of type {kind.__name__}")
        return value

    def optional(self, name: str, kind: type[T]) -> T | None:
        """The value of a field that may be null."""
        return None if self.data.get(name) is None else self.take(name, kind)

    def octets(self, name: str) -> bytes:
        """The bytes of a field in hex."""
        return unhex(self.take(name, str), f"{self.place}.{name}")

    def below(self, name: str) -> Reader:
        """A reader of the object in a field."""
        return Reader(self.take(name, dict), f"{self.place}.{name}")

    def identifier(self, name: str) -> int:
        """A file identifier of four hex digits."""
        return int.from_bytes(self.octets(name), "big")

    def counter(self, name: str) -> int:
        """A try counter or its limit, 0 to 15."""
        value = self.take(name, int)
        if not 0 <= value <= 15:
            raise DescriptionError(f"{self.place}.{name}", "should lie in 0 to 15")
        return value

    def choice(self, name: str, allowed: Iterable[str]) -> str:
        """A field with one of these words."""
        value = self.take(name, str)
        if value not in allowed:
            raise DescriptionError(f"{self.place}.{name}", f"should be one of {', '.join(sorted(allowed))}")
        return value

    def each(self, name: str, read: Callable[[Reader], T]) -> list[T]:
        """The objects of a list."""
        entries = self.take(name, list)
        return [read(Reader(entry, f"{self.place}.{name}[{index}]")) for index, entry in enumerate(entries)]


def unhex(text: object, place: str) -> bytes:
    """Bytes from hex; raises DescriptionError naming `place`."""
    try:
        return bytes.fromhex(cast(str, text))
    except (ValueError, TypeError):
        raise DescriptionError(place, "is no hex text") from None
