"""What the fixtures of one test share: the marker's options, the clock, and what must not happen unnoticed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from random import Random
from typing import Any, NoReturn

OPT_OUT = "If this test does not care, mark it @pytest.mark.ssc(strict=False)."


class UnexpectedError(AssertionError):
    """Something happened that the test did not announce; raised into the code under test and noted for teardown."""


@dataclass(frozen=True, slots=True)
class Options:
    """What `@pytest.mark.ssc(...)` may say. `clock` is ISO 8601 with its offset and stands still.

    Raises ValueError naming the option.
    """

    strict: bool = True
    profile: str = "default"
    clock: str = "2030-01-08T10:00:00+08:00"
    readers: int = 2
    means: str = "psam"
    driver: str = "strict-38"

    def __post_init__(self) -> None:
        if not isinstance(self.strict, bool):
            raise ValueError(f"strict is True or False, not {self.strict!r}")
        if self.readers not in (1, 2):
            raise ValueError(f"readers is 1 or 2, not {self.readers!r}")
        if self.means not in ("psam", "hsm"):
            raise ValueError(f"means is 'psam' or 'hsm', not {self.means!r}")
        try:
            aware = datetime.fromisoformat(self.clock).tzinfo is not None
        except (TypeError, ValueError):
            aware = False
        if not aware:
            raise ValueError(
                f"clock is a time with its offset such as {Options().clock!r}, not {self.clock!r}"
            )

    @classmethod
    def from_marks(cls, marks: Iterable[tuple[tuple[Any, ...], Mapping[str, Any]]]) -> Options:
        """The options of a test from its markers' arguments, the outermost first; a nearer one wins."""
        known = [option.name for option in fields(cls)]
        merged: dict[str, Any] = {}
        for args, kwargs in marks:
            unknown = [repr(arg) for arg in args] + [name for name in kwargs if name not in known]
            if unknown:
                raise ValueError(f"{', '.join(unknown)} is no option; there are {', '.join(known)}")
            merged.update(kwargs)
        return cls(**merged)


@dataclass(slots=True)
class Strictness:
    """Collects what a strict test must not overlook; whoever can leave something over registers with `watch`."""

    strict: bool
    _noted: list[str] = field(default_factory=list)
    _watched: list[Callable[[], Iterable[str]]] = field(default_factory=list, repr=False)

    def fail(self, message: str) -> NoReturn:
        """Note what happened and raise UnexpectedError.

        It is raised here, and what it comes from is left out, because pytest prints the arguments of the function that
        raises, and a command's bytes may be a PIN.
        """
        self._noted.append(message)
        raise UnexpectedError(f"{message}. {OPT_OUT}") from None

    def watch(self, leftovers: Callable[[], Iterable[str]]) -> None:
        """Ask this at the end of the test for what was announced and never happened."""
        self._watched.append(leftovers)

    def problems(self, *, already_failed: bool) -> list[str]:
        """Why a strict test fails, then how to opt out; empty where all is well.

        What is left over says nothing new where the test failed before it could finish.
        """
        if not self.strict:
            return []
        found = list(self._noted)
        if not found and not already_failed:
            found = [message for leftovers in self._watched for message in leftovers()]
        return [*found, OPT_OUT] if found else []


class Bench:
    """The options of one test, its clock, its seeded randomness and its strictness."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.strictness = Strictness(options.strict)
        self._clock = datetime.fromisoformat(options.clock)

    def now(self) -> datetime:
        """The test's clock; it stands still."""
        return self._clock


def seeded(purpose: str) -> Callable[[int], bytes]:
    """A source of bytes that is the same in every run."""
    return Random(f"ssc-test/{purpose}").randbytes
