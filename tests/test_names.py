"""Names of children: within every limit, distinct, and recognisable where they can be."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kubectl_open_notebook.podname import pod_name
from legal_names import SUBDOMAINS

from hooks import names
from hooks.address import Address
from hooks.names import Owner
from hooks.step import Step

SERVICE_NAME = re.compile(r"[a-z]([-a-z0-9]*[a-z0-9])?")
LABEL_VALUE = re.compile(r"[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?")
RUN = names.digest("a run")

NAMERS = {
    "job": lambda name: names.job(
        Owner("Model", "team", name), Step.BUILD, run=RUN, attempt=names.attempt("x")
    ),
    "dataset claim": names.dataset_claim,
    "training claim": lambda name: names.training_claim(name, RUN),
    "builder files": lambda name: names.builder_files(Owner("Dataset", "team", name)),
    "server": names.server,
    "notebook": names.notebook,
}
LIMITS = {"server": 52, "notebook": 52}


@pytest.mark.parametrize("child", NAMERS)
@given(name=SUBDOMAINS)
def test_a_child_of_any_legal_parent_has_a_name_within_its_limit(child, name):
    made = NAMERS[child](name)
    assert len(made) <= LIMITS.get(child, 63)
    assert SERVICE_NAME.fullmatch(made)


@pytest.mark.parametrize("child", NAMERS)
@given(pair=st.lists(SUBDOMAINS, min_size=2, max_size=2, unique=True))
def test_two_parents_never_share_a_child(child, pair):
    assert NAMERS[child](pair[0]) != NAMERS[child](pair[1])


@pytest.mark.parametrize("child", NAMERS)
def test_names_of_253_characters_that_differ_at_the_end_have_distinct_children(child):
    long = "a" * 252
    assert NAMERS[child](long + "b") != NAMERS[child](long + "c")


@pytest.mark.parametrize("child", NAMERS)
def test_a_dot_and_a_hyphen_have_distinct_children(child):
    assert NAMERS[child]("a.b") != NAMERS[child]("a-b")


@pytest.mark.parametrize("child", NAMERS)
def test_a_parent_cannot_be_named_so_that_it_takes_the_child_of_a_longer_one(child):
    long = "a" * 253
    made = NAMERS[child](long)
    suffix = NAMERS[child]("x").removeprefix("x")
    assert NAMERS[child](made.removesuffix(suffix)) != made


@given(name=SUBDOMAINS)
def test_a_label_can_hold_any_legal_name(name):
    value = names.label_value(name)
    assert len(value) <= 63
    assert LABEL_VALUE.fullmatch(value)


@given(pair=st.lists(SUBDOMAINS, min_size=2, max_size=2, unique=True))
def test_labels_of_two_names_are_distinct(pair):
    assert names.label_value(pair[0]) != names.label_value(pair[1])


def test_a_short_name_is_recognised_in_its_children():
    assert names.server("opt-125m") == "opt-125m-modelserver"


def test_a_name_that_barely_fits_is_kept():
    assert names.server("a" * 40) == f"{'a' * 40}-modelserver"


def test_a_name_one_too_long_is_shortened():
    assert names.server("a" * 41) == f"{'a' * 29}-{names.short(names.digest('a' * 41))}-modelserver"


def test_a_notebook_and_a_server_of_one_name_live_side_by_side():
    assert names.notebook("llama") != names.server("llama")


def test_a_run_does_not_depend_on_the_order_of_its_inputs():
    owner = Owner("Dataset", "team", "squad")
    one = names.run_id(owner, {"a": 1, "b": {"c": 2, "d": 3}})
    two = names.run_id(owner, {"b": {"d": 3, "c": 2}, "a": 1})
    assert one == two


def test_an_input_that_is_absent_changes_no_hash():
    owner = Owner("Dataset", "team", "squad")
    one = names.run_id(owner, {"git": "x"})
    assert one == names.run_id(owner, {"git": "x", "later": None})


def test_two_namespaces_never_share_a_run():
    one = names.run_id(Owner("Model", "a", "b-c"), {})
    assert one != names.run_id(Owner("Model", "a-b", "c"), {})


def test_hashes_are_the_same_in_every_version():
    """A hash that changes with an upgrade would run again what is complete."""
    owner = Owner("Dataset", "team", "squad")
    git = {"url": "https://example.com/squad"}
    assert names.run_id(owner, {"git": git}) == "7c240a03f7d16e846240ab34d6edd4fe"


def test_the_run_is_read_back_from_an_image():
    image = names.image("registry:5000/x", Owner("Model", "team", "opt"), RUN)
    assert names.image_run(image) == RUN


def test_the_run_is_read_back_from_an_address():
    path = names.data_path(Owner("Dataset", "team", "squad"), RUN)
    assert Address(f"pvc://squad-dataset/{path}/data/squad.jsonl").run == RUN


def test_a_label_finds_the_children_of_a_name_with_dots():
    assert Owner("ModelServer", "team", "llama-2.7b").labels == {
        "substratus.ai/modelserver": "llama-2.7b"
    }


@given(name=SUBDOMAINS)
def test_the_kubectl_plugin_finds_a_notebooks_pod_by_the_name_that_it_has(name):
    assert pod_name(name) == names.only_pod(names.notebook(name))
