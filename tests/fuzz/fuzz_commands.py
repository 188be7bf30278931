"""Commands for one card, made at random: senseless bytes, right heads with wrong rests, sensible ones, mutants."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from apdu.instructions import INSTRUCTIONS
from apdu.pki import APPLICATION_NAME, ENVIRONMENT_NAME
from virtual_card.applications.iso7816 import COMMANDS as ISO_COMMANDS
from virtual_card.applications.pboc.selection import DEBIT
from virtual_card.applications.pki.selection import APPLICATION
from virtual_card.card import ProcessorCard, VirtualCard
from virtual_card.state import CardContents

SOCIAL_HEADS = tuple(
    {bytes((entry.cla, entry.ins)) for entry in INSTRUCTIONS} | set(DEBIT) | set(APPLICATION)
)
ISO_HEADS = tuple(bytes((cla, ins)) for cla in (0x00, 0x01) for ins in ISO_COMMANDS)
WRONG_PIN = bytes.fromhex("998877")
FIDS = (0x3F00, 0x2F00, 0xEF05, 0xEF06, 0xEF07, 0xEF08, 0xEF0C, 0xDF04, 0x0015, 0x0019, 0x5000, 0x0101)
ATTACHED = 255


class Commands:
    """Makes commands for one kind of card, knowing its names, files, records, PIN and data objects."""

    def __init__(self, card: VirtualCard) -> None:
        self.kind = card.kind
        self.heads = sorted(ISO_HEADS if card.kind == "iso7816" else SOCIAL_HEADS)
        self.names = [bytes.fromhex("A000000333010101")]
        self.records = [b"\x05\x04\x20\x30\x01\x01"]
        self.pin = b""
        self.tags = [0x9F36, 0x9F13, 0x9F17, 0x9F79, 0x9F4F]
        if isinstance(card, ProcessorCard):
            self._learn(card.contents())

    def _learn(self, contents: CardContents) -> None:
        self.names += [entry.df_name for entry in contents.directories if entry.df_name]
        self.records += [
            record for entry in contents.directories for file in entry.files for record in file.records
        ]
        self.pin = contents.pin
        if contents.pki is not None:
            self.names += [ENVIRONMENT_NAME, APPLICATION_NAME]
        if contents.bank is not None:
            self.names += list(contents.bank.names)
            self.tags += list(contents.bank.objects)

    def one(self, rng: Random) -> bytes:
        """One command."""
        return rng.choices(_SOURCES, _WEIGHTS)[0](self, rng)

    def noise(self, rng: Random) -> bytes:
        """Bytes without sense, now and then as long as an extended command."""
        return rng.randbytes(rng.choice((0, 1, 2, 3, 4, 5, 6, 8, 13, 21, 40, 260, 300)))

    def headed(self, rng: Random) -> bytes:
        """A known instruction, everything behind it at random."""
        head = rng.choice(self.heads) + bytes(
            (rng.choice(_P), rng.choice(_P) if rng.random() < 0.5 else rng.randrange(256))
        )
        data = rng.randbytes(rng.choice((0, 0, 2, 3, 4, 8, 12, 16, 17, 19, 20, 29, 36, 60, ATTACHED)))
        tail = b"" if rng.random() < 0.5 else bytes((rng.choice((0, 4, 8, 16, rng.randrange(256))),))
        return head + (bytes((len(data),)) + data if data else b"") + tail

    def sensible(self, rng: Random) -> bytes:
        """A command a terminal could send."""
        return rng.choice(_SENSIBLE)(self, rng)

    def mutant(self, rng: Random) -> bytes:
        """A sensible command with some of its bytes changed, lost or added."""
        raw = bytearray(self.sensible(rng))
        for _ in range(rng.choice((1, 1, 1, 2, 3))):
            at = rng.randrange(len(raw)) if raw else 0
            change = rng.randrange(5)
            if change == 0 and raw:
                raw[at] ^= 1 << rng.randrange(8)
            elif change == 1 and raw:
                raw[at] = rng.choice((0x00, 0x01, 0x7F, 0x80, 0xFF, rng.randrange(256)))
            elif change == 2:
                del raw[at:]
            elif change == 3:
                raw += rng.randbytes(rng.choice((1, 1, 2, 8)))
            elif raw:
                raw[at:at] = rng.randbytes(1)
        return bytes(raw)

    def record(self, rng: Random) -> bytes:
        """A record as some file holds it, its value often replaced."""
        record = rng.choice(self.records)
        return record if rng.random() < 0.5 else record[:2] + rng.randbytes(max(len(record) - 2, 0))

    def _select_name(self, rng: Random) -> bytes:
        name = rng.choice(self.names)
        name = name if rng.random() < 0.8 else name[: rng.randrange(len(name) + 1)]
        return _command((0x00, 0xA4, 0x04, rng.choice((0, 0, 0, 2))), name)

    def _select_file(self, rng: Random) -> bytes:
        fid = rng.choice((*FIDS, 0xEF00 + rng.randrange(0x20), 0xDF00 + rng.randrange(12)))
        return _command((0x00, 0xA4, rng.choice((0, 1, 2, 2)), 0), fid.to_bytes(2, "big"))

    def _read_record(self, rng: Random) -> bytes:
        return bytes(
            (0x00, 0xB2, rng.choice(_NUMBERS), _record_p2(rng), rng.choice((0, 0, 6, rng.randrange(256))))
        )

    def _update_record(self, rng: Random) -> bytes:
        return _command(
            (rng.choice((0, 0, 4)), 0xDC, rng.choice(_NUMBERS), _record_p2(rng)), self.record(rng)
        )

    def _read_binary(self, rng: Random) -> bytes:
        return bytes((0x00, 0xB0, *_offset(rng), rng.choice((0, 1, 16, 255))))

    def _update_binary(self, rng: Random) -> bytes:
        data = rng.randbytes(rng.choice((1, 2, 8, 40, 200)))
        return _command((rng.choice((0, 0, 4)), rng.choice((0xD6, 0xD6, 0xD0)), *_offset(rng)), data)

    def _verify(self, rng: Random) -> bytes:
        pin = rng.choice((self.pin, self.pin, WRONG_PIN, b"1234", b""))
        return _command((0x00, 0x20, 0x00, rng.choice((0x00, 0x00, 0x01, 0x81))), pin)

    def _change_pin(self, rng: Random) -> bytes:
        new = rng.choice((self.pin, self.pin, b"\x12\x34\x56", b""))
        return _command((0x80, 0x5E, 0x01, 0x00), rng.choice((self.pin, WRONG_PIN)) + b"\xff" + new)

    def _challenge(self, rng: Random) -> bytes:
        return bytes((0x00, 0x84, 0, 0, rng.choice((4, 8, 8, 16, 0))))

    def _internal(self, rng: Random) -> bytes:
        return _command((0x00, 0x88, 0, 0), rng.randbytes(rng.choice((4, 16, 16, 17))))

    def _purse(self, rng: Random) -> bytes:
        ins, p1, p2, length = rng.choice(_PURSE)
        return _command(
            (0xB0, ins, p1, p2), bytes((1,)) + bytes(length - 1) if length else b"", rng.choice((0, 4, 6))
        )

    def _sam(self, rng: Random) -> bytes:
        ins, cla = rng.choice(
            ((0xDE, 0xBF), (0xFA, 0x80), (0x70, 0x80), (0x72, 0x80), (0xEC, 0xBF), (0xD4, 0x84))
        )
        p1 = rng.choice((0, 1, 2, 5, 7, 0x67, 0x68, 0x47, 0x48, rng.randrange(256)))
        data = rng.randbytes(rng.choice((1, 4, 8, 16, 24, 28, 32, 40, 52)))
        return _command((cla, ins, p1, rng.choice((0, 1, 8, 0x12, 0x49, rng.randrange(256)))), data)

    def _storage(self, rng: Random) -> bytes:
        ins = rng.choice((0xA4, 0xB0, 0xB0, 0xB1, 0x20, 0xD0, 0xD6, 0xD2))
        data = {0xA4: b"\x06", 0x20: b"\xff" * rng.choice((2, 3)), 0xD2: b"\xff" * rng.choice((2, 3))}.get(
            ins
        )
        if ins in (0xD0, 0xD6):
            data = rng.randbytes(rng.randrange(1, 40))
        return _command(
            (0xFF, ins, rng.randrange(5), rng.randrange(256)), data or b"", rng.choice((4, 16, 255))
        )

    def _bank(self, rng: Random) -> bytes:
        tag = rng.choice(self.tags)
        return rng.choice(
            (
                bytes((0x80, 0xCA, tag >> 8, tag & 0xFF, 0)),
                _command((0x80, 0xA8, 0, 0), b"\x83\x0b" + rng.randbytes(11)),
                _command(
                    (0x80, 0xAE, rng.choice((0x00, 0x40, 0x80)), 0), rng.randbytes(rng.choice((29, 34, 49)))
                ),
                _command((0x00, 0x82, 0, 0), rng.randbytes(10)),
            )
        )

    def _response(self, rng: Random) -> bytes:
        return bytes((0x00, 0xC0, 0, 0, rng.choice((0, 0, 1, 16, 255))))

    def _iso(self, rng: Random) -> bytes:
        cla, ins = rng.choice(self.heads)
        data = rng.choice(
            (b"", b"\x54\x02\x00\x00", b"\x54\x01\x04\x53\x02\xaa\xbb", b"1234", b"\x5c\x02\x5f\x50")
        )
        return _command((cla, ins, rng.choice(_P), rng.choice(_P)), data, rng.choice((0, 4, 255)))


_P = (0x00, 0x00, 0x01, 0x02, 0x04, 0x05, 0x0C, 0x2C, 0x80, 0x81, 0x85, 0x88, 0x94, 0xFF)
_NUMBERS = (0, 1, 1, 2, 3, 5, 7, 8, 10, 0x81, 255)
_PURSE = (
    (0x26, 0, 1, 0),
    (0x26, 0, 2, 0),
    (0x28, 0, 1, 11),
    (0x28, 1, 1, 19),
    (0x2A, 0, 0, 11),
    (0x2C, 1, 0, 15),
    (0x2E, 0, 1, 2),
    (0x2E, 0, 2, 2),
    (0x56, 1, 0, 0),
    (0x56, 0, 0, 2),
)
_SENSIBLE: tuple[Callable[[Commands, Random], bytes], ...] = (
    Commands._select_name,
    Commands._select_name,
    Commands._select_file,
    Commands._read_record,
    Commands._read_record,
    Commands._update_record,
    Commands._read_binary,
    Commands._update_binary,
    Commands._verify,
    Commands._change_pin,
    Commands._challenge,
    Commands._internal,
    Commands._purse,
    Commands._sam,
    Commands._storage,
    Commands._bank,
    Commands._response,
    Commands._iso,
)
_SOURCES = (Commands.noise, Commands.headed, Commands.sensible, Commands.mutant)
_WEIGHTS = (10, 25, 40, 25)


def _command(header: tuple[int, ...], data: bytes, le: int | None = None) -> bytes:
    head = bytes(header)
    if data:
        return head + bytes((len(data) & 0xFF,)) + data
    return head if le is None else head + bytes((le,))


def _record_p2(rng: Random) -> int:
    return rng.choice((0, 1, 5, 6, 7, 8, 9, 10, 12, 15, rng.randrange(32))) << 3 | rng.choice(
        (4, 4, 0, 1, 2, 3, 5, 6, 7)
    )


def _offset(rng: Random) -> tuple[int, int]:
    if rng.random() < 0.5:
        return 0x80 | rng.randrange(32), rng.choice((0, 1, 8, 255))
    return rng.choice((0, 0, 1, 3)), rng.choice((0, 0, 8, 255))
