"""YAML that people write by hand, read in one place: safe types only, no tags, no key twice, no file without end."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml
from yaml.composer import Composer, ComposerError
from yaml.constructor import ConstructorError
from yaml.nodes import MappingNode, Node, ScalarNode

MAX_BYTES = 1_000_000


class YamlError(ValueError):
    """Text that is no usable YAML: `problem` says why, `place` is `line 3, column 1` or empty. Quotes no value."""

    def __init__(self, problem: str, place: str = "") -> None:
        super().__init__(f"no valid YAML{f' at {place}' if place else ''}: {problem}")
        self.problem = problem
        self.place = place


class _Careful(Composer):
    """What both loaders refuse beyond YAML itself; before a loader of libyaml, whose own composer cannot be told.

    With libyaml's events a file is read in a quarter of the time that PyYAML's own parser needs.
    """

    def __init__(self, stream: str) -> None:
        Composer.__init__(self)
        super(Composer, self).__init__(stream)  # type: ignore[call-arg]  # the loader's, which comes next

    def compose_node(self, parent: Node | None, index: Any) -> Node | None:
        event = self.peek_event()  # type: ignore[attr-defined]  # the loader's
        if getattr(event, "tag", None) is not None:
            raise ComposerError(
                None,
                None,
                "a tag stands there (`!`); write the plain value, or put it in quotes",
                event.start_mark,
            )
        node: Node | None = super().compose_node(parent, index)
        return node

    def compose_mapping_node(self, anchor: Any) -> MappingNode:
        node: MappingNode = super().compose_mapping_node(anchor)
        seen: set[tuple[str, str]] = set()
        for key, _ in node.value:
            if not isinstance(key, ScalarNode):
                continue
            if (key.tag, key.value) in seen:
                raise ConstructorError(
                    None, None, f"the key {key.value!r} stands there twice", key.start_mark
                )
            seen.add((key.tag, key.value))
        return node

    def construct_object(self, node: Node, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep)  # type: ignore[misc]
        except (ValueError, LookupError, AttributeError):  # what PyYAML's constructors stumble over
            kind = node.tag.rpartition(":")[2]
            raise ConstructorError(None, None, f"this value is no {kind}", node.start_mark) from None


class _SafeLoader(_Careful, yaml.CSafeLoader):
    """Numbers, booleans and dates become what they are."""


class _TextLoader(_Careful, yaml.CBaseLoader):
    """Every scalar stays a string."""


def places(text: str) -> Mapping[str, str]:
    """Where the value of each key of the outermost mapping stands: `line 3, column 7`. Raises YamlError."""
    with _told_in_words():
        root = yaml.compose(text, _TextLoader)
    pairs = root.value if isinstance(root, MappingNode) else []
    return {str(key.value): _place(value.start_mark) for key, value in pairs}


def parse(text: str, *, all_text: bool = False) -> Any:
    """The document; `all_text` leaves scalars strings. Raises YamlError."""
    with _told_in_words():
        return yaml.load(text, _TextLoader if all_text else _SafeLoader)


@contextmanager
def _told_in_words() -> Iterator[None]:
    try:
        yield
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = _place(mark) if mark else ""
        raise YamlError(getattr(error, "problem", None) or "it cannot be parsed", place) from None
    except RecursionError:
        raise YamlError("it is nested too deeply") from None


def _place(mark: Any) -> str:
    return f"line {mark.line + 1}, column {mark.column + 1}"


def read_text(path: str | os.PathLike[str]) -> str:
    """The text of a YAML file; raises OSError, UnicodeDecodeError, and YamlError where it is too large."""
    with Path(path).open("rb") as file:
        raw = file.read(MAX_BYTES + 1)
    if len(raw) > MAX_BYTES:
        raise YamlError(f"it is larger than {MAX_BYTES} bytes")
    return raw.decode("utf-8")
