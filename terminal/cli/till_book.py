"""A till's book as a file: one line of JSON for each change, on the disk before anything is sent.

The last line of a msgid counts. A line that the power cut short was never acted on and is dropped.
"""

from __future__ import annotations

import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from terminal.cli.input_files import InputFileError, MalformedFileError
from terminal.flow.sales import Sale, SalesBook

OWNER_ONLY = 0o600
BEGINNING = b'{"msgid":'
"""How every line of a book begins."""


@contextmanager
def open_book(path: str | Path) -> Iterator[SalesBook]:
    """The book in a file, made where there is none, for this process alone.

    Raises InputFileError where another process has it or it is no file but a device, MalformedFileError for what is no
    book, OSError.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, OWNER_ONLY)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise InputFileError(f"{path}: is no file, and a book is one; name another")
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InputFileError(f"{path}: another command has this book open; wait until it ends") from None
        with os.fdopen(os.dup(descriptor), "rb") as file:
            sales = _read(path, file.read(), descriptor)

        def save(sale: Sale) -> None:
            line = msgspec.json.encode(sale) + b"\n"
            while line:
                line = line[os.write(descriptor, line) :]
            os.fdatasync(descriptor)

        yield SalesBook(sales, save)
    finally:
        os.close(descriptor)


def _read(path: str | Path, text: bytes, descriptor: int) -> list[Sale]:
    whole = text[: text.rfind(b"\n") + 1]
    cut = text[len(whole) :]
    sales: dict[str, Sale] = {}
    for number, line in enumerate(whole.splitlines(), 1):
        try:
            sale = msgspec.json.decode(line, type=Sale)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise _no_book(path, number) from None
        sales[sale.msgid] = sale
    if cut[: len(BEGINNING)] != BEGINNING[: len(cut)]:
        raise _no_book(path, whole.count(b"\n") + 1)
    if cut:
        os.ftruncate(descriptor, len(whole))
    return list(sales.values())


def _no_book(path: str | Path, number: int) -> MalformedFileError:
    return MalformedFileError(f"{path}, line {number}: this is no line of a till's book; name another file")
