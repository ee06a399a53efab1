"""The engine does what a real Metacontroller was seen to do."""

import json
from datetime import timedelta

import pytest
from engine import bar, child, config_map, job, names, simulate

LAST_APPLIED = "metacontroller.k8s.io/last-applied-configuration"


def one(**data):
    return lambda _: {"status": {}, "children": [config_map(**(data or {"k": "v"}))]}


def test_the_first_request_has_every_declared_kind_and_no_status():
    _, hooks = simulate(one(), bar())
    first = hooks.requests()[0]
    assert first.keys() == {"controller", "parent", "children", "related", "finalizing"}
    assert first["children"] == {"ConfigMap.v1": {}, "Job.batch/v1": {}, "StatefulSet.apps/v1": {}}
    assert "status" not in first["parent"]


def test_a_child_is_keyed_by_namespace_and_name():
    _, hooks = simulate(one(), bar())
    assert list(hooks.requests()[-1]["children"]["ConfigMap.v1"]) == ["default/a-config"]


def test_a_child_is_owned_and_carries_the_parents_uid():
    sim, _ = simulate(one(), bar())
    uid = sim.cluster.get("verify.example.com/v1", "Bar", "default", "a")["metadata"]["uid"]
    metadata = child(sim)["metadata"]
    assert metadata["labels"]["controller-uid"] == uid
    assert metadata["ownerReferences"][0]["uid"] == uid


def test_the_record_of_what_was_applied_is_sorted_json():
    sim, _ = simulate(one(), bar())
    text = child(sim)["metadata"]["annotations"][LAST_APPLIED]
    assert text == json.dumps(json.loads(text), sort_keys=True, separators=(",", ":"))


def test_the_status_has_the_observed_generation():
    sim, _ = simulate(lambda _: {"status": {"a": 1}, "children": []}, bar())
    found = sim.cluster.get("verify.example.com/v1", "Bar", "default", "a")
    assert found["status"] == {"a": 1, "observedGeneration": 1}


def test_nothing_is_written_at_rest():
    sim, _ = simulate(one(), bar())
    before = sim.cluster.writes.total()
    sim.wait(timedelta(minutes=10))
    assert sim.cluster.writes.total() == before


def test_a_child_that_is_left_out_is_deleted():
    sim, _ = simulate(lambda r: {"status": {}, "children": [config_map()] if
                                 r["parent"]["spec"].get("size") else []}, bar(size=1))  # fmt: skip
    sim.cluster.apply(bar(size=0))
    sim.settle()
    assert names(sim) == []


def test_an_answer_without_children_deletes_them():
    sim, _ = simulate(lambda r: {"status": {}} if r["parent"]["spec"].get("size") else
                      {"status": {}, "children": [config_map()]}, bar())  # fmt: skip
    sim.cluster.apply(bar(size=1))
    sim.settle()
    assert names(sim) == []


def test_a_child_in_place_is_updated():
    sim, _ = simulate(lambda r: {"status": {}, "children": [
        config_map(k=str(r["parent"]["spec"]["size"]))]}, bar(size=1))  # fmt: skip
    sim.cluster.apply(bar(size=2))
    sim.settle()
    assert child(sim)["data"] == {"k": "2"}


def test_a_child_on_delete_is_left_as_it_is():
    def sync(request):
        limit = request["parent"]["spec"]["size"]
        return {"status": {}, "children": [job(backoffLimit=limit)]}

    sim, _ = simulate(sync, bar(size=1))
    sim.cluster.apply(bar(size=2))
    sim.settle()
    assert child(sim, "a-job", "Job", "batch/v1")["spec"]["backoffLimit"] == 1


def test_what_others_add_is_kept():
    sim, _ = simulate(one(), bar())
    found = child(sim)
    found["data"]["theirs"] = "1"
    sim.cluster.update(found)
    sim.settle()
    assert child(sim)["data"] == {"k": "v", "theirs": "1"}


def test_what_others_change_is_put_back():
    sim, _ = simulate(one(), bar())
    found = child(sim)
    found["data"]["k"] = "theirs"
    sim.cluster.update(found)
    sim.settle()
    assert child(sim)["data"] == {"k": "v"}


def test_a_deleted_child_is_made_again():
    sim, _ = simulate(one(), bar())
    sim.cluster.delete(("v1", "ConfigMap", "default", "a-config"))
    sim.settle()
    assert names(sim) == ["a-config"]


def test_children_go_with_their_parent():
    sim, _ = simulate(one(), bar())
    sim.cluster.delete(("verify.example.com/v1", "Bar", "default", "a"))
    sim.settle()
    assert names(sim) == []


@pytest.mark.parametrize(
    "answer",
    [
        (500, {}, b"{}"),
        (201, {}, b'{"status":{},"children":[]}'),
        b"",
        b"no JSON",
        {"status": {}, "chidlren": []},
        {"Status": {}, "children": []},
        b'{"status":{},"status":{},"children":[]}',
    ],
    ids=["500", "201", "empty", "no JSON", "unknown field", "wrong case", "a field twice"],
)
def test_an_error_touches_nothing(answer):
    good = {"status": {"good": True}, "children": [config_map()]}
    sim, _ = simulate(lambda r: answer if r["parent"]["spec"].get("size") else good, bar())
    sim.cluster.apply(bar(size=1))
    sim.settle(timedelta(seconds=30), may_fail=True)
    found = sim.cluster.get("verify.example.com/v1", "Bar", "default", "a")
    assert (names(sim), found["status"]) == (["a-config"], {"good": True, "observedGeneration": 1})


def test_errors_back_off_as_they_were_seen_to():
    """A real Metacontroller called 13 times in 21 s."""
    _, hooks = simulate(lambda _: (500, {}, b""), bar(), horizon=timedelta(seconds=21))
    assert len(hooks.requests()) == 13


def test_it_is_called_again_after_the_time_it_asks_for():
    answer = {"status": {}, "children": [], "resyncAfterSeconds": 60}
    sim, hooks = simulate(lambda _: answer, bar())
    before = len(hooks.requests())
    sim.wait(timedelta(minutes=10))
    assert len(hooks.requests()) - before == 10


def related(*objects):
    return lambda _: {
        "relatedResources": [
            {
                "apiVersion": "v1",
                "resource": "configmaps",
                "namespace": "default",
                "names": list(objects),
            }
        ]
    }


def test_related_objects_are_shown_and_their_change_wakes_the_parent():
    sim, hooks = simulate(
        lambda _: {"status": {}, "children": []}, bar(), customize=related("theirs")
    )
    assert hooks.requests()[-1]["related"] == {"ConfigMap.v1": {}}
    sim.cluster.apply(config_map("theirs", k="v"))
    sim.settle()
    assert list(hooks.requests()[-1]["related"]["ConfigMap.v1"]) == ["default/theirs"]


def test_an_object_that_nobody_names_wakes_nobody():
    sim, hooks = simulate(
        lambda _: {"status": {}, "children": []}, bar(), customize=related("theirs")
    )
    before = len(hooks.calls)
    sim.cluster.apply(config_map("other", k="v"))
    sim.settle()
    assert len(hooks.calls) == before


def test_customize_is_asked_once_for_each_generation():
    sim, hooks = simulate(
        lambda _: {"status": {}, "children": []}, bar(), customize=related("theirs")
    )
    sim.cluster.apply(config_map("theirs", k="v"))
    sim.settle()
    sim.cluster.apply(bar(size=1))
    sim.settle()
    assert len(hooks.requests("/customize")) == 2


def test_a_parent_with_a_finalize_hook_stays_until_it_is_finalized():
    sim, _ = simulate(
        one(), bar(), finalize=lambda r: {
            "status": {}, "children": [], "finalized": not r["children"]["ConfigMap.v1"]}
    )  # fmt: skip
    sim.cluster.delete(("verify.example.com/v1", "Bar", "default", "a"))
    sim.settle()
    assert names(sim, "Bar", "verify.example.com/v1") == []


def test_the_same_input_gives_the_same_timeline():
    runs = [[str(event) for event in simulate(one(), bar())[0].timeline.events] for _ in range(2)]
    assert runs[0] == runs[1]
