"""Card images: saved and loaded atomically, compared, and kept up to date by an append-only journal.

An image holds PIN and keys in clear, as the card does: its file has mode 0600.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import stat
from collections.abc import Sequence
from types import TracebackType

from virtual_card.card import Random, VirtualCard
from virtual_card.description_reader import DescriptionError
from virtual_card.errors import VirtualCardError
from virtual_card.image_diff import Difference, diff
from virtual_card.image_text import DamagedImageError, ImageText, decode, encode, journal_line
from virtual_card.nonvolatile import Change

__all__ = [
    "DamagedImageError",
    "Difference",
    "ImageInUseError",
    "JournalledImage",
    "diff",
    "dumps",
    "load",
    "open_journalled",
    "save",
]

PathLike = str | os.PathLike[str]


class ImageInUseError(VirtualCardError):
    """Another program has this image open and is writing to it."""


def dumps(card: VirtualCard) -> str:
    """The text of an image of this card; the same for equal cards."""
    return encode(card.state())[0]


def save(card: VirtualCard, path: PathLike) -> None:
    """Write an image, mode 0600; a crash at any point leaves the old file or the new one.

    Raises OSError, which names `path`.
    """
    _replace(dumps(card), os.path.realpath(path))


def load(path: PathLike, *, random: Random = os.urandom) -> VirtualCard:
    """Read an image: a card, powered off. Raises DamagedImageError, or OSError from reading the file."""
    return _revive(decode(_read(path), str(path)), str(path), random)


def open_journalled(path: PathLike, *, random: Random = os.urandom) -> JournalledImage:
    """Load a card whose commits are appended to its image as they happen; see JournalledImage.

    Raises what `load` raises, and ImageInUseError where the image is open in another program.
    """
    return JournalledImage(path, random)


class JournalledImage:
    """A card tied to its image file; `with open_journalled(path) as card:` closes it at the end.

    Each command that writes appends one line with one system call, so that what was committed survives the
    end of the process, however it comes; `close` rewrites the image without journal and synchronises it to
    disk, so that it also survives the end of the machine.
    """

    def __init__(self, path: PathLike, random: Random) -> None:
        self.path = os.path.realpath(path)
        self._file = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CLOEXEC)
        try:
            _refuse_endless(self._file, path)
            self._lock()
            text = decode(_read(self.path), str(path))
            self.card = _revive(text, str(path), random)
            os.ftruncate(self._file, text.intact)
        except BaseException:
            os.close(self._file)
            raise
        self._chain = text.chain
        self._length = text.intact
        self._open = True
        self.card.on_commit = self._append

    def close(self) -> None:
        """Detach the card, rewrite its image and synchronise it to disk; harmless when repeated."""
        if not self._open:
            return
        self._open = False
        self.card.on_commit = None
        try:
            _replace(dumps(self.card), self.path)
        finally:
            os.close(self._file)

    def __enter__(self) -> VirtualCard:
        return self.card

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _lock(self) -> None:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ImageInUseError(
                f"{self.path}: another program has this card open; close it first"
            ) from None

    def _append(self, changes: Sequence[Change]) -> None:
        line, chain = journal_line(changes, self._chain)
        raw = line.encode()
        try:
            written = os.write(self._file, raw)
            if written != len(raw):
                raise OSError(errno.ENOSPC, f"only {written} of {len(raw)} bytes could be written")
        except OSError as error:
            os.ftruncate(self._file, self._length)
            raise _named(error, self.path) from None
        self._chain = chain
        self._length += len(raw)


def _read(path: PathLike) -> bytes:
    with open(path, "rb") as file:
        _refuse_endless(file.fileno(), path)
        return file.read()


def _refuse_endless(descriptor: int, path: PathLike) -> None:
    """A device or a pipe is no image, and reading it may never end."""
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        raise DamagedImageError(
            str(path), "line 1", "this is no file", "Name a file that `ssc card new` wrote."
        )


def _revive(text: ImageText, path: str, random: Random) -> VirtualCard:
    from virtual_card.kinds import from_state

    try:
        card = from_state(text.state, random)
    except DescriptionError as error:
        raise DamagedImageError(path, error.place, error.reason) from None
    for line, change in text.changes:
        try:
            card.apply(change)
        except (ValueError, TypeError) as error:
            raise DamagedImageError(path, f"line {line}", f"this journal line is damaged: {error}") from None
    return card


def _replace(text: str, path: str) -> None:
    try:
        _replace_by_rename(text, path)
    except OSError as error:
        raise _named(error, path) from None


def _named(error: OSError, path: str) -> OSError:
    """The same error, told of the image and of no temporary file."""
    return OSError(error.errno, error.strerror or str(error), path)


def _replace_by_rename(text: str, path: str) -> None:
    import tempfile

    folder, base = os.path.split(path)
    descriptor, name = tempfile.mkstemp(prefix=f".{base}.", dir=folder)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name)
        raise
    directory = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
