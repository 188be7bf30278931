"""What commands print with `--json`, declared once: the published schema, its page and its tests come from here.

A new type of line is one more `EventType` in the module of its subject; `terminal.trace.as_json.json_line` writes it.
"""

from __future__ import annotations

from terminal.trace.schema_centre import CENTRE
from terminal.trace.schema_driver import DRIVER
from terminal.trace.schema_looks import LOOKS
from terminal.trace.schema_readers import READERS
from terminal.trace.schema_scenarios import SCENARIOS
from terminal.trace.schema_shapes import EventType
from terminal.trace.schema_visit import PLANS, VISIT

EVENT_TYPES: tuple[EventType, ...] = (*VISIT, *PLANS, *LOOKS, *READERS, *SCENARIOS, *CENTRE, *DRIVER)
"""Every type of line, in the order of the page."""
