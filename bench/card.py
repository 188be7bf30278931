"""How fast the virtual card answers, beside a null card in the same harness, on one core; what many cards cost.

The null card parses each command and looks it up as the real one does, and answers a constant: what is left
of the difference is what the card does. Rounds are interleaved, figures are medians. `python bench/card.py`,
about a minute; `--full` issues ten thousand cards instead of one thousand, which takes minutes. Goals are the
project's; published figures are those of the fastest card simulator in Python known to us.
"""

from __future__ import annotations

import json
import random
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import cycle, islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from null_card import NullCard

from apdu.bank_commands import generate_cryptogram, get_processing_options, read_bank_record
from apdu.commands import (
    RecordMode,
    debit_for_purchase,
    get_response,
    initialize_for_purchase,
    protected,
    select_name,
    update_record,
)
from apdu.crypto import Algorithm, authentication_data, mac, session_key
from apdu.keys import BY_NAME, KEYS
from apdu.layout import card_layout
from apdu.pboc import DEBIT_AID, Cryptogram, parse_locator
from apdu.purse import Amounts, purchase_mac1, purchase_session
from apdu.secure_messaging import mac_input, sealed
from terminal.backoffice.office import Office
from terminal.scenario.model import CardSpec, Expectation, Scenario, VisitSpec
from terminal.scenario.run import play
from terminal.scenario.script import EnterPinStep, Insert, Remove
from terminal.scenario.stage import Stage
from virtual_card import image
from virtual_card.applications.social import social_card, social_contents
from virtual_card.card import ProcessorCard
from virtual_card.issuer import issue
from virtual_card.state import Purse

ROUNDS = 7
SECONDS_A_ROUND = 0.15
KEY = bytes(range(16))
RAW = bytes.fromhex("A1A2A3A4A5A6A7A8")
ATR = bytes.fromhex("3B6D00000081544B318660990100000001")
VISITS = 10
PURCHASES = 400
CENTRE_REQUESTS = 6
VISIT = VisitSpec(
    operator=[Insert(card="old"), Remove(), Insert(card="new"), EnterPinStep(pin="old"), Remove()],
    expect=Expectation(outcome="activated"),
)
DUAL_INSERT = Scenario(
    name="bench", cards={"old": CardSpec(kind="sle4442"), "new": CardSpec(kind="ssc-3.0")}, visits=[VISIT]
)
Transmit = Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True)
class Benchmark:
    """One line of the table. `measure` returns a figure in `unit`; `null` the same of the null card."""

    name: str
    unit: str
    measure: Callable[[], float]
    null: Callable[[], float] | None = None
    goal: float | None = None
    published: float | None = None
    smaller_is_better: bool = False


@cache
def blank() -> ProcessorCard:
    """A 3.0 card with SM4 and all its files, blank."""
    layout = card_layout("3.0")
    files = {
        file.path: file.blank() if file.structure.name == "TRANSPARENT" else file.blank_records()
        for directory in layout
        for file in directory.files
    }
    names = {directory.name for directory in layout}
    keys = {
        key.name: {version + 1: KEY for version in range(key.versions)} for key in KEYS if key.owner in names
    }
    contents = social_contents(
        "3.0",
        algorithm=Algorithm.SM4,
        atr=ATR,
        layout=layout,
        keys=keys,
        files=files,
        pin=bytes.fromhex("123456"),
    )
    return social_card("ssc-3.0", contents, random=random.Random(1).randbytes)


def opened(card: ProcessorCard) -> ProcessorCard:
    """The card powered on, its keys for reading and updating SSSE authenticated, EF05 selected."""
    card.strict = True
    card.power_on()
    for name in ("RKSSSE", "UKSSSE"):
        challenge = card.transmit(bytes.fromhex("0084000008"))[:8]
        expect(card.transmit(external_authenticate(name, challenge)), b"\x90\x00")
    expect(card.transmit(bytes.fromhex("00A4000002EF05")), b"\x90\x00")
    return card


def external_authenticate(name: str, challenge: bytes) -> bytes:
    """The command that proves knowledge of a key of SSSE."""
    proof = authentication_data(Algorithm.SM4, session_key(Algorithm.SM4, KEY, challenge), RAW)
    return bytes((0x00, 0x82, 0x00, BY_NAME[name].reference or 0, 0x10)) + proof + RAW


def expect(answer: bytes, status: bytes) -> None:
    """Refuse to measure a card that does not do its work."""
    if answer[-2:] != status:
        raise SystemExit(f"the card answered {answer[-2:].hex()} where {status.hex()} was expected")


def rate(transmit: Transmit, apdus: Sequence[bytes], counted: int | None = None) -> float:
    """Commands a second over whole passes through `apdus`; `counted` says how many a pass counts for."""
    passes = 0
    start = time.perf_counter()
    while (elapsed := time.perf_counter() - start) < SECONDS_A_ROUND:
        for apdu in apdus:
            transmit(apdu)
        passes += 1
    return passes * (len(apdus) if counted is None else counted) / elapsed


def of_card(apdus: Sequence[bytes]) -> Callable[[], float]:
    """The rate of a fresh open card; every answer is checked once before anything is measured."""
    card = opened(blank().fork())
    for apdu in apdus:
        if card.transmit(apdu)[-2] not in (0x90, 0x61):
            raise SystemExit(f"the card refuses {apdu.hex()}")
    return lambda: rate(card.transmit, apdus)


def of_null(apdus: Sequence[bytes]) -> Callable[[], float]:
    """The rate of the null card."""
    return lambda: rate(NullCard().transmit, apdus)


READ_RECORD = [bytes.fromhex("00B2010412")] * 100
READ_BINARY = [bytes.fromhex("00A4000002EF08"), *[bytes.fromhex("00B00000FA")] * 100]
UPDATE_RECORD = [bytes.fromhex(f"00DC02280302013{digit}") for digit in "1234567890"]
MIXED = [
    bytes.fromhex(apdu)
    for apdu in (
        "00A404000F7378312E73682EC9E7BBE1B1A3D5CF",
        "00C000001E",
        "00A4000002EF05",
        "00B2010412",
        "00B2020403",
        "00B2030406",
        "00B2072C0B",
        "0020000003123456",
        "00A4020002EF06",
        "00B2083014",
        "00B2093020",
        "00DC022803020133",
        "00DC052806050420300101",
        "00A4040006D15600000503",
        "00C0000008",
        "00A4020002EF05",
        "00A40000023F00",
        "00C000001E",
        "00B2052806",
    )
]


def authentications() -> Callable[[], float]:
    """EXTERNAL AUTHENTICATION a second, each with the GET CHALLENGE it needs; the terminal's proofs are made
    before.

    The card draws its challenges from the same seeded source as the terminal's list of proofs, so that every
    authentication derives a new session key and succeeds.
    """
    source = random.Random(2)
    challenges = [source.randbytes(8) for _ in range(512)]
    get_challenge = bytes.fromhex("0084000008")
    apdus = [apdu for r in challenges for apdu in (get_challenge, external_authenticate("UKSSSE", r))]
    card = opened(blank().fork())
    drawn: Iterator[bytes] = cycle(challenges)
    card.random = lambda length: next(drawn)
    for apdu in apdus:
        expect(card.transmit(apdu), b"\x90\x00")
    return lambda: rate(card.transmit, apdus, counted=len(challenges))


def sealed_updates() -> Callable[[], float]:
    """UPDATE RECORD with a MAC a second, each with the GET CHALLENGE it needs; the MACs are made before."""
    source = random.Random(3)
    challenges = [source.randbytes(8) for _ in range(512)]
    get_challenge = bytes.fromhex("0084000008")
    command = protected(update_record(0x02, bytes.fromhex("020133"), 5, RecordMode.FIRST))
    macs = [mac(Algorithm.SM4, session_key(Algorithm.SM4, KEY, r), mac_input(command)) for r in challenges]
    apdus = [apdu for code in macs for apdu in (get_challenge, sealed(command, code).encode())]
    card = opened(blank().fork())
    drawn: Iterator[bytes] = cycle(challenges)
    card.random = lambda length: next(drawn)
    for apdu in apdus:
        expect(card.transmit(apdu), b"\x90\x00")
    return lambda: rate(card.transmit, apdus, counted=len(challenges))


def purchases() -> tuple[Callable[[], float], Callable[[], float]]:
    """Complete purchases a second: INITIALIZE, DEBIT and both answers fetched; MAC1 is made before. The null's too."""
    contents = blank().contents()
    contents.directory("DF04").purse = Purse(balance=1_000_000)
    prepared = social_card("ssc-3.0", contents)
    terminal, amounts, time_bcd, sequence = (
        bytes(6),
        Amounts(1, 1, 1),
        bytes.fromhex("20300101120000"),
        bytes(4),
    )
    begin = initialize_for_purchase(1, amounts, terminal).encode()[:-1]
    apdus: list[bytes] = []
    for number in range(PURCHASES):
        session = purchase_session(Algorithm.SM4, KEY, bytes(4), number, sequence)
        mac1 = purchase_mac1(Algorithm.SM4, session, amounts, terminal, time_bcd)
        debit = debit_for_purchase(sequence, time_bcd, mac1).encode()[:-1]
        apdus += [begin, get_response(22).encode(), debit, get_response(8).encode()]

    def measure() -> float:
        card = opened(prepared.fork())
        card.random = bytes
        for apdu in ("0020000003123456", "00A4040006D15600000503"):
            card.transmit(bytes.fromhex(apdu))
        start = time.perf_counter()
        for apdu in apdus:
            answer = card.transmit(apdu)
        elapsed = time.perf_counter() - start
        expect(answer, b"\x90\x00")
        return PURCHASES / elapsed

    return measure, lambda: rate(NullCard().transmit, apdus, counted=PURCHASES)


def journalled() -> float:
    """UPDATE RECORD a second with the image journal on, including the closing synchronisation to disk."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "card.image")
        image.save(blank(), path)
        journal = image.open_journalled(path)
        card = journal.card
        assert isinstance(card, ProcessorCard)
        opened(card)
        start = time.perf_counter()
        for apdu in islice(cycle(UPDATE_RECORD), 5000):
            card.transmit(apdu)
        journal.close()
        return 5000 / (time.perf_counter() - start)


def dual_insert_ms() -> float:
    """Milliseconds of a complete dual insert: 3.0 card with SM4, SLE4442, PSAM, the centre on an SQLite file.

    From "insert the old card" to "remove the card", everything a visit does; cards and centre are prepared before.
    """
    with tempfile.TemporaryDirectory() as folder:
        stages = [dual_insert_stage(Path(folder, f"{number}.db")) for number in range(VISITS)]
        start = time.perf_counter()
        for stage in stages:
            played = play(stage, VISIT)
            if played.outcome != "activated":
                raise SystemExit(f"the dual insert ended {played.outcome}")
        elapsed = time.perf_counter() - start
        for stage in stages:
            stage.office.close()
    return elapsed / VISITS * 1e3


def dual_insert_stage(path: Path) -> Stage:
    """A stage whose back office is an SQLite file."""
    return Stage.of(
        DUAL_INSERT, lambda _, profile, now, **options: Office.open(path, profile, now, **options)
    )


def null_centre_ms() -> float:
    """Milliseconds of the centre's share alone if it did nothing: as many synced SQLite transactions as a visit has."""
    with tempfile.TemporaryDirectory() as folder:
        database = sqlite3.connect(Path(folder, "null.db"), isolation_level=None)
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("CREATE TABLE note (at REAL)")
        start = time.perf_counter()
        for _ in range(VISITS * CENTRE_REQUESTS):
            database.execute("BEGIN IMMEDIATE")
            database.execute("INSERT INTO note VALUES (0)")
            database.execute("COMMIT")
        elapsed = time.perf_counter() - start
        database.close()
    return elapsed / VISITS * 1e3


def fork_us() -> float:
    """Microseconds to fork a card."""
    card = blank()
    start = time.perf_counter()
    for _ in range(2000):
        card.fork()
    return (time.perf_counter() - start) / 2000 * 1e6


def import_ms() -> float:
    """Milliseconds of `import virtual_card` in a new interpreter, without the interpreter's own start."""
    code = "import time; t = time.perf_counter(); import virtual_card; print((time.perf_counter() - t) * 1e3)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return float(done.stdout)


def powered(card: ProcessorCard) -> ProcessorCard:
    """The card powered on, nothing selected by the terminal."""
    card.strict = True
    card.power_on()
    return card


def bank_transactions(sm: bool) -> tuple[Callable[[], float], Callable[[], float]]:
    """SELECT, GPO, every record of the file locator and GENERATE AC at the bank's side, over T=0; the null's too."""
    issued = issue("ssc-3.0", 1)
    assert isinstance(issued, ProcessorCard)
    apdus: list[bytes] = []
    card = powered(issued.fork())

    def ask(raw: bytes) -> bytes:
        apdus.append(raw)
        answer = card.transmit(raw)
        if answer[-2] == 0x6C:
            apdus.pop()
            return ask(raw[:4] + answer[-1:])
        return ask(b"\x00\xc0\0\0" + answer[-1:]) if answer[-2] == 0x61 else answer

    ask(select_name(DEBIT_AID).encode())
    values = bytes(9) + (b"\x01" if sm else b"\x00")
    options = ask(get_processing_options(values).encode())
    for entry in parse_locator(options[4:-2]):
        for number in entry.records:
            ask(read_bank_record(number, entry.sfi).encode())
    if ask(generate_cryptogram(Cryptogram.ARQC, bytes(52)).encode())[-2:] != b"\x90\0":
        raise SystemExit("the card refuses a transaction of the bank")
    null = NullCard()
    return (
        lambda: rate(powered(issued.fork()).transmit, apdus, counted=1),
        lambda: rate(null.transmit, apdus, counted=1),
    )


def cryptograms(sm: bool) -> tuple[Callable[[], float], Callable[[], float]]:
    """First GENERATE AC a second, SELECT and GPO before each one left out of the time; the same of the null card."""
    before = [select_name(DEBIT_AID).encode()[:-1]]
    before.append(get_processing_options(bytes(9) + (b"\x01" if sm else b"\x00")).encode()[:-1])
    wanted = generate_cryptogram(Cryptogram.ARQC, bytes(52)).encode()[:-1]
    issued = issue("ssc-3.0", 1)
    assert isinstance(issued, ProcessorCard)
    card = powered(issued.fork())
    for apdu in before:
        card.transmit(apdu)
    if card.transmit(wanted)[0] != 0x61:
        raise SystemExit("the card refuses GENERATE AC")

    def timed(transmit: Transmit) -> float:
        spent, count, end = 0.0, 0, time.perf_counter() + SECONDS_A_ROUND
        while time.perf_counter() < end:
            for apdu in before:
                transmit(apdu)
            start = time.perf_counter()
            transmit(wanted)
            spent += time.perf_counter() - start
            count += 1
        return count / spent

    return lambda: timed(powered(issued.fork()).transmit), lambda: timed(NullCard().transmit)


def benchmarks() -> list[Benchmark]:
    """Every line of the table; further ones are added here."""
    return [
        Benchmark(
            "READ RECORD", "APDU/s", of_card(READ_RECORD), of_null(READ_RECORD), 250_000, published=43_000
        ),
        Benchmark(
            "READ BINARY 250", "APDU/s", of_card(READ_BINARY), of_null(READ_BINARY), 250_000, published=12_900
        ),
        Benchmark("mixed session", "APDU/s", of_card(MIXED), of_null(MIXED), 250_000, published=28_000),
        Benchmark("UPDATE RECORD", "APDU/s", of_card(UPDATE_RECORD), of_null(UPDATE_RECORD)),
        Benchmark("challenge + EXT. AUTH., SM4", "pairs/s", authentications(), goal=100_000),
        Benchmark("challenge + UPDATE with MAC", "pairs/s", sealed_updates()),
        Benchmark("purse: INITIALIZE + DEBIT", "1/s", *purchases()),
        Benchmark("bank: GENERATE AC 3DES", "1/s", *cryptograms(sm=False)),
        Benchmark("bank: GENERATE AC SM4", "1/s", *cryptograms(sm=True)),
        Benchmark("bank: whole transaction 3DES", "1/s", *bank_transactions(sm=False)),
        Benchmark("bank: whole transaction SM4", "1/s", *bank_transactions(sm=True)),
        Benchmark("UPDATE RECORD, journalled", "APDU/s", journalled, goal=10_000),
        Benchmark(
            "dual insert, SM4 and SQLite",
            "ms",
            dual_insert_ms,
            null_centre_ms,
            goal=25,
            smaller_is_better=True,
        ),
        Benchmark("fork", "us", fork_us, goal=50, smaller_is_better=True),
        Benchmark("import virtual_card", "ms", import_ms, goal=60, smaller_is_better=True),
    ]


def main() -> int:
    """Measure and print; 1 where a goal is missed."""
    lines = benchmarks()
    figures: dict[str, list[float]] = {line.name: [] for line in lines}
    nulls: dict[str, list[float]] = {line.name: [] for line in lines}
    for _ in range(ROUNDS):
        for line in lines:
            figures[line.name].append(line.measure())
            if line.null is not None:
                nulls[line.name].append(line.null())
    print(f"{'':28}{'unit':>8}{'card':>11}{'null':>12}{'ratio':>7}{'goal':>10}{'published':>11}  met")
    missed = 0
    for line in lines:
        figure = statistics.median(figures[line.name])
        null = statistics.median(nulls[line.name]) if line.null is not None else None
        met = line.goal is None or (figure < line.goal) == line.smaller_is_better
        missed += not met
        print(
            f"{line.name:28}{line.unit:>8}{figure:11,.0f}{_number(null):>12}"
            f"{_ratio(line, figure, null):>7}{_number(line.goal):>10}"
            f"{_number(line.published):>11}  {'' if line.goal is None else 'yes' if met else 'NO'}"
        )
    missed += live_cards("--full" in sys.argv[1:])
    return 1 if missed else 0


FLAT = {"memory": 1.1, "time": 2.0}
"""How much dearer a card may be among ten times as many: memory not at all, time by what the caches lose."""


def live_cards(full: bool) -> int:
    """Measure and print what a card costs among many; the number of goals missed."""
    print(f"\n{'':22}{'cards':>8}{'bytes a card':>14}{'contents':>10}{'us an APDU':>12}{'null':>8}  flat")
    missed = 0
    for kind, counts in {
        "forks": (1_000, 10_000),
        "issued": (1_000, 10_000) if full else (100, 1_000),
    }.items():
        few, many = (_live(kind, count) for count in counts)
        memory, time_ = many["bytes"] / few["bytes"], many["us"] / few["us"]
        null = many["null_us"] / few["null_us"]
        flat = memory < FLAT["memory"] and time_ < FLAT["time"]
        missed += not flat
        for count, found in zip(counts, (few, many), strict=True):
            print(
                f"{kind:22}{count:8,}{found['bytes']:14,.0f}{found['contents']:10,.0f}"
                f"{found['us']:12.2f}{found['null_us']:8.2f}"
            )
        print(f"{'  ratio':22}{'':8}{memory:14.2f}{'':10}{time_:12.2f}{null:8.2f}  {'yes' if flat else 'NO'}")
    return missed


def _live(kind: str, count: int) -> dict[str, float]:
    """The figures of one line, from a process of its own."""
    command = [sys.executable, str(Path(__file__).with_name("live_cards.py")), kind, str(count)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _ratio(line: Benchmark, figure: float, null: float | None) -> str:
    """How many times the null measure is ahead."""
    if null is None:
        return ""
    return f"{figure / null if line.smaller_is_better else null / figure:.1f}"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:,.0f}"


if __name__ == "__main__":
    sys.exit(main())
