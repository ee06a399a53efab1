"""The API server: what it refuses, versions, finalizers, owners and namespaces."""

import pytest
from engine import CRD, bar, config_map, job
from metacontroller_offline import Cluster, Ref
from metacontroller_offline.errors import (
    AlreadyExistsError,
    BadRequestError,
    ConflictError,
    InvalidError,
    NotFoundError,
)

CONFIG = Ref("v1", "ConfigMap", "default", "a-config")


@pytest.fixture
def cluster():
    made = Cluster()
    made.kinds.add_crd(CRD)
    return made


def claim(size="1Gi", **spec):
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": "c", "namespace": "default"},
        "spec": {
            "accessModes": ["ReadWriteOnce"],
            "resources": {"requests": {"storage": size}},
            **spec,
        },
    }


def named(name, **metadata):
    found = config_map(name)
    return {**found, "metadata": {**found["metadata"], **metadata}}


REFUSED = {
    "an unknown kind": ({**config_map(), "kind": "X"}, BadRequestError, "no matches for kind"),
    "no name": (named(""), BadRequestError, "metadata.name is required"),
    "no namespace": (named("a", namespace=""), BadRequestError, "an empty namespace"),
    "a namespace that is not there": (named("a", namespace="x"), NotFoundError, '"x" not found'),
    "a name with capitals": (named("A"), InvalidError, "metadata.name: Invalid value"),
    "a long label": (named("a", labels={"a": "x" * 64}), InvalidError, "metadata.labels"),
    "a label with a space": (named("a", labels={"a": "x y"}), InvalidError, "metadata.labels"),
    "large annotations": (
        named("a", annotations={"a": "x" * 300_000}),
        InvalidError,
        "metadata.annotations: Too long",
    ),
    "a claim without a size": (
        claim(resources={}),
        InvalidError,
        r"resources\[storage\]: Required",
    ),
    "a number that is too small": (bar(size=-1), InvalidError, "spec.size"),
}


@pytest.mark.parametrize(("manifest", "error", "sentence"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_created(cluster, manifest, error, sentence):
    with pytest.raises(error, match=sentence):
        cluster.create(manifest)


def test_a_name_is_taken_once(cluster):
    cluster.create(config_map())
    with pytest.raises(AlreadyExistsError):
        cluster.create(config_map())


def test_a_change_of_an_old_version_is_a_conflict(cluster):
    old = cluster.create(config_map(a="1"))
    cluster.update({**old, "data": {"a": "2"}})
    with pytest.raises(ConflictError):
        cluster.update({**old, "data": {"a": "3"}})


def test_an_identical_update_makes_no_version(cluster):
    old = cluster.create(config_map(a="1"))
    assert cluster.update(old) is old


def test_the_generation_counts_changes_of_the_spec(cluster):
    cluster.apply(bar(size=1))
    assert cluster.apply(bar(size=2))["metadata"]["generation"] == 2


def test_the_generation_ignores_the_status(cluster):
    found = cluster.apply(bar(size=1))
    cluster.update_status({**found, "status": {"a": 1}})
    assert cluster.read(Ref("verify.example.com/v1", "Bar", "default", "a"))["metadata"][
        "generation"
    ] == 1  # fmt: skip


def test_a_kind_without_the_subresource_has_no_status_to_update(cluster):
    with pytest.raises(BadRequestError, match="no status subresource"):
        cluster.update_status(cluster.create(config_map()))


def test_a_finalizer_holds_an_object(cluster):
    cluster.create(named("a", finalizers=["example.com/mine"]))
    cluster.delete(Ref("v1", "ConfigMap", "default", "a"))
    held = cluster.get("v1", "ConfigMap", "default", "a")
    assert held["metadata"]["deletionTimestamp"]


def test_the_last_finalizer_lets_it_go(cluster):
    key = Ref("v1", "ConfigMap", "default", "a")
    cluster.create(named("a", finalizers=["example.com/mine"]))
    cluster.delete(key)
    held = cluster.read(key)
    cluster.update({**held, "metadata": {**held["metadata"], "finalizers": []}})
    assert cluster.read(key) is None


def test_a_deletion_of_another_uid_is_a_conflict(cluster):
    cluster.create(config_map())
    with pytest.raises(ConflictError):
        cluster.delete(CONFIG, uid="x")


def owned(cluster, propagation):
    owner = cluster.create(named("owner"))
    reference = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "name": "owner",
        "uid": owner["metadata"]["uid"],
    }
    cluster.create(named("dependent", ownerReferences=[reference]))
    cluster.delete(Ref("v1", "ConfigMap", "default", "owner"), propagation=propagation)
    while cluster.finish_deletions():
        pass
    return [each["metadata"]["name"] for each in cluster.list("v1", "ConfigMap")]


@pytest.mark.parametrize(
    ("propagation", "left"), [("Background", []), ("Foreground", []), ("Orphan", ["dependent"])]
)
def test_what_becomes_of_dependents(cluster, propagation, left):
    assert owned(cluster, propagation) == left


def test_an_object_whose_owner_is_gone_is_collected(cluster):
    reference = {"apiVersion": "v1", "kind": "ConfigMap", "name": "gone", "uid": "x"}
    cluster.create(named("a", ownerReferences=[reference]))
    assert cluster.list("v1", "ConfigMap") == []


def test_a_namespace_goes_with_what_it_holds(cluster):
    cluster.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "n"}})
    cluster.create(named("a", namespace="n"))
    cluster.delete(Ref("v1", "Namespace", "", "n"))
    while cluster.finish_deletions():
        pass
    assert cluster.list("v1", "ConfigMap") == []


CHANGES = {
    "a claim's class": (claim(), claim(storageClassName="x"), "spec is immutable"),
    "a claim that shrinks": (claim("2Gi"), claim("1Gi"), "can not be less"),
    "a claim that grows unbound": (claim("1Gi"), claim("2Gi"), "only bound claims"),
    "a Job's completions": (job(completions=1), job(completions=2), "spec.completions"),
    "a ConfigMap that is immutable": (
        {**config_map(a="1"), "immutable": True},
        {**config_map(a="2"), "immutable": True},
        "when `immutable` is set",
    ),
}


@pytest.mark.parametrize(("old", "new", "sentence"), CHANGES.values(), ids=CHANGES)
def test_what_cannot_be_changed(cluster, old, new, sentence):
    cluster.apply(old)
    with pytest.raises(InvalidError, match=sentence):
        cluster.apply(new)


def test_a_kind_in_a_version_that_is_gone_is_refused_with_the_one_that_is_served():
    old = {"apiVersion": "apiextensions.k8s.io/v1beta1", "kind": "CustomResourceDefinition"}
    with pytest.raises(BadRequestError, match=r"serve it as apiextensions\.k8s\.io/v1\."):
        Cluster().apply({**old, "metadata": {"name": "a"}})
