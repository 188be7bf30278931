"""What people come to a counter, an outlet or a hospital for, with the card in the reader.

All but reporting a loss are for a card that the centre has as the same person's as the card says.
"""

from __future__ import annotations

from collections.abc import Mapping

from terminal.backoffice.bank_ports import Outlet
from terminal.backoffice.card_life_ports import CardReplaced, HandOver, ReleaseLoss, ReplaceCard, ReportLoss
from terminal.backoffice.card_ports import Authorise, Enable
from terminal.backoffice.channel_ports import Papers, Service
from terminal.exit_codes import ExitCode
from terminal.flow.catching_up import catch_up, standing, write_standing
from terminal.flow.channel import Errand, Finished, done, for_its_holder
from terminal.flow.steps import Draw, Flow, ReadClock, on
from terminal.flow.visit import Visit
from terminal.procedures.files import select_directory
from terminal.procedures.financial_activation import Activated, activate_financial, terminal_values
from terminal.procedures.maintenance import reload_pin, unblock_pin
from terminal.procedures.reconciliation import Action
from terminal.text import Pin, Text

ACTIVATED = Text("The card is activated.", "社会保障卡已启用。")
ALREADY = Text("The card is activated already; nothing was changed.", "该卡已启用，无需重复办理。")
CAUGHT_UP = Text(
    "The card is activated already; what it says of itself was brought up to date.",
    "该卡已启用，卡内应用状态已更新。",
)


def enable(papers: Papers) -> Errand:
    """Activate the social application (R10, R11, R12, R17): the centre first, then the card."""

    @for_its_holder
    def errand(visit: Visit) -> Flow[Finished]:
        answer = yield Enable(visit.place, visit.social.number, visit.social.card_id, papers)
        if answer.activated:
            yield from write_standing(visit, answer.standing)
            return done("activated", ACTIVATED)
        verdict = yield from catch_up(visit, answer.standing)
        if verdict.action is Action.CATCH_UP:
            return done("caught-up", CAUGHT_UP)
        return done("already-active", ALREADY)

    return errand


def renew_pin(papers: Papers, new: Pin | None) -> Errand:
    """Set a new PIN, or with None give the old one its tries back (R40); the place's authorisation is asked first."""
    service = Service.PIN_UNBLOCK if new is None else Service.PIN_RESET

    @for_its_holder
    def errand(visit: Visit) -> Flow[Finished]:
        yield Authorise(visit.place, visit.social.number, visit.social.card_id, service, papers)
        yield from on(visit.role, select_directory(visit.layout["SSSE"]))
        if new is None:
            yield from unblock_pin(visit.access, visit.role, visit.social)
            return done("pin-unblocked", Text("The PIN has its tries back.", "个人密码已解锁。"))
        yield from reload_pin(visit.access, visit.role, visit.social, new)
        return done("pin-reset", Text("The new PIN is set.", "个人密码已重置。"))

    return errand


def report_loss(papers: Papers, formal: bool) -> Errand:
    """Report the card in the reader lost (found again, but not trusted any more): the centre alone (R41).

    Whomever the card names: one that names another person than the centre does is to be trusted even less.
    """

    def errand(visit: Visit) -> Flow[Finished]:
        yield ReportLoss(visit.place, visit.social.number, formal, papers, visit.social.card_id)
        return done("loss-reported", LOST[formal])

    return errand


LOST: Mapping[bool, Text] = {
    True: Text("The card is formally reported lost.", "已办理正式挂失。"),
    False: Text("The card is reported lost for the time being.", "已办理临时挂失。"),
}
RELEASED = Text("The loss is released.", "挂失已解除。")


def release_loss(papers: Papers) -> Errand:
    """Release the loss of the card in the reader (R21, R41); in use again, it catches up."""

    @for_its_holder
    def errand(visit: Visit) -> Flow[Finished]:
        yield ReleaseLoss(visit.place, visit.social.number, papers)
        yield from catch_up(visit, (yield from standing(visit)))
        return done("loss-released", RELEASED)

    return errand


def replace(papers: Papers, lost: str) -> Errand:
    """Let the new card in the reader take the place of a lost one; it stays sealed until it is activated."""

    @for_its_holder
    def errand(visit: Visit) -> Flow[Finished]:
        answer: CardReplaced = yield ReplaceCard(visit.place, lost, visit.social.number, papers)
        return done("replaced", replaced(answer))

    return errand


def replaced(answer: CardReplaced) -> Text:
    """What the holder of a replaced card is told."""
    return Text(
        f"Card {answer.number} is cancelled, card {answer.new_number} takes its place.",
        f"{answer.number}卡已注销，由{answer.new_number}卡替代。",
    )


def hand_over(papers: Papers) -> Errand:
    """Hand the card over (R23): the centre records when, and the card itself says so."""

    @for_its_holder
    def errand(visit: Visit) -> Flow[Finished]:
        answer = yield HandOver(visit.place, visit.social.number, visit.social.card_id, papers)
        day = answer.received_at.astimezone(visit.settings.zone).date()
        yield from catch_up(visit, (yield from standing(visit)))
        return done(
            "handed-over",
            Text(f"The card was handed over on {day:%Y-%m-%d}.", f"领卡日期{day:%Y-%m-%d}，已登记。"),
        )

    return errand


def activate_bank(papers: Papers, outlet: Outlet) -> Errand:
    """Activate the bank's application for the identified holder (R20); the bank tells the centre, the card catches up.

    The bank's side stands for itself (R2): where the centre cannot be told now, the outlet tells it again (R14, R19).
    """

    @for_its_holder
    def errand(visit: Visit) -> Flow[Finished]:
        yield Authorise(
            visit.place, visit.social.number, visit.social.card_id, Service.BANK_ACTIVATION, papers
        )
        assert visit.holder is not None, "the visit has read whose card it is"
        issuer = outlet.issuer(visit.social.number, visit.holder.id_number)
        now = (yield ReadClock()).astimezone(visit.settings.zone)
        values = terminal_values(now, (yield Draw(4)), sm=True)
        result = yield from on(visit.role, activate_financial(issuer, values, new_pin=outlet.new_pin))
        if result.outcome is not Activated.DONE:
            code = ExitCode.REFUSED_BY_BACK_OFFICE
            return Finished(f"bank-{result.outcome.value}", code, BANK_REFUSED[result.outcome])
        heard = issuer.heard()
        if heard.waiting:
            return Finished("bank-activated-alone", ExitCode.BACK_OFFICE_UNREACHABLE, BANK_ALONE)
        if heard.refusal is not None:
            code = ExitCode.REFUSED_BY_BACK_OFFICE
            return Finished(heard.refusal.code.value, code, heard.refusal.text, refusal=heard.refusal)
        yield from on(visit.role, select_directory(visit.layout["SSSE"]))
        visit.access.granted.clear()
        yield from catch_up(visit, (yield from standing(visit)))
        return done("bank-activated", BANK_DONE)

    return errand


BANK_DONE = Text(
    "The financial application is activated, and the centre was told.", "金融应用已激活，已通知卡管中心。"
)
BANK_ALONE = Text(
    "The financial application is activated, but the centre could not be told: repeat this at the outlet, "
    "nothing is done twice.",
    "金融应用已激活，但未能通知卡管中心：请在网点重新办理，不会重复激活。",
)
BANK_REFUSED: Mapping[Activated, Text] = {
    Activated.DECLINED: Text("The bank declined.", "银行拒绝激活。"),
    Activated.REFUSED: Text("The chip did not do what the bank ordered.", "芯片未执行银行指令。"),
}
