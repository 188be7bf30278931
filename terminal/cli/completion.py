"""`ssc completion`: what makes a shell complete options, commands and values."""

from __future__ import annotations

import click

from terminal.exit_codes import ExitCode

PROGRAM = "ssc"
ACTIVATION = {
    "bash": 'eval "$(ssc completion bash)"  in ~/.bashrc',
    "zsh": 'eval "$(ssc completion zsh)"  in ~/.zshrc',
    "fish": "ssc completion fish | source  in ~/.config/fish/config.fish",
}
"""How each shell is told, and where."""

PREPARATION = {"bash": "COMP_WORDBREAKS=${COMP_WORDBREAKS//:}  # addresses of readers have colons in them\n"}
"""What a shell has to be told beside click's own script."""


@click.command(epilog="".join(f"\b\n{shell:<6}{how}\n\n" for shell, how in ACTIVATION.items()))
@click.argument("shell", type=click.Choice(list(ACTIVATION)))
def completion(shell: str) -> ExitCode:
    """Print the script that makes your shell complete `ssc`.

    Commands and options, kinds and states, card images, centres, profiles, files of a card, readers.
    """
    from click.shell_completion import get_completion_class

    from terminal.cli.main import COMPLETION, cli
    from terminal.cli.output import say

    kind = get_completion_class(shell)
    assert kind is not None
    script = kind(cli, {}, PROGRAM, COMPLETION)
    say(PREPARATION.get(shell, "") + script.source_template % script.source_vars())
    return ExitCode.DONE
