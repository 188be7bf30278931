"""The fixtures for POS teams: the page that explains them runs, and nothing slips through a strict test."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import cryptography.hazmat.primitives.ciphers  # noqa: F401  cannot be imported twice, and the runs below drop theirs
import pytest

import terminal.testing.pharmacy  # noqa: F401  as above, and saves each run the time

PAGE = (Path(__file__).parents[2] / "docs" / "pos-testing.md").read_text(encoding="utf-8")
PLAINLY = [
    "--strict-markers",
    *("-p", "no:cacheprovider"),
    *("-p", "no:hypothesispytest"),
    *("-W", "ignore::pytest.PytestAssertRewriteWarning"),
]
OPT_OUT = "*If this test does not care, mark it @pytest.mark.ssc(strict=False)."
UNPLAYED = "def test_it(ssc_scripted_card):\n    ssc_scripted_card().expect('00A40000023F00')\n"


def page_files() -> dict[str, str]:
    """The page's Python blocks by the file named in their first line; blocks of one file belong together."""
    files: defaultdict[str, str] = defaultdict(str)
    for block in re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL):
        name, body = re.fullmatch(r"# (\S+\.py)\n(.*)", block, re.DOTALL).groups()
        files[name] += body + "\n\n"
    return files


@pytest.fixture
def page(pytester: pytest.Pytester) -> pytest.Pytester:
    for name, body in page_files().items():
        (pytester.path / name).write_text(body, encoding="utf-8")
    return pytester


def run(pytester: pytest.Pytester, source: str, *options: str) -> pytest.RunResult:
    pytester.makepyfile(source)
    return pytester.runpytest(*PLAINLY, *options)


def test_every_block_of_the_page_runs(page: pytest.Pytester) -> None:
    result = page.runpytest(*PLAINLY, "--ignore=test_strict.py")
    assert result.ret == 0
    outcomes = result.parseoutcomes()
    written = sum(len(re.findall(r"^def test_", body, re.MULTILINE)) for body in page_files().values())
    cases_of_two_tests, failing = 6, 1
    assert outcomes == {"passed": written - failing - 2 + cases_of_two_tests}


def test_failure_shown_on_the_page_is_what_pytest_prints(page: pytest.Pytester) -> None:
    result = page.runpytest(*PLAINLY, "test_strict.py")
    result.assert_outcomes(passed=1, errors=1)
    (shown,) = re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL)
    assert shown in result.stdout.str() + "\n"


def test_options_of_the_page_are_those_of_the_marker() -> None:
    from terminal.testing.bench import Options

    rows = dict(re.findall(r"^\| `(\w+)` \| `([^`]+)` \|", PAGE, re.MULTILINE))
    defaults = Options()
    assert {name: str(getattr(defaults, name)) for name in Options.__dataclass_fields__} == {
        name: default.strip('"') for name, default in rows.items()
    }


def test_page_runs_on_several_processes(page: pytest.Pytester) -> None:
    result = page.runpytest_subprocess(*PLAINLY, "-n", "2", "test_regions.py")
    assert result.ret == 0
    assert result.parseoutcomes()["passed"] == 2


def test_every_fixture_is_explained(pytester: pytest.Pytester) -> None:
    listed = pytester.runpytest(*PLAINLY, "--fixtures").stdout.str()
    section = listed[listed.index("terminal.pytest_plugin") :]
    names = re.findall(r"^(ssc_\w+)(?: \[session scope\])? -- ", section, re.MULTILINE)
    assert sorted(names) == [
        *("ssc_back_office", "ssc_card", "ssc_driver", "ssc_driver_library", "ssc_pcscd"),
        *("ssc_scripted_card", "ssc_slot", "ssc_terminal", "ssc_virtual_readers"),
    ]
    assert "no docstring" not in section


def test_marker_is_registered(pytester: pytest.Pytester) -> None:
    pytester.runpytest(*PLAINLY, "--markers").stdout.fnmatch_lines(
        ["@pytest.mark.ssc(strict=True, profile='default', *"]
    )


def test_an_unused_plugin_imports_nothing_heavy(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import sys

        def test_it():
            ours = {name for name in sys.modules if name.split(".")[0] in ("apdu", "virtual_card", "terminal")}
            assert ours == {"terminal", "terminal.pytest_plugin"}
            assert not {"construct", "cryptography", "msgspec", "yaml", "rich"} & set(sys.modules)
        """
    )
    pytester.runpytest_subprocess(*PLAINLY).assert_outcomes(passed=1)


def test_loading_the_plugin_takes_under_20_ms() -> None:
    program = (
        "import time, pytest; began = time.perf_counter(); import terminal.pytest_plugin; "
        "print(time.perf_counter() - began)"
    )
    times = [
        float(
            subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True).stdout
        )
        for _ in range(3)
    ]
    assert min(times) < 0.020


# --- what a strict test does not overlook ---------------------------------------------------------------------------


def test_unexpected_apdu_fails_though_the_driver_swallows_it(pytester: pytest.Pytester) -> None:
    source = """
        def test_it(ssc_scripted_card):
            try:
                ssc_scripted_card().transmit(bytes.fromhex("0084000008"))
            except Exception:
                pass
    """
    result = run(pytester, source)
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(
        [
            "*unexpected APDU, exchange 1 of the scripted card: GET CHALLENGE 0084000008; the script has nothing left*",
            OPT_OUT,
        ]
    )


def test_apdu_that_never_came_fails(pytester: pytest.Pytester) -> None:
    result = run(pytester, UNPLAYED)
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["expected APDU never came: SELECT 00A40000023F00", OPT_OUT])


def test_opting_out_forgives(pytester: pytest.Pytester) -> None:
    source = """
        import pytest

        pytestmark = pytest.mark.ssc(strict=False)

        def test_it(ssc_scripted_card, ssc_slot, ssc_card, ssc_terminal):
            card = ssc_scripted_card().expect("00A40000023F00")
            assert card.transmit(bytes.fromhex("0084000008")) == b"\\x6f\\x00"
            ssc_slot(faults=[{"do": "mute", "at": 9}])
            ssc_terminal.expect_insert(ssc_card()).expect_remove()
            ssc_terminal.disturb("new", do="mute", at=1)
    """
    run(pytester, source).assert_outcomes(passed=1)


def test_nearest_marker_wins_option_by_option(pytester: pytest.Pytester) -> None:
    source = """
        import pytest

        pytestmark = pytest.mark.ssc(strict=False, profile="old-pin")

        @pytest.mark.ssc(strict=True)
        def test_it(ssc_scripted_card, ssc_back_office):
            assert ssc_back_office.profile.name == "old-pin"
            ssc_scripted_card().expect("00A40000023F00")
    """
    run(pytester, source).assert_outcomes(passed=1, errors=1)


def test_leftovers_are_no_news_where_the_test_failed(pytester: pytest.Pytester) -> None:
    run(pytester, UNPLAYED + "    assert False\n").assert_outcomes(failed=1)


def test_an_earlier_failure_hides_no_leftover(pytester: pytest.Pytester) -> None:
    result = run(pytester, "def test_before():\n    assert False\n\n" + UNPLAYED)
    result.assert_outcomes(failed=1, passed=1, errors=1)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (
            "ssc_terminal.expect_insert(ssc_card('sle4442')).expect_pin('246810'); ssc_terminal.dual_insert()",
            "*the terminal says 'remove the card', but step 2 is pin [*][*][*][*]; change the script*",
        ),
        (
            "ssc_terminal.expect_cancel().expect_remove(); ssc_terminal.dual_insert()",
            "script not played to its end, step 2: remove",
        ),
        ("ssc_terminal.expect_remove()", "script not played, call dual_insert(); step 1: remove"),
        (
            "ssc_terminal.disturb('old', do='mute', at=1)",
            "fault planned for a visit that never came: mute in slot 'old'",
        ),
        (
            "ssc_terminal.disturb('new', do='mute', at=99).expect_nobody().dual_insert()",
            "fault in slot 'social security card' never struck: mute at exchange 99",
        ),
        (
            "ssc_slot(faults=[{'do': 'tear', 'instruction': 'VERIFY', 'after_bytes': 1}])",
            "fault in slot 'slot' never struck: tear at VERIFY, number 1",
        ),
        (
            "from terminal.backoffice.ports import Reserve; ssc_back_office.lose_answer_to(Reserve)",
            "answer to be lost was never given: Reserve",
        ),
    ],
)
def test_what_was_announced_must_happen(pytester: pytest.Pytester, body: str, message: str) -> None:
    source = f"""
        from contextlib import suppress

        def test_it(ssc_card, ssc_slot, ssc_terminal, ssc_back_office):
            with suppress(AssertionError):
                {body}
    """
    result = run(pytester, source)
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines([message, OPT_OUT])


BREAK_THE_CARD = """
    def broken(card):
        def fail(*arguments):
            raise KeyError("inside")
        card._commands = {**card._commands, bytes.fromhex("0020"): fail}
        return card
"""


def test_card_that_fails_inside_fails_the_test(pytester: pytest.Pytester) -> None:
    source = (
        BREAK_THE_CARD
        + """
    def test_it(ssc_card, ssc_slot):
        connection = ssc_slot(broken(ssc_card())).connect()
        try:
            connection.transmit(bytes.fromhex("0020000003") + bytes((0x97, 0x53, 0x1F)))
        except Exception:
            pass
    """
    )
    result = run(pytester, source)
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(
        ["the virtual card failed inside (KeyError at *.py:*) on VERIFY 0020000003[*][*][*][*][*][*]"]
    )


def test_card_that_fails_inside_answers_6f00_where_nobody_is_strict(pytester: pytest.Pytester) -> None:
    source = (
        BREAK_THE_CARD
        + """
    import pytest

    @pytest.mark.ssc(strict=False)
    def test_it(ssc_card, ssc_slot):
        connection = ssc_slot(broken(ssc_card())).connect()
        assert connection.transmit(bytes.fromhex("0020000003123456")) == b"\\x6f\\x00"
    """
    )
    run(pytester, source).assert_outcomes(passed=1)


SECRETS = "97531", "9753", r"\x97S"


@pytest.mark.parametrize(
    "body",
    [
        "ssc_scripted_card().transmit(verify())",
        "ssc_scripted_card().expect(verify())",
        "ssc_scripted_card().expect('0084000008').transmit(verify()[:-1])",
        "ssc_scripted_card().transmit(bytes.fromhex('00DC0104') + verify()[4:])",
        "ssc_scripted_card().transmit(bytes.fromhex('80EE0000') + verify()[4:])",
        "ssc_slot(broken(ssc_card())).connect().transmit(verify())",
        "ssc_slot(ssc_card(), faults=[{'do': 'pull-before', 'at': 1}]).connect().transmit(verify())",
        "ssc_terminal.expect_pin(secret()); ssc_terminal.dual_insert()",
        "ssc_terminal.expect_cancel().expect_pin(secret()); ssc_terminal.dual_insert()",
        "ssc_terminal.expect_pin(secret())",
        "visit = ssc_terminal.dual_insert(ssc_card('sle4442'), pin=secret()); assert not visit",
    ],
)
def test_no_failure_shows_a_secret(pytester: pytest.Pytester, body: str) -> None:
    source = (
        BREAK_THE_CARD
        + f"""
    def secret():
        return str(90_000 + 7_531)

    def verify():
        return bytes.fromhex("0020000003" + secret() + "F")

    def test_it(ssc_card, ssc_slot, ssc_scripted_card, ssc_terminal):
        {body}
    """
    )
    result = run(pytester, source)
    assert result.ret == 1
    text = re.sub(r"0x[0-9a-f]+", "", result.stdout.str() + result.stderr.str())  # addresses are anything
    assert [secret for secret in SECRETS if secret in text] == []


@pytest.mark.parametrize(
    ("marker", "message"),
    [
        (
            "profil='default'",
            "@pytest.mark.ssc: profil is no option; there are strict, profile, clock, readers, means, driver",
        ),
        ("'old-pin'", "@pytest.mark.ssc: 'old-pin' is no option; *"),
        ("profile='nowhere'", "@pytest.mark.ssc: there is no region profile 'nowhere'; known: *"),
        (
            "clock='2030-03-01'",
            "@pytest.mark.ssc: clock is a time with its offset such as *, not '2030-03-01'",
        ),
        ("readers=3", "@pytest.mark.ssc: readers is 1 or 2, not 3"),
        ("means='sam'", "@pytest.mark.ssc: means is 'psam' or 'hsm', not 'sam'"),
        ("strict='no'", "@pytest.mark.ssc: strict is True or False, not 'no'"),
    ],
)
def test_marker_that_says_nonsense_is_refused(pytester: pytest.Pytester, marker: str, message: str) -> None:
    result = run(
        pytester, f"import pytest\n\n@pytest.mark.ssc({marker})\ndef test_it(ssc_terminal):\n    pass\n"
    )
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([message])


# --- the fixtures themselves ----------------------------------------------------------------------------------------


def test_same_seed_gives_the_same_challenges(ssc_card, ssc_slot) -> None:
    def challenge(seed: int) -> bytes:
        connection = ssc_slot(ssc_card("ssc-3.0", seed=seed)).connect()
        return connection.transmit(bytes.fromhex("0084000008"))

    assert challenge(1) == challenge(1) != challenge(2)


def test_scripted_card_keeps_the_order(ssc_scripted_card) -> None:
    card = ssc_scripted_card().expect("0084000004", "01020304 9000").expect("0084000004", "05060708 9000")
    assert [card.transmit(b"\0\x84\0\0\4")[:1] for _ in range(2)] == [b"\1", b"\5"]


def test_scripted_card_refuses_what_is_no_hex_and_no_answer(ssc_scripted_card) -> None:
    card = ssc_scripted_card()
    with pytest.raises(ValueError, match="the command is not hex"):
        card.expect("SELECT")
    with pytest.raises(ValueError, match="needs a status word"):
        card.expect("00A40000023F00", "90")


@pytest.mark.ssc(strict=False)
def test_scripted_card_can_stand_in_the_terminals_slot(ssc_terminal, ssc_scripted_card) -> None:
    ssc_terminal.expect_insert(ssc_scripted_card())
    assert ssc_terminal.dual_insert().outcome == "wrong-card-first"


def test_nonsense_is_refused_with_what_there_is(ssc_terminal, ssc_back_office, ssc_card, ssc_slot) -> None:
    with pytest.raises(ValueError, match="'reader' is no slot of the terminal; there are old, new, psam"):
        ssc_terminal.disturb("reader", do="mute", at=1)
    with pytest.raises(
        ValueError, match="'LOST' is no SocialState; there are SEALED, NORMAL, FORMALLY_LOST, "
    ):
        ssc_back_office.enrol(ssc_card(), state="LOST")
    with pytest.raises(ValueError, match=r"faults\[1\].do: 'drop' is none of pull-before, "):
        ssc_slot(faults=[{"do": "mute", "at": 1}, {"do": "drop", "at": 2}])
    with pytest.raises(ValueError, match="a PIN has 4 to 16 digits"):
        ssc_terminal.expect_pin("old")


def test_script_and_cards_together_are_refused(ssc_terminal, ssc_card) -> None:
    ssc_terminal.expect_nobody()
    with pytest.raises(ValueError, match="scripted already"):
        ssc_terminal.dual_insert(ssc_card("sle4442"), ssc_card())
    assert ssc_terminal.dual_insert().outcome == "timed-out"


@pytest.mark.ssc(readers=1, means="hsm")
def test_one_reader_and_the_hsm(ssc_terminal, ssc_card, ssc_back_office) -> None:
    old, new = ssc_card("sle4428"), ssc_card("ssc-2.0")
    for card in (old, new):
        ssc_back_office.enrol(card)
    visit = ssc_terminal.dual_insert(old, new)
    assert visit.outcome == "activated"
    assert {exchange.slot for exchange in visit.exchanges} == {"old", "new"}
    assert "HsmMessage" in [type(call.request).__name__ for call in ssc_back_office.calls]


def test_cut_line_is_the_terminals_problem(ssc_terminal, ssc_card, ssc_back_office) -> None:
    ssc_back_office.reachable = False
    assert ssc_terminal.dual_insert(ssc_card("sle4442"), ssc_card()).outcome == "centre-unreachable"
    assert len(ssc_back_office.calls) == 1


def test_card_that_was_not_enrolled_is_named(ssc_card, ssc_back_office) -> None:
    with pytest.raises(LookupError, match=r"does not know sle4442 card \d+; enrol it first"):
        ssc_back_office.status(ssc_card("sle4442"))
