"""Option values that a shell completes: card images, centres, YAML files, region profiles, files of a card.

Nothing heavy is imported before a shell asks: completion has to be there while a person types.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import click
from click.shell_completion import CompletionItem

PROFILES = Path(__file__).parents[1] / "backoffice" / "profiles"
IMAGE, STORE, YAML = (".card",), (".db",), (".yaml", ".yml")


class Completed(click.ParamType[str]):
    """A text whose values are found when a shell asks; converting it checks nothing."""

    def __init__(self, name: str, find: Callable[[str], list[CompletionItem]]) -> None:
        self.name = name
        self._find = find

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """What the text may become."""
        return self._find(incomplete)


def files_ending(suffixes: tuple[str, ...], beginning: str) -> list[str]:
    """Files with one of these suffixes whose path begins so, then directories; those only once a letter is typed."""
    folder, slash, name = beginning.rpartition("/")
    place = Path(folder + slash or ".")
    with suppress(OSError):
        entries = sorted(entry for entry in place.iterdir() if entry.name.startswith(name))
        shown = [entry for entry in entries if name or not entry.name.startswith(".")]
        files = [f"{folder}{slash}{entry.name}" for entry in shown if entry.suffix in suffixes]
        return files + [f"{folder}{slash}{entry.name}/" for entry in shown if name and entry.is_dir()]
    return []


def _files(suffixes: tuple[str, ...]) -> Callable[[str], list[CompletionItem]]:
    return lambda beginning: [CompletionItem(path) for path in files_ending(suffixes, beginning)]


def _profiles(beginning: str) -> list[CompletionItem]:
    """The regions that are shipped by their names, and YAML files."""
    names = sorted(path.stem for path in PROFILES.glob("*.yaml") if path.stem.startswith(beginning))
    return [CompletionItem(name) for name in names] + _files(YAML)(beginning)


def _card_paths(beginning: str) -> list[CompletionItem]:
    """Files of the newest social security card and of old cards: `SSSE/EF05`."""
    from apdu.layout import every_file
    from apdu.layout.old_cards import OLD_CARDS

    wanted = beginning.upper()
    return [
        CompletionItem(file.path, help=f"{file.name} {file.name_zh}")
        for directory in (*every_file("3.0"), *OLD_CARDS.values())
        for file in directory.files
        if file.path.startswith(wanted)
    ]


CARD_FILE = Completed("file", _files(IMAGE))
CENTRE_FILE = Completed("file", _files(STORE))
YAML_FILE = Completed("file", _files(YAML))
PROFILE = Completed("profile", _profiles)
CARD_PATH = Completed("path", _card_paths)
