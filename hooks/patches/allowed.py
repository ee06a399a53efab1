"""What the patches of an object may change: the one list, which docs/patches.md is generated from.

Who may write one of the four kinds, and no Pod, must not gain by a patch what only a Pod's author
may have, nor what a namespace shares with others. So all that is not here is refused.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from hooks.patches import checks
from hooks.patches.checks import Shared
from hooks.step import PatchKind, Step

Check = Callable[[Any, Shared], str | None]
"""Returns why a value may not be, as the end of a sentence; None if it may."""


@dataclass(frozen=True)
class Value:
    """A value, whatever is in it, that may be set and removed.

    Attributes:
        refused: what it may not be; nothing where absent.
        note: the same for the page.
    """

    refused: Check | None = None
    note: str = ""


@dataclass(frozen=True)
class NewKeys:
    """A map whose own entries stay, and that may get others."""

    refused: Check
    note: str


@dataclass(frozen=True)
class Each:
    """A list whose items may be any that follow the rule."""

    rule: "Rule"


@dataclass(frozen=True)
class Named:
    """A list of items that are known by a name, which stay in their order.

    Attributes:
        key: the member that is the name.
        own: the rule for an item that the child has; None if nothing of it may change.
        new: the rule for an item that a patch adds; None if none may be added.
        refused: what a new item as a whole may not be.
        note: the same for the page.
    """

    key: str
    own: "Rule | None" = None
    new: "Rule | None" = None
    refused: Check | None = None
    note: str = ""


Rule = Value | NewKeys | Each | Named | Mapping[str, "Rule"]
"""A mapping has the rule of each member; one that is not in it may not change."""

_ANY = Value()
_LABELS = NewKeys(checks.domain, "keys with a domain, such as `example.com/x`: others act on them")
_METADATA: Mapping[str, Rule] = {"labels": _LABELS, "annotations": _LABELS}
_POD_METADATA: Mapping[str, Rule] = {"annotations": {}, "labels": {}}
"""Nothing: networks, identities and sidecars go by the labels and annotations of Pods."""
_RESOURCES: Mapping[str, Rule] = {"requests": _ANY, "limits": _ANY}
_SECRET = Value(checks.secret, "a Secret that the settings name: it is the administrator's")
_CLAIM = Value(
    checks.claim, "a claim that the settings name, and claims of Datasets, Models and Notebooks"
)
_PROBE = Value(checks.host, "a `host`: the node would call it in place of the Pod")
_PROBES: Mapping[str, Rule] = dict.fromkeys(
    ("lifecycle", "livenessProbe", "readinessProbe", "startupProbe"), _PROBE
)
_PORTS = Named("containerPort", new={"containerPort": _ANY, "name": _ANY, "protocol": _ANY})
_MOUNT: Mapping[str, Rule] = {
    "mountPath": Value(checks.mount_path, f"other places than {checks.PLACES}, and below them"),
    "name": _ANY,
    "readOnly": _ANY,
    "subPath": _ANY,
}
_ENV: Mapping[str, Rule] = {
    "name": Value(
        checks.device_variable, "variables that give devices, such as `NVIDIA_VISIBLE_DEVICES`"
    ),
    "value": _ANY,
    "valueFrom": {
        "configMapKeyRef": _ANY,
        "fieldRef": _ANY,
        "resourceFieldRef": _ANY,
        "secretKeyRef": {"name": _SECRET, "key": _ANY, "optional": _ANY},
    },
}
_CONTEXT: Mapping[str, Rule] = {
    "allowPrivilegeEscalation": _ANY,
    "appArmorProfile": Value(checks.profile, "others than RuntimeDefault"),
    "capabilities": {"drop": _ANY},
    "readOnlyRootFilesystem": _ANY,
    "runAsGroup": _ANY,
    "runAsNonRoot": _ANY,
    "runAsUser": _ANY,
    "seccompProfile": Value(checks.profile, "others than RuntimeDefault"),
}
_NEW_CONTAINER: Mapping[str, Rule] = {
    "args": _ANY,
    "command": _ANY,
    "env": Each(_ENV),
    "image": _ANY,
    "imagePullPolicy": _ANY,
    "name": _ANY,
    "ports": _PORTS,
    "resources": _RESOURCES,
    "restartPolicy": _ANY,
    "securityContext": _CONTEXT,
    "volumeMounts": Each(dict.fromkeys(("mountPath", "name", "readOnly", "subPath"), _ANY)),
    "workingDir": _ANY,
    **_PROBES,
}
_VOLUME: Mapping[str, Rule] = {
    "configMap": _ANY,
    "downwardAPI": _ANY,
    "emptyDir": _ANY,
    "ephemeral": {
        "volumeClaimTemplate": {
            "spec": {"accessModes": _ANY, "resources": {"requests": _ANY}, "storageClassName": _ANY}
        }
    },
    "name": _ANY,
    "persistentVolumeClaim": {"claimName": _CLAIM, "readOnly": _ANY},
    "projected": {
        "defaultMode": _ANY,
        "sources": Each(
            {
                "configMap": _ANY,
                "downwardAPI": _ANY,
                "secret": {"name": _SECRET, "items": _ANY, "optional": _ANY},
            }
        ),
    },
    "secret": {"secretName": _SECRET, "defaultMode": _ANY, "items": _ANY, "optional": _ANY},
}
_USERS = Value(checks.root, "root, where the settings ask for `restricted`")
_PLACEMENT: Mapping[str, Rule] = {
    "affinity": _ANY,
    "nodeSelector": _ANY,
    "priorityClassName": Value(checks.priority_class, "others than the settings list"),
    "schedulerName": _ANY,
    "terminationGracePeriodSeconds": _ANY,
    "tolerations": _ANY,
    "topologySpreadConstraints": _ANY,
}


def _pod(own: Mapping[str, Rule]) -> Rule:
    """Return the rule for a Pod that runs a person's image, whose containers have the rule `own`.

    A builder's Pod has no more than its placement: it holds the right to push images.
    """
    containers = Named(
        "name",
        own=own,
        new=_NEW_CONTAINER,
        refused=checks.unrestricted,
        note="without the context of `restricted`, where the settings ask for it",
    )
    return {
        **_PLACEMENT,
        "containers": containers,
        "initContainers": containers,
        "runtimeClassName": Value(checks.runtime_class, "others than the settings list"),
        "securityContext": {
            "fsGroup": _ANY,
            "fsGroupChangePolicy": _ANY,
            "runAsGroup": _ANY,
            "runAsNonRoot": _USERS,
            "runAsUser": _USERS,
            "supplementalGroups": _ANY,
        },
        "volumes": Named("name", new=_VOLUME),
    }


def _job(pod: Rule) -> Rule:
    limits: Mapping[str, Rule] = {
        "activeDeadlineSeconds": _ANY,
        "backoffLimit": _ANY,
        "podFailurePolicy": _ANY,
    }
    template: Rule = {"metadata": _POD_METADATA, "spec": pod}
    return {"metadata": _METADATA, "spec": {**limits, "template": template}}


_OWN: Mapping[str, Rule] = {"imagePullPolicy": _ANY, "resources": _RESOURCES}
_OWN_OF_USERS: Mapping[str, Rule] = {
    **_OWN,
    "ports": _PORTS,
    "volumeMounts": Named("mountPath", new=_MOUNT),
}
_BUILDERS = Named("name", own=_OWN)
_BUILD_JOB = _job({**_PLACEMENT, "containers": _BUILDERS, "initContainers": _BUILDERS})
_USER_JOB = _job(_pod(_OWN_OF_USERS))
_STATEFUL_SET: Rule = {
    "metadata": _METADATA,
    "spec": {
        "minReadySeconds": _ANY,
        "persistentVolumeClaimRetentionPolicy": _ANY,
        "revisionHistoryLimit": _ANY,
        "template": {"metadata": _POD_METADATA, "spec": _pod({**_OWN_OF_USERS, **_PROBES})},
        "updateStrategy": _ANY,
    },
}
_SERVICE_PORT = ("appProtocol", "name", "nodePort", "port", "protocol", "targetPort")
_SERVICE: Rule = {
    "metadata": _METADATA,
    "spec": {
        "externalTrafficPolicy": _ANY,
        "internalTrafficPolicy": _ANY,
        "loadBalancerSourceRanges": _ANY,
        "ports": Named("name", new=dict.fromkeys(_SERVICE_PORT, _ANY)),
        "sessionAffinity": _ANY,
        "sessionAffinityConfig": _ANY,
        "type": Value(checks.service_type, "ExternalName"),
    },
}
_CLAIM_CHILD: Rule = {
    "metadata": _METADATA,
    "spec": {"accessModes": _ANY, "resources": {"requests": _ANY}, "storageClassName": _ANY},
}
_BUILDS = (Step.BUILD, Step.TRAINER, Step.PACKAGE)

LISTS: Mapping[str, Rule] = {
    "Job of build, trainer, package": _BUILD_JOB,
    "Job of load, train": _USER_JOB,
    "StatefulSet": _STATEFUL_SET,
    "Service": _SERVICE,
    "PersistentVolumeClaim": _CLAIM_CHILD,
}
"""The lists, by the children that they are of."""


def allowed(kind: str, step: str | None) -> Rule:
    """Return the list for a child of this kind and step."""
    if kind == PatchKind.JOB:
        return LISTS["Job of build, trainer, package" if step in _BUILDS else "Job of load, train"]
    return LISTS[kind]
