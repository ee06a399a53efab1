"""Hook requests, put together from objects as Metacontroller would send them."""

import json
from datetime import UTC, datetime

from hooks.server import dispatch
from hooks.settings import Settings

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
UID = "5d1b4a4e-0000-4000-8000-000000000001"


def grouped(objects, kinds):
    groups = {kind: {} for kind in kinds}
    for each in objects:
        metadata = each["metadata"]
        key = f"{each['kind']}.{each['apiVersion']}"
        groups.setdefault(key, {})[f"{metadata['namespace']}/{metadata['name']}"] = each
    return groups


def request(parent, children=(), related=()):
    """Return the request for a parent with these children and related objects."""
    format_ = dispatch.KINDS[path_of(parent)].format
    return {
        "controller": {},
        "parent": parent,
        "children": grouped(children, format_.children),
        "related": grouped(related, format_.related),
        "finalizing": False,
    }


def path_of(parent):
    return f"{parent['kind'].lower()}s"


def sync(parent, children=(), related=(), *, settings=None, now=NOW):
    """Return the answer of the parent's sync hook."""
    return answer(request(parent, children, related), settings=settings, now=now)


def answer(call, *, settings=None, now=NOW):
    """Return the answer to a request of a sync hook."""
    path = f"/{path_of(call['parent'])}/sync"
    body = json.dumps(call).encode()
    return json.loads(dispatch.call(path, body, settings=settings or Settings(), now=now))


def customize(parent):
    """Return the answer of the parent's customize hook."""
    body = json.dumps({"controller": {}, "parent": parent}).encode()
    path = f"/{path_of(parent)}/customize"
    return json.loads(dispatch.call(path, body, settings=Settings(), now=NOW))


def parent(kind, name, spec, *, status=None, annotations=None, generation=1, namespace="team"):
    """Return an object of one of the four kinds, as the API server would hold it."""
    return {
        "apiVersion": "substratus.ai/v1",
        "kind": kind,
        "metadata": {
            "name": name,
            "namespace": namespace,
            "uid": UID,
            "generation": generation,
            "resourceVersion": str(100 * generation),
            **({"annotations": annotations} if annotations else {}),
        },
        "spec": spec,
        **({"status": status} if status else {}),
    }


def stored(child, owner, *, made="2026-01-02T03:00:00Z", **status):
    """Return a child as the API server holds it after Metacontroller made it."""
    desired = {**child, "metadata": {**child["metadata"]}}
    desired["metadata"]["labels"] = {
        **desired["metadata"].get("labels", {}),
        "controller-uid": owner["metadata"]["uid"],
    }
    record = json.dumps(desired, sort_keys=True, separators=(",", ":"))
    metadata = {
        **desired["metadata"],
        "uid": f"uid-of-{child['metadata']['name']}",
        "generation": 1,
        "creationTimestamp": made,
        "annotations": {
            **desired["metadata"].get("annotations", {}),
            "metacontroller.k8s.io/last-applied-configuration": record,
        },
        "ownerReferences": [
            {
                "apiVersion": owner["apiVersion"],
                "kind": owner["kind"],
                "name": owner["metadata"]["name"],
                "uid": owner["metadata"]["uid"],
                "controller": True,
                "blockOwnerDeletion": True,
            }
        ],
    }
    return {**desired, "metadata": metadata, **({"status": status} if status else {})}


def completed(job):
    """Return a Job that succeeded a while ago."""
    done = {
        "type": "Complete",
        "status": "True",
        "reason": "CompletionsReached",
        "lastTransitionTime": "2026-01-02T03:04:00Z",
    }
    return {
        **job,
        "status": {"succeeded": 1, "completionTime": "2026-01-02T03:04:00Z", "conditions": [done]},
    }


def condition(answered, type_):
    """Return status, reason and message of a condition in an answer."""
    found = next(each for each in answered["status"]["conditions"] if each["type"] == type_)
    return found["status"], found["reason"], found["message"]


def child(answered, kind, step=None):
    """Return the one child of a kind, and of a step where given."""
    found = [
        each
        for each in answered["children"]
        if each["kind"] == kind
        and (step is None or each["metadata"]["labels"].get("substratus.ai/step") == step)
    ]
    assert len(found) == 1, f"{len(found)} children are a {kind} of step {step}"
    return found[0]


def ready_status(**fields):
    """Return the status of an upstream object that is ready."""
    done = {
        "type": "Ready",
        "status": "True",
        "reason": "Done",
        "message": "Done.",
        "lastTransitionTime": "2026-01-02T03:00:00Z",
    }
    return {**fields, "observedGeneration": 1, "conditions": [done]}


def base_model(name="opt", tag="aaaaaaaaaa", **spec):
    """Return a Model built from git that is ready."""
    status = ready_status(containerImage=f"registry/model-team.{name}:{tag}")
    git = {"source": {"git": {"url": "https://example.com/m"}}}
    return parent("Model", name, {**git, **spec}, status=status)


def base_dataset(name="squad", run="dddddddddd"):
    """Return a Dataset that is ready."""
    url = f"pvc://{name}-dataset/team/{name}/{run}/data/squad.jsonl"
    spec = {"filename": "squad.jsonl", "source": {"git": {"url": "https://example.com/squad"}}}
    return parent("Dataset", name, spec, status=ready_status(url=url))


def failed(job):
    """Return a Job that failed for good."""
    over = {
        "type": "Failed",
        "status": "True",
        "reason": "BackoffLimitExceeded",
        "message": "Job has reached the specified backoff limit",
        "lastTransitionTime": "2026-01-02T03:04:00Z",
    }
    return {**job, "status": {"failed": 1, "conditions": [over]}}


def edited(found, **spec):
    """Return an object after an edit of its spec."""
    generation = found["metadata"]["generation"] + 1
    version = str(100 * generation)
    metadata = {**found["metadata"], "generation": generation, "resourceVersion": version}
    return {**found, "metadata": metadata, "spec": {**found["spec"], **spec}}


def annotated(found, **annotations):
    """Return an object with annotations `substratus.ai/<key>`."""
    given = {f"substratus.ai/{key}": value for key, value in annotations.items()}
    version = str(int(found["metadata"]["resourceVersion"]) + 1)
    metadata = {**found["metadata"], "annotations": given, "resourceVersion": version}
    return {**found, "metadata": metadata}


def names_of(answered, kind="Job"):
    """Return the names of the children of a kind."""
    return [each["metadata"]["name"] for each in answered["children"] if each["kind"] == kind]
