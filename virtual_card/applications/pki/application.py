"""The PKI application at run time: what is selected, what was proved, and what it may write."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from apdu.crypto.pki import pin_key
from apdu.pki import Secret
from virtual_card.applications.pki.memory import PkiProfile, bit_of
from virtual_card.nonvolatile import NonVolatile

if TYPE_CHECKING:
    from virtual_card.card import ProcessorCard
    from virtual_card.filesystem import FileNode


class PkiSide:
    """The PKI environment of one running card, behind the firewall: see `virtual_card.card.Neighbour`.

    `inside`: its application is selected, not the environment alone. `exporting`: the public key was asked for.
    """

    __slots__ = ("challenge", "exporting", "file", "granted", "inside", "memory", "profile")

    outlives_card_block = False

    def __init__(self, profile: PkiProfile, memory: NonVolatile) -> None:
        self.profile = profile
        self.memory = memory
        self.reset()

    def reset(self) -> None:
        """Forget selection, proofs and challenge, as a reset does."""
        self.granted = 0
        self.enter(inside=False)

    def enter(self, *, inside: bool) -> None:
        """Stand in the environment or its application; what was proved stays."""
        self.inside = inside
        self.file: FileNode | None = None
        self.challenge = b""
        self.exporting = False

    def select(self, card: ProcessorCard, p2: int, name: bytes) -> bytes | None:
        """Select by whole name; None where the name is none of this environment's."""
        from virtual_card.applications.pki.selection import select_pki

        return select_pki(self, card, p2, name)

    def refuse(self, head: bytes) -> bytes:
        """Why a command is not in the table: unknown class or instruction."""
        from virtual_card.applications.pki.selection import refusal

        return refusal(head)

    def take_challenge(self) -> bytes:
        """The last challenge, used up by this; b"" where there is none."""
        challenge, self.challenge = self.challenge, b""
        return challenge

    def holds(self, secret: Secret) -> bool:
        """Whether knowledge of this secret was proved."""
        return bool(self.granted & bit_of(secret))

    def grant(self, secret: Secret, proved: bool) -> None:
        """Remember whether a secret was proved."""
        self.granted = self.granted | bit_of(secret) if proved else self.granted & ~bit_of(secret)

    # What survives power ------------------------------------------------------------------------------

    def tries(self, secret: Secret) -> int:
        """Tries left for a secret."""
        return cast(bytearray, self.memory.cells[self.profile.tries])[secret]

    def count(self, secret: Secret, left: int) -> None:
        """Write how many tries are left; an unchanged number is left alone."""
        if left != self.tries(secret):
            self.memory.write(self.profile.tries, secret, bytes((left,)))

    def key(self, secret: Secret) -> bytes:
        """The SM4 key of a secret: the master key itself, or the one a PIN stands for."""
        value = cast("list[bytes]", self.memory.cells[self.profile.secrets])[secret]
        return value if secret is Secret.MASTER_KEY else pin_key(value)

    def replace(self, secret: Secret, value: bytes) -> None:
        """Write a new PIN or master key."""
        self.memory.put(self.profile.secrets, secret, value)

    @property
    def key_pair(self) -> bytes:
        """The record of the key pair, b"" where there is none."""
        pairs = cast("list[bytes]", self.memory.cells[self.profile.key_pair])
        return pairs[0] if pairs else b""


def current(card: ProcessorCard) -> PkiSide:
    """The PKI application of the card a handler was called for."""
    side = card.neighbour
    assert isinstance(side, PkiSide)
    return side
