"""The rules of the API in Python: the same verdicts and sentences as the API server's.

The cases are shared with tests/e2e/test_crds.py, which asks a real API server.
"""

from pathlib import Path

import pytest
from pydantic import ValidationError
from yaml_files import read

from hooks import api

CASES = read(Path(__file__).parent / "rules.yaml")


def parse(manifest):
    placed = {**manifest, "metadata": {"namespace": "team", **manifest["metadata"]}}
    return getattr(api, manifest["kind"]).model_validate(placed)


@pytest.mark.parametrize("case", CASES["accepted"], ids=lambda case: case["case"])
def test_taken(case):
    assert parse(case["object"]).metadata.name == case["object"]["metadata"]["name"]


@pytest.mark.parametrize("case", CASES["refused"], ids=lambda case: case["case"])
def test_refused_with_a_sentence(case):
    with pytest.raises(ValidationError) as refused:
        parse(case["object"])
    assert case["hooks"] in api.explain(refused.value)


def test_a_refusal_names_the_field():
    with pytest.raises(ValidationError) as refused:
        parse(CASES["refused"][0]["object"])
    assert api.explain(refused.value).startswith("spec.source: ")


@pytest.mark.parametrize(
    "url",
    [
        "https://user:s3cret@example.com/a",
        "https://s3cret@example.com/a",
        "http://s3cret@example.com/a",
        "git://s3cret@example.com/a",
        "https://s3cret@example.com/a b",
        "ftp://user:s3cret@example.com/a",
        "https://user:s3/s3cret@example.com/a",
        "user:s3cret@example.com:a",
        "s3cret@example.com:a.git",
        "https://example.com/a b?token=s3cret",
    ],
)
def test_a_refusal_quotes_no_url(url):
    """A ModelServer's condition quotes its Model's, which its readers may not read."""
    with pytest.raises(ValidationError) as refused:
        api.GitSource(url=url)
    assert "s3cret" not in api.explain(refused.value)


@pytest.mark.parametrize(
    "value", ["s3cret" * 200, 555555, ["s3cret"]], ids=["long", "number", "list"]
)
def test_a_refusal_quotes_no_value_of_a_variable(value):
    """A condition is read by people who may not read the object."""
    with pytest.raises(ValidationError) as refused:
        api.EnvVar.model_validate({"name": "A", "value": value})
    said = api.explain(refused.value)
    assert "s3cret" not in said
    assert "555555" not in said


def test_fields_that_the_hooks_do_not_know_are_left_alone():
    known = CASES["accepted"][0]["object"]
    parse({**known, "spec": {**known["spec"], "later": 1}})
