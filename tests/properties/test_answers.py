"""What holds for every answer, at every stage of every kind."""

import json
import random
import re
from datetime import timedelta

import pytest
from calls import NOW, answer, path_of
from stages import of_runs
from strict_schema import assert_fits

from hooks.server import dispatch
from hooks.settings import Settings

STAGES = of_runs()
every_stage = pytest.mark.parametrize("stage", STAGES.values(), ids=STAGES)
every_call = pytest.mark.parametrize(
    "call", [stage.request() for stage in STAGES.values()], ids=STAGES
)
QUANTITY = re.compile(r"[1-9][0-9]*(m|[KMGT]i)?")


def bytes_of(call):
    body = json.dumps(call).encode()
    path = f"/{path_of(call['parent'])}/sync"
    return dispatch.call(path, body, settings=Settings(), now=NOW)


def shuffled(value, chance):
    """Return the same value with its maps in another order."""
    if isinstance(value, dict):
        items = [(key, shuffled(each, chance)) for key, each in value.items()]
        chance.shuffle(items)
        return dict(items)
    return [shuffled(each, chance) for each in value] if isinstance(value, list) else value


def leaves(value, path=""):
    if isinstance(value, dict):
        yield path, value
        for key, each in value.items():
            yield from leaves(each, f"{path}.{key}")
    elif isinstance(value, list):
        yield path, value
        for each in value:
            yield from leaves(each, f"{path}[]")
    else:
        yield path, value


@every_call
def test_the_same_request_gives_the_same_bytes_in_any_order(call):
    chance = random.Random(1)  # noqa: S311 - an order, not a secret
    assert {bytes_of(shuffled(call, chance)) for _ in range(5)} == {bytes_of(call)}


@every_stage
def test_answering_an_answer_changes_nothing(stage):
    settled = stage.synced().up().synced()
    later = settled.synced(now=NOW + timedelta(hours=1))
    assert later == settled
    assert later.answer()["children"] == settled.answer()["children"]


@every_call
def test_no_claim_server_or_service_is_dropped(call):
    given = {
        (each["kind"], key)
        for kind in ("PersistentVolumeClaim.v1", "StatefulSet.apps/v1", "Service.v1")
        for key, each in call["children"].get(kind, {}).items()
    }
    kept = {(each["kind"], f"team/{each['metadata']['name']}") for each in answer(call)["children"]}
    assert given <= kept


@every_call
def test_no_two_children_have_one_name(call):
    names = [(each["kind"], each["metadata"]["name"]) for each in answer(call)["children"]]
    assert len(names) == len(set(names))


@every_call
def test_nothing_in_a_child_is_written_again_at_every_sync(call):
    """Null, empty and float values differ from what the API server stores."""
    for child in answer(call)["children"]:
        for path, value in leaves(child):
            allowed = path.endswith(".emptyDir")
            assert allowed or value not in (None, "", {}, []), (child["kind"], path)
            assert not isinstance(value, float), (child["kind"], path)


@every_call
def test_quantities_are_canonical(call):
    for child in answer(call)["children"]:
        for path, value in leaves(child):
            if re.search(r"\.(requests|limits)\.[^.]+(/[^.]+)?$", path):
                assert QUANTITY.fullmatch(value), (path, value)


@every_call
def test_a_selector_is_within_the_labels_of_its_pods(call):
    for child in answer(call)["children"]:
        if child["kind"] == "StatefulSet":
            labels = child["spec"]["template"]["metadata"]["labels"]
            assert child["spec"]["selector"]["matchLabels"].items() <= labels.items()


@every_call
def test_children_are_of_the_kinds_that_the_controller_declares(call):
    kinds = {f"{each['kind']}.{each['apiVersion']}" for each in answer(call)["children"]}
    assert kinds <= dispatch.KINDS[path_of(call["parent"])].format.children


def one_of_each():
    found = {}
    for stage in STAGES.values():
        for child in stage.answer()["children"]:
            step = child["metadata"]["labels"]["substratus.ai/step"]
            form = "full" if stage.parent["spec"].get("env") else "bare"
            found.setdefault((stage.parent["kind"], child["kind"], step, form), child)
    return found


CHILDREN = one_of_each()


@pytest.mark.parametrize("child", CHILDREN.values(), ids=[" ".join(key) for key in CHILDREN])
def test_a_child_fits_the_strict_schema(child):
    assert_fits(child)


@pytest.mark.parametrize("child", CHILDREN.values(), ids=[" ".join(key) for key in CHILDREN])
def test_no_pod_may_gain_privileges_but_a_builder(child):
    pod = child.get("spec", {}).get("template", {}).get("spec", {})
    for container in [*pod.get("initContainers", []), *pod.get("containers", [])]:
        context = container["securityContext"]
        if container["name"] == "builder":
            assert context["capabilities"] == {"drop": ["ALL"], "add": ["SETUID", "SETGID"]}
        else:
            assert context["allowPrivilegeEscalation"] is False
            assert context["seccompProfile"] == {"type": "RuntimeDefault"}
