"""An invented kind, Bar, whose hooks are functions, for tests of the engine."""

import copy
import json
from datetime import timedelta

from metacontroller_offline import InProcessCaller, Simulation

CRD = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "bars.verify.example.com"},
    "spec": {
        "group": "verify.example.com",
        "scope": "Namespaced",
        "names": {"kind": "Bar", "plural": "bars", "singular": "bar", "listKind": "BarList"},
        "versions": [
            {
                "name": "v1",
                "served": True,
                "storage": True,
                "subresources": {"status": {}},
                "schema": {
                    "openAPIV3Schema": {
                        "type": "object",
                        "properties": {
                            "spec": {
                                "type": "object",
                                "properties": {"size": {"type": "integer", "minimum": 0}},
                            },
                            "status": {
                                "type": "object",
                                "x-kubernetes-preserve-unknown-fields": True,
                            },
                        },
                    }
                },
            }
        ],
    },
}
KINDS = (
    ("v1", "configmaps", "InPlace"),
    ("batch/v1", "jobs", "OnDelete"),
    ("apps/v1", "statefulsets", "InPlace"),
)


def controller(*, customize=False, finalize=False, kinds=KINDS):
    """Return the CompositeController of Bars."""
    names = ["sync", *(["customize"] if customize else []), *(["finalize"] if finalize else [])]
    return {
        "apiVersion": "metacontroller.k8s.io/v1alpha1",
        "kind": "CompositeController",
        "metadata": {"name": "bars"},
        "spec": {
            "generateSelector": True,
            "parentResource": {"apiVersion": "verify.example.com/v1", "resource": "bars"},
            "childResources": [
                {"apiVersion": version, "resource": name, "updateStrategy": {"method": method}}
                for version, name, method in kinds
            ],
            "hooks": {
                name: {"version": "v2", "webhook": {"url": f"http://hooks/{name}"}}
                for name in names
            },
        },
    }


def bar(name="a", **spec):
    return {
        "apiVersion": "verify.example.com/v1",
        "kind": "Bar",
        "metadata": {"name": name, "namespace": "default"},
        "spec": spec,
    }


def config_map(name="a-config", **data):
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": name, "namespace": "default"},
        **({"data": data} if data else {}),
    }


def job(name="a-job", **spec):
    pod = {"restartPolicy": "Never", "containers": [{"name": "main", "image": "x"}]}
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": name, "namespace": "default"},
        "spec": {"template": {"spec": pod}, **spec},
    }


class Hooks:
    """Hooks that answer what a function returns, and keep what they were asked."""

    def __init__(self, sync, customize=None, finalize=None):
        self._functions = {"/sync": sync, "/customize": customize, "/finalize": finalize}
        self.calls = []

    def __call__(self, path, request):
        self.calls.append((path, copy.deepcopy(request)))
        answer = self._functions[path](request)
        if isinstance(answer, tuple):
            return answer
        body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        return 200, {}, body

    def requests(self, path="/sync"):
        return [request for asked, request in self.calls if asked == path]


def simulate(sync, *parents, customize=None, finalize=None, before=(), **options):
    """Return a simulation that is settled, and its hooks."""
    hooks = Hooks(sync, customize, finalize)
    kinds = options.pop("kinds", KINDS)
    may_fail = options.pop("may_fail", True)
    horizon = options.pop("horizon", timedelta(hours=1))
    manifest = controller(
        customize=customize is not None, finalize=finalize is not None, kinds=kinds
    )
    sim = Simulation([CRD, manifest], InProcessCaller(hooks), **options)
    for each in (*before, *parents):
        sim.cluster.apply(each)
    sim.settle(horizon, may_fail=may_fail)
    return sim, hooks


def child(sim, name="a-config", kind="ConfigMap", version="v1"):
    return sim.cluster.get(version, kind, "default", name)


def names(sim, kind="ConfigMap", version="v1"):
    return sorted(each["metadata"]["name"] for each in sim.cluster.list(version, kind))
