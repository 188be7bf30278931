"""Scenario results as JUnit XML, the form CI systems show."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from pathlib import Path

from terminal.scenario.run import ScenarioResult


def junit_xml(results: Sequence[ScenarioResult]) -> str:
    """One test case per scenario; the problems of a failed one are its failure text."""
    failures = sum(not result.passed for result in results)
    duration = sum(result.duration_s for result in results)
    suite = ET.Element(
        "testsuite",
        name="ssc scenarios",
        tests=str(len(results)),
        failures=str(failures),
        errors="0",
        time=f"{duration:.3f}",
    )
    for result in results:
        case = ET.SubElement(
            suite, "testcase", classname="scenario", name=result.name, time=f"{result.duration_s:.3f}"
        )
        if not result.passed:
            failure = ET.SubElement(case, "failure", message=result.problems[0])
            failure.text = "\n".join(result.problems)
    ET.indent(suite)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(suite, encoding="unicode") + "\n"


def write_junit(path: str | Path, results: Sequence[ScenarioResult]) -> None:
    """Write the results to a file; raises OSError."""
    Path(path).write_text(junit_xml(results), encoding="utf-8")
