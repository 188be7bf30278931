"""How a vendor's build differs from the text: a profile is a set of switches, written as YAML.

Those that ship lie in `profiles/`; a file of one's own has the same keys, and what it leaves out is as in the text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import Enum
from importlib import resources
from pathlib import Path
from typing import Any

from apdu import atr as answer_to_reset
from apdu import yaml_text
from terminal.text import Text


class ProfileError(ValueError):
    """A driver profile that cannot be found or used; the message names file, line and next step."""


class AtrField(Enum):
    """Digits of the reset information: the historical bytes, or the whole answer to reset."""

    HISTORICAL = "26"
    WHOLE = "34"


class VersionForm(Enum):
    """How the version of the specification is written."""

    FOUR = "1.00"
    THREE = "1.0"


class BaseOutput(Enum):
    """Fields of iReadCardBas."""

    ELEVEN = "11"
    TWELVE = "12"


class TextEncoding(Enum):
    """The bytes of every text; the value is the name Python knows too."""

    GBK = "GBK"
    UTF_8 = "UTF-8"


class Environment(Enum):
    """How the environment may be written in an address."""

    NAME = "SSSE"
    NAME_OR_FID = "SSSE or 3F00"


class CentreAnswer(Enum):
    """What is taken for a secure message: with the command header in front, or without it as well."""

    WITH_HEADER = "with header"
    ANY = "any"


class CodeOrder(Enum):
    """How a failed external authentication is numbered: by its status word, or in the order of the list."""

    ARITHMETIC = "arithmetic"
    LITERAL = "literal"


def _about(en: str, zh: str) -> Mapping[str, Text]:
    return {"about": Text(en, zh)}


@dataclass(frozen=True, slots=True)
class Profile:
    """One build: a name, a title for people, and the switches; their defaults are the text to the letter."""

    name: str = "strict-38"
    title: str = ""
    extra_exports: bool = field(
        default=False,
        metadata=_about("vendors' functions answer; without them -13", "厂商扩展函数可用，否则返回-13"),
    )
    step1_ninth_field: bool = field(
        default=False,
        metadata=_about(
            "iReadCardBas_HSM_Step1 has a ninth field, the terminal code", "读基本信息步骤一输出第9项终端代码"
        ),
    )
    atr_field: AtrField = field(
        default=AtrField.HISTORICAL, metadata=_about("digits of the reset information", "卡复位信息位数")
    )
    version: VersionForm = field(
        default=VersionForm.FOUR, metadata=_about("form of the specification version", "规范版本格式")
    )
    base_output: BaseOutput = field(
        default=BaseOutput.ELEVEN, metadata=_about("fields of iReadCardBas", "读基本信息输出项数")
    )
    text: TextEncoding = field(
        default=TextEncoding.GBK, metadata=_about("encoding of every text", "文字编码")
    )
    ssse_in_addresses: Environment = field(
        default=Environment.NAME, metadata=_about("the environment in an address", "地址中系统环境的写法")
    )
    centre_answer: CentreAnswer = field(
        default=CentreAnswer.WITH_HEADER,
        metadata=_about("secure messages that step 3 takes", "步骤三接受的安全报文格式"),
    )
    external_authentication_codes: CodeOrder = field(
        default=CodeOrder.ARITHMETIC, metadata=_about("order of -25536 to -25538", "外部认证失败返回码的顺序")
    )

    def version_text(self, on_card: str) -> str:
        """Field 7 of the base data: only the first three characters on the card decide, empty is 1.0."""
        short = (on_card.rstrip("\0 ") or "1.0")[:3]
        return short if self.version is VersionForm.THREE else f"{short}0"

    def reset_information(self, historical_bytes: bytes) -> str:
        """Field 6: the historical bytes, or the answer to reset around them.

        A contactless card's is given in the contact form too: callers cut it at fixed places.
        """
        whole = self.atr_field is AtrField.WHOLE
        return (answer_to_reset.build(historical_bytes).encode() if whole else historical_bytes).hex().upper()


def _values(default: Enum | bool) -> Mapping[str, Any]:
    if isinstance(default, bool):
        return {"no": False, "yes": True}
    return {str(member.value): member for member in type(default)}


SWITCHES: Mapping[str, tuple[Mapping[str, Any], Text]] = {
    entry.name: (_values(entry.default), entry.metadata["about"])
    for entry in fields(Profile)
    if entry.metadata
}
"""Every switch by its key in YAML: the values it has there, and what it is about."""

STRICT = Profile()
"""The text to the letter."""

DEFAULT_NAME = "lenient"
"""Takes everything that is met on input, and answers as the text says: what programs expect that know no vendor."""


def profile_names() -> tuple[str, ...]:
    """The names of the profiles that ship, sorted."""
    return tuple(sorted(entry.name[:-5] for entry in _shipped().iterdir() if entry.name.endswith(".yaml")))


def load_profile(name_or_path: str | Path = DEFAULT_NAME) -> Profile:
    """A profile by the name of one that ships, or from a file (a name with `/` or ending in `.yaml`).

    Raises ProfileError.
    """
    label = str(name_or_path)
    if "/" in label or label.endswith((".yaml", ".yml")):
        return parse_profile(_read(Path(label)), label, Path(label).stem)
    if label not in profile_names():
        raise ProfileError(
            f"there is no driver profile {label!r}; known: {', '.join(profile_names())}, or give a .yaml file"
        )
    return parse_profile((_shipped() / f"{label}.yaml").read_bytes(), f"{label}.yaml", label)


def parse_profile(text: bytes, source: str, name: str) -> Profile:
    """A profile from YAML (UTF-8); `source` is the file named in errors. Raises ProfileError."""
    try:
        decoded = text.decode("utf-8")
        document = yaml_text.parse(decoded, all_text=True)
        places = yaml_text.places(decoded)
    except UnicodeDecodeError:
        raise ProfileError(f"{source}: this is no text in UTF-8; save the file as UTF-8") from None
    except yaml_text.YamlError as error:
        place = f", {error.place}" if error.place else ""
        raise ProfileError(f"{source}{place}: this is no YAML ({error.problem}); correct the file") from None
    if not isinstance(document, dict):
        raise ProfileError(
            f"{source}: a profile is a list of `switch: value` lines; see profiles/strict-38.yaml"
        )
    title = _title(document.pop("title", ""), source)
    chosen = {key: _value(key, value, f"{source}, {places[key]}") for key, value in document.items()}
    return Profile(name, title, **chosen)


def _title(value: Any, source: str) -> str:
    if not isinstance(value, str):
        raise ProfileError(f"{source}: the title is one line of text; correct it")
    return value


def _value(key: str, value: Any, where: str) -> Any:
    if key not in SWITCHES:
        raise ProfileError(f"{where}: {key} is no switch; there are title, {', '.join(SWITCHES)}")
    known, _ = SWITCHES[key]
    if not isinstance(value, str) or value not in known:
        shown = value if isinstance(value, str) else "a list or mapping"
        raise ProfileError(f"{where}: {key} is {' or '.join(known)}, not {shown}; correct the value")
    return known[value]


def _read(path: Path) -> bytes:
    try:
        return yaml_text.read_text(path).encode("utf-8")
    except OSError as error:
        raise ProfileError(f"{path}: {error.strerror}; give an existing profile file") from None
    except UnicodeDecodeError:
        raise ProfileError(f"{path}: this is no text in UTF-8; save the file as UTF-8") from None
    except yaml_text.YamlError as error:
        raise ProfileError(f"{path}: {error.problem}; give a profile") from None


def _shipped() -> resources.abc.Traversable:
    return resources.files("terminal.driver") / "profiles"
