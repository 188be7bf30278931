"""A process with real PC/SC in it, told line by line what to do: libpcsclite learns its daemon once per process."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Self

PROGRAM = Path(__file__).with_name("pcsc_desk_program.py")


class PcscDesk:
    """`with PcscDesk(daemon.environment) as desk: desk.do("reader_names(scard)")`; a line must answer in 20 s."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = {**os.environ, **environment}
        self._lines: queue.Queue[str] = queue.Queue()

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, str(PROGRAM)],
            env=self._environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        threading.Thread(target=self._read, daemon=True).start()
        assert self.do("'ready'") == "'ready'"
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()

    @property
    def pid(self) -> int:
        """The process."""
        return self._process.pid

    def start(self, line: str) -> None:
        """Send a line; `answer` waits for what comes of it."""
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def answer(self, timeout_s: float = 20) -> str:
        """What the line before gave."""
        return self._lines.get(timeout=timeout_s)

    def do(self, line: str) -> str:
        """Send a line and return its result or its error."""
        self.start(line)
        return self.answer()

    def silent(self, seconds: float) -> bool:
        """Whether nothing is answered for so long."""
        try:
            line = self._lines.get(timeout=seconds)
        except queue.Empty:
            return True
        self._lines.put(line)
        return False

    def interrupt(self) -> None:
        """Ctrl-C."""
        self._process.send_signal(signal.SIGINT)

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(line.rstrip("\n"))
