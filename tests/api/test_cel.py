"""CEL and Python say the same of every object, rule by rule, without a cluster.

tests/e2e/test_crds.py asks a real API server about the objects of rules.yaml.
"""

import importlib
import pkgutil
import re
from pathlib import Path

import pytest
from cel_rules import holds, verdicts
from damaged import damaged_objects, spliced
from hypothesis import given, settings
from hypothesis import strategies as st
from legal import objects
from metacontroller_offline.schema import prune, violations
from pydantic import ValidationError
from schemas import RULES, SCHEMAS
from yaml_files import read

from hooks import api
from hooks.api.rules import TextRule

CASES = read(Path(__file__).parent / "rules.yaml")
EVERY_CASE = [*CASES["accepted"], *CASES["refused"]]
TEXT_RULES = {
    rule.message: rule
    for module in pkgutil.iter_modules(api.__path__)
    for rule in vars(importlib.import_module(f"hooks.api.{module.name}")).values()
    if isinstance(rule, TextRule)
}


def name(case):
    return case["case"]


def placed(manifest):
    return {**manifest, "metadata": {"namespace": "team", **manifest["metadata"]}}


def schema_violations(manifest):
    """Return what an object breaks of the schema itself, and where."""
    schema = SCHEMAS[manifest["kind"]]
    sentences = violations(prune(manifest, schema, root=True), schema)
    paths = (sentence.partition(": ")[0] for sentence in sentences)
    return {
        tuple(int(part) if part.isdigit() else part for part in re.findall(r"[^.\[\]]+", path))
        for path in paths
    }


def in_cel(manifest):
    """Return the first rule that CEL finds broken at each place."""
    broken = {}
    for at, message, verdict in verdicts(manifest):
        if not verdict:
            broken.setdefault(at, message)
    return broken


def in_python(manifest):
    """Return the rule that Python finds broken at each place, or None where it is the schema."""
    stored = prune(manifest, SCHEMAS[manifest["kind"]], root=True)
    try:
        getattr(api, manifest["kind"]).model_validate(stored)
    except ValidationError as error:
        return {
            problem["loc"]: problem["msg"].removeprefix("Value error, ")
            if problem["type"] == "value_error"
            else None
            for problem in error.errors()
        }
    return {}


def is_within(place, other):
    return place[: len(other)] == other


def disagreements(manifest):
    """Return where CEL and Python differ: the place, and the rule that each finds broken there.

    Neither evaluates a rule where the schema is broken, and Python none of an object in which
    a field is wrong.
    """
    of_schema, of_cel, of_python = (
        schema_violations(manifest),
        in_cel(manifest),
        in_python(manifest),
    )
    return [
        (place, of_cel.get(place), of_python.get(place))
        for place in {*of_cel, *of_python}
        if not any(is_within(place, other) or is_within(other, place) for other in of_schema)
        and not any(is_within(other, place) and other != place for other in of_python)
        and of_cel.get(place) != of_python.get(place)
    ]


def is_refused_by_the_api_server(manifest):
    return bool(schema_violations(manifest) or in_cel(manifest))


@pytest.mark.parametrize("case", EVERY_CASE, ids=name)
def test_cel_and_python_agree_on_a_case(case):
    assert disagreements(placed(case["object"])) == []


@pytest.mark.parametrize("case", CASES["accepted"], ids=name)
def test_cel_takes(case):
    assert not is_refused_by_the_api_server(case["object"])


@pytest.mark.parametrize("case", CASES["refused"], ids=name)
def test_cel_or_the_schema_refuses(case):
    assert is_refused_by_the_api_server(case["object"])


@pytest.mark.parametrize(
    "case", [case for case in CASES["refused"] if case["server"] in " ".join(RULES)], ids=name
)
def test_cel_refuses_with_the_sentence_of_the_api_server(case):
    messages = [message for _, message, verdict in verdicts(case["object"]) if not verdict]
    assert case["server"] in " ".join(messages)


VERDICTS = {
    (message, verdict) for case in EVERY_CASE for _, message, verdict in verdicts(case["object"])
}


@pytest.mark.parametrize("message", sorted(RULES))
def test_the_cases_follow_and_break_each_rule(message):
    """A rule about a field that is not there would always be followed."""
    assert {(message, True), (message, False)} <= VERDICTS


@settings(max_examples=100)
@given(manifest=objects())
def test_a_legal_object_breaks_no_rule(manifest):
    assert disagreements(manifest) == []
    assert in_cel(manifest) == {}


@settings(max_examples=400)
@given(manifest=damaged_objects())
def test_cel_and_python_agree_on_a_damaged_object(manifest):
    assert disagreements(manifest) == []
    assert is_refused_by_the_api_server(manifest) == bool(in_python(manifest))


@pytest.mark.parametrize("rule", TEXT_RULES.values(), ids=TEXT_RULES)
def test_a_rule_of_a_text_means_the_same_to_re2_and_to_python(rule):
    like_it = st.from_regex(rule.pattern)

    @settings(max_examples=60)
    @given(text=st.text(max_size=5) | like_it | like_it.flatmap(spliced))
    def check(text):
        assert holds(rule.to_cel()["rule"], text) == rule.holds(text)

    check()
