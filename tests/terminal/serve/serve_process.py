"""The service as a process of its own, to be killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from serve_desk import TOKEN

SSC = str(Path(sys.executable).with_name("ssc"))


class Process:
    """`ssc serve centre` over a database; `url` stays the same when it is started again."""

    def __init__(self, where: str, *options: str) -> None:
        self.where, self.options = where, options
        self.port = 0
        self.start()

    def start(self) -> None:
        arguments = ("--db", self.where, "--port", str(self.port), "--now", "2030-01-08T18:00:00", "--json")
        self.running = subprocess.Popen(
            [SSC, "serve", "centre", *arguments, *self.options],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "SSC_CENTRE_TOKEN": TOKEN},
        )
        assert self.running.stdout is not None
        line = self.running.stdout.readline()
        assert line, self.ended()
        self.url = json.loads(line)["url"]
        self.port = int(self.url.rpartition(":")[2])

    def kill(self) -> None:
        """As kill -9 does: nothing is put away."""
        self.running.kill()
        self.ended()

    def ended(self, with_signal: int | None = None) -> tuple[int, str, str]:
        if with_signal is not None:
            self.running.send_signal(with_signal)
        out, err = self.running.communicate(timeout=60)
        return self.running.returncode, out, err

    def close(self) -> None:
        if self.running.poll() is None:
            self.ended(signal.SIGTERM)
