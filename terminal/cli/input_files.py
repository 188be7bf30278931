"""YAML files that people write by hand: what is no YAML is damaged, what says something wrong is usage."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

import msgspec

from apdu.yaml_text import YamlError, parse, read_text

T = TypeVar("T")


class InputFileError(ValueError):
    """A file that cannot be read, or says something wrong; names file, path inside and next step."""


class MalformedFileError(ValueError):
    """A file that is no YAML at all; names file and line."""


def read_yaml(path: str | Path, *, all_text: bool = False) -> Any:
    """The document of a YAML file; `all_text` leaves scalars strings. Raises both errors of this module."""
    try:
        return parse(read_text(path), all_text=all_text)
    except OSError as error:
        raise InputFileError(f"{path}: {error.strerror}; check the name and its rights") from None
    except UnicodeDecodeError:
        raise MalformedFileError(f"{path}: no UTF-8 text; save the file as UTF-8") from None
    except YamlError as error:
        place = f"{path}, {error.place}" if error.place else str(path)
        raise MalformedFileError(f"{place}: no valid YAML ({error.problem}); correct the file") from None


def read_shape(path: str | Path, shape: Any, hint: str, *, all_text: bool = False) -> Any:
    """The document as `shape`; `hint` says how it should look. Raises both errors of this module."""
    document = read_yaml(path, all_text=all_text)
    try:
        return msgspec.convert(document, shape)
    except msgspec.ValidationError as error:
        raise InputFileError(f"{path}: {error}; {hint}") from None
