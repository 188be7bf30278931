"""Commands that carry a MAC: what it is computed over, and how it is attached (LD/T 32.4 section 8.2).

CLA with the low nibble 4 announces it; Lc counts the MAC. The initial value is always zero: the card's
challenge acts through the session key alone.
"""

from __future__ import annotations

from dataclasses import replace

from apdu.command import Command

MAC_LENGTH = 4
PROTECTED = 0x04
"""The bit of CLA that announces a MAC."""


def mac_input(command: Command) -> bytes:
    """What the MAC of a command still without it covers: CLA INS P1 P2, Lc with the MAC counted, the data."""
    return command.header + bytes((len(command.data) + MAC_LENGTH,)) + command.data


def sealed(command: Command, mac: bytes) -> Command:
    """The command with its MAC (4 bytes) behind the data; raises ValueError on another length."""
    if len(mac) != MAC_LENGTH:
        raise ValueError(f"a MAC has {MAC_LENGTH} bytes, not {len(mac)}")
    return replace(command, data=command.data + mac)
