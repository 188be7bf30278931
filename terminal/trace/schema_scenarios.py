"""What scenarios and sweeps print with `--json`; part of `terminal.trace.schema`."""

from __future__ import annotations

from terminal.trace.schema_shapes import (
    FLAG,
    SECONDS,
    TEXT,
    WHOLE,
    EventType,
    Key,
    both,
    by_name,
    choice,
    many,
)

SCENARIOS = (
    EventType(
        "scenario",
        "A scenario that was played.",
        (
            Key("file", TEXT, "the scenario's file"),
            Key("name", TEXT, "its name"),
            Key("passed", FLAG, "whether everything was as it expects"),
            Key("rules", many(TEXT), "the rules of the domain that it shows: `R10`"),
            Key("outcomes", many(TEXT), "the outcome of each visit"),
            Key("problems", many(TEXT), "what was not as expected"),
            Key("duration_s", SECONDS, "seconds it took"),
        ),
    ),
    EventType(
        "rule",
        "A rule of the domain, and what the scenarios that show it came to.",
        (
            Key("rule", TEXT, "the rule as it is cited: `R10`"),
            *both("what it says"),
            Key("scenarios", many(TEXT), "the names of the scenarios that show it"),
            Key("failed", many(TEXT), "those of them that failed"),
            Key(
                "result",
                choice("passed", "failed", "not shown"),
                "whether the rule holds, as far as they tell",
            ),
        ),
    ),
    EventType(
        "sweep",
        "A scenario that was broken at every exchange.",
        (
            Key("file", TEXT, "the scenario's file"),
            Key("name", TEXT, "its name"),
            Key("over_http", FLAG, "whether the centre was a process of its own"),
            Key("exchanges", WHOLE, "exchanges of an undisturbed visit"),
            Key("points", WHOLE, "disturbances tried"),
            Key("kinds", by_name(WHOLE), "how many of each kind"),
            Key("violations", many(TEXT), "what was lost, and where"),
        ),
    ),
)
