"""What the API server fills in for built-in kinds, as far as hooks get to see it."""

from collections.abc import Mapping
from typing import Any

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
_JOB_DEFAULTS: Mapping[str, Json] = {
    "backoffLimit": 6,
    "completionMode": "NonIndexed",
    "completions": 1,
    "manualSelector": False,
    "parallelism": 1,
    "suspend": False,
}
_STATEFUL_SET_DEFAULTS: Mapping[str, Json] = {
    "podManagementPolicy": "OrderedReady",
    "replicas": 1,
    "revisionHistoryLimit": 10,
    "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 0}},
    "persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Retain", "whenScaled": "Retain"},
}
_SERVICE_DEFAULTS: Mapping[str, Json] = {
    "internalTrafficPolicy": "Cluster",
    "ipFamilies": ["IPv4"],
    "ipFamilyPolicy": "SingleStack",
    "sessionAffinity": "None",
    "type": "ClusterIP",
}


def fill(manifest: Manifest) -> Manifest:
    """Return an object of a built-in kind with the API server's defaults.

    The object has its uid; nothing that is set is changed.
    """
    filler = _FILLERS.get((manifest["apiVersion"], manifest["kind"]))
    return filler(manifest) if filler else manifest


def _over(defaults: Mapping[str, Json], given: Json) -> Manifest:
    return {**defaults, **{key: each for key, each in (given or {}).items() if each is not None}}


def _pod_spec(spec: Json) -> Manifest:
    filled = _over(_POD_DEFAULTS, spec)
    for field in ("containers", "initContainers"):
        if field in filled:
            filled[field] = [_container(each) for each in filled[field]]
    if "serviceAccountName" in filled:
        filled = {**filled, "serviceAccount": filled["serviceAccountName"]}
    return filled


def _container(container: Manifest) -> Manifest:
    filled = _over(_CONTAINER_DEFAULTS, container)
    image = str(filled.get("image", ""))
    latest = image.endswith(":latest") or ":" not in image.rpartition("/")[2]
    filled.setdefault("imagePullPolicy", "Always" if latest else "IfNotPresent")
    if "ports" in filled:
        filled["ports"] = [{"protocol": "TCP", **each} for each in filled["ports"]]
    return filled


def _with_spec(manifest: Manifest, spec: Manifest) -> Manifest:
    return {**manifest, "spec": spec}


def _template(template: Json) -> Manifest:
    given = template or {}
    metadata = {
        key: each for key, each in (given.get("metadata") or {}).items() if each is not None
    }
    return {**given, "metadata": metadata, "spec": _pod_spec(given.get("spec"))}


def _pod(manifest: Manifest) -> Manifest:
    return _with_spec(manifest, {"enableServiceLinks": True, **_pod_spec(manifest.get("spec"))})


def job_labels(job: Manifest) -> dict[str, str]:
    """Return the labels that the API server adds to a Job's template."""
    uid, name = job["metadata"]["uid"], job["metadata"]["name"]
    return {
        "batch.kubernetes.io/controller-uid": uid,
        "batch.kubernetes.io/job-name": name,
        "controller-uid": uid,
        "job-name": name,
    }


def _job(manifest: Manifest) -> Manifest:
    spec = _over(_JOB_DEFAULTS, manifest.get("spec"))
    uid = manifest["metadata"]["uid"]
    template = _template(spec.get("template"))
    labels = {**(template["metadata"].get("labels") or {}), **job_labels(manifest)}
    spec["template"] = {**template, "metadata": {**template["metadata"], "labels": labels}}
    spec.setdefault("selector", {"matchLabels": {"batch.kubernetes.io/controller-uid": uid}})
    replacement = "Failed" if "podFailurePolicy" in spec else "TerminatingOrFailed"
    spec.setdefault("podReplacementPolicy", replacement)
    return _with_spec(manifest, spec)


def _stateful_set(manifest: Manifest) -> Manifest:
    spec = _over(_STATEFUL_SET_DEFAULTS, manifest.get("spec"))
    spec["template"] = _template(spec.get("template"))
    return _with_spec(manifest, spec)


def _service(manifest: Manifest) -> Manifest:
    spec = _over(_SERVICE_DEFAULTS, manifest.get("spec"))
    # One address per Service, derived from its uid: a hook must neither set nor rely on it.
    number = int(manifest["metadata"]["uid"].replace("-", "")[-4:], 16)
    spec.setdefault("clusterIP", f"10.96.{number >> 8}.{number & 255}")
    spec.setdefault("clusterIPs", [spec["clusterIP"]])
    spec["ports"] = [
        {"protocol": "TCP", "targetPort": each.get("port"), **each}
        for each in spec.get("ports") or []
    ]
    return _with_spec(manifest, spec)


def _claim(manifest: Manifest) -> Manifest:
    defaults = {"storageClassName": "standard", "volumeMode": "Filesystem"}
    return {
        **_with_spec(manifest, _over(defaults, manifest.get("spec"))),
        "status": manifest.get("status") or {"phase": "Pending"},
    }


def _namespace(manifest: Manifest) -> Manifest:
    metadata = manifest["metadata"]
    name = {"kubernetes.io/metadata.name": metadata["name"]}
    return {
        **manifest,
        "metadata": {**metadata, "labels": {**(metadata.get("labels") or {}), **name}},
        "spec": {"finalizers": ["kubernetes"]},
        "status": manifest.get("status") or {"phase": "Active"},
    }


_FILLERS: Mapping[tuple[str, str], Any] = {
    ("v1", "Pod"): _pod,
    ("v1", "Service"): _service,
    ("v1", "PersistentVolumeClaim"): _claim,
    ("v1", "Namespace"): _namespace,
    ("apps/v1", "StatefulSet"): _stateful_set,
    ("batch/v1", "Job"): _job,
}
