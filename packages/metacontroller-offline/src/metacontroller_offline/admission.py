"""What the API server refuses apart from schemas: names, labels, sizes, immutable fields."""

import re
from collections.abc import Mapping

from metacontroller_offline.objects import (
    Json,
    Manifest,
    annotations,
    differences,
    labels,
    ref,
    same,
    without,
)
from metacontroller_offline.quantities import parse_quantity

_SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_LABEL_NAME = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
_SERVICE_NAME = re.compile(r"[a-z]([-a-z0-9]*[a-z0-9])?")
_LABEL_VALUE = re.compile(r"(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?")
_ROLE_NAME = re.compile(r"[^/%]+")
_ANNOTATIONS_LIMIT = 256 * 1024
_LABEL_LIMIT = 63

_NAMES: Mapping[str, tuple[re.Pattern[str], int]] = {
    "Service": (_SERVICE_NAME, 63),
    "Namespace": (_LABEL_NAME, 63),
    # The Pods of a Job carry its name as a label.
    "Job": (_SUBDOMAIN, 63),
    "Role": (_ROLE_NAME, 253),
    "RoleBinding": (_ROLE_NAME, 253),
    "ClusterRole": (_ROLE_NAME, 253),
}
_STATEFUL_SET_MUTABLE = (
    "replicas",
    "ordinals",
    "template",
    "updateStrategy",
    "revisionHistoryLimit",
    "persistentVolumeClaimRetentionPolicy",
    "minReadySeconds",
)
_JOB_IMMUTABLE = (
    "template",
    "selector",
    "completions",
    "completionMode",
    "podFailurePolicy",
    "backoffLimitPerIndex",
)
_IMMUTABLE = "field is immutable"


def object_violations(manifest: Manifest) -> list[str]:
    """Return what is wrong with an object's metadata, and with the little that a spec must have."""
    key = ref(manifest)
    pattern, limit = _NAMES.get(key.kind, (_SUBDOMAIN, 253))
    found = []
    if not pattern.fullmatch(key.name) or len(key.name) > limit:
        found.append(
            f"metadata.name: Invalid value: {key.name!r}: at most {limit} of {pattern.pattern}"
        )
    for name, value in labels(manifest).items():
        if not isinstance(value, str) or len(value) > _LABEL_LIMIT:
            found.append(f"metadata.labels: Invalid value: {value!r} of {name}: a string up to 63")
        elif not _LABEL_VALUE.fullmatch(value):
            found.append(f"metadata.labels: Invalid value: {value!r} of {name}")
    found += [
        f"metadata.annotations: Invalid value: {value!r} of {name}: must be a string"
        for name, value in annotations(manifest).items()
        if not isinstance(value, str)
    ]
    size = sum(len(name) + len(str(each)) for name, each in annotations(manifest).items())
    if size > _ANNOTATIONS_LIMIT:
        found.append(f"metadata.annotations: Too long: {size} bytes; 262144 at most")
    return found + _spec_violations(key.kind, manifest.get("spec") or {})


def _spec_violations(kind: str, spec: Manifest) -> list[str]:
    if kind == "StatefulSet":
        wanted = (spec.get("selector") or {}).get("matchLabels") or {}
        template = ((spec.get("template") or {}).get("metadata") or {}).get("labels") or {}
        if not wanted or any(template.get(key) != value for key, value in wanted.items()):
            return ["spec.template.metadata.labels: `selector` does not match template `labels`"]
    if kind == "Pod" and not spec.get("containers"):
        return ["spec.containers: Required value"]
    if kind in {"Job", "StatefulSet"}:
        pod = (spec.get("template") or {}).get("spec") or {}
        found = [] if pod.get("containers") else ["spec.template.spec.containers: Required value"]
        if kind == "Job" and pod.get("restartPolicy") not in {"Never", "OnFailure"}:
            found.append("spec.template.spec.restartPolicy: Required value: OnFailure or Never")
        return found
    if kind == "Service":
        ports = [
            (each.get("port"), each.get("protocol", "TCP")) for each in spec.get("ports") or []
        ]
        return ["spec.ports: Duplicate value"] if len(set(ports)) < len(ports) else []
    if kind == "PersistentVolumeClaim" and not _storage(spec):
        return ["spec.resources.requests.storage: Required value"]
    return []


def change_violations(old: Manifest, new: Manifest) -> list[str]:
    """Return which immutable fields an update would change, a sentence each."""
    before, after = old.get("spec") or {}, new.get("spec") or {}
    kind = new["kind"]
    if kind == "Job":
        return [
            f"spec.{field}: Invalid value: {_IMMUTABLE}"
            for field in _JOB_IMMUTABLE
            if not same(before.get(field), after.get(field))
        ]
    if kind == "StatefulSet":
        frozen = without(before, *_STATEFUL_SET_MUTABLE), without(after, *_STATEFUL_SET_MUTABLE)
        return [
            f"spec.{path}: Forbidden: updates to statefulset spec for fields other than "
            f"{', '.join(_STATEFUL_SET_MUTABLE)} are forbidden"
            for path in differences(*frozen)
        ][:1]
    if kind == "PersistentVolumeClaim":
        return _claim_change(old, before, after)
    if kind in {"ConfigMap", "Secret"} and old.get("immutable") is True:
        return [
            f"{path}: Forbidden: {_IMMUTABLE} when `immutable` is set"
            for path in differences(_content(old), _content(new))
        ][:1]
    if kind == "Service" and before.get("clusterIP") != after.get("clusterIP"):
        return [f"spec.clusterIP: Invalid value: {_IMMUTABLE}"]
    return []


def _content(manifest: Manifest) -> Manifest:
    return without(manifest, "metadata", "status")


def _claim_change(old: Manifest, before: Manifest, after: Manifest) -> list[str]:
    changed = [
        path for path in differences(before, after) if not path.startswith("resources.requests")
    ]
    # The cluster itself fills in the volume that a claim is bound to.
    if any(path != "volumeName" or before.get("volumeName") for path in changed):
        return [
            (
                f"spec.{changed[0]}: Forbidden: spec is immutable after creation except "
                "resources.requests for bound claims"
            )
        ]
    was, wanted = parse_quantity(_storage(before)), parse_quantity(_storage(after))
    if was is None or wanted is None:
        return ["spec.resources.requests.storage: Invalid value: not a quantity"]
    if wanted < was:
        return [
            "spec.resources.requests.storage: Forbidden: field can not be less than previous value"
        ]
    if wanted > was and (old.get("status") or {}).get("phase") != "Bound":
        return ["spec: Forbidden: only bound claims can be resized"]
    return []


def _storage(spec: Manifest) -> Json:
    return ((spec.get("resources") or {}).get("requests") or {}).get("storage")
