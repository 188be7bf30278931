"""YAML files that people write by hand: what is no YAML is damaged, what says something wrong is usage."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

import msgspec
import yaml

T = TypeVar("T")


class InputFileError(ValueError):
    """A file that cannot be read, or says something wrong; names file, path inside and next step."""


class MalformedFileError(ValueError):
    """A file that is no YAML at all; names file and line."""


def read_yaml(path: str | Path, *, all_text: bool = False) -> Any:
    """The document of a YAML file; `all_text` leaves scalars strings. Raises both errors of this module."""
    try:
        text = Path(path).read_text(encoding="utf-8")
    except OSError as error:
        raise InputFileError(f"{path}: {error.strerror}; check the name and its rights") from None
    except UnicodeDecodeError:
        raise MalformedFileError(f"{path}: no UTF-8 text; save the file as UTF-8") from None
    try:
        return yaml.load(text, yaml.BaseLoader if all_text else yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        problem = getattr(error, "problem", None) or "it cannot be parsed"
        raise MalformedFileError(f"{path}{place}: no valid YAML ({problem}); correct the file") from None


def read_shape(path: str | Path, shape: Any, hint: str, *, all_text: bool = False) -> Any:
    """The document as `shape`; `hint` says how it should look. Raises both errors of this module."""
    document = read_yaml(path, all_text=all_text)
    try:
        return msgspec.convert(document, shape)
    except msgspec.ValidationError as error:
        raise InputFileError(f"{path}: {error}; {hint}") from None
