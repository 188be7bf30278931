"""The native libraries as programs load them, and the C programs that call them."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from terminal.driver.native.build import TARGETS, build, lay_out
from terminal.serve.driver.endpoint import VARIABLE

PROGRAMS = Path(__file__).parents[3] / "programs"
STRICT = ("-std=c11", "-O1", "-g", "-Wall", "-Wextra", "-Werror")


@pytest.fixture(scope="session")
def windows_libraries(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Builds for a target, once, and gives the directory with SSCardDriver.dll and SSSE32.dll."""

    @cache
    def built(target: str) -> Path:
        out = tmp_path_factory.mktemp(target)
        build(TARGETS[target], out)
        return out / target

    return built


@pytest.fixture(scope="session")
def compiled_program(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Compiles a program of tests/programs with a compiler and further flags, once."""

    @cache
    def compiled(source: str, compiler: str, *flags: str) -> Path:
        directory = tmp_path_factory.mktemp("program")
        lay_out(directory)
        program = directory / "program.exe"
        command = [
            compiler,
            *STRICT,
            "-I",
            str(directory),
            "-o",
            str(program),
            str(PROGRAMS / source),
            *flags,
        ]
        subprocess.run(command, check=True)
        return program

    return compiled


@pytest.fixture
def endpoint_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the libraries of this process look for the service."""
    file = tmp_path / "endpoint"
    monkeypatch.setenv(VARIABLE, str(file))
    return file


@pytest.fixture
def driver_library(ssc_driver_library: Path, tmp_path: Path) -> ctypes.CDLL:
    """libSSCardDriver.so as a Python POS loads it; a copy of the test's own, with no connection yet."""
    return ctypes.CDLL(str(shutil.copy(ssc_driver_library / "libSSCardDriver.so", tmp_path)))
