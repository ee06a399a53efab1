"""Cases in which an earlier version differed from a real Metacontroller; each was run on both."""

import copy
from datetime import timedelta

import pytest
from engine import CRD, bar, child, config_map, controller, names, simulate
from metacontroller_offline import Ref, Simulation, errors
from metacontroller_offline.errors import BadRequestError, InvalidError

MINUTE = timedelta(minutes=1)
BAR = Ref("verify.example.com/v1", "Bar", "default", "a")
CONTROLLER = Ref("metacontroller.k8s.io/v1alpha1", "CompositeController", "", "bars")


def answering(*children, **answer):
    return lambda _: {"status": {}, "children": list(children), **answer}


def parent(sim):
    return sim.cluster.get(*BAR)


def sync_errors(sim):
    return {each.what for each in sim.timeline.events if "SyncError" in each.what}


# What works on a real one works here.


def test_a_hook_may_poll_forever():
    calls = iter(range(1_000_000))
    answer = lambda _: {"status": {"n": next(calls)}, "children": [], "resyncAfterSeconds": 5}  # noqa: E731 - one line

    def sync(request):
        # Of the calls that its own status causes, none changes it again.
        old = request["parent"].get("status")
        due = old is None or sim.clock.now() >= due_at[0]
        due_at[0] = sim.clock.now() + timedelta(seconds=5) if due else due_at[0]
        return answer(request) if due else {"status": old, "children": [], "resyncAfterSeconds": 5}

    due_at = [None]
    sim = Simulation([CRD, controller()], sync)
    sim.cluster.apply(bar())
    sim.settle(10 * MINUTE)
    assert parent(sim)["status"]["n"] > 50


def test_a_hook_may_rotate_what_is_in_a_child():
    def sync(_):
        minute = str(sim.clock.now().minute)
        return {"status": {}, "children": [config_map(token=minute)], "resyncAfterSeconds": 60}

    sim = Simulation([CRD, controller()], sync)
    sim.cluster.apply(bar())
    sim.settle(30 * MINUTE)
    assert child(sim)["metadata"]["resourceVersion"] > "30"


def test_a_hook_may_step_through_states_in_its_status():
    def sync(request):
        step = (request["parent"].get("status") or {}).get("step", 0)
        return {"status": {"step": min(step + 1, 40)}, "children": []}

    assert parent(simulate(sync, bar())[0])["status"]["step"] == 40


def test_a_hook_may_make_its_children_one_at_a_time():
    def sync(request):
        there = len(request["children"]["ConfigMap.v1"])
        made = [config_map(f"c{index}", k="v") for index in range(min(there + 1, 30))]
        return {"status": {"made": there}, "children": made}

    assert len(names(simulate(sync, bar())[0])) == 30


def test_a_schema_without_observed_generation_is_at_rest():
    crd = copy.deepcopy(CRD)
    schema = crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
    schema["properties"]["status"] = {
        "type": "object",
        "properties": {"phase": {"type": "string"}},
    }
    sim = Simulation([crd, controller()], answering(status={"phase": "Up"}))
    sim.cluster.apply(bar())
    sim.settle()
    assert parent(sim)["status"] == {"phase": "Up"}


def test_the_metadata_of_a_controller_may_be_read_by_its_hook():
    _, hooks = simulate(answering(), bar())
    asked = hooks.requests()[0]["controller"]
    assert asked["status"] == {}
    assert asked["spec"]["childResources"][0]["updateStrategy"] == {
        "method": "InPlace",
        "statusChecks": {},
    }


# Controllers come and go.


def test_a_controller_that_is_applied_later_takes_effect():
    sim = Simulation([CRD], answering(config_map(k="v")))
    sim.cluster.apply(bar())
    sim.settle()
    sim.cluster.apply(controller())
    sim.settle()
    assert names(sim) == ["a-config"]


def test_a_controller_whose_spec_is_edited_is_restarted():
    sim = Simulation([CRD, controller()], {"/sync": answering(), "/other": answering(config_map())})
    sim.cluster.apply(bar())
    sim.settle()
    edited = copy.deepcopy(controller())
    edited["spec"]["hooks"]["sync"]["webhook"]["url"] = "http://hooks/other"
    sim.cluster.apply(edited)
    sim.settle()
    assert names(sim) == ["a-config"]


def test_a_controller_whose_metadata_is_edited_continues_as_it_was():
    sim, hooks = simulate(answering(), bar())
    before = len(hooks.calls)
    edited = copy.deepcopy(controller())
    edited["metadata"]["annotations"] = {"rev": "2"}
    sim.cluster.apply(edited)
    sim.settle()
    assert len(hooks.calls) == before


def test_a_controller_that_is_deleted_stops():
    sim, hooks = simulate(answering(), bar())
    before = len(hooks.calls)
    sim.cluster.delete(CONTROLLER)
    sim.cluster.apply(bar(size=1))
    sim.settle()
    assert len(hooks.calls) == before


def test_a_controller_may_have_a_finalize_hook_alone():
    manifest = copy.deepcopy(controller(finalize=True))
    del manifest["spec"]["hooks"]["sync"]
    sim = Simulation([CRD, manifest], {"/finalize": answering(finalized=True)})
    sim.cluster.apply(bar())
    sim.settle(timedelta(seconds=1), may_fail=True)
    assert sync_errors(sim) == {"SyncError: Sync error: sync hook not defined"}
    sim.cluster.delete(BAR)
    sim.settle(timedelta(seconds=10))
    assert sim.cluster.read(BAR) is None


# `kubectl apply`.


def routes(*items):
    crd = copy.deepcopy(CRD)
    schema = crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
    schema["properties"]["spec"] = {
        "type": "object",
        "x-kubernetes-preserve-unknown-fields": True,
    }
    return crd, bar(routes=list(items))


def test_lists_of_custom_resources_are_replaced():
    first, second = {"path": "/", "port": 80}, {"path": "/x", "port": 80}
    crd, manifest = routes(first, second)
    sim = Simulation([crd, manifest], answering())
    sim.cluster.apply(routes(second, first)[1])
    assert parent(sim)["spec"]["routes"] == [second, first]


def deployment(**container):
    pod = {"containers": [{"name": "main", "image": "x", **container}]}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "d", "namespace": "default"},
        "spec": {
            "selector": {"matchLabels": {"a": "b"}},
            "template": {"metadata": {"labels": {"a": "b"}}, "spec": pod},
        },
    }


def test_lists_of_built_in_kinds_are_merged_by_their_keys():
    sim = Simulation([deployment()], answering())
    found = sim.cluster.get("apps/v1", "Deployment", "default", "d")
    found["spec"]["template"]["spec"]["containers"].append({"name": "injected", "image": "y"})
    sim.cluster.update(found)
    sim.cluster.apply(deployment(workingDir="/w"))
    containers = sim.cluster.get("apps/v1", "Deployment", "default", "d")["spec"]["template"][
        "spec"
    ]["containers"]
    assert [(each["name"], each.get("workingDir")) for each in containers] == [
        ("main", "/w"),
        ("injected", None),
    ]


def test_a_union_keeps_only_what_is_applied():
    sim = Simulation([deployment()], answering())
    recreate = deployment()
    recreate["spec"]["strategy"] = {"type": "Recreate"}
    sim.cluster.apply(recreate)
    found = sim.cluster.get("apps/v1", "Deployment", "default", "d")
    assert found["spec"]["strategy"] == {"type": "Recreate"}


def test_a_field_that_is_misspelt_is_refused():
    sim = Simulation([CRD], answering())
    with pytest.raises(BadRequestError, match=r'unknown field "spec\.siez"'):
        sim.cluster.apply(bar(siez=1))


def test_a_field_of_a_built_in_kind_that_is_misspelt_is_refused():
    found = deployment()
    found["spec"]["template"]["spec"]["contaners"] = []
    with pytest.raises(BadRequestError, match=r'unknown field "spec\.template\.spec\.contaners"'):
        Simulation([found], answering())


def test_validation_can_be_left_out_as_with_kubectl():
    sim = Simulation([CRD], answering())
    assert sim.cluster.apply(bar(siez=1), validate=False)["spec"] == {}


# Labels and values of another type.


def test_labels_that_are_null_are_an_error_of_the_sync():
    odd = config_map(k="v")
    odd["metadata"]["labels"] = None
    sim, _ = simulate(answering(odd), bar(), horizon=timedelta(seconds=1))
    assert names(sim) == []
    assert "status" not in parent(sim)
    assert "invalid labels on desired child" in min(sync_errors(sim))


@pytest.mark.parametrize("value", [1, True], ids=repr)
def test_a_label_of_another_type_keeps_the_status_from_being_written(value):
    odd = config_map(k="v")
    odd["metadata"]["labels"] = {"a": value}
    sim, _ = simulate(answering(odd), bar(), horizon=timedelta(seconds=1))
    assert "status" not in parent(sim)


def test_annotations_of_another_type_are_lost_in_silence():
    odd = config_map(k="v")
    odd["metadata"]["annotations"] = {"a": 1, "b": "2"}
    sim, _ = simulate(answering(odd), bar())
    assert [*child(sim)["metadata"]["annotations"]] == [
        "metacontroller.k8s.io/last-applied-configuration"
    ]


def test_a_string_in_the_place_of_an_object_removes_it_in_silence():
    crd = copy.deepcopy(CRD)
    schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"] = schema

    def sync(request):
        value = request["parent"]["spec"]["value"]
        return answering({**bar("b"), "spec": {"x": value}})(request)

    manifest = controller(kinds=[("verify.example.com/v1", "bars", "InPlace")])
    manifest["spec"]["parentResource"]["labelSelector"] = {"matchLabels": {"top": "yes"}}
    top = bar(value={"a": "1"})
    top["metadata"]["labels"] = {"top": "yes"}
    sim = Simulation([crd, manifest, top], sync, allowed=[errors.NeverConverges])
    sim.settle()
    sim.cluster.apply({**top, "spec": {"value": "text"}})
    sim.settle(MINUTE)
    assert sim.cluster.get("verify.example.com/v1", "Bar", "default", "b")["spec"] == {"x": {}}
    assert sync_errors(sim) == set()


# True defects, and their true cause.


def test_two_items_of_one_key_are_reported_as_such():
    twice = [{"name": "A", "value": "1"}, {"name": "A", "value": "2"}]
    made = deployment(env=twice)
    kinds = [("apps/v1", "deployments", "InPlace")]
    with pytest.raises(errors.DuplicateListKey, match="Two items have `name: A`"):
        simulate(answering(made), bar(), kinds=kinds)


def test_two_items_of_one_key_become_the_last_one_if_that_is_allowed():
    twice = [{"name": "A", "value": "1"}, {"name": "A", "value": "2"}]
    made = deployment(env=twice)
    kinds = [("apps/v1", "deployments", "InPlace")]
    sim, _ = simulate(answering(made), bar(), kinds=kinds, allowed=[errors.DuplicateListKey])
    sim.cluster.apply(bar(size=1))
    sim.settle()
    found = sim.cluster.get("apps/v1", "Deployment", "default", "d")
    env = found["spec"]["template"]["spec"]["containers"][0]["env"]
    assert env == [{"name": "A", "value": "2"}] * 2


def test_a_value_that_the_server_writes_differently_is_shown_with_both():
    made = deployment(resources={"limits": {"cpu": "1000m"}})
    kinds = [("apps/v1", "deployments", "Recreate")]
    with pytest.raises(errors.NeverConverges, match='is "1000m"; the API server stores "1"'):
        simulate(answering(made), bar(), kinds=kinds)


def test_with_recreate_it_is_deleted_and_created_forever():
    made = deployment(env=[{"name": "A", "value": ""}])
    kinds = [("apps/v1", "deployments", "Recreate")]
    allowed = [errors.NeverConverges]
    _, hooks = simulate(
        answering(made), bar(), kinds=kinds, allowed=allowed, horizon=timedelta(seconds=2)
    )
    assert len(hooks.calls) > 200


def test_a_cluster_scoped_child_with_a_namespace_is_made_forever():
    crd = copy.deepcopy(CRD)
    crd["spec"]["scope"] = "Cluster"
    role = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRole",
        "metadata": {"name": "r", "namespace": "default"},
        "rules": [],
    }
    manifest = controller(kinds=[("rbac.authorization.k8s.io/v1", "clusterroles", "InPlace")])
    sim = Simulation([crd, manifest], answering(role))
    top = bar()
    del top["metadata"]["namespace"]
    sim.cluster.apply(top)
    with pytest.raises(errors.ChildOutOfScope, match="ClusterRole is cluster-scoped"):
        sim.settle()


# Refused before, or a crash.


def test_an_owner_of_an_unknown_kind_is_left_alone():
    found = config_map(k="v")
    owner = {"apiVersion": "x.io/v1", "kind": "X", "name": "x", "uid": "1"}
    found["metadata"]["ownerReferences"] = [owner]
    sim = Simulation([found], answering())
    sim.settle()
    assert names(sim) == ["a-config"]


def test_a_pod_without_containers_is_refused():
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "p", "namespace": "default"},
        "spec": {"containers": []},
    }
    with pytest.raises(InvalidError, match=r"spec\.containers: Required value"):
        Simulation([pod], answering())


def two_versions():
    crd = copy.deepcopy(CRD)
    (first,) = crd["spec"]["versions"]
    crd["spec"]["versions"].append({**first, "name": "v2", "storage": False})
    return crd


@pytest.mark.parametrize("served", ["v1", "v2"])
def test_a_crd_may_serve_two_versions(served):
    manifest = copy.deepcopy(controller())
    manifest["spec"]["parentResource"]["apiVersion"] = f"verify.example.com/{served}"
    asked = []

    def sync(request):
        asked.append(request["parent"]["apiVersion"])
        return answering(config_map(k="v"))(request)

    sim = Simulation([two_versions(), manifest], sync)
    sim.cluster.apply({**bar(), "apiVersion": "verify.example.com/v2"})
    sim.settle()
    assert set(asked) == {f"verify.example.com/{served}"}
    assert names(sim) == ["a-config"]


def test_an_object_is_read_in_each_version():
    sim = Simulation([two_versions(), bar(size=1)], answering())
    found = sim.cluster.get("verify.example.com/v2", "Bar", "default", "a")
    assert (found["apiVersion"], found["spec"]) == ("verify.example.com/v2", {"size": 1})


def test_a_crd_may_leave_its_root_open():
    crd = copy.deepcopy(CRD)
    schema = {"x-kubernetes-preserve-unknown-fields": True}
    crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"] = schema
    sim = Simulation([crd, bar(anything=[1])], answering())
    assert parent(sim)["spec"] == {"anything": [1]}


KINDS = {
    "ClusterRoleBinding": "rbac.authorization.k8s.io/v1",
    "Event": "v1",
    "ResourceQuota": "v1",
    "LimitRange": "v1",
    "PodTemplate": "v1",
    "ReplicationController": "v1",
    "Lease": "coordination.k8s.io/v1",
    "PriorityClass": "scheduling.k8s.io/v1",
    "EndpointSlice": "discovery.k8s.io/v1",
    "IngressClass": "networking.k8s.io/v1",
    "HorizontalPodAutoscaler": "autoscaling/v1",
    "ValidatingWebhookConfiguration": "admissionregistration.k8s.io/v1",
    "ControllerRevision": "apps/v1",
    "APIService": "apiregistration.k8s.io/v1",
    "CertificateSigningRequest": "certificates.k8s.io/v1",
    "VolumeAttachment": "storage.k8s.io/v1",
    "RuntimeClass": "node.k8s.io/v1",
    "CustomResourceDefinition": "apiextensions.k8s.io/v1",
}


@pytest.mark.parametrize(("kind", "api_version"), KINDS.items(), ids=KINDS)
def test_every_built_in_kind_is_known(kind, api_version):
    assert Simulation([], answering()).cluster.list(api_version, kind) == []


def test_a_secret_is_stored_in_base64():
    secret = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "s", "namespace": "default"},
        "stringData": {"a": "b"},
    }
    found = Simulation([secret], answering()).cluster.get("v1", "Secret", "default", "s")
    assert (found["data"], found["type"], "stringData" in found) == ({"a": "Yg=="}, "Opaque", False)


def test_a_number_for_a_string_is_an_error_of_the_sync():
    sim, _ = simulate(answering(config_map(port=8080)), bar(), horizon=timedelta(seconds=1))
    assert "cannot unmarshal number into Go struct field ConfigMap.data" in min(sync_errors(sim))


def cron_job(schedule):
    return {
        "apiVersion": "batch/v1",
        "kind": "CronJob",
        "metadata": {"name": "c", "namespace": "default"},
        "spec": {
            "schedule": schedule,
            "jobTemplate": {"spec": {"template": deployment()["spec"]["template"]}},
        },
    }


def without_selector():
    made = deployment()
    del made["spec"]["selector"]
    return made


REFUSED = {
    "a Deployment without a selector": (
        without_selector(),
        ("apps/v1", "deployments"),
        "spec.selector: Required value",
    ),
    "a schedule that is none": (
        cron_job("whenever"),
        ("batch/v1", "cronjobs"),
        "spec.schedule: Invalid value",
    ),
}


@pytest.mark.parametrize(("made", "kind", "sentence"), REFUSED.values(), ids=REFUSED)
def test_what_the_api_server_refuses_is_an_error_of_the_sync(made, kind, sentence):
    sim, _ = simulate(
        answering(made), bar(), kinds=[(*kind, "InPlace")], horizon=timedelta(seconds=1)
    )
    assert sentence in min(sync_errors(sim))


def pod(image="x", **container):
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "p", "namespace": "default"},
        "spec": {"containers": [{"name": "main", "image": image, **container}]},
    }


def role_binding(role):
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "RoleBinding",
        "metadata": {"name": "r", "namespace": "default"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": role},
    }


def selecting(label):
    made = deployment()
    made["spec"]["selector"]["matchLabels"] = {label: "b"}
    made["spec"]["template"]["metadata"]["labels"] = {"a": "b", "c": "b"}
    return made


RBAC = ("rbac.authorization.k8s.io/v1", "rolebindings")
FROZEN = {
    "the environment of a Pod": (
        pod(env=[{"name": "A", "value": "1"}]),
        pod(env=[{"name": "A", "value": "2"}]),
        ("v1", "pods"),
        "pod updates may not change fields",
    ),
    "the selector of a Deployment": (
        selecting("a"),
        selecting("c"),
        ("apps/v1", "deployments"),
        "spec.selector: Invalid value: field is immutable",
    ),
    "the role of a RoleBinding": (
        role_binding("a"),
        role_binding("b"),
        RBAC,
        "roleRef: Invalid value: cannot change roleRef",
    ),
}


@pytest.mark.parametrize(("old", "new", "kind", "sentence"), FROZEN.values(), ids=FROZEN)
def test_a_field_that_is_frozen_is_an_error_of_the_sync(old, new, kind, sentence):
    def sync(request):
        return answering(new if request["parent"]["spec"].get("size") else old)(request)

    sim, _ = simulate(sync, bar(), kinds=[(*kind, "InPlace")])
    sim.cluster.apply(bar(size=1))
    sim.settle(timedelta(seconds=1), may_fail=True)
    assert sentence in max(sync_errors(sim))


def test_the_status_that_a_decorator_gives_a_config_map_is_dropped():
    manifest = {
        "apiVersion": "metacontroller.k8s.io/v1alpha1",
        "kind": "DecoratorController",
        "metadata": {"name": "d"},
        "spec": {
            "resources": [{"apiVersion": "v1", "resource": "configmaps"}],
            "hooks": {"sync": {"version": "v2", "webhook": {"url": "http://hooks/sync"}}},
        },
    }
    sim = Simulation(
        [manifest, config_map(k="v")],
        lambda _: {"status": {"a": 1}, "labels": {"seen": "yes"}},
        allowed=[errors.HotLoop, errors.VolatileStatus],
    )
    sim.settle(timedelta(seconds=1))
    found = child(sim)
    assert (found["metadata"]["labels"], "status" in found) == ({"seen": "yes"}, False)


def test_a_list_that_is_replaced_and_has_defaults_is_written_forever():
    tolerant = deployment()
    tolerant["spec"]["template"]["spec"]["topologySpreadConstraints"] = [
        {"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "DoNotSchedule"}
    ]
    volume = {"name": "v", "projected": {"sources": [{"serviceAccountToken": {"path": "t"}}]}}
    tolerant["spec"]["template"]["spec"]["volumes"] = [volume]
    tolerant["spec"]["template"]["spec"]["serviceAccountName"] = "a"
    with pytest.raises(errors.NeverConverges, match="projected"):
        simulate(answering(tolerant), bar(), kinds=[("apps/v1", "deployments", "InPlace")])
