"""The native libraries as programs load them, and the C programs that call them."""

from __future__ import annotations

import ctypes
import fcntl
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from terminal.driver.native.build import TARGETS, build, lay_out
from terminal.serve.driver.endpoint import VARIABLE

PROGRAMS = Path(__file__).parents[3] / "programs"
NAME = "program.exe"
STRICT = ("-std=c11", "-O1", "-g", "-Wall", "-Wextra", "-Werror")


Make = Callable[[Path], None]


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Make], Path]:
    """Gives a directory by name, filled once a test run, whichever of its processes asks first."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base

    def made(name: str, make: Make) -> Path:
        directory, done = shared / name, shared / f"{name}.done"
        with open(shared / f"{name}.lock", "w", encoding="ascii") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not done.exists():
                directory.mkdir()
                make(directory)
                done.touch()
        return directory

    return made


@pytest.fixture(scope="session")
def windows_libraries(made_once: Callable[[str, Make], Path]) -> Callable[[str], Path]:
    """Builds for a target and gives the directory with SSCardDriver.dll and SSSE32.dll."""

    def built(target: str) -> Path:
        def build_in(directory: Path) -> None:
            build(TARGETS[target], directory)

        return made_once(f"native-{target}", build_in) / target

    return built


@pytest.fixture(scope="session")
def compiled_program(made_once: Callable[[str, Make], Path]) -> Callable[..., Path]:
    """Compiles a program of tests/programs with a compiler and further flags."""

    def compiled(source: str, compiler: str, *flags: str) -> Path:
        def compile_in(directory: Path) -> None:
            lay_out(directory)
            command = [compiler, *STRICT, "-I.", "-o", NAME, PROGRAMS / source, *flags]
            subprocess.run(command, cwd=directory, check=True)

        return made_once(f"{source}-{compiler}", compile_in) / NAME

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
