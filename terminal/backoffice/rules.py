"""Which rules a request meets, and in which order: one table over the rules of every subject."""

from __future__ import annotations

from terminal.backoffice.rule import Rules
from terminal.backoffice.rules_channels import CHANNELS
from terminal.backoffice.rules_dual_insert import DUAL_INSERT

RULES: Rules = {**DUAL_INSERT, **CHANNELS}
