"""The native libraries for Linux, built once a session, and the C program that calls them."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from terminal.driver.native.build import TARGETS, build, lay_out
from terminal.serve.driver.endpoint import VARIABLE

PROGRAM = Path(__file__).parents[3] / "programs" / "driver_caller.c"
STRICT = ("-std=c11", "-O1", "-g", "-Wall", "-Wextra", "-Werror")


@pytest.fixture(scope="session")
def linux_libraries(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with libSSCardDriver.so and libSSSE32.so."""
    out = tmp_path_factory.mktemp("native")
    build(TARGETS["linux"], out)
    return out / "linux"


@pytest.fixture(scope="session")
def compiled_caller(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Compiles the calling program with a compiler and further flags."""

    def compiled(compiler: str, *flags: str) -> Path:
        directory = tmp_path_factory.mktemp("caller")
        lay_out(directory)
        program = directory / "driver_caller.exe"
        command = [compiler, *STRICT, "-I", str(directory), "-o", str(program), str(PROGRAM), *flags]
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
def driver_library(linux_libraries: Path, tmp_path: Path) -> ctypes.CDLL:
    """libSSCardDriver.so as a Python POS loads it; a copy of the test's own, with no connection yet."""
    return ctypes.CDLL(str(shutil.copy(linux_libraries / "libSSCardDriver.so", tmp_path)))
