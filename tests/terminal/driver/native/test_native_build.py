"""`ssc driver build`, and what the libraries export."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner

from terminal.cli.main import cli
from terminal.driver import lower
from terminal.driver.native.build import TARGETS, build, lay_out
from terminal.driver.native.generated import exported

INCLUDING = (
    '#include "SSCardDriver.h"\n#include "SSSE32.h"\nint main(void) { return iReadCardBas(3, 0) != 0; }\n'
)


def test_libraries_and_headers_are_built_by_one_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(cli, ["driver", "build"])
    assert done.exit_code == 0, done.output
    written = {line.removeprefix("ssc-driver/") for line in done.output.splitlines()}
    assert written == {
        "linux/libSSCardDriver.so",
        "linux/libSSSE32.so",
        "include/SSCardDriver.h",
        "include/SSSE32.h",
    }
    Path("pos.c").write_text(INCLUDING, encoding="ascii")
    strict = ["-std=c99", "-Wall", "-Wextra", "-pedantic", "-Werror"]
    command = [
        "gcc",
        *strict,
        "pos.c",
        "-Issc-driver/include",
        "-Lssc-driver/linux",
        "-lSSCardDriver",
        "-o",
        "pos",
    ]
    subprocess.run(command, check=True)
    assert subprocess.run(["./pos"], env={"LD_LIBRARY_PATH": "ssc-driver/linux"}, check=False).returncode == 1


def test_the_libraries_export_the_functions_and_nothing_else(ssc_driver_library: Path) -> None:
    for library, names in (("SSCardDriver", exported()), ("SSSE32", tuple(lower.FUNCTIONS))):
        listed = subprocess.run(
            ["nm", "-D", "--defined-only", "--format=just-symbols", ssc_driver_library / f"lib{library}.so"],
            check=True,
            capture_output=True,
            text=True,
        )
        assert sorted(listed.stdout.split()) == sorted(names)


def test_the_sources_compile_without_a_warning(tmp_path: Path) -> None:
    lay_out(tmp_path)
    sources = [path.name for path in tmp_path.glob("*.c") if path.name != "platform_windows.c"]
    strict = [
        "-std=c11",
        "-Wall",
        "-Wextra",
        "-pedantic",
        "-Wshadow",
        "-Wconversion",
        "-Werror",
        "-fsyntax-only",
    ]
    subprocess.run(["gcc", *strict, *sources], cwd=tmp_path, check=True)


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
def test_a_missing_compiler_is_named_with_its_package(
    target: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    name = next(name for name, known in TARGETS.items() if known is target)
    done = CliRunner().invoke(cli, ["driver", "build", "--target", name, "--out", str(tmp_path / "out")])
    assert done.exit_code == 2
    assert (
        TARGETS[name].compiler in done.stderr
        and f"apt-get install --no-install-recommends {TARGETS[name].package}" in done.stderr
    )


def test_a_compiler_that_fails_is_quoted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "gcc"
    broken.write_text("#!/bin/sh\necho 'no space left' >&2\nexit 1\n", encoding="ascii")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    done = CliRunner().invoke(cli, ["driver", "build", "--out", str(tmp_path / "out")])
    assert done.exit_code == 2
    assert "libSSCardDriver.so" in done.stderr and "no space left" in done.stderr


def test_what_a_compiler_says_in_another_encoding_is_quoted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "gcc"
    broken.write_bytes(b"#!/bin/sh\necho '\xff.c: gone' >&2\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    done = CliRunner().invoke(cli, ["driver", "build", "--out", str(tmp_path / "out")])
    assert (done.exit_code, ".c: gone" in done.stderr) == (2, True)


def test_a_build_that_is_cancelled_leaves_no_half_library(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    half: list[Path] = []

    def cancelled(command: Sequence[str], **_: object) -> None:
        half.append(Path(command[command.index("-o") + 1]))
        half[0].touch()
        raise KeyboardInterrupt

    monkeypatch.setattr(subprocess, "run", cancelled)
    with pytest.raises(KeyboardInterrupt):
        build(TARGETS["linux"], tmp_path)
    assert [half[0].parent.name, *half[0].parent.iterdir()] == ["linux"]


def test_a_build_that_cannot_be_put_in_place_leaves_no_half_library(tmp_path: Path) -> None:
    there = tmp_path / "linux" / "libSSCardDriver.so"
    there.mkdir(parents=True)
    with pytest.raises(IsADirectoryError):
        build(TARGETS["linux"], tmp_path)
    assert list(there.parent.iterdir()) == [there]
