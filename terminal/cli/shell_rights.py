"""Getting rights on a card: `verify` with the holder's PIN, `auth` with the PSAM's keys."""

from __future__ import annotations

from dataclasses import replace

import click

from apdu.keys import BY_NAME, KeySpec
from terminal.backoffice.ports import UnreachableError
from terminal.cli.pin_source import NOT_SET, PinSource, Way, tries_of, verify_holder
from terminal.cli.shell_card import SOCIAL_ENVIRONMENT, CardInHand
from terminal.cli.shell_core import Shell
from terminal.cli.shell_look import go
from terminal.errors import CardError
from terminal.flow.authentication import Access, Means, authenticate, prove_genuine, start_psam
from terminal.flow.steps import Role
from terminal.procedures.identify import memory_card_of
from terminal.procedures.social import SocialCard
from terminal.procedures.survey_social import wanted_keys

FORCE, ENVIRONMENT = "--force", "--env"


class WrongPinError(CardError):
    """The card did not accept the PIN."""


class NoPinError(CardError):
    """The card has no PIN that could be verified."""


class NoKeyError(CardError):
    """There is nothing that could compute this authentication."""


def verify(shell: Shell, words: list[str]) -> None:
    """Verify the holder's PIN: typed hidden, from the reader's keypad, or from an environment variable."""
    source = _source(words)
    card = shell.card
    if memory_card_of(card.connection.atr):
        raise NoPinError("a memory card has no PIN; its code protects writing, and it is never written")
    tries = tries_of(card)
    if tries == NOT_SET:
        shell.say("no PIN is set on this card 未设密码")
        return
    if source.way is Way.ASK and shell.asking is None and card.connection.pin_pad is None:
        raise click.ClickException("nobody is there to type the PIN; use: verify --env NAME")
    left = verify_holder(card, source, tries)
    card.verified(right=left is None)
    if left == 0:
        raise WrongPinError("the PIN is blocked; it needs unblocking 密码已锁定")
    if left is not None:
        raise WrongPinError(
            f"wrong PIN, {left} {'try' if left == 1 else 'tries'} left 密码错误，还剩{left}次"
        )
    shell.say("PIN verified 密码正确")


def _source(words: list[str]) -> PinSource:
    """Where the PIN is to come from; a PIN among the words is refused, without repeating it."""
    given = [word for word in words if word != FORCE]
    source = PinSource(Way.ASK, force=FORCE in words)
    if not given:
        return source
    if len(given) == 2 and given[0] == ENVIRONMENT:
        return replace(source, way=Way.ENVIRONMENT, variable=given[1])
    raise click.ClickException(
        "usage: verify [--env NAME] [--force]; a PIN is never part of the line: it would be seen and kept"
    )


def auth(shell: Shell, words: list[str]) -> None:
    """Authenticate with the PSAM: with a key of the table, or with those that open the current directory.

    The card proves itself first: a wrong authentication would use up a try of the key for good.
    """
    card = shell.card
    if card.social is None:
        raise NoKeyError("only a social security card is authenticated here")
    if not card.has_psam:
        raise NoKeyError("this shell has no PSAM; start it with --psam ADDRESS")
    here = card.directory.name if card.directory else SOCIAL_ENVIRONMENT
    key = _key(words[0]) if words else None
    access = _proven(shell, card.social)
    if here != SOCIAL_ENVIRONMENT:
        go(shell, here)
    if key is not None and key.owner != SOCIAL_ENVIRONMENT:
        go(shell, key.owner)
    assert card.directory is not None
    wanted = (key,) if key else wanted_keys(card.directory, frozenset(card.granted))
    for one in wanted:
        if one.name not in card.granted:
            _by_psam(card, access, card.social, one)
    shell.say(f"granted 已获权限: {', '.join(sorted(card.granted)) or 'nothing further is asked for here'}")


def _key(name: str) -> KeySpec:
    key = BY_NAME.get(name.upper())
    if key is None or key.reference is None:
        raise click.ClickException(f"{name}: no key of the table; `ls` shows the keys that files ask for")
    return key


def _proven(shell: Shell, social: SocialCard) -> Access:
    """A terminal and a card that have proven themselves to each other; raises NotGenuineError, NoKeyError."""
    card = shell.card
    access = Access(Means.PSAM)
    go(shell, SOCIAL_ENVIRONMENT)
    try:
        card.run(start_psam(access))
        card.run(prove_genuine(access, Role.NEW, social))
    except UnreachableError:
        raise _no_key(card) from None
    return access


def _by_psam(card: CardInHand, access: Access, social: SocialCard, key: KeySpec) -> None:
    try:
        card.run(authenticate(access, Role.NEW, social, key))
    except UnreachableError:
        raise _no_key(card) from None


def _no_key(card: CardInHand) -> NoKeyError:
    """What the PSAM said when it gave up; there is no key machine here to take over."""
    said = card.said[-1].en.partition("; the centre's HSM")[0] if card.said else "the PSAM does not answer"
    return NoKeyError(f"{said}; a shell has no other keys")
