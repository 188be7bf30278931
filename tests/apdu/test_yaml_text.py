"""Hand-written YAML: plain values alone; what is no use is named by line and column, never by its value."""

from __future__ import annotations

from pathlib import Path

import pytest

from apdu.yaml_text import MAX_BYTES, YamlError, parse, places, read_text


@pytest.mark.parametrize("all_text", [False, True])
@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("name: !!python/object:os.system x", "line 1, column 7"),
        ("a: 1\nb: !own 000102", "line 2, column 4"),
        ("a: ! 1", "line 1, column 4"),
        ("a: !!map {b: 1}", "line 1, column 4"),
        ("- !!seq [1]", "line 1, column 3"),
        ("!!str a: 1", "line 1, column 1"),
        ("!<tag:yaml.org,2002:str> a", "line 1, column 1"),
    ],
)
def test_tags_are_refused_where_they_stand(text: str, place: str, all_text: bool) -> None:
    with pytest.raises(YamlError, match="a tag stands there") as caught:
        parse(text, all_text=all_text)
    assert caught.value.place == place
    assert "000102" not in str(caught.value)


@pytest.mark.parametrize("all_text", [False, True])
def test_a_key_stands_there_once(all_text: bool) -> None:
    with pytest.raises(YamlError, match="line 2, column 1: the key 'a' stands there twice"):
        parse("a: 1\na: 2", all_text=all_text)


def test_scalars_become_what_they_are_or_stay_text() -> None:
    text = "{a: 0010, b: 1E10, c: true, d: 2030-01-02, e: &x [1], f: *x, g: '!!str'}"
    assert parse(text, all_text=True) == {
        "a": "0010", "b": "1E10", "c": "true", "d": "2030-01-02", "e": ["1"], "f": ["1"], "g": "!!str"
    }  # fmt: skip
    assert parse("{a: 12, c: true}") == {"a": 12, "c": True}


def test_nesting_and_size_have_an_end(tmp_path: Path) -> None:
    with pytest.raises(YamlError, match="nested too deeply"):
        parse("[" * 5000 + "]" * 5000)
    large = tmp_path / "large.yaml"
    large.write_bytes(b"#" * (MAX_BYTES + 1))
    with pytest.raises(YamlError, match="larger than"):
        read_text(large)


def test_the_values_of_the_outermost_keys_have_places() -> None:
    assert places("a: 1\nlonger:   x\nlist:\n  - 1\n") == {
        "a": "line 1, column 4", "longer": "line 2, column 11", "list": "line 4, column 3"
    }  # fmt: skip
    assert places("- a") == places("") == {}
    with pytest.raises(YamlError, match="line 1, column 5"):
        places("a: [}")
