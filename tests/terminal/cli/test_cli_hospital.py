"""`ssc hospital`: registered, admitted, settled and taken back from a shell; what is wrong is said in one line."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from pathlib import Path

import pytest
from cli_samples import Run
from click.testing import CliRunner, Result

from terminal.backoffice.national.fixtures import FIXTURES
from terminal.cli.main import cli
from terminal.cli.till_book import open_book
from terminal.exit_codes import ExitCode
from virtual_card.image import save
from virtual_card.issuer import issue
from virtual_card.persona import DEFAULT_TODAY, Persona

PAGE = Path(__file__).parents[3] / "docs" / "hospital.md"
PIN = "123456"
SEEDS = {fixture.letter: fixture.seed for fixture in FIXTURES}
DESK = ("--centre", "c.db", "--yes")
CARD = ("--reader", "virtual:a.card")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A centre with people in it, and the card of one of them, as nobody has used them yet."""
    made = tmp_path_factory.mktemp("hospital")
    people = ("centre", "people", "--centre", str(made / "c.db"))
    assert CliRunner().invoke(cli, people, prog_name="ssc").exit_code == 0
    save(issue("ssc-3.0", SEEDS["A"]), made / "a.card")
    return made


@pytest.fixture
def desk(ssc: Run, tmp_path: Path, files: Path) -> Run:
    """Runs `ssc` beside copies of them."""
    for file in files.iterdir():
        shutil.copy(file, tmp_path)
    return ssc


def registered(desk: Run, *options: str) -> str:
    """Register an out-patient; the visit's number, off the ticket."""
    result = desk("hospital", "register", *CARD, *DESK, "--quiet", *options)
    assert result.exit_code == 0, result.stderr
    (number,) = re.findall(r"就诊编号 +(\d{20})", result.stdout)
    return str(number)


def settled(desk: Run, number: str, *options: str) -> Result:
    return desk("hospital", "settle", "--visit", number, *CARD, *DESK, *options, stdin=f"{PIN}\n")


def test_the_commands_of_the_page_do_what_it_says(ssc: Run) -> None:
    (session,) = re.findall(r"```sh\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    for line in session.splitlines():
        command, *arguments = shlex.split(line, comments=True)
        assert command == "ssc"
        result = ssc(*arguments, stdin=f"{PIN}\ny\n" if "settle" in arguments else "")
        assert result.exit_code == 0, f"{line}: {result.stdout}{result.stderr}"


def test_a_settlement_is_printed_as_text_and_as_a_page(desk: Run, tmp_path: Path) -> None:
    number = registered(desk, "--department", "内科", "--number", "MZ-1")
    paid = settled(desk, number, "--total", "500", "--own-cost", "20", "--quiet", "--html", "slip.html")
    assert paid.exit_code == 0, paid.stderr
    assert paid.stdout.startswith("医院结算凭条 Hospital settlement") and "¥168.00" in paid.stdout
    page = (tmp_path / "slip.html").read_text(encoding="utf-8")
    assert "测试第一医院" in page and "¥332.00" in page
    with open_book(tmp_path / "hospital.book") as book:
        visit, sale = book.sales()
    assert visit.visit == sale.visit == number and visit.asked["data"]["ipt_otp_no"] == "MZ-1"


def test_the_account_can_be_kept(desk: Run) -> None:
    paid = settled(desk, registered(desk), "--total", "500", "--keep-account", "--quiet")
    assert "个人账户支付  ¥0.00" in paid.stdout


def test_json_tells_every_step_and_hides_the_pin_and_the_id_number(desk: Run) -> None:
    number = registered(desk)
    lines = settled(desk, number, "--total", "500", "--json").stdout.splitlines()
    entries = [json.loads(line) for line in lines]
    assert entries[-1]["outcome"] == "paid" and entries[-1]["exit_code"] == 0
    (sent,) = [
        entry["sent"] for entry in entries if entry.get("request") == "Transact" and "2207" in entry["en"]
    ]
    assert sent["mdtrt_id"] == number and sent["medfee_sumamt_fen"] == 50_000
    told = "".join(lines)
    assert f"03{PIN}" not in told and Persona.from_seed(SEEDS["A"], DEFAULT_TODAY).id_number not in told


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("settle", "--visit", "1", "--total", "1.234", *CARD), "no amount in yuan"),
        (("settle", "--visit", "1", "--total", "-1", *CARD), "no amount in yuan"),
        (("settle", "--visit", "1", "--total", "NaN", *CARD), "no amount in yuan"),
        (("settle", "--visit", "1", "--total", "1", "--own-cost", "2", *CARD), "together they exceed it"),
        (("settle", "--visit", "1", "--total", "1"), "--reader is needed"),
        (("register",), "--reader is needed"),
        (("admit", *CARD), "--diagnosis"),
        (("register", "--reader", "virtual:none.card"), "none.card"),
    ],
)
def test_wrong_input_is_one_line_that_says_what_is_needed(
    desk: Run, arguments: tuple[str, ...], told: str
) -> None:
    result = desk("hospital", *arguments, *DESK)
    assert result.exit_code == ExitCode.USAGE
    assert told in result.stderr and len(result.stderr.strip().splitlines()) <= 2


def test_a_visit_and_a_settlement_that_are_not_in_the_book_are_told(desk: Run) -> None:
    assert settled(desk, "99010010000000000009", "--total", "1").exit_code == ExitCode.REFUSED_BY_TERMINAL
    gone = desk("hospital", "give-up", "--visit", "9", *DESK)
    assert gone.exit_code == ExitCode.REFUSED_BY_TERMINAL and "无此就诊编号" in gone.stdout
    refund = desk("hospital", "refund", "--settlement", "9", *DESK)
    assert refund.exit_code == ExitCode.REFUSED_BY_TERMINAL


def test_a_pharmacy_registers_nobody_and_a_region_without_hospitals_is_told(
    desk: Run, tmp_path: Path
) -> None:
    at_pharmacy = desk("hospital", "register", *CARD, *DESK, "--place", "990100000001")
    assert at_pharmacy.exit_code == ExitCode.REFUSED_BY_BACK_OFFICE and "[R3 " in at_pharmacy.stderr
    text = (Path(__file__).parents[3] / "terminal/backoffice/profiles/default.yaml").read_text(
        encoding="utf-8"
    )
    text = re.sub(r"hospitals:\n.*\n", "hospitals: {}\n", text).replace(', "990100000101"]', "]")
    (tmp_path / "bare.yaml").write_text(text, encoding="utf-8")
    bare = desk("hospital", "reconcile", *DESK, "--profile", "./bare.yaml")
    assert bare.exit_code == ExitCode.USAGE and "no hospital" in bare.stderr


def test_a_pharmacys_book_and_a_hospitals_are_two(desk: Run, tmp_path: Path) -> None:
    registered(desk)
    assert (tmp_path / "hospital.book").exists() and not (tmp_path / "till.book").exists()
    assert (tmp_path / "hospital.book").stat().st_mode & 0o777 == 0o600
