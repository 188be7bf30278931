"""Marked PINs, keys and ID numbers go through every command and scenario; nothing that comes out contains them.

Card images and the centre's store must hold them and are exempt, and so are the answers that `ssc apdu` shows.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import click
import httpx
import pytest
from click.testing import CliRunner

from apdu.keys import KEYS
from terminal.backoffice.national.fixtures import FIXTURES
from terminal.cli.main import cli
from terminal.serve.driver.endpoint import Endpoint
from virtual_card import image
from virtual_card.card import ProcessorCard
from virtual_card.issue_record import NoIssueRecordError, SocialIssueRecord, issue_record
from virtual_card.pcscd import PrivateDaemon

OLD_PIN = "73519486"
INITIAL_PIN = "91827364"
WRONG_PIN = "60606069"
NEW_PIN_TYPED = f"{OLD_PIN}\n{WRONG_PIN}\n{WRONG_PIN}\n"
ROOTS = {
    f"{key.name}/{version}": f"CANARY{number:06d}{version:04d}".encode()
    for number, key in enumerate(KEYS)
    for version in range(1, key.versions + 1)
}
VISIT = """\
- {do: insert, card: old}
- {do: remove}
- {do: insert, card: new}
- {do: pin, pin: "60606069"}
- {do: pin, pin: "73519486"}
- {do: remove}
"""
TOKEN, WRONG_TOKEN = "canary-token-5151", "canary-token-6161"
SAID_ID, FOREIGN_ID = "990100199902280124", "110101199902280127"
OLD_KINDS = ("sle4442", "sle4428", "old-cpu")
NEW_KINDS = ("ssc-1.0", "ssc-2.0", "ssc-3.0")
SCENARIOS = sorted((Path(__file__).parent / "scenarios").glob("*.yaml"))

Run = tuple[list[str], str]
"""A command as it was typed, and everything it printed."""


def spellings(secret: bytes | str) -> Iterator[str]:
    """A secret as it could turn up: as text, and in hex."""
    if isinstance(secret, str):
        yield secret
        secret = secret.encode("ascii")
    yield secret.hex()


def card_secrets(path: Path) -> Iterator[bytes | str]:
    """PIN, keys and ID number of a card image."""
    card = image.load(path)
    try:
        record = issue_record(card)
        if record.holder_id:
            yield record.holder_id
    except NoIssueRecordError:
        pass
    if isinstance(card, ProcessorCard):
        contents = card.contents()
        for directory in contents.directories:
            for key in directory.keys:
                yield from key.versions.values()
            for sam_key in directory.sam_keys:
                yield sam_key.value
        if contents.bank is not None:
            for bank_keys in contents.bank.keys.values():
                yield from (bank_keys.cryptogram, bank_keys.encryption, bank_keys.mac)
        if contents.pki is not None:
            yield contents.pki.master_key


def leaks(runs: Iterable[Run], secrets: Iterable[bytes | str]) -> list[str]:
    """Each command whose output contains a secret, with the spelling's first characters only."""
    needles = {spelling.lower() for secret in secrets for spelling in spellings(secret) if len(spelling) >= 8}
    return [
        f"ssc {' '.join(arguments)}: {needle[:4]}…"
        for arguments, printed in ((arguments, printed.lower()) for arguments, printed in runs)
        for needle in needles
        if needle in printed
    ]


def run(*arguments: str, answers_exempt: bool = False, typed: str | None = None) -> Run:
    """Run a command and keep what it printed; a traceback of a bug would fail here."""
    result = CliRunner(env={"OLD": OLD_PIN, "INITIAL": INITIAL_PIN}).invoke(cli, arguments, input=typed)
    assert result.exit_code != 70, result.output
    lines = result.output.splitlines()
    kept = [line for line in lines if not (answers_exempt and line.startswith("< "))]
    return list(arguments), "\n".join(kept)


def made_cards() -> list[Run]:
    runs = [run("card", "new", "--kind", kind, "--seed", "3", "--pin-env", "OLD") for kind in OLD_KINDS]
    given = ["--seed", "3", "--pin-env", "INITIAL", "--keys", "keys.yaml"]
    runs += [run("card", "new", "--kind", kind, *given) for kind in NEW_KINDS]
    return [*runs, run("card", "new", "--kind", "psam", "--seed", "3", "--keys", "keys.yaml")]


def said_holder() -> list[Run]:
    """A card of a holder whose ID number is said, and refusals of ID numbers that must not be repeated."""
    runs = []
    for number in (SAID_ID, FOREIGN_ID, SAID_ID[:-1] + "9"):
        Path("holder.yaml").write_text(f"社会保障号码: '{number}'\n", encoding="utf-8")
        given = ["--holder", "holder.yaml", "-o", "said.card", "--force"]
        runs.append(run("card", "new", "--kind", "ssc-2.0", "--seed", "3", *given))
    return [
        *runs,
        run("card", "show", "said.card"),
        run("card", "diff", "said.card", "ssc-2.0-3.card", "--json"),
    ]


def decoded(kind: str) -> list[Run]:
    """What `decode` says of every record and transparent file of a card, and of commands that carry a PIN."""
    card = image.load(f"{kind}-3.card")
    commands = [f"0020000004{OLD_PIN}", f"805E010009{OLD_PIN}FF{INITIAL_PIN}", f"8424000108{OLD_PIN * 2}"]
    pasted = []
    if isinstance(card, ProcessorCard):
        contents = card.contents()
        for directory in contents.directories:
            for file in directory.files:
                pasted += [record.hex() for record in file.records] + [file.body.hex()]
        if contents.bank is not None:
            pasted += [record.hex() for records in contents.bank.files.values() for record in records]
    runs = [run("decode", text) for text in commands]
    for text in filter(None, pasted):
        runs += [run("decode", text), run("decode", "--json", "--as", "response", f"{text}9000")]
    return [*runs, run("card", "explain", commands[0], "--json")]


def visits(new: str, old: str) -> list[Run]:
    files = ["--old-card", f"{old}-3.card", "--new-card", f"{new}-3.card", "--profile", "canary.yaml"]
    given = ["--now", "2030-01-08T10:00:00+08:00", "--script", "visit.yaml"]
    centre = f"centre-{new}-{old}.db"
    return [
        run("centre", "enrol", "--centre", centre, f"{old}-3.card", f"{new}-3.card"),
        run("pharmacy", "activate", *files, *given, "--hsm", "--centre", centre, "--verbose"),
        run("pharmacy", "activate", *files, *given, "--psam", "psam-3.card", "--centre", centre, "--json"),
        run("pharmacy", "activate", *files, *given, "--psam", "psam-3.card", "--centre", centre, "--verbose"),
        run(
            "pharmacy",
            "activate",
            *files,
            *given,
            "--psam",
            "psam-3.card",
            "--pharmacy",
            "no",
            "--centre",
            centre,
        ),
        run("centre", "show", "--centre", centre),
        run("centre", "show", "--centre", centre, "--json"),
        run("centre", "people", "--centre", centre),
        run("centre", "reconcile", "--centre", centre),
    ]


def channels(kind: str) -> list[Run]:
    """Every channel besides the pharmacy, with a marked PIN, marked ID numbers and a marked electronic card."""
    card, centre = f"{kind}-3.card", f"centre-{kind}.db"
    record = issue_record(image.load(card))
    Path("id.yaml").write_text(f"id_number: '{record.holder_id}'\nname: 测试\n", encoding="utf-8")
    Path("said.yaml").write_text(f"id_number: '{SAID_ID}'\nname: 测试\n", encoding="utf-8")
    Path("list.yaml").write_text(f"- {record.number}\n", encoding="utf-8")
    Path("ids.yaml").write_text(f"- {record.number}\n- {SAID_ID}\n", encoding="utf-8")
    known = ("--centre", centre, "--now", "2030-01-08T10:00:00+08:00", "--profile", "canary.yaml")
    at_reader = (*known, "--reader", card, "--psam", "psam-3.card", "--keys", "keys.yaml", "--id-card")
    by_number = (*known, "--card", record.number, "--id-card")
    agent = ("--agent", "said.yaml", "--power-of-attorney")
    online = ("--card-id", image_card_id(card))
    runs = [run("centre", "enrol", "--centre", centre, card)]
    for form in ("--verbose", "--json"):
        runs += [
            run("phone", "activate", *by_number, "said.yaml", form),
            run("phone", "activate", *by_number, "id.yaml", *agent, form),
            run("online", "activate", *by_number, "id.yaml", *online, form),
            run("hospital", "activate", *at_reader[:-1], form),
            run("counter", "activate", *at_reader, "said.yaml", form),
            run("counter", "activate", *at_reader, "id.yaml", *agent, form),
            run("counter", "reset-pin", *at_reader, "id.yaml", "--pin-env", "OLD", form),
            run("hospital", "change-pin", *at_reader[:-1], form, typed=NEW_PIN_TYPED),
            run("pharmacy", "reset-pin", *at_reader, "id.yaml", "--pin-env", "OLD", form),
            run("hospital", "reset-pin", *at_reader, "said.yaml", "--pin-env", "OLD", form),
            run("pharmacy", "change-pin", *at_reader[:-1], form, typed=NEW_PIN_TYPED),
            run("counter", "change-pin", *at_reader[:-1], form, typed=NEW_PIN_TYPED),
            run("counter", "receive", *at_reader, "id.yaml", form),
            run("counter", "receive", "--list", "list.yaml", "--employer", "X", *known, form),
            run("counter", "receive", "--list", "ids.yaml", "--employer", "X", *known, form),
            run("phone", "loss", *known, "--card", SAID_ID, form),
            run("bank", "activate", *at_reader, "id.yaml", "--new-pin-env", "OLD", form),
            run("online", "query", *by_number, "id.yaml", *online, form),
            run("counter", "query", *by_number, "id.yaml", form),
            run("pharmacy", "query", *by_number, "id.yaml", form),
            run("hospital", "query", *by_number, "said.yaml", form),
            run("online", "loss", *by_number, "said.yaml", *online, form),
            run("online", "sign", *by_number, "id.yaml", *online, form),
            run("phone", "loss", *by_number, "id.yaml", form),
            run("counter", "loss", *by_number, "id.yaml", "--formal", form),
            run("counter", "release", *at_reader, "id.yaml", form),
            run("counter", "replace", *at_reader, "id.yaml", "--lost", record.number, form),
            run("centre", "lock", *by_number[:-1], form),
            run("centre", "unlock", *by_number[:-1], form),
            run("counter", "cancel", *by_number, "said.yaml", "--yes", form),
            run("centre", "cancel", *known, "--card", SAID_ID, "--yes", form),
            run("centre", "query", *by_number[:-1], form),
        ]
    runs += [run("centre", "tick", "--centre", centre), run("centre", "tick", "--centre", centre, "--json")]
    told = "".join(printed for _, printed in runs)
    assert "pin-reset" in told and "pin-changed" in told, "the PIN must really be set"
    return runs


def image_card_id(path: str) -> str:
    record = issue_record(image.load(path))
    assert isinstance(record, SocialIssueRecord)
    return record.card_id


def looks(kind: str) -> list[Run]:
    name = f"{kind}-3.card"
    change = f"805E010009{INITIAL_PIN}FF{OLD_PIN}"
    return [
        run("card", "show", name),
        run("card", "show", name, "--json"),
        run("card", "diff", name, "psam-3.card"),
        run("card", "diff", name, "psam-3.card", "--json"),
        run("apdu", "--reader", f"virtual:{name}", f"0020000004{WRONG_PIN}", change, answers_exempt=True),
        run("apdu", "--reader", f"virtual:{name}", "--raw", f"0020000004{OLD_PIN}", answers_exempt=True),
        run("apdu", "--reader", f"virtual:{name}", "--json", f"0020000004{OLD_PIN}", change),
    ]


def readings(kind: str) -> list[Run]:
    """What `read` says of a card with nothing, with the PIN, with the PSAM, and with a wrong PIN."""
    name = f"{kind}-3.card"
    opened = ("--pin-env", "OLD", "--psam", "psam-3.card")
    return [
        run("read", name),
        run("read", f"virtual:{name}", *opened),
        run("read", name, *opened, "--json"),
        run("read", name, "--pin-env", "INITIAL"),
        run("readers"),
        run("readers", "--json"),
        run("doctor"),
        run("doctor", "--json"),
    ]


def shelled(kind: str) -> list[Run]:
    """What the shell says of a card: everything read, PINs and identity numbers typed where they may stand."""
    lines = (
        *(
            "info",
            "verify --env INITIAL",
            "verify --env OLD",
            "auth",
            "ls",
            "ls /",
            "auth UKSSSE",
            "cat EF05",
            "cat EF06",
        ),
        *(
            "cat EF0C",
            "cat DF04/EF05",
            "auth",
            "cat DF04/EF05",
            "cd PBOC",
            "ls",
            "cat 1",
            "cat 2",
            "cd",
            "state",
        ),
        *(f"verify {WRONG_PIN}", f"apdu 0020000004{OLD_PIN}", f"explain 0020000004{OLD_PIN}", WRONG_PIN),
        *(f"update! EF06 08 {SAID_ID}", f"update! EF06 0B {SAID_ID}", f"update EF06 08 {FOREIGN_ID}"),
    )
    typed = "".join(f"{line}\n" for line in lines)
    runs = []
    for option in ("--verbose", "--json", "--dry-run"):
        arguments = ["shell", f"{kind}-3.card", "--psam", "psam-3.card", option]
        result = CliRunner(env={"OLD": OLD_PIN, "INITIAL": INITIAL_PIN}).invoke(cli, arguments, input=typed)
        assert result.exit_code != 70, result.output
        runs.append((arguments, result.output))
    return runs


def dry_runs(new: str, old: str) -> list[Run]:
    files = [
        "--old-card",
        f"{old}-3.card",
        "--new-card",
        f"{new}-3.card",
        "--profile",
        "canary.yaml",
        "--dry-run",
    ]
    given = ["--now", "2030-01-08T10:00:00+08:00", "--psam", "psam-3.card"]
    return [
        run("pharmacy", "activate", *files, *given),
        run("pharmacy", "activate", *files, *given, "--script", "visit.yaml", "--json"),
        run("read", f"{new}-3.card", "--dry-run", "--specimen", new, "--psam", "psam-3.card", "--pin"),
        run(
            "apdu",
            "--reader",
            f"{new}-3.card",
            "--dry-run",
            f"0020000004{OLD_PIN}",
            f"8424000108{OLD_PIN * 2}",
        ),
        run("schema"),
        run("completion", "bash"),
    ]


def taped(kind: str) -> list[Run]:
    """Tapes of a reading with PIN and PSAM and of typed PINs: the files themselves, replays, every rendering."""
    opened = ("read", f"{kind}-3.card", "--pin-env", "OLD", "--psam", "psam-3.card", "--json")
    typed = (
        "apdu",
        "--reader",
        f"{kind}-3.card",
        f"0020000004{WRONG_PIN}",
        f"805E010009{INITIAL_PIN}FF{OLD_PIN}",
    )
    runs = []
    for number, command in enumerate((opened, typed)):
        tape, capture = f"{kind}-{number}.tape", Path(f"{kind}-{number}.pcapng")
        runs.append(run("tape", "record", tape, "--", *command, answers_exempt=True))
        runs.append((["tape", tape], Path(tape).read_text(encoding="utf-8")))
        runs.append(run("tape", "replay", tape, answers_exempt=True))
        assert "all as recorded" in runs[-1][1], runs[-1]
        runs += [run("tape", "render", tape, "--to", form) for form in ("text", "markdown", "html")]
        runs.append(run("tape", "render", tape, "--to", "pcapng", "-o", str(capture)))
        runs.append((["capture", tape], f"{capture.read_bytes().hex()} {capture.read_bytes()!r}"))
    return runs


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory with marked keys, a marked visit and a region whose initial PIN is marked."""
    monkeypatch.chdir(tmp_path)
    Path("keys.yaml").write_text(
        "".join(f"{label}: '{value.hex()}'\n" for label, value in ROOTS.items()), encoding="utf-8"
    )
    Path("visit.yaml").write_text(VISIT, encoding="utf-8")
    shipped = Path(__file__).parent.parent / "terminal/backoffice/profiles/default.yaml"
    profile = shipped.read_text(encoding="utf-8").replace('"123456"', f'"{INITIAL_PIN}"')
    Path("canary.yaml").write_text(profile, encoding="utf-8")
    return tmp_path


def test_the_canary_sings() -> None:
    key = ROOTS["IRK/1"]
    printed = [f"PIN {OLD_PIN}", key.hex().upper(), key.decode("ascii"), b"990100199003070019".hex()]
    for text in printed:
        assert leaks([(["any"], text)], [OLD_PIN, key, key.decode("ascii"), "990100199003070019"]) != []


def test_nothing_marked_comes_out_of_card_centre_pharmacy_and_apdu_commands(desk: Path) -> None:
    runs = made_cards()
    fresh = [secret for path in desk.glob("*.card") for secret in card_secrets(path)]
    for old, new in zip(OLD_KINDS, NEW_KINDS, strict=True):
        runs += dry_runs(new, old)
        runs += visits(new, old)
    for kind in (*OLD_KINDS, *NEW_KINDS):
        runs += looks(kind)
        runs += readings(kind)
        runs += shelled(kind)
    for kind in ("old-cpu", *NEW_KINDS):
        runs += decoded(kind)
    for kind in NEW_KINDS:
        runs += taped(kind)
        runs += channels(kind)
    runs += said_holder()
    marked = [OLD_PIN, INITIAL_PIN, WRONG_PIN, SAID_ID, FOREIGN_ID, *ROOTS.values(), *fresh]
    assert leaks(runs, marked) == []
    assert any("activated" in printed for _, printed in runs), "the visits must really activate cards"
    opened = [printed for arguments, printed in runs if arguments[0] == "read" and "--json" in arguments]
    assert sum("DF04/EF05/81" in printed for printed in opened) == 3, "PIN and PSAM must really open cards"
    opened = [printed for arguments, printed in runs if arguments[0] == "shell" and "--verbose" in arguments]
    assert sum("PIN, RK1DF04" in printed for printed in opened) == 3, "so must the shell"


def test_only_show_secrets_shows_them(desk: Path) -> None:
    made_cards()
    secrets = [*card_secrets(desk / "ssc-3.0-3.card"), INITIAL_PIN]
    full = run("card", "show", "ssc-3.0-3.card", "--show-secrets")[1].lower()
    shown = "".join(full.split())
    assert [secret for secret in secrets if not any(one.lower() in shown for one in spellings(secret))] == []
    assert leaks([run("card", "show", "ssc-3.0-3.card")], secrets) == []
    opened = ("read", "ssc-3.0-3.card", "--psam", "psam-3.card", "--pin-env", "INITIAL")
    holder = issue_record(image.load("ssc-3.0-3.card")).holder_id
    assert holder is not None and leaks([run(*opened, "--show-secrets")], [holder]) != []
    assert leaks([run(*opened)], secrets) == []


def test_nothing_secret_comes_out_of_the_demo() -> None:
    runs = [
        run("demo"),
        run("demo", "--json"),
        run("demo", "--quiet"),
        run("demo", "--hsm", "--kind", "ssc-1.0"),
    ]
    runs += [run("demo", "--old", kind) for kind in ("sle4428", "old-cpu")]
    assert "990100**********" in runs[0][1]
    for _, printed in runs:
        for line in printed.splitlines():
            assert "246810" not in line


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_nothing_secret_comes_out_of_a_scenario(path: Path, tmp_path: Path) -> None:
    from terminal.scenario.model import load_scenario
    from terminal.scenario.stage import Stage

    stage = Stage.of(load_scenario(path))
    for name, card in stage.cards.items():
        image.save(card, tmp_path / f"{name}.card")
    secrets = [secret for image_path in tmp_path.glob("*.card") for secret in card_secrets(image_path)]
    secrets += [pin for pin in stage.pins.values() if len(pin) >= 8]
    report = tmp_path / "report.xml"
    runs = [run("scenario", "run", str(path), "--json", "--junit", str(report))]
    runs.append((["junit of", path.stem], report.read_text(encoding="utf-8")))
    assert leaks(runs, secrets) == []


def test_nothing_secret_comes_out_of_a_sweep() -> None:
    plain = next(path for path in SCENARIOS if path.stem == "dual-insert")
    from terminal.scenario.model import load_scenario
    from terminal.scenario.stage import Stage

    record = issue_record(Stage.of(load_scenario(plain)).cards["new"])
    assert leaks([run("scenario", "sweep", str(plain), "--sample", "97")], [str(record.holder_id)]) == []


def stayed(*arguments: str, until: str, meanwhile: Callable[[], None] = lambda: None) -> Run:
    """Run a command that stays, do something once it has said `until`, end it; keep everything it printed."""
    started = subprocess.Popen(
        [sys.executable, "-c", "from terminal.cli.main import main; main()", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert started.stdout is not None
    printed = ""
    while until not in printed:
        line = started.stdout.readline()
        assert line, printed
        printed += line
    try:
        meanwhile()
    finally:
        started.send_signal(signal.SIGINT)
        rest, _ = started.communicate(timeout=60)
    assert started.returncode == 0, printed + rest
    return list(arguments), printed + rest


def test_nothing_marked_comes_out_of_cards_in_pcsc_readers(desk: Path) -> None:
    made_cards()
    with PrivateDaemon(["slot"]) as daemon:

        def verify_pins() -> None:
            for pin in (WRONG_PIN, INITIAL_PIN):
                sent = ("--reader", daemon.readers["slot"], "--send-apdu", f"0020000004{pin}")
                environment = {**os.environ, **daemon.environment}
                subprocess.run(
                    ["opensc-tool", *sent], env=environment, check=True, capture_output=True, timeout=30
                )

        address = f"127.0.0.1:{daemon.ports['slot']}"
        card = "ssc-3.0-3.card"
        insert = ("card", "insert", card, "--vpcd", address)
        runs = [
            stayed(*insert, until="powered on", meanwhile=verify_pins),
            stayed(*insert, "--json", until="powered on", meanwhile=verify_pins),
        ]
    runs.append(stayed("pcscd", "--card", f"PSAM={card}", until="powered on"))
    runs.append(stayed("pcscd", "--json", until="environment"))
    marked = [INITIAL_PIN, WRONG_PIN, *ROOTS.values(), *card_secrets(desk / card)]
    assert leaks(runs, marked) == []


def test_nothing_marked_comes_out_of_a_centre_that_is_served(
    desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from terminal.backoffice.link import Link

    monkeypatch.setenv("SSC_CENTRE_TOKEN", TOKEN)
    for variable in ("SSC_CSB_SECRET", "SSC_TIF_SECRET"):
        monkeypatch.setenv(variable, TOKEN)
    made_cards()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    url = f"http://127.0.0.1:{port}"
    runs: list[Run] = []
    files = ["--old-card", "sle4442-3.card", "--new-card", "ssc-3.0-3.card", "--profile", "canary.yaml"]
    given = ["--now", "2030-01-08T10:00:00+08:00", "--script", "visit.yaml", "--psam", "psam-3.card"]

    def business() -> None:
        runs.append(run("centre", "enrol", "--centre", url, "sle4442-3.card", "ssc-3.0-3.card"))
        runs.append(run("centre", "fail", "garbled", "verify-old-pin", "--centre", url))
        runs.extend(run("pharmacy", "activate", *files, *given, "--centre", url, "--verbose") for _ in "ab")
        runs.append(run("centre", "show", "--centre", url, "--json"))
        for path in ("verify-old-pin", "hsm-message", "sign-in"):
            body = f'{{"pin": "{WRONG_PIN}", "text": "03|{WRONG_PIN}|{SAID_ID}"}}'.encode()
            reply = Link(url, TOKEN).post(f"/terminal/{path}", body)
            runs.append((["post", path], reply.body.decode("utf-8", "replace")))
        for secret in (TOKEN, "wrong"):
            reply = Link(url, secret).post("/hsm", f"03|990100|{WRONG_PIN}|".encode(), "text/plain")
            runs.append((["post", "hsm"], reply.body.decode("utf-8", "replace")))
        monkeypatch.setenv("SSC_CENTRE_TOKEN", WRONG_TOKEN)
        runs.append(run("centre", "show", "--centre", url))
        monkeypatch.setenv("SSC_CENTRE_TOKEN", TOKEN)

    for form, said in (("--json", "profile"), ("--profile", "is at")):
        option = (form,) if form == "--json" else (form, "canary.yaml")
        runs.append(stayed("serve", "centre", "--port", port, *option, until=said, meanwhile=business))
    assert any("activated" in printed for _, printed in runs), "a visit must really activate the card"
    marked = [OLD_PIN, INITIAL_PIN, WRONG_PIN, TOKEN, WRONG_TOKEN, *ROOTS.values()]
    holders = [secret for path in desk.glob("*.card") for secret in card_secrets(path)]
    assert leaks(runs, [*marked, *holders]) == []


def test_nothing_marked_comes_out_of_a_driver(desk: Path) -> None:
    made_cards()
    runs: list[Run] = []
    at = ["--endpoint", "endpoint"]

    def post(url: str, **asked: object) -> dict[str, object]:
        answer = httpx.post(url, json=asked, trust_env=False, timeout=60).json()
        assert isinstance(answer, dict)
        return answer

    def business() -> None:
        endpoint = Endpoint.read(Path("endpoint"))
        assert endpoint is not None and endpoint.url is not None
        runs.append(run("slot", "keypad", WRONG_PIN, INITIAL_PIN, INITIAL_PIN, OLD_PIN, OLD_PIN, *at))
        codes = [post(endpoint.url, function="iVerifyPIN")["success"] for _ in "ab"]
        codes.append(post(endpoint.url, function="iChangePIN")["success"])
        assert codes == [-51, 1, 1], "the PINs must really go through the driver"
        said = str(post(endpoint.url, function="iReadCardBas")["pOutInfo"]).split("|")
        about = {"pCardInfo": f"{said[3]}|{said[2]}|", "iAuthType": 2, "iType": 3}
        read = post(endpoint.url, function="iReadCard", pFileAddr="SSSEEF06|08|09|$", **about)
        assert said[1] in str(read["pOutInfo"])
        post(endpoint.url, function="iVerifyPINK", pPIN=WRONG_PIN)
        post(endpoint.url, function="iReloadPIN_HSM_Step2", pKey=WRONG_PIN * 4)
        looks = (["slot", "show"], ["slot", "psam", "off"], ["slot", "inject"], ["slot", "transcript"])
        for words in looks:
            runs.extend(run(*words, *at, *form) for form in ([], ["--json"]))
        runs.append(run("slot", "transcript", "--page", *at))
        runs.append(run("slot", "transcript", "--clear", *at))
        runs.append(run("slot", "remove", *at))
        runs.append(run("slot", "insert", "ssc-3.0-3.card", *at))

    for form, until in ((["--json"], "profile"), (["--tcp"], "find it")):
        given = ["--port", "0", "--card", "ssc-3.0-3.card", "--psam", "psam-3.card", *at, *form]
        Path("ssc-3.0-3.card").unlink()
        made_cards_again = ["--seed", "3", "--pin-env", "INITIAL", "--keys", "keys.yaml"]
        runs.append(run("card", "new", "--kind", "ssc-3.0", *made_cards_again))
        runs.append(stayed("serve", "driver", *given, until=until, meanwhile=business))
    runs.append(run("driver", "build", "--out", "libraries"))
    marked = [OLD_PIN, INITIAL_PIN, WRONG_PIN, *ROOTS.values(), *card_secrets(desk / "ssc-3.0-3.card")]
    assert leaks(runs, marked) == []


def test_nothing_marked_comes_out_of_a_till(desk: Path) -> None:
    Path("bill.yaml").write_text('items: [{code: XA01, price: "12.34"}]\n', encoding="utf-8")
    given = ["--seed", f"{FIXTURES[0].seed}", "--pin-env", "INITIAL", "--keys", "keys.yaml"]
    runs = [run("card", "new", "--kind", "ssc-3.0", *given, "-o", "payer.card")]
    runs.append(run("card", "new", "--kind", "psam", "--seed", "3", "--keys", "keys.yaml"))
    runs.append(run("centre", "people", "--centre", "c.db"))
    common = ["--centre", "c.db", "--profile", "canary.yaml", "--yes"]
    selling = ["--bill", "bill.yaml", "--card", "payer.card", "--html", "slip.html", *common]
    typed = f"{WRONG_PIN}\n{INITIAL_PIN}\n"
    for form in ("--verbose", "--json", "--quiet"):
        for means in (["--psam", "psam-3.card"], ["--keys", "keys.yaml"]):
            arguments = ["pharmacy", "purchase", *selling, *means, form]
            result = CliRunner(env={"INITIAL": INITIAL_PIN}).invoke(cli, arguments, input=typed)
            assert result.exit_code == 0, result.output
            runs.append((arguments, result.output))
    runs.append((["the slip"], Path("slip.html").read_text(encoding="utf-8")))
    runs.append((["the book"], Path("till.book").read_text(encoding="utf-8")))
    for form in ("--verbose", "--json", "--quiet"):
        number = "9901000000000000000" + str(1 + ("--verbose", "--json", "--quiet").index(form))
        runs.append(run("pharmacy", "refund", "--settlement", number, *common, form))
        runs.append(run("pharmacy", "reconcile", *common, form))
    runs.append(
        run("centre", "receipt", "99010000000000000001", "--centre", "c.db", "--profile", "canary.yaml")
    )
    runs.append(run("centre", "reconcile", "--centre", "c.db", "--profile", "canary.yaml"))
    assert sum("reconciled" in printed for _, printed in runs) == 2, "the till must really do its work"
    marked = [INITIAL_PIN, WRONG_PIN, *ROOTS.values(), *card_secrets(desk / "payer.card")]
    assert leaks(runs, marked) == []


def test_nothing_marked_comes_out_of_a_hospital(desk: Path) -> None:
    given = ["--seed", f"{FIXTURES[0].seed}", "--pin-env", "INITIAL", "--keys", "keys.yaml", "--purse", "0"]
    runs = [run("card", "new", "--kind", "ssc-3.0", *given, "-o", "patient.card")]
    runs.append(run("centre", "people", "--centre", "c.db"))
    profile = Path("canary.yaml").read_text(encoding="utf-8").replace("purse: none", "purse: record")
    Path("purse.yaml").write_text(profile, encoding="utf-8")
    common = ["--centre", "c.db", "--profile", "./purse.yaml", "--yes"]
    card = ["--reader", "virtual:patient.card", "--keys", "keys.yaml"]
    admitted = ["--diagnosis", "肺炎", "--diagnosis-code", "J18.9", "--bed", "3-12"]
    typed = f"{WRONG_PIN}\n{INITIAL_PIN}\n"
    for place, form in enumerate(("--verbose", "--json", "--quiet"), 1):
        runs.append(run("hospital", "register", *card, *common, form))
        runs.append(run("hospital", "admit", *card, *admitted, *common, form))
        visit = f"9901001{2 * place - 1:013d}"
        settling = ["hospital", "settle", "--visit", visit, "--total", "20", *card, "--html", "slip.html"]
        result = CliRunner(env={"INITIAL": INITIAL_PIN}).invoke(cli, [*settling, *common, form], input=typed)
        assert result.exit_code == 0, result.output
        runs.append((settling, result.output))
        runs.append(run("hospital", "refund", "--settlement", f"9901002{2 * place - 1:013d}", *common, form))
        runs.append(run("hospital", "give-up", "--visit", visit, *common, form))
        runs.append(run("hospital", "reconcile", *common, form))
    runs.append((["the slip"], Path("slip.html").read_text(encoding="utf-8")))
    runs.append((["the book"], Path("hospital.book").read_text(encoding="utf-8")))
    assert sum("visit-given-up" in printed for _, printed in runs) == 2, "the desk must really do its work"
    marked = [INITIAL_PIN, WRONG_PIN, *ROOTS.values(), *card_secrets(desk / "patient.card")]
    assert leaks(runs, marked) == []


def test_every_command_is_covered_here() -> None:
    text = Path(__file__).read_text(encoding="utf-8")
    assert isinstance(cli, click.Group)
    for words in _commands(cli, ()):
        assert ", ".join(json.dumps(word) for word in words) in text, (
            f"ssc {' '.join(words)} is not in the canary"
        )


def _commands(group: click.Group, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from _commands(command, (*path, name))
        else:
            yield (*path, name)
