"""What the API server fills in for Pods and templates; recorded from a real one (1.34.4)."""

import re
from collections.abc import Mapping

from metacontroller_offline import volumes
from metacontroller_offline.objects import Json, Manifest

_POD_DEFAULTS: Mapping[str, Json] = {
    "dnsPolicy": "ClusterFirst",
    "restartPolicy": "Always",
    "schedulerName": "default-scheduler",
    "securityContext": {},
    "terminationGracePeriodSeconds": 30,
}
_CONTAINER_DEFAULTS: Mapping[str, Json] = {
    "resources": {},
    "terminationMessagePath": "/dev/termination-log",
    "terminationMessagePolicy": "File",
}
_IMAGE = re.compile(r"[a-z0-9._/:@-]+")
_PROBE_DEFAULTS: Mapping[str, Json] = {
    "timeoutSeconds": 1,
    "periodSeconds": 10,
    "successThreshold": 1,
    "failureThreshold": 3,
}


def over(defaults: Mapping[str, Json], given: Json) -> Manifest:
    """Return what is given with defaults where nothing, or an empty struct, is."""
    kept = {key: each for key, each in (given or {}).items() if each is not None}
    return {**defaults, **kept}


def pod_spec(spec: Json, *, is_pod: bool = False) -> Manifest:
    """Return the spec of a Pod, or of a template, with its defaults."""
    filled = over(_POD_DEFAULTS, spec)
    for field in ("containers", "initContainers", "ephemeralContainers"):
        if filled.get(field):
            filled[field] = [
                _container(each, host_network=is_pod and bool(filled.get("hostNetwork")))
                for each in filled[field]
            ]
    if filled["terminationGracePeriodSeconds"] < 0:
        filled["terminationGracePeriodSeconds"] = 1
    if "volumes" in filled:
        filled["volumes"] = [volumes.with_defaults(each) for each in filled["volumes"]]
    if "serviceAccountName" in filled:
        filled["serviceAccount"] = filled["serviceAccountName"]
    elif "serviceAccount" in filled:
        filled["serviceAccountName"] = filled["serviceAccount"]
    for each in filled.get("topologySpreadConstraints") or []:
        each.setdefault("whenUnsatisfiable", "DoNotSchedule")
    return filled


def _container(container: Manifest, *, host_network: bool = False) -> Manifest:
    filled = over(_CONTAINER_DEFAULTS, container)
    filled["resources"] = _resources(filled["resources"])
    image = str(filled.get("image", ""))
    latest = image.endswith(":latest") or ":" not in image.rpartition("/")[2]
    if "@" in image or not _IMAGE.fullmatch(image):
        latest = False
    filled.setdefault("imagePullPolicy", "Always" if latest else "IfNotPresent")
    if "ports" in filled:
        filled["ports"] = [_container_port(each, host_network) for each in filled["ports"]]
    for each in filled.get("env") or []:
        field = (each.get("valueFrom") or {}).get("fieldRef")
        if field is not None:
            field.setdefault("apiVersion", "v1")
        resource = (each.get("valueFrom") or {}).get("resourceFieldRef")
        if resource is not None:
            resource.setdefault("divisor", "0")
    for probe in ("livenessProbe", "readinessProbe", "startupProbe"):
        if probe in filled:
            filled[probe] = _probe(filled[probe])
    for handler in (filled.get("lifecycle") or {}).values():
        if isinstance(handler, dict):
            _handler(handler)
    return filled


def _resources(resources: Manifest) -> Manifest:
    """Return resources in which a limit without a request is the request."""
    limits = resources.get("limits")
    if not limits:
        return resources
    return {**resources, "requests": {**limits, **(resources.get("requests") or {})}}


def _container_port(port: Manifest, host_network: bool) -> Manifest:  # noqa: FBT001 - one flag
    filled = {"protocol": "TCP", **port}
    if host_network:
        filled.setdefault("hostPort", port.get("containerPort"))
    return filled


def _probe(probe: Manifest) -> Manifest:
    filled = {**_PROBE_DEFAULTS, **probe}
    _handler(filled)
    return filled


def _handler(handler: Manifest) -> None:
    if "httpGet" in handler:
        handler["httpGet"] = {"path": "/", "scheme": "HTTP", **handler["httpGet"]}
    if "grpc" in handler:
        handler["grpc"] = {"service": "", **handler["grpc"]}


_PATIENCE = ("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable")


def with_patience(tolerations: list[Manifest]) -> list[Manifest]:
    """Return a Pod's tolerations with those that every Pod gets for a node that is lost."""
    added = [
        {"effect": "NoExecute", "key": key, "operator": "Exists", "tolerationSeconds": 300}
        for key in _PATIENCE
        if not any(_tolerates(each, key) for each in tolerations)
    ]
    return [*tolerations, *added]


def _tolerates(toleration: Manifest, key: str) -> bool:
    fits = toleration.get("key", key), toleration.get("effect", "NoExecute")
    return fits == (key, "NoExecute")


def quality(spec: Manifest) -> str:
    """Return the quality of service of a Pod, by what its containers ask for."""
    containers = [*(spec.get("containers") or []), *(spec.get("initContainers") or [])]
    asked = [each.get("resources") or {} for each in containers]
    if not any(each.get("requests") or each.get("limits") for each in asked):
        return "BestEffort"
    named = {"cpu", "memory"}
    guaranteed = all(
        named <= {*(each.get("limits") or {})} and each.get("requests") == each.get("limits")
        for each in asked
    )
    return "Guaranteed" if guaranteed else "Burstable"
