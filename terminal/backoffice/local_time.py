"""What the back office answers is told by the region's clock; the store keeps UTC."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from datetime import datetime, tzinfo
from typing import Any, TypeVar

T = TypeVar("T")


def told_locally(answer: T, zone: tzinfo) -> T:
    """The same answer, every instant in it at any depth by the clock of this zone."""
    told: T = _local(answer, zone)
    return told


def _local(value: Any, zone: tzinfo) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(zone)
    if isinstance(value, tuple):
        return tuple(_local(each, zone) for each in value)
    if not is_dataclass(value) or isinstance(value, type):
        return value
    inside = {field.name: getattr(value, field.name) for field in fields(value)}
    local = {name: _local(each, zone) for name, each in inside.items()}
    return replace(value, **{name: each for name, each in local.items() if each is not inside[name]})
