"""Readers by address: `pcsc:NAME-PART`, `virtual:IMAGE`, `vpcd:HOST:PORT`, `tape:FILE`, or an error that lists them.

An address leads to exactly one reader: one that matches nothing, or two readers, is an error with the candidates,
never another reader. The name of an image file stands for `virtual:` and the file. A composition point: an address
may lead to a real card, to a virtual one, or to a recording.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from terminal.transport.base import (
    DamagedCardError,
    Reader,
    ReaderAddressError,
    ReaderError,
    ReaderHintError,
)

__all__ = [
    "SCHEMES",
    "VIRTUAL",
    "ReaderAddressError",
    "ReaderHintError",
    "Scheme",
    "Tell",
    "choose",
    "open_reader",
    "slot_of",
    "spelled",
]

if TYPE_CHECKING:
    from virtual_card.image import JournalledImage

VIRTUAL = "virtual"
PCSC = "pcsc"
LAST_PORT = 0xFFFF


Tell = Callable[[str], None]
"""Takes a sentence about how a reader is used that a person should know."""


@contextmanager
def _virtual(path: str, tell: Tell) -> Iterator[Reader]:
    from terminal.transport.virtual import VirtualReader
    from virtual_card.slot import Slot

    with _opened_image(path) as card:
        slot = Slot(path)
        slot.insert(card)
        yield VirtualReader(slot)


def _opened_image(path: str) -> JournalledImage:
    """The card of an image; raises TransportErrors for all that may be wrong with it."""
    from virtual_card.errors import VirtualCardError
    from virtual_card.image import DamagedImageError, open_journalled

    try:
        return open_journalled(path)
    except DamagedImageError as error:
        raise DamagedCardError(str(error)) from error
    except VirtualCardError as error:
        raise ReaderError(str(error)) from error
    except OSError as error:
        raise ReaderAddressError(
            f"{path}: {error.strerror or error}; check the name and the rights of the file"
        ) from error


@contextmanager
def _vpcd(place: str, tell: Tell) -> Iterator[Reader]:
    from terminal.transport.vpcd import VpcdReader

    host, _, port = place.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) <= LAST_PORT:
        raise ReaderAddressError(f"'vpcd:{place}' is no reader; write it like vpcd:127.0.0.1:35963")
    with VpcdReader(host.strip("[]"), int(port)) as reader:
        yield reader


@contextmanager
def _pcsc(said: str, tell: Tell) -> Iterator[Reader]:
    from terminal.transport.pcsc.readers import PcscReader, reader_names
    from terminal.transport.pcsc.scard import system_scard
    from terminal.transport.storage import StorageReader

    scard = system_scard()
    yield StorageReader(PcscReader(choose(reader_names(scard), said), scard, tell=tell))


@contextmanager
def _tape(text: str, tell: Tell) -> Iterator[Reader]:
    from terminal.transport.tape import open_tape_reader

    with open_tape_reader(text) as reader:
        yield reader


def choose(names: Sequence[str], said: str) -> str:
    """The one reader that is meant; raises ReaderHintError with the candidates."""
    from terminal.transport.pcsc.choice import meant, offered

    found = meant(names, said)
    if len(found) == 1:
        return found[0]
    if not names:
        raise ReaderHintError("there is no PC/SC reader; `ssc doctor` looks for the cause")
    candidates = "".join(f"\n  pcsc:{name}" for name in found or offered(names))
    if found:
        what = (
            f"{said!r} is in the names of {len(found)} readers" if said else f"there are {len(found)} readers"
        )
        raise ReaderHintError(f"{what}; name one of them in full:{candidates}")
    raise ReaderHintError(f"no reader's name has {said!r} in it; there are:{candidates}")


@dataclass(frozen=True, slots=True)
class Scheme:
    """One kind of address: how it is written, what it means, how it is opened, whether the rest may be empty."""

    form: str
    meaning: str
    open: Callable[[str, Tell], AbstractContextManager[Reader]]
    alone: bool = False


SCHEMES: Mapping[str, Scheme] = {
    PCSC: Scheme("pcsc:NAME-PART", "a reader of this machine, by a part of its name", _pcsc, alone=True),
    VIRTUAL: Scheme("virtual:IMAGE", "a card image in a virtual reader", _virtual),
    "vpcd": Scheme("vpcd:HOST:PORT", "a card emulator that connects to this address", _vpcd),
    "tape": Scheme("tape:FILE[#ROLE]", "a recording, or one of the readers on it", _tape),
}
"""What each scheme opens; each is a context manager that leaves nothing open behind it."""


def open_reader(address: str, tell: Tell = lambda sentence: None) -> AbstractContextManager[Reader]:
    """The one reader at an address; `tell` is told where another program uses the same card.

    Raises ReaderAddressError at once; ReaderHintError, or what opening it raises, when it is entered.
    """
    name, colon, rest = address.partition(":")
    scheme = SCHEMES.get(name) if colon else None
    if scheme is not None and (rest or scheme.alone):
        return scheme.open(rest, tell)
    if scheme is None and Path(address).is_file():
        return SCHEMES[VIRTUAL].open(address, tell)
    known = ", ".join(scheme.form for scheme in SCHEMES.values())
    raise ReaderAddressError(f"{address!r} is no reader; readers are {known}, or the name of a card image")


def slot_of(address: str, name: str) -> tuple[str, str]:
    """Which slot the opened reader of this name is: equal for the same slot, however its address was spelled."""
    scheme, rest = spelled(address)
    return scheme, name if scheme == PCSC else rest


def spelled(address: str) -> tuple[str, str]:
    """Scheme and rest of an address; of a card image, the one path of its file."""
    scheme, colon, rest = address.partition(":")
    if not colon or scheme not in SCHEMES:
        scheme, rest = VIRTUAL, address
    return scheme, str(Path(rest).resolve()) if scheme == VIRTUAL else rest
