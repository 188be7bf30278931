"""Virtual readers in a pyscard program, in its own process: see docs/readers.md.

From Python, `with virtual_readers({"Virtual 01": card}) as readers:`; from a shell, any program as it is:
`python -m terminal.testing.virtual_readers IMAGE... -- program.py arguments`.
"""

from __future__ import annotations

import os
import runpy
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from terminal.exit_codes import ExitCode
from terminal.transport.base import ReaderError
from terminal.transport.pcsc.virtual_scard_install import installed
from terminal.transport.pcsc.virtual_scard_plugged import PluggedReaders
from terminal.transport.virtual import VirtualReader
from virtual_card.card import VirtualCard
from virtual_card.image import open_journalled
from virtual_card.slot import Slot

Content = Slot | VirtualCard | str | os.PathLike[str] | None
"""What a reader starts with: a slot, a card, the path of a card image, or nothing."""

USAGE = """\
usage: python -m terminal.testing.virtual_readers [NAME=]IMAGE... -- PROGRAM.py [ARGUMENT...]
       python -m terminal.testing.virtual_readers [NAME=]IMAGE... -- -m MODULE [ARGUMENT...]

Runs a pyscard program, unmodified, with one virtual reader per card image beside the real ones; what it writes is
kept in the images. An empty image name (`NAME=`) is a reader without a card. A reader without a name is called
"Virtual reader 01", 02, ... in the order given.
在虚拟读卡器上原样运行 pyscard 程序；卡上的更改写回卡映像。
"""


class VirtualReaders:
    """The virtual readers in place: cards go in and out, readers come and go, as a person's hands would do it."""

    def __init__(self, readers: PluggedReaders, images: ExitStack) -> None:
        self._readers = readers
        self._images = images
        self._slots: dict[str, Slot] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """The readers' names, in the order in which pyscard lists them."""
        return tuple(self._slots)

    def slot(self, name: str) -> Slot:
        """The slot behind a reader. Raises ReaderError where there is none of this name."""
        if name not in self._slots:
            known = ", ".join(self._slots) or "none"
            raise ReaderError(f"no virtual reader is called {name!r}; there are: {known}")
        return self._slots[name]

    def insert(self, name: str, card: VirtualCard) -> None:
        """Put a card in; monitors and waiting requests see it at once. Raises ValueError where there is one."""
        self.slot(name).insert(card)
        self._readers.look(name)

    def remove(self, name: str) -> VirtualCard | None:
        """Pull the card, whatever it is doing; returns it, None where there was none."""
        card = self.slot(name).remove()
        self._readers.look(name)
        return card

    def add_reader(self, name: str, content: Content = None) -> Slot:
        """Plug one more reader in; a card image is journalled until the readers are taken away.

        Raises ReaderError where the name is taken, DamagedImageError or OSError for an image.
        """
        slot = self._slot_of(name, content)
        self._readers.add(name, VirtualReader(slot), lambda: slot.card)
        self._slots[name] = slot
        return slot

    def remove_reader(self, name: str) -> None:
        """Unplug a reader, with the card in it. Raises ReaderError where there is none of this name."""
        self._readers.remove(name)
        del self._slots[name]

    def _slot_of(self, name: str, content: Content) -> Slot:
        if isinstance(content, Slot):
            return content
        slot = Slot(name)
        if isinstance(content, str | os.PathLike):
            slot.insert(self._images.enter_context(open_journalled(content)))
        elif content is not None:
            slot.insert(content)
        return slot


@contextmanager
def virtual_readers(contents: Mapping[str, Content] | None = None) -> Iterator[VirtualReaders]:
    """Make pyscard list virtual readers before the real ones, in this process, for as long as the block lasts.

    `contents` maps reader names to what is in them. Programs may have been imported before or be imported inside the
    block; no PC/SC service is needed. On the way out connections to virtual readers are closed and pyscard is as it
    was. Raises ReaderError (pyscard is not installed, readers are in place already, a name given twice),
    DamagedImageError or OSError.
    """
    with ExitStack() as images, installed() as scard:
        readers = VirtualReaders(scard.readers, images)
        for name, content in (contents or {}).items():
            readers.add_reader(name, content)
        yield readers


def run(program: Sequence[str]) -> None:
    """Run a program file, or `-m` and a module, as `python` would; raises what it raises, SystemExit included."""
    if program[0] == "-m":
        sys.argv[:] = list(program[1:])
        sys.path.insert(0, os.getcwd())
        runpy.run_module(program[1], run_name="__main__", alter_sys=True)
    else:
        sys.argv[:] = list(program)
        sys.path.insert(0, str(Path(program[0]).resolve().parent))
        runpy.run_path(program[0], run_name="__main__")


def main(arguments: Sequence[str]) -> int:
    """The command line; returns an exit code of ours only where the program could not be started."""
    images, program = _split(arguments)
    if not images or not program or program == ["-m"]:
        print(USAGE, end="", file=sys.stderr)
        return ExitCode.USAGE
    if program[0] != "-m" and not Path(program[0]).is_file():
        print(f"there is no program {program[0]} 找不到程序", file=sys.stderr)
        return ExitCode.USAGE
    with ExitStack() as stack:
        try:
            stack.enter_context(virtual_readers(_named(images)))
        except Exception as error:
            return _report(error)
        run(program)
    return ExitCode.DONE


def _split(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    if "--" not in arguments:
        return [], []
    split = list(arguments).index("--")
    return list(arguments[:split]), list(arguments[split + 1 :])


def _named(images: Sequence[str]) -> dict[str, Content]:
    named: dict[str, Content] = {}
    for number, image in enumerate(images, start=1):
        name, equals, path = image.partition("=")
        if not equals:
            name, path = f"Virtual reader {number:02}", image
        if name in named:
            raise ReaderError(f"two readers are called {name!r}; give each its own name")
        named[name] = path or None
    return named


def _report(error: Exception) -> int:
    from terminal.cli.errors import report

    return report(error)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
