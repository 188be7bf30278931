"""The libraries for Windows, called by a Windows program under wine; all its buffers end at a page that faults.

Collected on x86_64 alone, see tests/conftest.py; the 32-bit ones where a 32-bit wine is installed, of which
tests/system/install-debian-packages says why it is not.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from native_host import RuleDriver, RuleLibrary
from native_visit import calling, visit

from terminal.driver.native.build import TARGETS
from terminal.driver.native.generated import exported
from terminal.driver.profile import load_profile
from terminal.serve.driver.endpoint import VARIABLE
from terminal.serve.driver.native_link import serve_native
from terminal.testbench.bench import TestBench
from terminal.testbench.slots import Slots

WINE_32 = Path("/usr/lib/wine/wine")
RUNNING = ("win64", "win32") if WINE_32.exists() else ("win64",)
REGISTRY = "WINE REGISTRY Version 2\n;; All keys relative to \\\\Machine\n\n#arch=win64\n"


@pytest.fixture(scope="module")
def wine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, str]]:
    """The environment of wine with a Windows that is empty but for its drives.

    A program that needs Windows' core alone runs in it; a whole one takes 1.3 GB and as long as all tests here.
    """
    prefix = tmp_path_factory.mktemp("wine")
    for directory in ("dosdevices", "drive_c/windows/system32", "drive_c/windows/syswow64"):
        (prefix / directory).mkdir(parents=True)
    (prefix / "dosdevices" / "c:").symlink_to("../drive_c")
    (prefix / "dosdevices" / "z:").symlink_to("/")
    (prefix / "system.reg").write_text(REGISTRY, encoding="ascii")
    (prefix / ".update-timestamp").write_text("disable\n", encoding="ascii")
    environment = {
        **os.environ,
        "WINEPREFIX": str(prefix),
        "WINEDEBUG": "-all",
        "WINEBOOTSTRAPMODE": "1",
        "WINEDLLOVERRIDES": "mscoree,mshtml=",
    }
    yield environment
    subprocess.run(["wineserver", "-k", "-w"], env=environment, check=False)


@pytest.mark.parametrize("target", RUNNING)
def test_every_function_keeps_to_its_buffers_on_windows(
    target: str,
    wine: Mapping[str, str],
    windows_libraries: Callable[[str], Path],
    compiled_program: Callable[..., Path],
    tmp_path: Path,
) -> None:
    program = compiled_program("driver_caller.c", TARGETS[target].compiler, "-static")
    libraries = [f"Z:{windows_libraries(target) / name}.dll" for name in ("SSCardDriver", "SSSE32")]
    driver, endpoint = RuleDriver(), tmp_path / "endpoint"
    with serve_native(driver, RuleLibrary(), endpoint, tcp=True):
        environment = {**wine, VARIABLE: f"Z:{endpoint}"}
        done = subprocess.run(
            ["wine", program, *libraries], env=environment, capture_output=True, timeout=100, check=False
        )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith(b"checks, 0 failed\r\n")
    assert {name for name, _ in driver.calls} == set(exported())
    assert len(driver.gone) == 2, "each library is one caller, and hangs up"


@pytest.mark.parametrize("target", RUNNING)
def test_a_pos_on_windows(
    target: str,
    wine: Mapping[str, str],
    windows_libraries: Callable[[str], Path],
    compiled_program: Callable[..., Path],
    tmp_path: Path,
) -> None:
    program = compiled_program("driver_line.c", TARGETS[target].compiler, "-static")
    endpoint = tmp_path / "endpoint"
    command = ["wine", program, f"Z:{windows_libraries(target) / 'SSCardDriver.dll'}"]
    with Slots() as slots:
        bench = TestBench(slots, load_profile())
        with (
            serve_native(bench.driver, bench.library, endpoint, tcp=True),
            calling(command, {**wine, VARIABLE: f"Z:{endpoint}"}) as call,
        ):
            visit(call, bench)
