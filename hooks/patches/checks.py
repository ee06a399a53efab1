"""What a value may not be where an object's patch sets it; each returns the end of a sentence."""

import re
from dataclasses import dataclass
from typing import Any

from hooks import names
from hooks.api import DEVICE_VARIABLES


@dataclass(frozen=True)
class Shared:
    """What the settings name that is not an object's own.

    Attributes:
        secrets: the Secrets of registries, of git and of storage.
        claims: the claims of buckets.
        restricted: whether Pods keep the Pod Security Standard `restricted`.
        priority_classes: the PriorityClasses that a patch may name.
        runtime_classes: the RuntimeClasses that a patch may name.
    """

    secrets: frozenset[str] = frozenset()
    claims: frozenset[str] = frozenset()
    restricted: bool = False
    priority_classes: tuple[str, ...] = ()
    runtime_classes: tuple[str, ...] = ()


_PLACES = ("/cache", "/dev/shm", "/mnt", "/root/.cache", "/scratch", "/tmp")  # noqa: S108 - in Pods
PLACES = ", ".join(f"`{place}`" for place in _PLACES)
"""Where a container that there is may get another volume, for the page."""
_DEVICE_VARIABLE = re.compile(DEVICE_VARIABLES)
_TYPES = ("ClusterIP", "NodePort", "LoadBalancer")


def domain(key: str, _shared: Shared) -> str | None:
    """Refuse a label or an annotation that another program of the cluster acts on."""
    return "its key has a domain, so that others act on it" if "/" in key else None


def secret(name: Any, shared: Shared) -> str | None:  # noqa: ANN401 - any JSON value
    """Refuse a Secret of the settings: all of a namespace's objects share it."""
    is_theirs = isinstance(name, str) and name in shared.secrets
    return "the settings name this Secret" if is_theirs else None


def claim(name: Any, shared: Shared) -> str | None:  # noqa: ANN401 - any JSON value
    """Refuse a whole bucket, and what belongs to an object."""
    if not isinstance(name, str):
        return None
    if name in shared.claims:
        return "the settings name this claim"
    if names.is_claim(name):
        return "by its name the claim is a Dataset's, a Model's or a Notebook's"
    return None


def mount_path(path: Any, _shared: Shared) -> str | None:  # noqa: ANN401 - any JSON value
    """Refuse a mount that would hide what the image holds: it decides what runs."""
    parts = str(path).split("/")
    at = str(path).rstrip("/")
    inside = any(at == place or at.startswith(f"{place}/") for place in _PLACES)
    if inside and ".." not in parts:
        return None
    return f"a patch mounts at {', '.join(_PLACES)} or below"


def device_variable(name: Any, _shared: Shared) -> str | None:  # noqa: ANN401 - any JSON value
    """Refuse a variable by which a container runtime gives a container devices of the node."""
    is_one = isinstance(name, str) and _DEVICE_VARIABLE.fullmatch(name)
    return "the variable gives devices; ask for them in resources" if is_one else None


def host(value: Any, shared: Shared) -> str | None:  # noqa: ANN401 - any JSON value
    """Refuse a handler that calls another host than the Pod: a node may reach more than a Pod."""
    if not isinstance(value, dict):
        return None
    if "host" in value or any(host(each, shared) for each in value.values()):
        return "it has a host, which the node would call"
    return None


def profile(value: Any, _shared: Shared) -> str | None:  # noqa: ANN401 - any JSON value
    """Refuse a profile of seccomp or AppArmor other than the runtime's own."""
    return None if value in (None, {"type": "RuntimeDefault"}) else "it is not RuntimeDefault"


def root(value: Any, shared: Shared) -> str | None:  # noqa: ANN401 - any JSON value
    """Refuse root where no Pod may run as root: the user 0, and leave to be it."""
    if shared.restricted and (value is False or value == 0):
        return "the settings ask for restricted, which has no root"
    return None


def priority_class(name: Any, shared: Shared) -> str | None:  # noqa: ANN401 - any JSON value
    """Refuse a PriorityClass that is not listed: it may push others' Pods off their nodes."""
    listed = name in shared.priority_classes
    return None if listed else "patchable.priorityClassNames in the settings does not list it"


def runtime_class(name: Any, shared: Shared) -> str | None:  # noqa: ANN401 - any JSON value
    """Refuse a RuntimeClass that is not listed: it may isolate less."""
    listed = name in shared.runtime_classes
    return None if listed else "patchable.runtimeClassNames in the settings does not list it"


def service_type(value: Any, _shared: Shared) -> str | None:  # noqa: ANN401 - any JSON value
    """Refuse a Service that stands for a host elsewhere."""
    return None if value in (None, *_TYPES) else f"it is none of {', '.join(_TYPES)}"


def unrestricted(container: Any, shared: Shared) -> str | None:  # noqa: ANN401 - any JSON value
    """Refuse a new container that may do more than *restricted* lets it."""
    if not shared.restricted:
        return None
    context = container.get("securityContext") or {}
    asked = {
        "allowPrivilegeEscalation: false": context.get("allowPrivilegeEscalation") is False,
        "capabilities.drop: [ALL]": (context.get("capabilities") or {}).get("drop") == ["ALL"],
        "runAsNonRoot: true": context.get("runAsNonRoot") is True,
        "runAsUser other than 0": context.get("runAsUser") != 0,
        "seccompProfile.type: RuntimeDefault": "seccompProfile" in context,
    }
    lacking = [name for name, holds in asked.items() if not holds]
    if not lacking:
        return None
    return f"under restricted its securityContext needs {', '.join(lacking)}"
