"""YAML as kubectl reads it."""

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from hooks.dialect import as_yaml, load

WORDS = st.one_of(
    st.text(max_size=12),
    st.from_regex(r"[-+]?[0-9.:_xobeE]{1,10}", fullmatch=True),
    st.sampled_from(["y", "No", "ON", "~", "null", "2001-01-01", "1:30", "<<", "=", "0o17", "012"]),
)


@settings(deadline=None)
@given(st.dictionaries(WORDS, st.one_of(WORDS, st.integers(), st.booleans(), st.none())))
def test_what_is_written_is_read_as_the_same(value):
    assert load(as_yaml(value)) == value


@settings(deadline=None)
@given(st.dictionaries(WORDS, WORDS))
def test_what_is_written_is_the_same_to_pyyaml(value):
    assert yaml.safe_load(as_yaml(value)) == value


def test_a_hash_that_looks_like_a_number_is_quoted():
    assert as_yaml({"run": "123456e789"}) == "run: '123456e789'\n"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2001-01-01", "2001-01-01"),
        ("1:30", "1:30"),
        ("12e3", 12000.0),
        ("017", 15),
        ("08", 8.0),
        ("y", True),
        ("off", False),
        ("63e6c48349", "63e6c48349"),
    ],
)
def test_a_plain_word_is_what_kubectl_takes_it_for(text, value):
    assert load(text) == value


def test_keys_are_texts():
    assert load("1: a\ntrue: b") == {"1": "a", "true": "b"}


def test_a_key_that_is_there_twice_is_refused():
    with pytest.raises(yaml.YAMLError, match="the key 'a' occurs twice"):
        load("a: 1\na: 2")


def test_what_is_nested_too_deeply_is_not_yaml():
    with pytest.raises(yaml.YAMLError):
        load("[" * 5000)
