"""What is refused of a request's objects: where each is, and what of it no API server stores."""

import copy
import json

import pytest
from calls import NOW, parent, request

from hooks.server import dispatch
from hooks.server.envelope import MalformedRequestError
from hooks.settings import Settings

GIT = {"git": {"url": "https://example.com/squad"}}
DATASET = parent("Dataset", "squad", {"filename": "squad.jsonl", "source": GIT})
JOB = {
    "apiVersion": "batch/v1",
    "kind": "Job",
    "metadata": {"name": "a", "namespace": "team"},
    "spec": {},
}
PLACE = "children['Job.batch/v1']['team/a']"


def refusal(call, path="/datasets/sync"):
    """Return why a request is refused."""
    with pytest.raises(MalformedRequestError) as refused:
        dispatch.call(path, json.dumps(call).encode(), settings=Settings(), now=NOW)
    return str(refused.value)


def with_job(*, member="children", key="team/a", metadata=(), **changed):
    """Return the request with a Job that is changed."""
    call = copy.deepcopy(request(DATASET))
    job = {**JOB, "metadata": {**JOB["metadata"], **dict(metadata)}, **changed}
    call[member]["Job.batch/v1"] = {key: job}
    return call


GENERATIONS = "must have integers for its generations."
REFUSED = {
    "owners that are not a list": (
        with_job(metadata={"ownerReferences": {"a": 1}}),
        f"{PLACE}.metadata.ownerReferences must be a list of objects.",
    ),
    "an owner that is not an object": (
        with_job(metadata={"ownerReferences": ["a"]}),
        f"{PLACE}.metadata.ownerReferences must be a list of objects.",
    ),
    "labels that are not a map": (
        with_job(metadata={"labels": ["a"]}),
        f"{PLACE}.metadata.labels must be a map of strings.",
    ),
    "a label that is not a string": (
        with_job(metadata={"labels": {"a": 1}}),
        f"{PLACE}.metadata.labels must be a map of strings.",
    ),
    "an annotation that is not a string": (
        with_job(metadata={"annotations": {"a": "b", "c": {}}}),
        f"{PLACE}.metadata.annotations must be a map of strings.",
    ),
    "an empty name": (
        with_job(metadata={"name": ""}),
        f"{PLACE}.metadata.name must be a string that is not empty.",
    ),
    "no metadata": (
        {**with_job(), "children": {**with_job()["children"], "Job.batch/v1": {"team/a": {}}}},
        f"{PLACE} must be a Kubernetes object with metadata.",
    ),
    "a spec that is not an object": (with_job(spec=[]), f"{PLACE}.spec must be an object."),
    "a status that is not an object": (with_job(status="x"), f"{PLACE}.status must be an object."),
    "conditions that are not a list": (
        with_job(status={"conditions": {"a": 1}}),
        f"{PLACE}.status.conditions must be a list of conditions.",
    ),
    "a condition without a type": (
        with_job(status={"conditions": [{"status": "True"}]}),
        f"{PLACE}.status.conditions must be a list of conditions.",
    ),
    "a generation that is not an integer": (
        with_job(metadata={"generation": "1"}),
        f"{PLACE} {GENERATIONS}",
    ),
    "a generation that was seen and is not an integer": (
        with_job(status={"observedGeneration": "1"}),
        f"{PLACE} {GENERATIONS}",
    ),
    "one in another namespace": (
        with_job(metadata={"namespace": "other"}),
        f"{PLACE} must be in the namespace of the parent.",
    ),
    "one under another's name": (
        with_job(key="team/b"),
        ("children['Job.batch/v1']['team/b'] must be under '<parent's namespace>/<its own name>'."),
    ),
    "one of another version": (
        with_job(apiVersion="batch/v2"),
        f"{PLACE} must be a Job of batch/v1, not 'Job' of 'batch/v2'.",
    ),
    "a related one": (
        with_job(member="related", spec=1),
        "related['Job.batch/v1']['team/a'].spec must be an object.",
    ),
    "one of another parent": (
        with_job(metadata={"ownerReferences": [{"controller": True, "name": "x", "uid": "y"}]}),
        f"{PLACE} belongs to 'x', which is not the parent.",
    ),
    "two members that are not there": (
        {"parent": DATASET},
        "The body has no member 'children', 'related'.",
    ),
    "two members that nobody knows": (
        {**request(DATASET), "b": 1, "a": 1},
        "The body has an unknown member 'a', 'b'.",
    ),
    "a parent without a uid": (
        {**request(DATASET), "parent": {**DATASET, "metadata": {"name": "a", "namespace": "b"}}},
        "parent.metadata.uid must be a string that is not empty.",
    ),
    "a parent without a generation": (
        {
            **request(DATASET),
            "parent": {**DATASET, "metadata": {"name": "a", "namespace": "b", "uid": "c"}},
        },
        "parent.metadata.generation must be an integer.",
    ),
}


@pytest.mark.parametrize(("call", "sentence"), REFUSED.values(), ids=REFUSED)
def test_it_is_refused_with_its_place(call, sentence):
    assert refusal(call) == sentence


MISSING = (
    "{} must hold each declared kind, if only as an empty map; {} is missing. "
    "Do the controllers come from the same version as the hooks?"
)


@pytest.mark.parametrize("member", ["children", "related"])
def test_a_kind_that_is_missing_is_named_with_where(member):
    call = request(DATASET)
    del call[member]["Job.batch/v1"]
    assert refusal(call) == MISSING.format(member, "'Job.batch/v1'")


@pytest.mark.parametrize("member", ["children", "related"])
def test_kinds_that_are_not_maps_are_refused(member):
    call = request(DATASET)
    call[member]["Job.batch/v1"] = []
    assert refusal(call) == f"{member} must be a map of kinds, each a map of objects."


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        ({"object": {}, "attachments": {}}, "object must be a Kubernetes object with metadata."),
        (
            {"object": JOB, "attachments": {}},
            "object must be a Namespace of v1, not 'Job' of 'batch/v1'.",
        ),
        (
            {
                "object": {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "a"}},
                "attachments": {},
            },
            MISSING.format("attachments", "'ServiceAccount.v1'"),
        ),
        ({"object": JOB}, "The body has no member 'attachments'."),
    ],
    ids=["no object", "no Namespace", "no kind of attachments", "no attachments"],
)
def test_a_namespace_is_refused_with_its_place(call, sentence):
    assert refusal(call, "/namespaces/sync") == sentence


def test_nulls_and_what_is_empty_are_as_an_api_server_may_leave_them_out():
    nothing = {"labels": None, "annotations": None, "ownerReferences": None, "generation": None}
    call = with_job(metadata=nothing, spec=None, status=None)
    assert dispatch.call("/datasets/sync", json.dumps(call).encode(), settings=Settings(), now=NOW)
