"""Carries out one step of a scenario that is neither a dual insert nor at the till."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from terminal.backoffice.national.people import InsuringError
from terminal.backoffice.national_line import InsuranceLine, PayingOffice
from terminal.backoffice.national_ports import SIGN_IN
from terminal.backoffice.national_ports import Transact as Transaction
from terminal.backoffice.ports import BackOfficeError, Place, Refusal, RefusalCode, Request
from terminal.counter import Counter
from terminal.exit_codes import ExitCode
from terminal.flow.channel import Finished, done, failed
from terminal.flow.operator import Operator
from terminal.flow.steps import Flow
from terminal.flow.texts import clock_time
from terminal.flow.told import told
from terminal.scenario.errand_tables import AT_READER, BY_NUMBER, Desk, in_reader, place_of
from terminal.scenario.errands import Advance, AtPlace, Errand, Insure, Transact
from terminal.scenario.model import ScenarioError
from terminal.scenario.payments import InsuranceSpec
from terminal.scenario.played import ErrandEnded
from terminal.scenario.script import ScriptMismatchError
from terminal.scenario.stage import Stage, insure
from terminal.session import Disturbance, Listener
from terminal.text import Text

SIGNING_IN = {"signIn": {"opter_no": "001", "mac": "00", "ip": "127.0.0.1"}}


@dataclass(frozen=True, slots=True)
class Scene:
    """A stage with a counter on it, the person, and who listens and disturbs."""

    stage: Stage
    counter: Counter
    operator: Operator
    listener: Listener | None = None
    disturbance: Disturbance | None = None

    def at(self, place: Place) -> Scene:
        """The same in another place."""
        return replace(self, counter=self.counter.at_pharmacy(place.pharmacy))

    def run(self, flow: Flow[ErrandEnded]) -> ErrandEnded:
        """Drive a flow that needs no card."""
        return self.counter.terminal().session(self.operator, self.listener, self.disturbance).run(flow)


def carry_out(errand: Errand, scene: Scene) -> ErrandEnded:
    """Do what the step says; raises TerminalPowerLossError if the disturbance says so."""
    if isinstance(errand, AtPlace):
        scene = scene.at(place_of(scene.stage, errand))
    special = _SPECIAL.get(type(errand))
    if special is not None:
        return special(errand, scene)
    desk = Desk(scene.stage, errand, scene.counter.back_office)
    if not in_reader(errand):
        return scene.run(_ask(BY_NUMBER[type(errand)](desk)))
    terminal = scene.counter.terminal()
    return ErrandEnded(
        terminal.visit(AT_READER[type(errand)](desk), scene.operator, scene.listener, scene.disturbance)
    )


def _ask(request: Request) -> Flow[ErrandEnded]:
    try:
        answer = yield request
    except BackOfficeError as error:
        return ErrandEnded(failed(error))
    return ErrandEnded(told(request, answer), answer)


# --- the clock ------------------------------------------------------------------------------------------


def _advance(step: Advance, scene: Scene) -> ErrandEnded:
    stage = scene.stage
    by = timedelta(days=step.days, hours=step.hours, minutes=step.minutes)
    after = step.to or stage.clock + by
    if after < stage.clock:
        raise ScenarioError(
            f"{stage.scenario.name}: `to` lies before {stage.clock.isoformat()}, the time now"
        )
    stage.clock = after
    text = clock_time(after.astimezone(stage.profile.zone))
    return ErrandEnded(done("clock-moved", Text(f"It is {text} now.", f"现在是{text}。")))


# --- the insurance centre -------------------------------------------------------------------------------


def _insure(step: Insure, scene: Scene) -> ErrandEnded:
    stage = scene.stage
    spec = InsuranceSpec(kinds=tuple(step.kinds), months=step.months, self_employed=step.self_employed)
    try:
        with stage.alone():
            insure(stage.office, stage.profile, stage.now, stage.social_record(step.card), spec)
    except InsuringError as error:
        text = Text("The person cannot be insured so; leave that kind out.", "该人员不能参加此险种。")
        refusal = Refusal(RefusalCode.INSURANCE, error.rule, text)
        code = ExitCode.REFUSED_BY_BACK_OFFICE
        return ErrandEnded(Finished("not-insurable", code, text, str(error), refusal))
    return ErrandEnded(done("insured", Text("The person is insured.", "已参保。")))


def _transact(step: Transact, scene: Scene) -> ErrandEnded:
    stage = scene.stage
    place = scene.counter.settings.pharmacy
    drawer = stage.drawer(place)
    line = InsuranceLine(stage.national, place, stage.profile, stage.now, drawer.new_msgid)
    office = PayingOffice(scene.counter.back_office, line)
    values = {**stage.said, **_known(step, stage)}
    asked: dict[str, Any] = _filled(step.input, values)
    if not step.again:
        stage.said["msgid"] = drawer.new_msgid()
    sent = Transaction(step.infno, asked, stage.said["msgid"], stage.profile.region)
    ended = replace(scene, counter=replace(scene.counter, back_office=office)).run(_signed_in(sent))
    stage.said.update(_fields(ended.answer or {}))
    return ended


def _signed_in(sent: Transaction) -> Flow[ErrandEnded]:
    try:
        yield Transaction(SIGN_IN, SIGNING_IN)
        answer = yield sent
    except BackOfficeError as error:
        return ErrandEnded(failed(error))
    return ErrandEnded(done("transacted", Text("The transaction is done.", "交易成功。")), answer.output)


def _known(step: Transact, stage: Stage) -> dict[str, Any]:
    record = stage.social_record(step.of)
    now = stage.clock.astimezone(stage.profile.zone)
    return {
        "card": record.number,
        "card_id": record.card_id,
        "id_number": record.holder_id,
        "now": clock_time(now),
    }


def _filled(value: Any, values: Mapping[str, Any]) -> Any:
    """A value with every `$NAME` in it replaced, and amounts as decimals."""
    if isinstance(value, dict):
        return {key: _filled(each, values) for key, each in value.items()}
    if isinstance(value, list):
        return [_filled(each, values) for each in value]
    if isinstance(value, float):
        return Decimal(str(value))
    if not (isinstance(value, str) and value.startswith("$")):
        return value
    if value[1:] not in values:
        raise ScriptMismatchError(f"the scenario sends {value}, and no answer so far has it")
    return values[value[1:]]


def _fields(output: Any) -> Iterator[tuple[str, Any]]:
    """Every field of an answer with a plain value; of a list, those of its first row."""
    for key, value in output.items():
        row = value[0] if isinstance(value, list) and value else value
        if isinstance(row, Mapping):
            yield from _fields(row)
        elif not isinstance(row, list):
            yield key, row


_SPECIAL: Mapping[type, Callable[[Any, Scene], ErrandEnded]] = {
    Advance: _advance,
    Insure: _insure,
    Transact: _transact,
}
