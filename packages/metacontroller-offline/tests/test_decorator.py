"""A decorator adds labels, annotations and attachments to objects that it does not own."""

from metacontroller_offline import Ref, Simulation, errors


def decorator(**hooks):
    urls = {"sync": "http://hooks/sync", **hooks}
    return {
        "apiVersion": "metacontroller.k8s.io/v1alpha1",
        "kind": "DecoratorController",
        "metadata": {"name": "accounts"},
        "spec": {
            "resources": [
                {
                    "apiVersion": "v1",
                    "resource": "namespaces",
                    "labelSelector": {"matchLabels": {"on": "yes"}},
                }
            ],
            "attachments": [
                {
                    "apiVersion": "v1",
                    "resource": "serviceaccounts",
                    "updateStrategy": {"method": "InPlace"},
                }
            ],
            "hooks": {
                name: {"version": "v2", "webhook": {"url": url}} for name, url in urls.items()
            },
        },
    }


def namespace(name="n", **labels):
    return {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": name, "labels": labels},
    }


def account(request, **extra):
    child = {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": {"name": "made", "namespace": request["object"]["metadata"]["name"]},
    }
    return {"attachments": [child], **extra}


def settled(sync, *objects, **hooks):
    functions = {"/sync": sync, **{f"/{name}": function for name, function in hooks.items()}}
    urls = {name: f"http://hooks/{name}" for name in hooks}
    sim = Simulation([decorator(**urls), *objects], functions)
    sim.settle()
    return sim


def accounts(sim):
    return [
        each["metadata"]["namespace"]
        for each in sim.cluster.list("v1", "ServiceAccount")
        if each["metadata"]["name"] == "made"
    ]


def test_what_is_selected_gets_its_attachments():
    assert accounts(settled(account, namespace(on="yes"), namespace("other"))) == ["n"]


def test_labels_and_annotations_are_set_and_null_removes_them():
    sim = settled(
        lambda request: account(request, labels={"a": "1", "b": None}, annotations={"c": "2"}),
        namespace(on="yes", b="1"),
    )
    metadata = sim.cluster.get("v1", "Namespace", "", "n")["metadata"]
    assert metadata["annotations"]["c"] == "2"
    assert (metadata["labels"]["a"], "b" in metadata["labels"]) == ("1", False)


def test_an_object_no_longer_selected_keeps_its_attachments_without_a_finalize_hook():
    sim = settled(account, namespace(on="yes"))
    sim.cluster.apply(namespace())
    sim.settle()
    assert accounts(sim) == ["n"]


def test_a_finalize_hook_removes_them_and_lets_the_object_go():
    sim = settled(
        account,
        namespace(on="yes"),
        finalize=lambda _: {"attachments": [], "finalized": True},
    )
    sim.cluster.apply(namespace())
    sim.settle()
    finalizers = sim.cluster.get("v1", "Namespace", "", "n")["metadata"].get("finalizers")
    assert (accounts(sim), finalizers) == ([], None)


def test_an_attachment_that_is_deleted_is_made_again():
    sim = settled(account, namespace(on="yes"))
    sim.cluster.delete(Ref("v1", "ServiceAccount", "n", "made"))
    sim.settle()
    assert accounts(sim) == ["n"]


def test_an_object_of_its_name_that_was_there_before_is_not_adopted():
    theirs = {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": {"name": "made", "namespace": "n"},
    }
    sim = Simulation(
        [decorator(), namespace(on="yes"), theirs],
        {"/sync": account},
        allowed=[errors.NameHeldByForeignObject],
    )
    sim.settle()
    found = sim.cluster.get("v1", "ServiceAccount", "n", "made")
    assert "ownerReferences" not in found["metadata"]


def test_a_status_is_written_and_then_at_rest():
    sim = settled(lambda request: account(request, status={"phase": "Seen"}), namespace(on="yes"))
    writes = sim.cluster.writes.total()
    sim.settle()
    assert sim.cluster.writes.total() == writes
