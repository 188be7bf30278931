"""Sequences that a terminal with all keys would send, so that fuzzing reaches what is behind the conditions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from types import MappingProxyType

from apdu import purse
from apdu.crypto import authentication_data, key_loading_mac, mac, message_encrypt, pboc, session_key
from apdu.crypto.algorithm import Algorithm
from apdu.crypto.pki import pin_key
from apdu.crypto.pki import proof as pki_proof
from apdu.dol import fill, parse_dol
from apdu.pboc import DEBIT_AID
from apdu.pki import APPLICATION_NAME, ENVIRONMENT_NAME, KEY_PAIR_FILES
from virtual_card.card import ProcessorCard, VirtualCard
from virtual_card.state import CardContents, CardFile, Directory, KeyState

Send = Callable[[bytes], bytes]
TIME = bytes.fromhex("20300108100000")
TERMINAL = bytes.fromhex("990100000001")
SM_SUPPORTED, RESPONSE_CODE = 0xDF69, 0x8A
WRONG = 0.15
"""How often a proof or MAC is spoiled."""


class Sequences:
    """Runs sequences on one card; `send` transmits a command and returns the whole answer."""

    def __init__(self, card: VirtualCard, send: Send, rng: Random) -> None:
        self.send = send
        self.rng = rng
        self.contents = card.contents() if isinstance(card, ProcessorCard) else None
        self.choices = [self._storage] if card.kind.startswith("sle") else [self._passwords]
        if self.contents is not None:
            self.choices = (
                [self._sam, self._sam_purchase, self._sam_load]
                if card.kind == "psam"
                else [self._authenticated_write]
            )
            if card.kind.startswith("ssc"):
                self.choices += [self._authenticated_write, self._unblock, self._block]
            if any(entry.purse for entry in self.contents.directories):
                self.choices += [self._purchase, self._load]
            if self.contents.bank is not None:
                self.choices += [self._bank_transaction] * 3
            if self.contents.pki is not None:
                self.choices += [self._pki] * 6

    def run(self) -> None:
        """One sequence, chosen at random."""
        self.rng.choice(self.choices)()

    def ask(self, head: str, data: bytes = b"") -> bytes:
        """Send a command and fetch what waits."""
        raw = bytes.fromhex(head)
        answer = self.send(raw + bytes((len(data),)) + data if data else raw)
        if answer[-2] == 0x61:
            answer = answer[:-2] + self.send(bytes((0x00, 0xC0, 0, 0, answer[-1])))
        return answer

    # The social side ----------------------------------------------------------------------------------

    @property
    def _card(self) -> CardContents:
        assert self.contents is not None
        return self.contents

    def _algorithm(self, directory: Directory) -> Algorithm:
        environment = self._card.directory(directory.parent) if directory.parent else directory
        assert environment.algorithm is not None
        return environment.algorithm

    def _select(self, directory: Directory) -> None:
        if directory.df_name:
            self.ask("00A40400", directory.df_name)
        elif directory.fid is not None:
            self.ask("00A40000", directory.fid.to_bytes(2, "big"))

    def _authenticate(self, directory: Directory, key: KeyState) -> None:
        if key.reference is None:
            return
        challenge = self.ask("0084000008")[:-2]
        version = self.rng.choice(list(key.versions))
        algorithm = self._algorithm(directory)
        if not challenge:
            return
        raw = self.rng.randbytes(8)
        proof = authentication_data(algorithm, session_key(algorithm, key.versions[version], challenge), raw)
        self.ask(f"008200{key.reference:02X}", self._spoiled(proof) + raw + bytes((version,)))

    def _spoiled(self, proof: bytes) -> bytes:
        return proof if self.rng.random() > WRONG else bytes((proof[0] ^ 1,)) + proof[1:]

    def _authenticated_write(self) -> None:
        """Meet one of the conditions of a file and change it, with a MAC or without."""
        directory = self.rng.choice(self._card.directories)
        self._select(directory)
        if not directory.files:
            return
        file = self.rng.choice(directory.files)
        for term in sorted(self.rng.choice(file.update)) if file.update else ():
            self._meet(directory, term)
        self._write(directory, file)

    def _meet(self, directory: Directory, term: str) -> None:
        if term == "PIN":
            if self._card.pin:
                self.ask("00200000", self._card.pin)
            return
        for owner in (
            directory,
            *(entry for entry in self._card.directories if entry.name == directory.parent),
        ):
            for key in owner.keys:
                if key.name == term:
                    self._authenticate(directory, key)

    def _write(self, directory: Directory, file: CardFile) -> None:
        sfi = file.fid & 0x1F
        if file.structure == "TRANSPARENT":
            if file.body:
                offset = self.rng.randrange(min(len(file.body), 200))
                data = self.rng.randbytes(min(len(file.body) - offset, self.rng.randrange(1, 40)))
                self._sealed_or_plain(directory, f"D6{0x80 | sfi:02X}{offset:02X}", data)
            return
        record = (
            self.rng.choice(file.records) if file.records else self.rng.randbytes(file.record_length or 4)
        )
        if file.structure == "CYCLIC":
            self._sealed_or_plain(directory, f"DC00{sfi << 3 | 3:02X}", self.rng.randbytes(len(record)))
            return
        number = self.rng.randrange(1, len(file.records) + 2)
        value = record[:2] + self.rng.randbytes(len(record) - 2)
        self._sealed_or_plain(directory, f"DC{number:02X}{sfi << 3 | 4:02X}", value)

    def _sealed_or_plain(self, directory: Directory, rest: str, data: bytes) -> None:
        if self.rng.random() < 0.6 or len(data) > 250:
            self.ask(f"00{rest}", data)
            return
        name = "STKSSSE" if directory.parent is None else f"STK{directory.name}"
        sealed = self._sealed(directory, name, f"04{rest}", data)
        if sealed:
            self.ask(f"04{rest}", sealed)

    def _sealed(self, directory: Directory, name: str, head: str, data: bytes) -> bytes:
        """The data with their MAC; nothing where key or challenge is missing."""
        keys = {key.name: key for entry in self._card.directories for key in entry.keys}
        challenge = self.ask("0084000008")[:-2]
        if name not in keys or not challenge:
            return b""
        algorithm = self._algorithm(directory)
        session = session_key(algorithm, keys[name].versions[1], challenge)
        message = bytes.fromhex(head) + bytes((len(data) + 4,)) + data
        return data + self._spoiled(mac(algorithm, session, message))

    def _unblock(self) -> None:
        """PUK authenticated, then the PIN's tries filled or a PIN loaded."""
        environment = self._card.directories[0]
        self._select(environment)
        self._meet(environment, "PUK")
        algorithm = self._algorithm(environment)
        if self.rng.random() < 0.5:
            sealed = self._sealed(environment, "STKSSSE", "84240000", b"")
            self.ask("84240000", sealed or bytes(4))
            return
        challenge = self.ask("0084000008")[:-2]
        stk = environment.key("STKSSSE").versions[1]
        if not challenge:
            return
        session = session_key(algorithm, stk, challenge)
        encrypted = message_encrypt(
            algorithm, session, self.rng.choice((self._card.pin, self.rng.randbytes(3)))
        )
        seal = mac(algorithm, session, bytes((0x84, 0x24, 0, 1, len(encrypted) + 4)) + encrypted)
        self.ask("84240001", encrypted + self._spoiled(seal))

    def _block(self) -> None:
        """Block an application or the card, rarely: nothing is left to be tried after that."""
        if self.rng.random() > 0.1:
            return
        environment = self._card.directories[0]
        card = self.rng.random() < 0.5
        directory = environment if card else self.rng.choice(self._card.directories)
        self._select(directory)
        self._meet(directory, "BK" if card else f"LK{directory.name}")
        name = "STKSSSE" if card or directory is environment else f"STK{directory.name}"
        head = "84160000" if card else "841E0001"
        self.ask(head, self._sealed(directory, name, head, b"") or bytes(4))

    # The purse ----------------------------------------------------------------------------------------

    def _purse(self) -> Directory:
        directory = next(entry for entry in self._card.directories if entry.purse)
        self._select(directory)
        if self._card.pin:
            self.ask("00200000", self._card.pin)
        return directory

    def _load(self) -> None:
        directory = self._purse()
        algorithm, fen = self._algorithm(directory), self.rng.choice((0, 1, 12_345, 0xFFFFFFFF))
        answer = self.ask("B0280001", b"\x01" + purse.amount(fen) + TERMINAL)
        if len(answer) < 18:
            return
        offer = purse.LoadOffer.decode(answer[:16])
        session = purse.load_session(algorithm, directory.key("DLK").versions[1], offer.random, offer.number)
        order = purse.load_mac2(algorithm, session, fen, TERMINAL, TIME)
        self.ask("B02A0000", TIME + self._spoiled(order))
        self.ask("B02E0001", purse.counter(offer.number))

    def _purchase(self) -> None:
        directory = self._purse()
        algorithm = self._algorithm(directory)
        amounts = purse.Amounts(
            self.rng.choice((0, 1, 5_000)), self.rng.choice((0, 70)), self.rng.choice((0, 900))
        )
        answer = self.ask("B0280101", b"\x01" + amounts.encode() + TERMINAL)
        if len(answer) < 24:
            return
        offer = purse.PurchaseOffer.decode(answer[:22])
        sequence, dpk = self.rng.randbytes(4), directory.key("DPK").versions[1]
        session = purse.purchase_session(algorithm, dpk, offer.random, offer.number, sequence)
        order = purse.purchase_mac1(algorithm, session, amounts, TERMINAL, TIME)
        self.ask("B02C0100", sequence + TIME + self._spoiled(order))

    # The bank's side ----------------------------------------------------------------------------------

    def _bank_transaction(self) -> None:
        """A whole transaction: PIN, first cryptogram, the issuer's proof, scripts, second cryptogram."""
        bank = self._card.bank
        assert bank is not None
        self.ask("00A40400", DEBIT_AID)
        sm = self.rng.random() < 0.5
        options = self._listed(bank.lists.processing, {SM_SUPPORTED: bytes((sm,))})
        offered = self.ask("80A80000", bytes((0x83, len(options))) + options)
        counter = self.ask("80CA9F3605")[3:5]
        if offered[-2:] != b"\x90\x00" or len(counter) != 2:
            return
        algorithm = Algorithm.SM4 if sm and Algorithm.SM4 in bank.keys else Algorithm.DES
        keys = bank.keys[algorithm]
        if self.rng.random() < 0.7:
            self.ask("00200080", pboc.pin_block(self.rng.choice((bank.pin, bank.pin, "9999"))))
        answer = self.ask(
            f"80AE{self.rng.choice((0x80, 0x80, 0x40, 0x00)):02X}00", self._listed(bank.lists.first)
        )
        request = answer[5:13]
        if len(request) != 8:
            return
        code = self.rng.choice((b"00", b"05"))
        proof = pboc.response_cryptogram(
            algorithm, pboc.transaction_key(algorithm, keys.cryptogram, counter), request, code
        )
        if self.rng.random() < 0.8:
            self.ask("00820000", self._spoiled(proof) + code)
        late = self.rng.random() < 0.5
        if late:
            self.ask("80AE4000", self._listed(bank.lists.second, {RESPONSE_CODE: code}))
        session = pboc.transaction_key(algorithm, keys.mac, counter)
        for _ in range(self.rng.randrange(3)):
            head, data = self._script(
                algorithm, pboc.transaction_key(algorithm, keys.encryption, counter), keys.encryption
            )
            seal = pboc.script_mac(
                algorithm,
                session,
                header=bytes.fromhex(head),
                length=len(data) + 4,
                counter=counter,
                request=request,
                data=data,
            )
            self.ask(head, data + self._spoiled(seal[:4]))
        if not late:
            self.ask("80AE4000", self._listed(bank.lists.second, {RESPONSE_CODE: code}))

    def _listed(self, raw: bytes, values: Mapping[int, bytes] = MappingProxyType({})) -> bytes:
        """Data for a data object list: what is given, the rest at random, zero amounts now and then."""
        dol = parse_dol(raw)
        drawn = {entry.tag: self.rng.randbytes(entry.length) for entry in dol if self.rng.random() < 0.7}
        return fill(dol, drawn | dict(values))

    def _script(self, algorithm: Algorithm, session: bytes, mask: bytes) -> tuple[str, bytes]:
        assert self._card.bank is not None
        pin = pboc.encrypt_script(algorithm, session, pboc.change_block(mask, "246813"))
        record = self.rng.choice(self._card.bank.files[1])
        return self.rng.choice(
            (
                ("841E0000", b""),
                ("84180000", b""),
                ("84240000", b""),
                ("84240002", pin),
                ("04DA9F79", self.rng.randbytes(6)),
                ("04DC010C", record),
                ("84160000" if self.rng.random() < 0.2 else "84180000", b""),
            )
        )

    def _pki(self) -> None:
        """Each secret proved or not, then what it opens: key pair, certificate, new master key and PIN."""
        held = self._card.pki
        assert held is not None
        self.ask("00A40400", self.rng.choice((ENVIRONMENT_NAME, APPLICATION_NAME, APPLICATION_NAME)))
        pairs = (("00200181", pin_key(held.user_pin)), ("00200100", pin_key(held.administrator_pin)))
        for head, key in (*pairs, ("00820000", held.master_key)):
            challenge = self.ask("0084000010")[:-2]
            if challenge and self.rng.random() < 0.7:
                self.ask(head, self._spoiled(pki_proof(key, challenge)))
        self.ask("80400000", KEY_PAIR_FILES)
        self.ask("80C98200", b"\xc2\x00")
        self.ask("80C9828042")
        self.ask(
            f"00D6{self.rng.choice((0x98, 0x99, 0x00)):02X}{self.rng.randrange(4):02X}", self.rng.randbytes(9)
        )
        pin = self.rng.choice((held.administrator_pin, self.rng.randbytes(3)))
        for head, key, plain in (
            ("845E0100", pin_key(held.administrator_pin), pin),
            ("84D40100", held.master_key, bytes(3) + held.master_key),
        ):
            challenge = self.ask("0084000010")[:-2]
            if challenge and self.rng.random() < 0.5:
                cipher = message_encrypt(Algorithm.SM4, key, plain)
                message = bytes.fromhex(head) + bytes((len(cipher) + 4,)) + cipher
                self.ask(
                    head, cipher + self._spoiled(key_loading_mac(Algorithm.SM4, key, challenge, message))
                )

    # PSAM, memory card, plain card --------------------------------------------------------------------

    def _sam_keys(self) -> Directory:
        directory = self.rng.choice([entry for entry in self._card.directories if entry.sam_keys])
        environment = self._card.directory(directory.parent or directory.name)
        self.ask("00A40400", environment.df_name)
        self._select(directory)
        return directory

    def _sam(self) -> None:
        directory = self._sam_keys()
        key, block = self.rng.choice(directory.sam_keys), self._algorithm(directory).block
        usage = key.levels << 5 | key.type
        self.ask(f"BFDE{usage:02X}{key.id:02X}", self.rng.randbytes(8 * key.levels + block))
        for _ in range(self.rng.randrange(1, 4)):
            mode = self.rng.choice((0x00, 0x02, 0x05, 0x07, 0x03, 0x01))
            self.ask(f"80FA{mode:02X}00", self.rng.randbytes(block * self.rng.randrange(1, 5)))

    def _sam_purchase(self) -> None:
        directory = self._sam_keys()
        key = self.rng.choice([key for key in directory.sam_keys if key.type == 2] or directory.sam_keys)
        fixed = self.rng.randbytes(4) + b"\x00\x01" + purse.Amounts(5_000).encode() + b"\x32" + TIME
        self.ask("80700100", fixed + bytes((key.id, 0)) + self.rng.randbytes(8 * key.levels))
        self.ask("80720000", self.rng.randbytes(4))

    def _sam_load(self) -> None:
        """A key file opened by its authentication key, then a key created or changed in it."""
        directory = self._sam_keys()
        file = self.rng.choice((0x11, 0x12, 0x13))
        opener = next((key for key in directory.keys if key.name == f"KID-0{file & 0x0F}"), None)
        if opener is None:
            return
        self._authenticate(directory, opener)
        algorithm, master = self._algorithm(directory), directory.key("ADFMK").versions[1]
        known = self.rng.choice(directory.sam_keys)
        create = self.rng.random() < 0.5
        usage, value = known.levels << 5 | known.type, self.rng.randbytes(len(known.value))
        kind = 0x03 if algorithm is Algorithm.SM4 else len(value) == 8
        plain = bytes((usage, self.rng.randrange(256), 0, kind, 0, 0, 0, 0)) + value
        if not create:
            plain = bytes((usage, known.id, 0)) + value
        cipher = message_encrypt(algorithm, master, plain)
        head = bytes((0x84, 0xD4, not create, file if create else known.file))
        challenge = self.ask("0084000008")[:-2]
        if challenge:
            seal = key_loading_mac(algorithm, master, challenge, head + bytes((len(cipher) + 4,)) + cipher)
            self.ask(head.hex(), cipher + self._spoiled(seal))

    def _storage(self) -> None:
        self.ask("FFA4000001", b"")
        self.send(bytes.fromhex(self.rng.choice(("FF20000003FFFFFF", "FF20000002FFFF"))))
        offset = self.rng.randrange(256)
        self.ask(
            f"FFD6{self.rng.randrange(4):02X}{offset:02X}", self.rng.randbytes(self.rng.randrange(1, 33))
        )

    def _passwords(self) -> None:
        """Both passwords of the plain card's tree, then changes of every kind."""
        self.ask(self.rng.choice(("00A40000023F00", "00A40000025000", "00A40000026000")))
        self.ask("00200001", b"1234")
        self.ask("00200081", b"5678")
        for _ in range(4):
            sfi = self.rng.randrange(1, 8)
            head, data = self.rng.choice(
                (
                    (f"00D6{0x80 | sfi:02X}{self.rng.randrange(40):02X}", self.rng.randbytes(4)),
                    (f"00D0{0x80 | sfi:02X}{self.rng.randrange(40):02X}", self.rng.randbytes(2)),
                    (f"00D7{0:02X}{sfi:02X}", b"\x54\x01\x02\x53\x03" + self.rng.randbytes(3)),
                    (
                        f"00DC{self.rng.randrange(6):02X}{sfi << 3 | 4:02X}",
                        self.rng.randbytes(self.rng.choice((2, 4))),
                    ),
                    (
                        f"00D2{self.rng.randrange(6):02X}{sfi << 3 | 4:02X}",
                        self.rng.randbytes(self.rng.choice((2, 4))),
                    ),
                    (f"00E200{sfi << 3:02X}", self.rng.randbytes(self.rng.choice((2, 4)))),
                    (f"000E{0x80 | sfi:02X}00", b""),
                    (f"000C{self.rng.randrange(4):02X}{sfi << 3 | 4:02X}", b""),
                    (f"00A4020C02E0{sfi:02X}", b""),
                    (self.rng.choice(("00040000", "00440000")), b""),
                )
            )
            self.ask(head, data)
