"""The example POS, which knows the vendor library and the insurance interface alone, sells on a virtual card."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from terminal.backoffice.profile import load_profile
from terminal.cli.main import cli
from terminal.serve.app import create_app
from terminal.serve.failures import Failure, FailureKind, FailureSwitch
from terminal.serve.pool import CentrePool
from terminal.serve.running import in_thread
from terminal.testing.driver_service import DriverService
from virtual_card.image import load, save
from virtual_card.issuer import issue

POS = Path(__file__).parents[2] / "examples" / "pos" / "pos.py"
WORKING, NOT_ENABLED = 1102, 1108
"""Seeds of two of the synthetic people: one in work with a balance, one whose card is not enabled."""
INITIAL_PIN, OLD_PIN = "123456", "246810"
VISIT = "".join(
    f"- {{{step}}}\n"
    for step in (
        "do: insert, card: old",
        "do: remove",
        "do: insert, card: new",
        "do: pin, pin: old",
        "do: remove",
    )
)
Sell = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def failures() -> FailureSwitch:
    return FailureSwitch()


@pytest.fixture
def centre(tmp_path: Path, failures: FailureSwitch) -> Iterator[str]:
    pool = CentrePool.over(str(tmp_path / "centre.db"), load_profile("default"), lambda: datetime.now(UTC))
    with in_thread(create_app(pool, failures=failures)) as url:
        result = CliRunner().invoke(cli, ["centre", "people", "--centre", url])
        assert result.exit_code == 0, result.output
        yield url
    pool.close()


@pytest.fixture
def sell(ssc_driver: DriverService, ssc_driver_library: Path, centre: str) -> Sell:
    """Runs the POS as its clerk does."""
    library = str(ssc_driver_library / "libSSCardDriver.so")

    def run(*items: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, str(POS), "--library", library, "--centre", centre, *items]
        return subprocess.run(
            command, env=dict(ssc_driver.environment), capture_output=True, text=True, timeout=60, check=False
        )

    return run


@pytest.mark.parametrize("psam", [True, False], ids=["psam", "hsm"])
def test_it_sells_on_the_account(ssc_driver: DriverService, sell: Sell, psam: bool) -> None:
    ssc_driver.insert(issue("ssc-3.0", WORKING))
    ssc_driver.keypad(INITIAL_PIN)
    if not psam:
        ssc_driver.psam_off()
    sold = sell("XA01=12.34", "XA02=8.00x2")
    assert sold.returncode == 0, sold.stderr
    lines = {line.split()[0]: line.split()[-1] for line in sold.stdout.splitlines()}
    assert (lines["合计"], lines["账户支付"], lines["现金支付"]) == ("28.34", "28.34", "0.00")
    assert lines["账户余额"] == "1206.22"


def test_an_answer_that_is_lost_sells_nothing(
    ssc_driver: DriverService, sell: Sell, failures: FailureSwitch
) -> None:
    ssc_driver.insert(issue("ssc-3.0", WORKING))
    ssc_driver.keypad(INITIAL_PIN, INITIAL_PIN)
    failures.on(Failure(FailureKind.GARBLED, "2102"))
    lost = sell("XA01=12.34")
    assert lost.returncode == 1 and "taken back" in lost.stderr
    sold = sell("XA01=12.34")
    assert "1222.22" in sold.stdout, sold.stderr


def test_a_line_that_is_cut_after_the_sale_was_booked_sells_nothing(
    ssc_driver: DriverService, sell: Sell, failures: FailureSwitch
) -> None:
    ssc_driver.insert(issue("ssc-3.0", WORKING))
    ssc_driver.keypad(INITIAL_PIN, INITIAL_PIN)
    failures.on(Failure(FailureKind.TIMEOUT_AFTER_COMMIT, "2102", seconds=0.1))
    lost = sell("XA01=12.34")
    assert lost.returncode == 1 and "taken back" in lost.stderr
    assert "1222.22" in sell("XA01=12.34").stdout


@pytest.mark.parametrize("item", ["XA01", "XA01=", "XA01=abc", "XA01=-1", "XA01=NaN", "XA01=1x0", "=1"])
def test_an_item_that_is_none_is_wrong_use(item: str) -> None:
    command = [sys.executable, str(POS), "--centre", "http://127.0.0.1:9", item]
    refused = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert refused.returncode == 2 and "CODE=PRICE" in refused.stderr and "Traceback" not in refused.stderr


def test_a_card_that_is_not_activated_is_activated_by_the_dual_insert(
    ssc_driver: DriverService, sell: Sell, centre: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    save(issue("sle4442", NOT_ENABLED), "old.card")
    save(issue("ssc-3.0", NOT_ENABLED), "new.card")
    Path("visit.yaml").write_text(VISIT, encoding="utf-8")
    ssc_driver.keypad(INITIAL_PIN, OLD_PIN)

    ssc_driver.insert(load("new.card"))
    refused = sell("XA01=12.34")
    assert refused.returncode == 3 and "请先办理启用" in refused.stderr

    ssc_driver.remove()
    visit = ["--old-card", "old.card", "--new-card", "new.card", "--script", "visit.yaml"]
    activated = CliRunner().invoke(cli, ["pharmacy", "activate", *visit, "--centre", centre, "--quiet"])
    assert activated.exit_code == 0, activated.output

    ssc_driver.insert(load("new.card"))
    sold = sell("XA01=12.34")
    assert sold.returncode == 0 and "账户支付 account     12.34" in sold.stdout, sold.stderr


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda driver: driver.remove(), "iReadCardBas: -2 "),
        (lambda driver: driver.inject("iReadCardBas", -11), "iReadCardBas: -11 "),
        (lambda driver: driver.keypad("CANCEL"), "iVerifyPIN: -31 "),
        (lambda driver: driver.keypad("999999"), "iVerifyPIN: -51 "),
    ],
    ids=["no-card", "reader", "cancel", "wrong-pin"],
)
def test_what_goes_wrong_at_the_reader_is_told(
    ssc_driver: DriverService, sell: Sell, spoil: Callable[[DriverService], None], said: str
) -> None:
    ssc_driver.insert(issue("ssc-3.0", WORKING))
    spoil(ssc_driver)
    failed = sell("XA01=12.34")
    assert failed.returncode == 1 and said in failed.stderr and "Traceback" not in failed.stderr
