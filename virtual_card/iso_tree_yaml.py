"""The YAML of a hand-written file tree: every scalar stays text, and no key stands twice in a mapping."""

from __future__ import annotations

import yaml
from yaml.constructor import ConstructorError
from yaml.nodes import MappingNode, ScalarNode


class _EachKeyOnce:
    """What PyYAML does not see to: by itself it lets the last of two equal keys win."""

    def compose_mapping_node(self, anchor: str | None) -> MappingNode:
        """The mapping; raises ConstructorError, a YAMLError, at a key that stands there twice."""
        node: MappingNode = super().compose_mapping_node(anchor)  # type: ignore[misc]
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, ScalarNode):
                continue
            if key.value in seen:
                raise ConstructorError(
                    None, None, f"the key {key.value!r} stands there twice", key.start_mark
                )
            seen.add(key.value)
        return node


class TreeLoader(_EachKeyOnce, yaml.BaseLoader):  # type: ignore[misc]
    """Every scalar stays a string."""
