"""Which fields of built-in kinds an update may not change; recorded from a real API server."""

from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

from metacontroller_offline.objects import Json, Manifest, differences, same, without
from metacontroller_offline.quantities import parse_quantity

_Rule: TypeAlias = Callable[[Manifest, Manifest], Iterator[str]]

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


def change_violations(old: Manifest, new: Manifest) -> list[str]:
    """Return which immutable fields an update would change, a sentence each."""
    return [each for rule in _RULES.get(new["kind"], ()) for each in rule(old, new)]


def _fixed(*paths: str, sentence: str = f"Invalid value: {_IMMUTABLE}") -> _Rule:
    """Return a rule by which fields keep their values."""

    def rule(old: Manifest, new: Manifest) -> Iterator[str]:
        for path in paths:
            if not same(_at(old, path), _at(new, path)):
                yield f"{path}: {sentence}"

    return rule


def _at(manifest: Manifest, path: str) -> Json:
    value: Json = manifest
    for name in path.split("."):
        value = (value or {}).get(name)
    return value


def _pod(old: Manifest, new: Manifest) -> Iterator[str]:
    before, after = _changeable(old["spec"]), _changeable(new["spec"])
    if not old["spec"].get("nodeName"):
        # A scheduler binds a Pod by another request, which is an update here.
        before, after = without(before, "nodeName"), without(after, "nodeName")
    names = [
        [each.get("name") for each in spec.get("containers") or []] for spec in (before, after)
    ]
    if len(names[0]) != len(names[1]):
        yield "spec.containers: Forbidden: pod updates may not add or remove containers"
    elif any(differences(before, after)):
        yield (
            "spec: Forbidden: pod updates may not change fields other than "
            "`spec.containers[*].image`,`spec.initContainers[*].image`,"
            "`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing "
            "tolerations)"
        )
    kept = [without(each, "tolerationSeconds") for each in new["spec"].get("tolerations") or []]
    for each in old["spec"].get("tolerations") or []:
        if without(each, "tolerationSeconds") not in kept:
            yield (
                "spec.tolerations: Forbidden: existing toleration can not be modified except its "
                "tolerationSeconds"
            )
            return


def _changeable(spec: Manifest) -> Manifest:
    """Return a Pod's spec without what an update may change."""
    kept = without(spec, "activeDeadlineSeconds", "tolerations")
    for group in ("containers", "initContainers"):
        if kept.get(group):
            kept[group] = [without(each, "image") for each in kept[group]]
    return kept


def _job(old: Manifest, new: Manifest) -> Iterator[str]:
    fixed = [f"spec.{field}" for field in _JOB_IMMUTABLE]
    if (old.get("spec") or {}).get("completionMode") == "Indexed":
        # An Indexed Job may grow and shrink together with its parallelism.
        spec = new.get("spec") or {}
        if spec.get("completions") == spec.get("parallelism"):
            fixed.remove("spec.completions")
    yield from _fixed(*fixed)(old, new)


def _stateful_set(old: Manifest, new: Manifest) -> Iterator[str]:
    before, after = (without(each.get("spec") or {}, *_STATEFUL_SET_MUTABLE) for each in (old, new))
    for path in differences(before, after):
        yield (
            f"spec.{path}: Forbidden: updates to statefulset spec for fields other than "
            f"{', '.join(_STATEFUL_SET_MUTABLE)} are forbidden"
        )
        return


def _content(old: Manifest, new: Manifest) -> Iterator[str]:
    if old.get("immutable") is not True:
        return
    for path in differences(without(old, "metadata"), without(new, "metadata")):
        yield f"{path}: Forbidden: {_IMMUTABLE} when `immutable` is set"
        return


def _claim(old: Manifest, new: Manifest) -> Iterator[str]:
    before, after = old.get("spec") or {}, new.get("spec") or {}
    changed = [
        path for path in differences(before, after) if not path.startswith("resources.requests")
    ]
    # The cluster itself fills in the volume that a claim is bound to.
    if any(path != "volumeName" or before.get("volumeName") for path in changed):
        yield (
            f"spec.{changed[0]}: Forbidden: spec is immutable after creation except "
            "resources.requests for bound claims"
        )
        return
    storage = "resources.requests.storage"
    was, wanted = parse_quantity(_at(before, storage)), parse_quantity(_at(after, storage))
    if was is None or wanted is None:
        return
    if wanted < was:
        yield f"spec.{storage}: Forbidden: field can not be less than previous value"
    if wanted > was and (old.get("status") or {}).get("phase") != "Bound":
        yield "spec: Forbidden: only bound claims can be resized"


_STORAGE_CLASS = ("parameters", "provisioner", "reclaimPolicy", "volumeBindingMode")
_RULES: Mapping[str, tuple[_Rule, ...]] = {
    "Pod": (_pod,),
    "Job": (_job,),
    "StatefulSet": (_stateful_set,),
    "Deployment": (_fixed("spec.selector"),),
    "ReplicaSet": (_fixed("spec.selector"),),
    "DaemonSet": (_fixed("spec.selector"),),
    "PersistentVolumeClaim": (_claim,),
    "ConfigMap": (_content,),
    "Secret": (_content, _fixed("type")),
    "Service": (_fixed("spec.clusterIP"),),
    "RoleBinding": (_fixed("roleRef", sentence="Invalid value: cannot change roleRef"),),
    "ClusterRoleBinding": (_fixed("roleRef", sentence="Invalid value: cannot change roleRef"),),
    "StorageClass": (_fixed(*_STORAGE_CLASS, sentence="Forbidden: updates are forbidden."),),
    "PriorityClass": (
        _fixed("preemptionPolicy"),
        _fixed("value", sentence="Forbidden: may not be changed in an update."),
    ),
}
