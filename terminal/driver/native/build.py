"""Building the native libraries: one compiler run a library, for Linux, and for Windows with mingw-w64."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from terminal.driver.native.generated import files

WARNINGS = ("-std=c11", "-O2", "-Wall", "-Wextra")
HEADERS = ("SSCardDriver.h", "SSSE32.h")
COMMON = ("frames.c", "link.c")
LIBRARIES = {"SSCardDriver": "card_driver.c", "SSSE32": "reader_library.c"}
"""Name of each library, and the source that only it has."""


class BuildError(Exception):
    """The libraries cannot be built; the message says what is missing, or what the compiler said."""


@dataclass(frozen=True, slots=True)
class Target:
    """A kind of machine: its compiler, the Debian package that has it, and how a library is made for it."""

    name: str
    compiler: str
    package: str
    platform: str
    file_name: str
    flags: tuple[str, ...]
    link: tuple[str, ...] = ()


def _windows(name: str, machine: str, package: str) -> Target:
    return Target(
        name,
        f"{machine}-w64-mingw32-gcc",
        package,
        "platform_windows.c",
        "{}.dll",
        ("-D_WIN32_WINNT=0x0501", "-DWIN32_LEAN_AND_MEAN", "-shared", "-static", "-s", "-Wl,--kill-at"),
        ("-lws2_32",),
    )


TARGETS = {
    target.name: target
    for target in (
        Target(
            "linux",
            "gcc",
            "gcc libc6-dev",
            "platform_linux.c",
            "lib{}.so",
            ("-shared", "-fPIC", "-fvisibility=hidden", "-pthread", "-Wl,-z,now", "-Wl,--no-undefined"),
        ),
        _windows("win32", "i686", "gcc-mingw-w64-i686-win32"),
        _windows("win64", "x86_64", "gcc-mingw-w64-x86-64-win32"),
    )
}
"""Windows: stdcall with undecorated names (`--kill-at`), and no other library than Windows' own."""


def build(target: Target, out: Path) -> list[Path]:
    """Build both libraries into `out`/TARGET and the headers into `out`/include; the files written.

    Raises BuildError, and OSError where `out` cannot be written.
    """
    if shutil.which(target.compiler) is None:
        raise BuildError(
            f"building for {target.name} needs {target.compiler}; on Debian, as root: "
            f"apt-get install --no-install-recommends {target.package}"
        )
    place, include = out / target.name, out / "include"
    for directory in (place, include):
        directory.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as kept:
        sources = Path(kept)
        lay_out(sources)
        written = [_compile(target, sources, name, place) for name in LIBRARIES]
        written += [Path(shutil.copyfile(sources / header, include / header)) for header in HEADERS]
    return written


def lay_out(directory: Path) -> None:
    """Put every source, the generated ones too, into a directory."""
    for source in resources.files(__package__).iterdir():
        if source.name.endswith((".c", ".h")):
            directory.joinpath(source.name).write_bytes(source.read_bytes())
    for name, content in files().items():
        directory.joinpath(name).write_text(content, encoding="utf-8")


def _compile(target: Target, sources: Path, name: str, place: Path) -> Path:
    made = place / target.file_name.format(name)
    new = made.with_name(f"{made.name}.{os.getpid()}")
    inputs = (LIBRARIES[name], *COMMON, target.platform)
    named = (f"-Wl,-soname,{made.name}",) if target.name == "linux" else ()
    command = [
        target.compiler,
        *WARNINGS,
        *target.flags,
        *named,
        "-o",
        str(new.absolute()),
        *inputs,
        *target.link,
    ]
    try:
        done = subprocess.run(
            command, cwd=sources, capture_output=True, text=True, errors="replace", check=False
        )
        if done.returncode != 0:
            raise BuildError(f"{target.compiler} could not build {made.name}:\n{done.stderr.strip()}")
        new.replace(made)
    finally:
        new.unlink(missing_ok=True)
    return made
