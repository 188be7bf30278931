"""Old medical cards are read, never written, and what cannot be read is said with file and field."""

from __future__ import annotations

import pytest
from scripted import play

from apdu.layout import LayoutError
from terminal.errors import CardRefusedError, UnexpectedAnswerError
from terminal.procedures.identify import CardKind
from terminal.procedures.old_card import read_old_card

NUMBER = "99010000000001"
RAW_NUMBER = NUMBER.encode().hex()
RAW_RECORD = "010E" + RAW_NUMBER


def test_sle4442_number_is_read_through_storage_card_commands() -> None:
    played = play(read_old_card(CardKind.SLE4442), "9000", RAW_NUMBER + "9000")
    assert (played.result.kind, played.result.number) == (CardKind.SLE4442, NUMBER)
    assert played.sent[0].startswith("FFA4")
    assert played.sent[1].startswith("FFB0")
    assert len(played.sent) == 2


def test_sle4428_number_is_read_at_its_offset() -> None:
    played = play(read_old_card(CardKind.SLE4428), "9000", b"A00000011".hex() + "9000")
    assert played.result.number == "A00000011"


def test_old_cpu_number_is_read_by_tag() -> None:
    played = play(read_old_card(CardKind.OLD_CPU), "9000", "9000", RAW_RECORD + "9000")
    assert played.result.number == NUMBER
    assert played.sent[0].startswith("00A40000020003")
    assert played.sent[2].startswith("00B20100")


@pytest.mark.parametrize("kind", [CardKind.SLE4442, CardKind.SLE4428, CardKind.OLD_CPU])
def test_no_old_card_is_written(kind: CardKind) -> None:
    answers = {
        CardKind.SLE4442: ("9000", RAW_NUMBER + "9000"),
        CardKind.SLE4428: ("9000", b"A00000011".hex() + "9000"),
        CardKind.OLD_CPU: ("9000", "9000", RAW_RECORD + "9000"),
    }[kind]
    sent = play(read_old_card(kind), *answers).sent
    assert not [apdu for apdu in sent if apdu[2:4] in ("D0", "D6", "DC", "D2", "20")]


@pytest.mark.parametrize(
    ("kind", "answers", "problem"),
    [
        (CardKind.SLE4442, ("9000", "FF" * 14 + "9000"), "number"),
        (CardKind.SLE4442, ("9000", "99019000"), "asked for 14 bytes, got 2"),
        (CardKind.SLE4442, ("9000", "99" * 14 + "9000"), "personal number is unreadable"),
        (CardKind.SLE4428, ("9000", "00" * 9 + "9000"), "holds no number"),
        (CardKind.OLD_CPU, ("9000", "9000", "010E" + "FF" * 14 + "9000"), "number"),
    ],
)
def test_malformed_contents_are_refused_with_file_and_field(
    kind: CardKind, answers: tuple[str, ...], problem: str
) -> None:
    with pytest.raises((UnexpectedAnswerError, LayoutError), match=problem):
        play(read_old_card(kind), *answers)


@pytest.mark.parametrize("answer", ["020E" + RAW_NUMBER, "010D" + RAW_NUMBER, "01", ""])
def test_record_of_another_form_is_refused(answer: str) -> None:
    with pytest.raises((UnexpectedAnswerError, LayoutError)):
        play(read_old_card(CardKind.OLD_CPU), "9000", "9000", answer + "9000")


@pytest.mark.parametrize(
    ("kind", "answers", "problem"),
    [
        (CardKind.SLE4442, ("6300",), "selecting the card type sle4442: SELECT CARD TYPE answered 6300"),
        (
            CardKind.SLE4428,
            ("9000", "6300"),
            "reading card number of the sle4428 card: READ MEMORY answered 6300",
        ),
        (CardKind.OLD_CPU, ("6A82",), "selecting the old medical application: SELECT answered 6A82"),
        (CardKind.OLD_CPU, ("9000", "9000", "6A83"), "READ RECORD answered 6A83"),
    ],
)
def test_refusal_names_attempt_and_status_word(
    kind: CardKind, answers: tuple[str, ...], problem: str
) -> None:
    with pytest.raises(CardRefusedError, match=problem):
        play(read_old_card(kind), *answers)
