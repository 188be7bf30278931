"""A C program calls every function of the native libraries, all its buffers guarded, also under valgrind."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from native_host import RuleDriver, RuleLibrary

from terminal.driver.functions import FUNCTIONS
from terminal.serve.driver.native_link import serve_native

VALGRIND = ("valgrind", "--quiet", "--error-exitcode=99", "--leak-check=full", "--errors-for-leak-kinds=all")


NUMBERS = {"iType": 3, "iAuthType": 1}
SENT = {
    name: tuple("x" * (one.size or 0) if one.is_text else NUMBERS[one.name] for one in function.parameters)
    for function in FUNCTIONS
    for name in (function.name, *function.aliases)
}
"""What every function is called with: texts of the documented size, with no NUL behind them."""


@pytest.mark.parametrize("under", [(), VALGRIND], ids=["alone", "under valgrind"])
def test_every_function_keeps_to_its_buffers_and_sends_its_inputs(
    under: tuple[str, ...],
    ssc_driver_library: Path,
    compiled_program: Callable[..., Path],
    endpoint_file: Path,
) -> None:
    program = compiled_program("driver_caller.c", "gcc", "-ldl")
    driver = RuleDriver()
    libraries = [ssc_driver_library / f"lib{name}.so" for name in ("SSCardDriver", "SSSE32")]
    with serve_native(driver, RuleLibrary(), endpoint_file):
        done = subprocess.run(
            [*under, program, *libraries], capture_output=True, text=True, timeout=100, check=False
        )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith("checks, 0 failed\n") and done.stderr == ""
    assert dict(driver.calls) == SENT
    assert len(driver.gone) == len({*driver.gone, *driver.callers}) == 2, (
        "each library is one caller, and hangs up"
    )
