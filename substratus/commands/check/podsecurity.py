"""Which Pod Security Standard admits a Pod, as far as the children here can differ.

Source: https://kubernetes.io/docs/concepts/security/pod-security-standards/
"""

from enum import IntEnum

from substratus.objects import Manifest

_BASELINE = {
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
}
_PROFILES = ("seccompProfile", "appArmorProfile")
_CONFINED = {"RuntimeDefault", "Localhost"}
_OF_THE_HOST = ("hostNetwork", "hostPID", "hostIPC")


class Level(IntEnum):
    """A standard, the strictest last."""

    PRIVILEGED = 0
    BASELINE = 1
    RESTRICTED = 2


def admitted_by(pod: Manifest) -> Level:
    """Return the strictest standard that admits a Pod with this spec."""
    containers = [*pod.get("initContainers", []), *pod.get("containers", [])]
    contexts = [each.get("securityContext") or {} for each in containers]
    own = pod.get("securityContext") or {}
    if any(pod.get(each) for each in _OF_THE_HOST) or any(
        "hostPath" in volume for volume in pod.get("volumes", [])
    ):
        return Level.PRIVILEGED
    if any(map(_is_privileged, [own, *contexts])):
        return Level.PRIVILEGED
    restricted = all(_is_restricted({**own, **each}) for each in contexts)
    return Level.RESTRICTED if restricted else Level.BASELINE


def _is_privileged(context: Manifest) -> bool:
    added = set((context.get("capabilities") or {}).get("add", []))
    unconfined = [(context.get(each) or {}).get("type") == "Unconfined" for each in _PROFILES]
    unmasked = context.get("procMount", "Default") != "Default"
    return bool(context.get("privileged")) or any(unconfined) or unmasked or not added <= _BASELINE


def _is_restricted(context: Manifest) -> bool:
    capabilities = context.get("capabilities") or {}
    return (
        context.get("allowPrivilegeEscalation") is False
        and bool(context.get("runAsNonRoot"))
        and context.get("runAsUser") != 0
        and "ALL" in capabilities.get("drop", [])
        and set(capabilities.get("add", [])) <= {"NET_BIND_SERVICE"}
        and (context.get("seccompProfile") or {}).get("type") in _CONFINED
    )
