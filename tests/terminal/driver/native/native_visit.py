"""What a POS does with a card, whatever language calls the library: base data, PIN, two steps, a card that goes."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from apdu.layout.states import SocialState
from terminal.backoffice.office import Office
from terminal.backoffice.ports import HsmMessage
from terminal.backoffice.profile import load_profile as load_region
from terminal.enrol import Standing, enrol_card
from terminal.testbench.bench import TestBench
from terminal.testbench.orders import KeypadOrder
from terminal.testbench.slots import Place
from virtual_card.issuer import issue

NOW = datetime.fromisoformat("2030-01-08T10:00:00+08:00")
PIN, WRONG_PIN = "123456", "000000"
STEP_1, STEP_2 = "iReadCardBas_HSM_Step1", "iReadCardBas_HSM_Step2"

Call = Callable[..., tuple[int, str]]
"""A function by name with its arguments: code and text."""


def visit(call: Call, bench: TestBench) -> None:
    """Read a card, verify its PIN, read it by the centre's key machine, have it pulled, read it again."""
    card = issue("ssc-3.0", 1)
    office = Office.open(":memory:", load_region("default"), lambda: NOW)
    enrol_card(office, card, standing=Standing(state=SocialState.NORMAL))
    bench.slots.put(Place.CONTACT, card)
    bench.slots.put(Place.SAM, issue("psam", 1))
    bench.tell_keypad(KeypadOrder(entries=(PIN, WRONG_PIN)))

    code, base = call("iReadCardBas", 3)
    assert code == 0 and base.split("|")[2] == "A00000011" and base.split("|")[4].startswith("测试")
    assert call("iVerifyPIN", 3) == (0, "")
    code, text = call("iVerifyPIN", 3)
    assert code == -51 and "还可重试5次" in text

    code, step1 = call(STEP_1, 3)
    assert code == 0
    assert call(STEP_2, office.call(HsmMessage(f"01|{step1}"))) == (0, base)
    assert call(STEP_2, "")[0] == -14

    code, step1 = call(STEP_1, 3)
    assert code == 0
    bench.slots.remove(Place.CONTACT)
    assert call(STEP_2, office.call(HsmMessage(f"01|{step1}")))[0] == -2
    code, text = call("iReadCardBas", 3)
    assert code == -2 and "无卡" in text
    bench.slots.put(Place.CONTACT, card)
    assert call("iReadCardBas", 3) == (0, base)


@contextmanager
def calling(command: Sequence[str | Path], environment: Mapping[str, str] | None = None) -> Iterator[Call]:
    """A function that has the program `driver_line` call; the program must end well."""
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment) as program:
        assert program.stdin is not None and program.stdout is not None
        asking, answering = program.stdin, program.stdout

        def call(name: str, *arguments: object) -> tuple[int, str]:
            asking.write("\t".join([name, *map(str, arguments)]).encode("gbk") + b"\n")
            asking.flush()
            code, _, text = answering.readline().decode("gbk").rstrip("\r\n").partition("\t")
            return int(code), text

        yield call
        asking.close()
        assert program.wait(60) == 0
