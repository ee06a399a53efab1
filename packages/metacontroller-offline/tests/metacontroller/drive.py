"""One driver for both engines: a parent says in its spec what its hook answers.

A case is a method of updating and a list of steps. A step is one of

- `{"answer": {...}}`: the parent's spec becomes this, and the hook answers it;
- `{"edit": {kind, name, patch}}`: somebody patches an object;
- `{"delete": {kind, name}}`: somebody deletes one;
- `{"apply": manifest}`: somebody applies one.

After each step both engines come to rest; the objects are compared at the end.
"""

import json
from typing import Any

GROUP = "cases.example.com"
METHODS = ("InPlace", "OnDelete", "Recreate")
CHILDREN = {
    "ConfigMap": ("v1", "configmaps"),
    "Secret": ("v1", "secrets"),
    "Service": ("v1", "services"),
    "Role": ("rbac.authorization.k8s.io/v1", "roles"),
    "Thing": (f"{GROUP}/v1", "things"),
}
OPEN = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
_VOLATILE = ("uid", "resourceVersion", "creationTimestamp", "managedFields", "generation")
LAST_APPLIED = "metacontroller.k8s.io/last-applied-configuration"


def crd(kind: str) -> dict:
    plural = f"{kind.lower()}s"
    version = {
        "name": "v1",
        "served": True,
        "storage": True,
        "subresources": {"status": {}},
        "schema": {
            "openAPIV3Schema": {"type": "object", "properties": {"spec": OPEN, "status": OPEN}}
        },
    }
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{GROUP}"},
        "spec": {
            "group": GROUP,
            "scope": "Namespaced",
            "names": {"kind": kind, "plural": plural, "singular": kind.lower()},
            "versions": [version],
        },
    }


def controller(method: str, url: str) -> dict:
    return {
        "apiVersion": "metacontroller.k8s.io/v1alpha1",
        "kind": "CompositeController",
        "metadata": {"name": f"cases-{method.lower()}"},
        "spec": {
            "generateSelector": True,
            "parentResource": {"apiVersion": f"{GROUP}/v1", "resource": f"{method.lower()}s"},
            "childResources": [
                {"apiVersion": version, "resource": name, "updateStrategy": {"method": method}}
                for version, name in CHILDREN.values()
            ],
            "hooks": {"sync": {"version": "v2", "webhook": {"url": f"{url}/sync"}}},
        },
    }


def setup(url: str) -> list[dict]:
    """Return what both engines run all cases with."""
    kinds = [crd(method) for method in (*METHODS, "Thing")]
    return [*kinds, *(controller(method, url) for method in METHODS)]


def sync(request: dict) -> dict:
    """Answer what the parent's spec says."""
    return request["parent"]["spec"]


def parent(case: dict, answer: dict) -> dict:
    return {
        "apiVersion": f"{GROUP}/v1",
        "kind": case["method"],
        "metadata": {"name": "top", "namespace": case["namespace"]},
        "spec": answer,
    }


def comparable(manifest: dict, uids: dict[str, str]) -> dict:
    """Return what is compared of an object."""
    metadata = {key: each for key, each in manifest["metadata"].items() if key not in _VOLATILE}
    for key in ("annotations", "labels"):
        metadata[key] = dict(metadata.get(key) or {})
    metadata["annotations"].pop("kubectl.kubernetes.io/last-applied-configuration", None)
    text = json.dumps({**manifest, "metadata": metadata}, sort_keys=True)
    for uid, name in uids.items():
        text = text.replace(uid, name)
    found: Any = json.loads(text)
    if found["kind"] == "Service":
        for field in ("clusterIP", "clusterIPs"):
            if found["spec"].get(field) not in ("None", ["None"]):
                found["spec"].pop(field, None)
    return found


def compared(manifests: list[dict]) -> list[dict]:
    """Return objects without what differs from run to run, sorted."""
    uids = {
        each["metadata"]["uid"]: f"uid of {each['kind']} {each['metadata']['name']}"
        for each in manifests
    }
    found = [comparable(each, uids) for each in manifests]
    return sorted(found, key=lambda each: (each["kind"], each["metadata"]["name"]))
