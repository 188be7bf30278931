"""Fixtures for every test: `pytester` runs the project's own pytest plugin."""

from __future__ import annotations

pytest_plugins = ["pytester"]
