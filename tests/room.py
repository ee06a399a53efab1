"""The largest requests that a real Metacontroller would send: of the largest legal objects.

Objects are as the API server holds them, with managed fields for each of their own.
"""

import json

import largest
from calls import base_model, child, ready_status, request, stored, sync

from hooks.api import REPLICAS_LIMIT

SERVERS = 100


def written(call):
    """Return a request as Metacontroller writes it."""
    return json.dumps(call, separators=(",", ":"), ensure_ascii=False).encode()


def server_with_its_pods():
    """Return the request of the largest ModelServer: all its children, and a Pod a replica."""
    server = with_fields(largest.objects("values")["ModelServer"])
    stateful_set = _stateful_set(server)
    pods = [_pod(stateful_set, number) for number in range(REPLICAS_LIMIT)]
    return request(server, [stateful_set], [_model(), stateful_set, *pods])


def model_with_its_servers():
    """Return the request of the largest Model, which so many of the largest ModelServers serve."""
    server = largest.objects("values")["ModelServer"]
    served = _stateful_set(server)
    sets = [_renamed(served, f"{served['metadata']['name'][:-4]}-{n:03}") for n in range(SERVERS)]
    return request(with_fields(largest.objects("values")["Model"]), [], sets)


def _model():
    return {**base_model(), "status": ready_status(containerImage="registry.example.com/opt:1")}


def _stateful_set(server):
    made = child(sync(server, [], [_model()]), "StatefulSet")
    return with_fields(stored(made, server, replicas=64, readyReplicas=64))


def _renamed(manifest, name):
    return {**manifest, "metadata": {**manifest["metadata"], "name": name}}


def _pod(stateful_set, number):
    template = stateful_set["spec"]["template"]
    name = f"{stateful_set['metadata']['name']}-{number}"
    state = {"running": {"startedAt": "2026-01-02T03:00:00Z"}}
    conditions = [
        {"type": f"type-{n}", "status": "True", "lastTransitionTime": "2026-01-02T03:00:00Z"}
        for n in range(6)
    ]
    containers = [
        {"name": each["name"], "state": state, "image": "i" * 200, "imageID": "i" * 300}
        for each in template["spec"]["containers"]
    ]
    return with_fields(
        {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {**template["metadata"], "name": name, "namespace": "team", "uid": name},
            "spec": template["spec"],
            "status": {
                "phase": "Running",
                "conditions": conditions,
                "containerStatuses": containers,
            },
        }
    )


def with_fields(manifest):
    """Return an object with the managed fields that a manager of all of it has."""
    of = {key: value for key, value in manifest.items() if key not in {"apiVersion", "kind"}}
    entry = {
        "manager": "metacontroller",
        "operation": "Update",
        "apiVersion": manifest["apiVersion"],
        "time": "2026-01-02T03:00:00Z",
        "fieldsType": "FieldsV1",
        "fieldsV1": _fields(of),
    }
    return {**manifest, "metadata": {**manifest["metadata"], "managedFields": [entry]}}


def _fields(value):
    """Return a value's managed fields; a list of maps is keyed by the first field of each."""
    if isinstance(value, dict):
        return {f"f:{key}": _fields(each) for key, each in value.items()}
    if isinstance(value, list) and all(isinstance(each, dict) and each for each in value):
        return {
            f"k:{json.dumps(dict([next(iter(e.items()))]))}": {".": {}, **_fields(e)} for e in value
        }
    return {}
