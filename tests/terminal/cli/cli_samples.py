"""Constants and types of the command line's tests."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from click.testing import Result

SEED = 5
NOW = "2030-01-08T10:00:00+08:00"
ACTIVATE = (
    {"do": "insert", "card": "old"},
    {"do": "remove"},
    {"do": "insert", "card": "new"},
    {"do": "pin", "pin": "old"},
    {"do": "remove"},
)
SSC = str(Path(sys.executable).with_name("ssc"))

Run = Callable[..., Result]
Start = Callable[..., "subprocess.Popen[str]"]
Steps = Sequence[dict[str, Any]]
