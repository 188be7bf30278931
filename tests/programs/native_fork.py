"""Forks in the middle of a call: `native_fork.py LIBRARY FILE`; FILE appears once iChangePIN is being carried out."""

from __future__ import annotations

import ctypes
import os
import sys
import threading
import time
from pathlib import Path

library = ctypes.CDLL(sys.argv[1])
begun = Path(sys.argv[2])


def call(name: str) -> tuple[int, bytes]:
    """Code and text of a function that takes iType."""
    out = ctypes.create_string_buffer(1024)
    return getattr(library, name)(3, out), out.value


if __name__ == "__main__":
    assert call("iVerifyPIN") == (0, b"3|")
    slow = threading.Thread(target=call, args=("iChangePIN",))
    slow.start()
    deadline = time.monotonic() + 30
    while not begun.exists():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    child = os.fork()
    if child == 0:
        os._exit(call("iReadCardBas") != (0, b"3|"))
    assert os.waitpid(child, 0)[1] == 0, (
        "the child of the fork must be answered while its parent is in a call"
    )
    slow.join(30)
    assert not slow.is_alive()
    assert call("iVerifyPIN") == (0, b"3|"), "the child must have left its parent's line alone"
