"""`substratus check`: the verdicts and the sentences."""

import json
from pathlib import Path

import pytest
from yaml_files import read

from cli.commands import EXAMPLES, model, run, text, thing, trained
from substratus.refusals import refusals

CASES = read(Path(__file__).parents[1] / "api" / "rules.yaml")


def placed(found):
    return {**found, "metadata": {"namespace": "default", **found["metadata"]}}


def checked(*objects):
    return run("check", "-f", "-", text=text(*objects)).stdout


def test_nothing_is_wrong_with_the_examples():
    result = run("check", "-f", str(EXAMPLES))
    assert (result.exit_code, result.stdout) == (0, "")


@pytest.mark.parametrize("case", CASES["accepted"], ids=lambda case: case["case"])
def test_what_the_api_server_takes_is_taken(case):
    assert refusals(placed(case["object"])) == []


@pytest.mark.parametrize("case", CASES["refused"], ids=lambda case: case["case"])
def test_what_the_api_server_refuses_is_refused(case):
    assert refusals(placed(case["object"])) != []


def with_metadata(**metadata):
    return {**model("case"), "metadata": {"name": "case", "namespace": "team", **metadata}}


METADATA = {
    "a name in capitals": ({"name": "Case"}, 'metadata.name: "Case" is not a name: small letters'),
    "a name of 254 letters": ({"name": "a" * 254}, 'metadata.name: "aaaa'),
    "a name that is a number": (
        {"name": 12},
        'metadata.name: it must be a text, and is the number 12: write it in quotes, "12"',
    ),
    "a label that is a number": (
        {"labels": {"a": 1}},
        'metadata.labels.a: it must be a text, and is the number 1: write it in quotes, "1"',
    ),
    "a label's key with a space": (
        {"labels": {"a b": "c"}},
        'metadata.labels: "a b" is not a key: an optional prefix',
    ),
    "a label of 64 letters": ({"labels": {"a": "b" * 64}}, 'metadata.labels: "bbb'),
    "an annotation that is a boolean": (
        {"annotations": {"a": True}},
        "metadata.annotations.a: it must be a text, and is the boolean true",
    ),
    "annotations of 300 kB": (
        {"annotations": {"a": "b" * 300_000}},
        "metadata.annotations: Too long: 300001 bytes; 262144 at most",
    ),
    "a namespace with a dot": ({"namespace": "a.b"}, 'metadata.namespace: "a.b" is not a namesp'),
    "a field that does not exist": (
        {"lables": {}},
        "metadata.lables: there is no such field (did you mean labels?)",
    ),
    "a finalizer with a space": (
        {"finalizers": ["a b"]},
        'metadata.finalizers: "a b" is not a key',
    ),
}


@pytest.mark.parametrize(("metadata", "sentence"), METADATA.values(), ids=METADATA)
def test_metadata_that_an_api_server_refuses_is_refused(metadata, sentence):
    assert refusals(with_metadata(**metadata))[0].startswith(sentence)


def test_a_field_that_no_schema_knows_is_refused_as_kubectl_does():
    assert refusals(placed(model("case", sizes={}))) == [
        "spec.sizes: there is no such field (did you mean size?)"
    ]


def test_a_kind_that_the_group_does_not_have_is_refused():
    assert checked(thing("Modell", "a")) == (
        '-:2: Modell default/a: kind: substratus.ai/v1 has no "Modell" (did you mean Model?), but '
        "Dataset, Model, ModelServer, Notebook.\n"
    )


def test_each_field_is_reported_once():
    found = checked(thing("Dataset", "a", filename=3, source={"git": {"url": "x"}}))
    assert found.count("spec.filename") == 1


def test_all_that_is_wrong_with_an_object_is_reported_at_once():
    found = checked(thing("Dataset", "a", filename="../b", source={"git": {"url": "x"}}))
    assert [line.split(": ")[2] for line in found.splitlines()] == [
        "spec.source.git.url",
        "spec.filename",
    ] or len(found.splitlines()) == 2


def test_a_name_that_no_file_defines_is_reported():
    assert checked(thing("ModelServer", "a", modelName="nobody")) == (
        "-:1: ModelServer default/a: names Model default/nobody, which is in no file and so is "
        "waited for. Add it, or look in your cluster too with --from-cluster.\n"
    )


def test_models_that_wait_for_one_another_are_reported():
    data = thing("Dataset", "data", filename="a", source={"git": {"url": "https://example.com/a"}})
    assert checked(data, trained("a", "b"), trained("b", "a")) == (
        "-:11: Model default/a: waits for itself: Model a → Model b → Model a.\n"
    )


HUGE = {
    "size": {"parameterCount": 10**12, "parameterBits": 16},
    "compute": {"types": ["GPU"]},
}


def test_a_server_that_no_node_can_hold_is_reported_with_the_arithmetic():
    found = checked(model("big", **HUGE), thing("ModelServer", "big", modelName="big"))
    assert found.startswith("-:16: ModelServer default/big: DoesNotFit: A server needs 1.1 x")


def test_what_does_not_fit_is_reported_even_behind_a_name_that_is_missing():
    assert "Model default/big: DoesNotFit" in checked(trained("big", "nobody", "nothing", **HUGE))


def test_an_object_that_is_there_twice_is_refused():
    assert "it is in -:1 too" in checked(model("a"), model("a"))


def test_problems_can_be_read_by_a_program():
    result = run("check", "-f", "-", "-o", "json", text=text(model("A")))
    assert [each["verdict"] for each in json.loads(result.stdout)] == ["refused"]


def test_a_problem_is_a_failure():
    assert run("check", "-f", "-", text=text(model("A"))).exit_code == 1


def test_a_key_that_is_there_twice_is_refused_as_kubectl_does():
    result = run("check", "-f", "-", text="kind: Model\nkind: Model\n")
    assert (result.exit_code, "the key 'kind' occurs twice" in result.stderr) == (1, True)
