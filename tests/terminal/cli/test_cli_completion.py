"""What a shell offers while an `ssc` command is typed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from cli_samples import SSC, Run
from click.shell_completion import ShellComplete

from terminal.backoffice.profile import profile_names
from terminal.cli.main import COMPLETION, cli


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory with files of every kind."""
    monkeypatch.chdir(tmp_path)
    for name in ("new.card", "old.card", "c.db", "keys.yaml", "notes.txt", ".hidden.card"):
        (tmp_path / name).touch()
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "psam.card").touch()
    return tmp_path


def offered(*words: str) -> list[str]:
    """What the last word may become."""
    *before, incomplete = words
    found = ShellComplete(cli, {}, "ssc", COMPLETION).get_completions(list(before), incomplete)
    return [one.value for one in found]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("sc",), ["scenario", "schema"]),
        (("--ver",), ["--version"]),
        (("card", "new", "--kind", "ssc"), ["ssc-1.0", "ssc-2.0", "ssc-3.0"]),
        (("card", "new", "--financial", "pin"), ["pin-locked"]),
        (("card", "show", ""), ["new.card", "old.card"]),
        (("card", "show", "m"), ["more/"]),
        (("card", "show", "more/"), ["more/psam.card"]),
        (("card", "diff", "new.card", "o"), ["old.card"]),
        (("card", "new", "--keys", ""), ["keys.yaml"]),
        (("centre", "show", "--centre", ""), ["c.db"]),
        (("centre", "enrol", "--centre", "c.db", "n"), ["new.card"]),
        (("pharmacy", "activate", "--old-card", "o"), ["old.card"]),
        (("pharmacy", "activate", "--old-reader", "virtual:n"), ["virtual:new.card"]),
        (("decode", "--file", "ssse/ef0"), [f"SSSE/EF0{digit}" for digit in "5678CD"]),
        (("decode", "--file", "OLD"), []),
        (("decode", "--as", "a"), ["atr", "afl", "aip"]),
        (("completion", ""), ["bash", "zsh", "fish"]),
        (("scenario", "run", "k"), ["keys.yaml"]),
        (("card", "show", "nowhere/"), []),
    ],
)
def test_values_are_offered(desk: Path, words: tuple[str, ...], expected: list[str]) -> None:
    assert offered(*words) == expected


def test_profiles_are_offered_by_name_and_by_file(desk: Path) -> None:
    assert offered("pharmacy", "activate", "--profile", "") == [
        *profile_names(),
        "keys.yaml",
    ]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_of_each_shell_asks_ssc(ssc: Run, shell: str) -> None:
    script = ssc("completion", shell)
    assert script.exit_code == 0 and f"{COMPLETION}={shell}_complete" in script.stdout


def test_another_shell_is_refused_with_the_known_ones(ssc: Run) -> None:
    refused = ssc("completion", "tcsh")
    assert refused.exit_code == 2 and "'bash', 'zsh', 'fish'" in refused.stderr


def test_bash_itself_completes(desk: Path) -> None:
    session = f"""
        eval "$('{SSC}' completion bash)"
        case "$COMP_WORDBREAKS" in *:*) echo "a colon breaks words"; esac
        COMP_WORDS=('{SSC}' pharmacy activate --old-reader virtual:n) COMP_CWORD=4
        _ssc_completion '{SSC}'
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    done = subprocess.run(["bash", "-c", session], capture_output=True, text=True, timeout=60, check=True)
    assert (done.stdout.split(), done.stderr) == (["virtual:new.card"], "")


@pytest.mark.parametrize(
    ("words", "offered_line"),
    [("ssc pharmacy activate --profile de", "plain,default"), ("ssc pha", "plain,pharmacy")],
)
def test_completing_imports_nothing_that_takes_long(desk: Path, words: str, offered_line: str) -> None:
    program = (
        "import sys\n"
        "from terminal.cli.main import main\n"
        "try:\n    main()\n"
        "finally:\n    print(sorted({'construct', 'cryptography', 'rich', 'msgspec', 'yaml'} & set(sys.modules)))\n"
    )
    environment = {
        **os.environ,
        COMPLETION: "bash_complete",
        "COMP_WORDS": words,
        "COMP_CWORD": str(words.count(" ")),
    }
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout.splitlines() == [offered_line, "[]"], done.stderr
