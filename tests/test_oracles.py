"""Libraries that only tests need are asked for where they can be had, and needed nowhere else."""

from __future__ import annotations

import tomllib
from pathlib import Path

HERE = Path(__file__).parent
GMSSL = "gmssl_pyx"


def test_gmssl_is_installed_where_its_tests_are_collected() -> None:
    project = tomllib.loads((HERE.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    dev = project["optional-dependencies"]["dev"]
    (entry,) = [line for line in dev if line.startswith("gmssl-pyx")]
    assert entry.partition(";")[2].strip() == "platform_machine == 'x86_64'"
    assert 'platform.machine() == "x86_64"' in (HERE / "conftest.py").read_text(encoding="utf-8")


def test_only_files_of_its_name_need_gmssl() -> None:
    needing = [
        path.name for path in HERE.rglob("*.py") if f"import {GMSSL}\n" in path.read_text(encoding="utf-8")
    ]
    assert needing
    assert [name for name in needing if not name.startswith("test_gmssl_")] == []
