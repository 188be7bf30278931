"""The medical purse at the terminal, driven against virtual cards with a PSAM."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from driven import Bench

from apdu import purse as cryptogram
from apdu.keys import BY_NAME
from apdu.purse import Amounts, Balance, TransactionKind
from terminal.errors import CardRefusedError, PsamUnfitError
from terminal.flow.authentication import authenticate
from terminal.flow.steps import Flow, Role, on
from terminal.procedures import psam, purse
from virtual_card.card import ProcessorCard
from virtual_card.issuer import PsamOptions, SocialOptions, issue
from virtual_card.state import Purse

KINDS = pytest.mark.parametrize("kind", ["ssc-1.0", "ssc-2.0", "ssc-3.0"])
MOMENT = datetime(2030, 1, 15, 9, 30)
AMOUNTS = Amounts(1234, 500, 8000)
TERMINAL = "990100000001"
FUNDED = Purse(balance=10_000)


def card(kind: str = "ssc-3.0", held: Purse | None = FUNDED) -> ProcessorCard:
    issued = issue(kind, 1, social=SocialOptions(purse=held))
    assert isinstance(issued, ProcessorCard)
    return issued


def held(new: ProcessorCard) -> Purse:
    found = new.contents().directory("DF04").purse
    assert found is not None
    return found


def bench(new: ProcessorCard, **options: Any) -> Bench:
    return Bench(new, issue("psam", 2, psam=replace(PsamOptions(), **options)))


def buy(*terms: Any) -> Flow[Any]:
    return purse.purchase(*terms, AMOUNTS, MOMENT)


@KINDS
@pytest.mark.parametrize("level", [1, 2, 3])
def test_purchase_debits_the_card_and_the_psam_confirms(kind: str, level: int) -> None:
    new = card(kind)
    intent, proof, genuine = bench(new, levels={"DPK": level}).run("DF04", "123456", buy)
    assert genuine
    now = held(new)
    assert (now.balance, now.self_paid, now.pool, now.purchase_number) == (8766, 500, 8000, 1)
    assert (intent.number, intent.sequence) == (0, bytes(4))
    assert len(proof.tac) == 4 and proof.tac != proof.mac2


@pytest.mark.parametrize("index", [1, 2, 3])
def test_every_version_of_the_purchase_key_serves(index: int) -> None:
    new = card()
    result = bench(new).run(
        "DF04", "123456", lambda *terms: purse.purchase(*terms, AMOUNTS, MOMENT, key_index=index)
    )
    assert result[2]


def test_amount_above_the_balance_is_told_and_books_nothing() -> None:
    new = card(held=Purse(balance=1))
    with pytest.raises(CardRefusedError, match="9401"):
        bench(new).run("DF04", "123456", buy)
    assert held(new) == Purse(balance=1)


def test_purchase_without_pin_is_6982_and_names_the_pin() -> None:
    with pytest.raises(CardRefusedError, match=r"6982.*PIN"):
        bench(card()).run("DF04", None, buy)


def test_card_without_purse_is_told() -> None:
    with pytest.raises(CardRefusedError, match="no medical purse"):
        bench(card(held=None)).run("DF04", "123456", buy)


@pytest.mark.parametrize(("refuses", "code"), [(False, psam.NO_KEY), (True, psam.NO_DEBIT)])
def test_psam_without_purchase_key_leads_to_the_key_machine(refuses: bool, code: int) -> None:
    new = card()
    with pytest.raises(PsamUnfitError) as unfit:
        bench(new, without=frozenset({"DPK"}), refuses_purchase=refuses).run("DF04", "123456", buy)
    assert unfit.value.code == code
    assert held(new) == Purse(balance=10_000)


def test_no_level_of_the_purchase_key_fits() -> None:
    with pytest.raises(PsamUnfitError) as unfit:
        bench(card(), levels={"DPK": 0}).run("DF04", "123456", buy)
    assert unfit.value.code == psam.NO_LEVEL


def test_recovery_finds_the_proof_of_what_was_done_and_nothing_else() -> None:
    new = card()
    intent, proof, _ = bench(new).run("DF04", "123456", buy)
    found = bench(new).run(
        "DF04", None, lambda access, role, _: on(role, purse.recover(TransactionKind.PURCHASE, intent.number))
    )
    assert found == proof
    nothing = bench(new).run(
        "DF04", None, lambda access, role, _: on(role, purse.recover(TransactionKind.PURCHASE, 1))
    )
    assert nothing is None


@pytest.mark.parametrize("by_count", [False, True])
def test_wrong_proof_is_reported_not_raised(by_count: bool) -> None:
    def act(access: Any, role: Role, social: Any) -> Flow[bool]:
        intent = yield from purse.begin_purchase(access, role, social, AMOUNTS, MOMENT)
        yield from on(role, purse.debit(intent))
        return (yield from on(Role.PSAM, psam.confirm_purchase(bytes(4))))

    new = card()
    assert bench(new, wrong_mac2_is_63cf=by_count).run("DF04", "123456", act) is False
    assert held(new).balance == 8766


@KINDS
def test_load_with_the_hosts_mac2(kind: str) -> None:
    new = card(kind)

    def act(access: Any, role: Role, social: Any) -> Flow[tuple[bytes, int]]:
        offer = yield from on(role, purse.begin_load(1, 2500, TERMINAL))
        dlk = new.directory.named["DLK"]
        session = cryptogram.load_session(dlk.algorithm, dlk.versions[1], offer.random, offer.number)
        terminal, time = bytes.fromhex(TERMINAL), cryptogram.timestamp(MOMENT)
        assert offer.mac1 == cryptogram.load_mac1(dlk.algorithm, session, offer.balance, 2500, terminal)
        mac2 = cryptogram.load_mac2(dlk.algorithm, session, 2500, terminal, time)
        tac = yield from on(role, purse.finish_load(time, mac2))
        return tac, (yield from on(role, purse.read_balance()))

    tac, balance = bench(new).run("DF04", "123456", act)
    assert (len(tac), balance) == (4, 12_500)


def test_starting_day_is_set_with_its_key() -> None:
    def act(access: Any, role: Role, social: Any) -> Flow[str]:
        yield from authenticate(access, role, social, BY_NAME["DSK"])
        yield from on(role, purse.set_starting_day("0401"))
        return (yield from on(role, purse.read_starting_day()))

    assert bench(card()).run("DF04", None, act) == "0401"


def test_yearly_totals_are_read() -> None:
    new = card(held=Purse(self_paid=7, pool=9, year="2030"))

    def act(access: Any, role: Role, social: Any) -> Flow[tuple[int, int]]:
        self_paid = yield from on(role, purse.read_balance(Balance.SELF_PAID))
        return self_paid, (yield from on(role, purse.read_balance(Balance.POOL)))

    assert bench(new).run("DF04", "123456", act) == (7, 9)
