"""The PKI application of a card: PINs, master key and their tries, key pair, certificates."""

from __future__ import annotations

from collections.abc import Iterator

from apdu.layout.pki import PKI_APPLICATION
from apdu.pki import TRIES, Secret
from terminal.cli.card_sections import Fact, Section, fact, secret
from terminal.text import Text
from virtual_card.applications.pki.contents import PkiContents


def pki_section(pki: PkiContents, masked: bool) -> Section:
    """What opens the application, its key pair, and how full its certificate files are."""
    return Section("pki", Text("PKI application", "PKI应用"), "", tuple(_facts(pki, masked)))


def _facts(pki: PkiContents, masked: bool) -> Iterator[Fact]:
    for kind, en, zh, value in (
        (Secret.USER_PIN, "User PIN", "用户密码", pki.user_pin.hex().rstrip("f")),
        (
            Secret.ADMINISTRATOR_PIN,
            "Administrator PIN",
            "管理员密码",
            pki.administrator_pin.hex().rstrip("f"),
        ),
        (Secret.MASTER_KEY, "Master key", "主控密钥", pki.master_key.hex()),
    ):
        tries = f"{pki.tries[kind]} of {TRIES} tries"
        path = f"pki/{kind.name.lower()}"
        yield fact(path, en, zh, f"{secret(value, masked)}, {tries}", (value, pki.tries[kind]))
    pair = pki.key_pair
    private = "" if pair is None else pair.private.hex()
    yield fact("pki/private", "Private key", "私钥", secret(private, masked), private)
    yield fact("pki/public", "Public key", "公钥", "none" if pair is None else pair.public.hex().upper())
    for spec in PKI_APPLICATION.files:
        held = pki.certificates[spec.fid]
        written = "blank" if held == spec.blank() else f"{len(held.rstrip(spec.blank()[-1:]))} bytes written"
        yield fact(f"pki/{spec.fid:04X}", spec.name, spec.name_zh, written, held)
