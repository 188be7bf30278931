"""The insurance centre's own desk, and a card's state, from a shell with the centre at the other end of a line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from serve_desk import TOKEN, Served

from terminal.backoffice.enrolment import EnrolmentError
from terminal.backoffice.insurance_desk import InsurePerson
from terminal.backoffice.national.fixtures import FIXTURES
from terminal.backoffice.national.people import Insured
from terminal.backoffice.ports import Holder
from terminal.cli.main import cli
from terminal.testing.people import bring_in_people
from virtual_card.image import save
from virtual_card.issuer import issue
from virtual_card.persona import Persona

Ask = Callable[..., Result]
BILL = 'items: [{code: XA01, price: "12.34"}]\n'


@pytest.fixture
def centre(serve: Any, where: str) -> Served:
    served: Served = serve(where)
    return served


@pytest.fixture
def ssc(centre: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Runs `ssc ... --centre URL --json`, with the token in the environment."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str, typed: str | None = None) -> Result:
        given = [*arguments, "--centre", centre.url, "--json"]
        return CliRunner(env={"SSC_CENTRE_TOKEN": TOKEN}).invoke(cli, given, input=typed)

    return run


def lines(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_people_slips_and_the_days_end_go_over_the_line(ssc: Ask, tmp_path: Path) -> None:
    brought = ssc("centre", "people")
    assert brought.exit_code == 0, brought.output
    assert [line["letter"] for line in lines(brought)] == [each.letter for each in FIXTURES]
    assert ssc("centre", "people").output == brought.output, "bringing them in again changes nothing"
    assert [line["type"] for line in lines(ssc("centre", "reconcile"))] == ["day-end"]
    save(issue("ssc-3.0", FIXTURES[0].seed), tmp_path / "a.card")
    (tmp_path / "bill.yaml").write_text(BILL, encoding="utf-8")
    buying = ("pharmacy", "purchase", "--bill", "bill.yaml", "--card", "a.card", "--yes")
    paid = ssc(*buying, typed="123456\n")
    assert paid.exit_code == 0, paid.output
    (settlement,) = {
        line["answer"]["setl_id"] for line in lines(paid) if "setl_id" in (line.get("answer") or {})
    }
    (slip,) = lines(ssc("centre", "receipt", settlement))
    assert {"en": "total", "zh": "费用总额", "value": "¥12.34"} in slip["lines"]
    totals, end = lines(ssc("centre", "reconcile"))
    assert (totals["total_fen"], totals["account_pay_fen"], totals["count"]) == (1234, 1234, 1)
    assert end["balanced"] is True
    unknown = ssc("centre", "receipt", "99")
    assert unknown.exit_code == 2 and "setl_id" in unknown.stderr


def test_a_card_is_locked_unlocked_and_cancelled_over_the_line(
    ssc: Ask, centre: Served, tmp_path: Path
) -> None:
    people = bring_in_people(centre.office(), lambda: centre.clock[0], FIXTURES[:1])
    persona = Persona.from_seed(FIXTURES[0].seed)
    (tmp_path / "id.yaml").write_text(f"id_number: '{persona.id_number}'\nname: 测试\n", encoding="utf-8")
    named = ("--card", people[0].card)
    shown = ("--id-card", "id.yaml", "--yes")

    def end(*words: str) -> tuple[int, str]:
        result = ssc(*words)
        return result.exit_code, str(lines(result)[-1]["outcome"])

    assert end("centre", "lock", *named) == (0, "state-changed")
    assert end("centre", "lock", *named) == (0, "state-unchanged")
    assert end("counter", "cancel", *named, *shown) == (6, "card-locked")
    assert end("centre", "unlock", *named) == (0, "state-changed")
    assert ssc("counter", "cancel", *named, *shown[:-1]).exit_code == 2, "nothing is cancelled without --yes"
    assert end("counter", "cancel", *named, "--yes") == (6, "holder-not-identified")
    assert end("counter", "cancel", *named, *shown) == (0, "state-changed")
    assert end("centre", "lock", *named) == (6, "move-not-legal")
    assert end("centre", "cancel", *named, "--yes") == (0, "state-unchanged")


def test_who_cannot_be_insured_is_told_by_the_same_error(centre: Served) -> None:
    wrong = Insured(Holder("990100199913010001", "测试"))
    with pytest.raises(EnrolmentError, match="R54"):
        centre.office().insurance(InsurePerson(wrong))
