"""The libraries for Windows, built with mingw-w64: what they export, and what they ask of the machine."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from terminal.driver import lower
from terminal.driver.native.build import TARGETS
from terminal.driver.native.generated import exported

OF_EVERY_WINDOWS = {"KERNEL32.dll", "msvcrt.dll", "WS2_32.dll"}
FORMATS = {"win32": "pei-i386", "win64": "pei-x86-64"}


@pytest.mark.parametrize("target", FORMATS)
def test_names_are_exported_undecorated_and_nothing_else_is_needed(
    target: str, windows_libraries: Callable[[str], Path]
) -> None:
    for library, names in (("SSCardDriver", exported()), ("SSSE32", tuple(lower.FUNCTIONS))):
        dll = windows_libraries(target) / f"{library}.dll"
        objdump = TARGETS[target].compiler.replace("gcc", "objdump")
        told = subprocess.run([objdump, "-p", dll], check=True, capture_output=True, text=True).stdout
        assert f"file format {FORMATS[target]}" in told
        assert sorted(re.findall(r"^\s+\[ *\d+\] ([A-Za-z]\S+)$", told, re.MULTILINE)) == sorted(names)
        assert set(re.findall(r"DLL Name: (\S+)", told)) <= OF_EVERY_WINDOWS
