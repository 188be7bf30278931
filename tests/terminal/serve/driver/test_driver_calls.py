"""Calls of the driver as JSON, both forms, whatever callers send."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal.driver.functions import FUNCTIONS
from terminal.driver.ports import Answer
from terminal.serve.driver.calls import LONGEST, Call, Turned, read


def asked(pending: str = "", /, **request: object) -> Call:
    call = read(json.dumps(request), pending)
    assert isinstance(call, Call), call
    return call


def turned(text: str | bytes) -> dict[str, object]:
    refusal = read(text)
    assert isinstance(refusal, Turned)
    answer = json.loads(refusal.reply(refusal.answer))
    assert isinstance(answer, dict)
    return answer


def test_arguments_are_found_by_name_and_ordered_as_the_function_has_them() -> None:
    call = asked(function="iReadCard", pFileAddr="SSSEEF05|07|$", pCardInfo="x|y|", iAuthType=1, iType=2)
    assert (call.name, call.arguments) == ("iReadCard", (2, 1, "x|y|", "SSSEEF05|07|$"))


def test_a_text_may_begin_with_the_mark_of_utf_8() -> None:
    for text in ('\ufeff{"func": "iVerifyPIN", "in": [1]}', b'\xef\xbb\xbf{"func": "iVerifyPIN", "in": [1]}'):
        assert isinstance(read(text), Call)


def test_a_caller_without_itype_means_any_card() -> None:
    assert asked(function="iReadCardBas").arguments == (3,)


@pytest.mark.parametrize("spelling", ["pKey", "pkey"])
def test_both_spellings_of_the_key_are_read(spelling: str) -> None:
    assert asked(function="iUnblockPIN_HSM_Step2", **{spelling: "AB"}).arguments == ("AB",)


@pytest.mark.parametrize("value", [3.0, "3", " 3", "3 ", " " * 12 + "3", "0000000003"])
def test_a_number_may_come_as_a_text_or_with_a_point(value: str | float) -> None:
    assert asked(function="iVerifyPIN", iType=value).arguments == (3,)


def test_iReadCard_without_iauthtype_is_the_first_step() -> None:
    given = {"iType": 1, "pCardInfo": "x|y|", "pFileAddr": "DF01EF05|30|$"}
    call = asked(function="iReadCard", **given)
    assert (call.name, call.arguments) == ("iReadCard_HSM_Step1", (1, "x|y|", "DF01EF05|30|$"))
    assert asked(function="iReadCard", iauthtype=2, **given).name == "iReadCard"


@pytest.mark.parametrize(
    ("pending", "meant"),
    [
        ("iReadCardBas_HSM_Step1", "iReadCardBas_HSM_Step2"),
        ("iReadCard_HSM_Step1", "iReadCard_HSM_Step2"),
        ("", "iReadCard_HSM_Step2"),
    ],
)
def test_the_shared_name_of_the_second_step_is_that_of_the_pending_one(pending: str, meant: str) -> None:
    call = asked(pending, function="ReadCard_HSM_Step2", pKey="00|")
    assert call.name == meant
    assert json.loads(call.reply(Answer(0, "")))["functionName"] == meant


@pytest.mark.parametrize(("code", "success"), [(0, 1), (-2, -2), (-51, -51), (-25537, -25537)])
def test_success_is_a_number(code: int, success: int) -> None:
    reply = json.loads(asked(function="iVerifyPIN").reply(Answer(code, "密码")))
    assert reply == {"functionName": "iVerifyPIN", "success": success, "pOutInfo": "密码"}


def test_an_answer_is_a_javascript_literal_on_one_line() -> None:
    frame = asked(function="iVerifyPIN").reply(Answer(-2, 'a"b\n\u2028</script>'))
    assert frame.isascii()
    assert "\n" not in frame


def test_the_other_form_has_its_own_answer() -> None:
    call = asked(func="iReadCardBas", **{"in": ["3"]})
    assert (call.name, call.arguments) == ("iReadCardBas", (3,))
    assert json.loads(call.reply(Answer(-2, "无卡"))) == {"result": "-2", "out": ["无卡"]}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", -14),
        ("{", -14),
        ("[" * 100_000, -14),
        ("[]", -14),
        ("{}", -14),
        (b"\xff\xfe\x00", -14),
        ('{"function": 7}', -14),
        ('{"function": "iFormatCard"}', -13),
        ('{"function": "iVerifyPIN", "iType": "x"}', -14),
        ('{"function": "iVerifyPIN", "iType": true}', -14),
        ('{"function": "iVerifyPIN", "iType": "          "}', -14),
        ('{"function": "iVerifyPIN", "iType": "00000000003"}', -14),
        ('{"function": "iReadCardBas_HSM_Step2"}', -14),
        ('{"function": "iReadCardBas_HSM_Step2", "pKey": 12}', -14),
        ('{"function": "iVerifyPIN", "x": "' + "y" * LONGEST + '"}', -14),
    ],
)
def test_what_is_no_call_is_answered_with_a_code_and_words(text: str | bytes, code: int) -> None:
    answer = turned(text)
    assert answer["success"] == code
    assert answer["pOutInfo"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('{"func": null}', "-13"),
        ('{"func": "iFormatCard"}', "-13"),
        ('{"func": ["x"]}', "-13"),
        ('{"func": "iVerifyPIN", "in": 3}', "-14"),
        ('{"func": "iVerifyPIN", "in": []}', "-14"),
        ('{"func": "iVerifyPIN", "in": [1, 2]}', "-14"),
        ('{"func": "iVerifyPIN", "in": [null]}', "-14"),
    ],
)
def test_the_other_form_is_refused_in_its_own_words(text: str, code: str) -> None:
    answer = turned(text)
    assert answer["result"] == code
    assert answer["out"] != [""] and "None" not in str(answer["out"])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
)


@given(
    name=st.sampled_from([function.name for function in FUNCTIONS]) | JSON,
    given_=st.dictionaries(st.sampled_from(["iType", "iAuthType", "pKey", "pkey", "pCardInfo", "in"]), JSON),
    key=st.sampled_from(["function", "func"]),
)
def test_nothing_a_caller_sends_raises(name: object, given_: dict[str, object], key: str) -> None:
    outcome = read(json.dumps({key: name, **given_}))
    reply = outcome.reply(outcome.answer if isinstance(outcome, Turned) else Answer(0, ""))
    assert json.loads(reply)
