"""Runs a program on virtual readers whose cards are moved by lines on standard input.

`python host_of_virtual_readers.py [before|after] PROGRAM NAME...`: `before` imports all of pyscard first. Lines are
`insert NAME`, `remove NAME`, `plug NAME`, `unplug NAME`; `where` tells what the program is doing. Names that start
with "Full" begin with a card in them.
"""

from __future__ import annotations

import importlib
import runpy
import sys
import traceback
from threading import Thread, main_thread

from terminal.testing.virtual_readers import VirtualReaders, virtual_readers
from virtual_card.issuer import issue

PYSCARD = (
    "scard",
    "System",
    "CardMonitoring",
    "ReaderMonitoring",
    "CardRequest",
    "ExclusiveConnectCardConnection",
)


def obey(readers: VirtualReaders) -> None:
    for line in sys.stdin:
        verb, _, name = line.strip().partition(" ")
        if verb == "insert":
            readers.insert(name, issue("ssc-3.0", 1))
        elif verb == "remove":
            readers.remove(name)
        elif verb == "plug":
            readers.add_reader(name)
        elif verb == "unplug":
            readers.remove_reader(name)
        elif verb == "where":
            stack = traceback.extract_stack(sys._current_frames()[main_thread().ident or 0])
            print("main thread in", *(frame.name for frame in stack), flush=True)
    sys.stdin.close()


def main(order: str, program: str, *names: str) -> None:
    if order == "before":
        for module in PYSCARD:
            importlib.import_module(f"smartcard.{module}")
    contents = {name: issue("ssc-3.0", 1) if name.startswith("Full") else None for name in names}
    with virtual_readers(contents) as readers:
        Thread(target=obey, args=(readers,), daemon=True).start()
        runpy.run_path(program, run_name="__main__")


if __name__ == "__main__":
    main(*sys.argv[1:])
