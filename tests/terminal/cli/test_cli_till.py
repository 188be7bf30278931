"""`ssc pharmacy purchase`, `refund`, `reconcile`: sold, taken back and compared from a shell; nothing is lost."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from cli_samples import Run
from click.testing import Result

from terminal.backoffice.national.fixtures import FIXTURES
from terminal.cli.input_files import InputFileError, MalformedFileError
from terminal.cli.till_book import open_book
from terminal.exit_codes import ExitCode
from terminal.flow.sales import DebitPhase, Phase, Sale
from virtual_card.image import save
from virtual_card.issuer import issue

PAGE = Path(__file__).parents[3] / "docs" / "purchase.md"
PIN = "123456"
SEEDS = {fixture.letter: fixture.seed for fixture in FIXTURES}
BILL = (
    'items:\n  - {code: XA01, name: 阿莫西林, count: "2", price: "12.34"}\n  - {code: XC03, price: "2000"}\n'
)
TILL = ("--centre", "c.db", "--yes")


@pytest.fixture
def shop(ssc: Run, tmp_path: Path) -> Run:
    """Runs `ssc` beside a centre with people in it, the cards of two of them, a PSAM and a bill."""
    assert ssc("centre", "people", "--centre", "c.db").exit_code == 0
    for name, letter in (("a", "A"), ("sealed", "G")):
        save(issue("ssc-3.0", SEEDS[letter]), tmp_path / f"{name}.card")
    save(issue("psam", 1), tmp_path / "psam.card")
    (tmp_path / "bill.yaml").write_text(BILL, encoding="utf-8")
    return ssc


def sold(shop: Run, *options: str, card: str = "a.card", typed: str = f"{PIN}\n") -> Result:
    return shop("pharmacy", "purchase", "--bill", "bill.yaml", "--card", card, *TILL, *options, stdin=typed)


def test_the_commands_of_the_page_do_what_it_says(ssc: Run, tmp_path: Path) -> None:
    page = PAGE.read_text(encoding="utf-8")
    (bill,) = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    (tmp_path / "bill.yaml").write_text(bill, encoding="utf-8")
    (session,) = re.findall(r"```sh\n(.*?)```", page, re.DOTALL)
    for line in session.splitlines():
        command, *arguments = shlex.split(line, comments=True)
        typed = f"{PIN}\ny\n" if "purchase" in arguments else "y\n"
        assert command == "ssc"
        result = ssc(*arguments, stdin=typed)
        assert result.exit_code == 0, f"{line}: {result.stdout}{result.stderr}"


def test_a_till_is_not_put_on_a_tape(shop: Run) -> None:
    given = ("pharmacy", "purchase", "--bill", "bill.yaml", "--card", "a.card", *TILL)
    result = shop("tape", "record", "x.tape", *given, stdin=f"{PIN}\n")
    assert result.exit_code == ExitCode.USAGE and "tape" in result.stderr


def number_of(book: Path) -> str:
    return str(json.loads(book.read_text(encoding="utf-8").splitlines()[-1])["settlement"])


def test_a_purchase_a_refund_and_the_end_of_the_day(shop: Run, tmp_path: Path) -> None:
    paid = sold(shop, "--psam", "psam.card", "--html", "slip.html")
    assert paid.exit_code == 0, paid.stderr
    assert "¥1234.56" in paid.stdout and "结算完成" in paid.stdout
    page = (tmp_path / "slip.html").read_text(encoding="utf-8")
    assert "¥790.12" in page and "现金支付" in page
    assert shop("pharmacy", "reconcile", *TILL).exit_code == 0
    number = number_of(tmp_path / "till.book")
    assert shop("pharmacy", "refund", "--settlement", number, *TILL).exit_code == 0
    again = shop("pharmacy", "refund", "--settlement", number, *TILL)
    assert again.exit_code == ExitCode.REFUSED_BY_BACK_OFFICE and "R51" in again.stderr
    assert shop("pharmacy", "reconcile", *TILL).exit_code == 0
    assert "账务平衡" in shop("centre", "reconcile", "--centre", "c.db").stdout


def test_a_purse_on_the_card_pays_and_the_book_keeps_its_proof(shop: Run, tmp_path: Path) -> None:
    made = ("card", "new", "--kind", "ssc-3.0", "--seed", str(SEEDS["A"]), "--purse", "5000", "-o", "p.card")
    assert shop(*made).exit_code == 0
    options = ("--psam", "psam.card", "--profile", "purse-account", "--html", "slip.html")
    paid = sold(shop, *options, card="p.card")
    assert paid.exit_code == 0, paid.stderr
    assert "卡内账户¥50.00" in paid.stdout and "交易认证码" in paid.stdout
    assert "¥1974.68" in (tmp_path / "slip.html").read_text(encoding="utf-8"), "the cash"
    with open_book(tmp_path / "till.book") as book:
        (sale,) = book.sales()
    assert sale.debit is not None and sale.debit.account_fen == 5000 and sale.debit.proven is True
    assert shop("pharmacy", "reconcile", *TILL, "--profile", "purse-account").exit_code == 0
    with open_book(tmp_path / "till.book") as book:
        assert [sale.debit_phase for sale in book.sales()] == [DebitPhase.VERIFIED]
    refund = ("pharmacy", "refund", "--settlement", sale.settlement, *TILL, "--profile", "purse-account")
    refused = shop(*refund)
    assert refused.exit_code == ExitCode.REFUSED_BY_TERMINAL and "purse" in refused.stdout


def test_quiet_prints_the_slip_alone(shop: Run) -> None:
    lines = sold(shop, "--quiet").stdout.splitlines()
    assert lines[0] == "药店结算凭条 Pharmacy settlement" and "9001" not in "".join(lines)


@pytest.mark.parametrize("page", ["nowhere/slip.html", ".", "a.card/slip.html"])
def test_a_page_that_cannot_be_written_is_told_before_money_moves(
    shop: Run, tmp_path: Path, page: str
) -> None:
    refused = sold(shop, "--html", page)
    assert refused.exit_code == ExitCode.USAGE and "cannot be written" in refused.stderr
    assert not (tmp_path / "till.book").exists()


def test_a_page_that_was_not_written_undoes_nothing(shop: Run, tmp_path: Path) -> None:
    (tmp_path / "full.html").symlink_to("/dev/full")
    paid = sold(shop, "--html", "full.html")
    assert paid.exit_code == ExitCode.DONE and "do not repeat" in paid.stderr
    assert number_of(tmp_path / "till.book")


@pytest.mark.parametrize("device", ["/dev/null", "/dev/full"])
def test_a_book_is_a_file(device: str) -> None:
    with pytest.raises(InputFileError, match="no file"), open_book(device):
        pass


def test_a_wrong_pin_is_asked_for_again_and_the_holder_may_decline(shop: Run, tmp_path: Path) -> None:
    assert sold(shop, typed=f"999999\n{PIN}\n").exit_code == 0
    declined = shop(
        "pharmacy", "purchase", "--bill", "bill.yaml", "--card", "a.card", *TILL[:2], stdin=f"{PIN}\nn\n"
    )
    assert declined.exit_code == ExitCode.CANCELLED
    assert len((tmp_path / "till.book").read_text(encoding="utf-8").splitlines()) == 3, "kept, booked, closed"


def test_a_sealed_card_is_refused_by_the_rule(shop: Run) -> None:
    refused = sold(shop, card="sealed.card")
    assert refused.exit_code == ExitCode.REFUSED_BY_BACK_OFFICE and "[R1 " in refused.stderr


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("items: []\n", "length >= 1"),
        ("items: [{code: XA01, price: 12.34}]\n", "items[0].price"),
        ('items: [{code: XA01, price: "-1"}]\n', "items[0].price"),
        ("colour: red\n", "colour"),
    ],
)
def test_a_wrong_bill_is_one_message_with_the_place(shop: Run, tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "bill.yaml").write_text(text, encoding="utf-8")
    result = sold(shop)
    assert result.exit_code == ExitCode.USAGE
    assert "bill.yaml" in result.stderr and told in result.stderr and "a bill is a list" in result.stderr


def test_one_card_is_needed(shop: Run) -> None:
    result = shop("pharmacy", "purchase", "--bill", "bill.yaml", *TILL)
    assert result.exit_code == ExitCode.USAGE and "--card" in result.stderr


SALE = Sale("1" * 30, "2102", Phase.SENT, date(2030, 1, 8), "9", "测试", "990100", "310", "A")


def test_a_book_remembers_the_last_word_on_each_sale(tmp_path: Path) -> None:
    path = tmp_path / "till.book"
    with open_book(path) as book:
        book.keep(SALE)
        book.keep(replace(SALE, phase=Phase.ANSWERED, settlement="7"))
    assert path.stat().st_mode & 0o777 == 0o600
    with open_book(path) as book:
        assert book.sales() == (replace(SALE, phase=Phase.ANSWERED, settlement="7"),)
        assert book.settlement("7") is not None and book.settlement("8") is None


def test_a_line_that_the_power_cut_short_is_dropped_and_the_book_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "till.book"
    with open_book(path) as book:
        book.keep(SALE)
    with path.open("ab") as file:
        file.write(b'{"msgid":"2')
    with open_book(path) as book:
        assert book.sales() == (SALE,)
        book.keep(replace(SALE, phase=Phase.REVERSED))
    with open_book(path) as book:
        assert [sale.phase for sale in book.sales()] == [Phase.REVERSED]


@pytest.mark.parametrize("text", ["groceries\n", "groceries", "{}"])
def test_a_file_that_is_no_book_is_refused_untouched(tmp_path: Path, text: str) -> None:
    path = tmp_path / "till.book"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(MalformedFileError, match="line 1"), open_book(path):
        pass
    assert path.read_text(encoding="utf-8") == text


def test_a_book_is_for_one_command_at_a_time(tmp_path: Path) -> None:
    with (
        open_book(tmp_path / "b"),
        pytest.raises(InputFileError, match="another command"),
        open_book(tmp_path / "b"),
    ):
        pass
