"""What a Pod may do beyond what Pod Security *baseline* gives every Pod, and as whom.

A person who may write one of the four kinds, and no Pod, must not gain by a patch what only a
Pod's author may have. The settings' patches are an administrator's, and may.
"""

from collections.abc import Iterator
from typing import Any

from hooks.manifest import Manifest

_POD = (
    "automountServiceAccountToken",
    "ephemeralContainers",
    "hostIPC",
    "hostNetwork",
    "hostPID",
    "hostUsers",
    "serviceAccount",
    "serviceAccountName",
)
_HARMLESS_CONTEXT = {
    "fsGroup",
    "fsGroupChangePolicy",
    "runAsGroup",
    "runAsNonRoot",
    "runAsUser",
    "supplementalGroups",
}
_HARMLESS_VOLUMES = {
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "name",
    "persistentVolumeClaim",
    "projected",
    "secret",
}
_HANDLERS = ("livenessProbe", "readinessProbe", "startupProbe")


def privileges(child: Manifest, own: Manifest) -> dict[str, Any]:
    """Return the privileges that a child claims, by pointer; `own` is the child without patches."""
    if own["kind"] == "Service":
        return {"/spec/externalIPs": child["spec"].get("externalIPs")}
    if "template" not in own["spec"]:
        return {}
    pod, own_pod = child["spec"]["template"]["spec"], own["spec"]["template"]["spec"]
    at = "/spec/template/spec"
    return {
        **{f"{at}/{key}": pod.get(key) for key in _POD},
        **{
            f"{at}/securityContext/{key}": value
            for key, value in pod.get("securityContext", {}).items()
            if key not in _HARMLESS_CONTEXT
        },
        **dict(_volumes(pod, f"{at}/volumes")),
        **dict(_containers(pod, own_pod, at)),
    }


def _volumes(pod: Manifest, at: str) -> Iterator[tuple[str, Any]]:
    for volume in pod.get("volumes", []):
        for key in sorted(volume.keys() - _HARMLESS_VOLUMES):
            yield f"{at}[{volume['name']}]/{key}", volume[key]
        for source in (volume.get("projected") or {}).get("sources", []):
            if "serviceAccountToken" in source:
                yield f"{at}[{volume['name']}]/projected/sources/serviceAccountToken", source


def _containers(pod: Manifest, own: Manifest, at: str) -> Iterator[tuple[str, Any]]:
    for part in ("initContainers", "containers"):
        known = {each["name"] for each in own.get(part, [])}
        for container in pod.get(part, []):
            where = f"{at}/{part}[{container['name']}]"
            context = container.get("securityContext", {})
            if container["name"] in known:
                yield f"{where}/securityContext", context
            else:
                for key in _beyond_baseline(context):
                    yield f"{where}/securityContext/{key}", context[key]
            for port in container.get("ports", []):
                if port.get("hostPort"):
                    yield f"{where}/ports/hostPort", port
            yield from _hosts(container, where)


def _beyond_baseline(context: Manifest) -> list[str]:
    checks = {
        "appArmorProfile": context.get("appArmorProfile", {}).get("type") == "Unconfined",
        "capabilities": bool(context.get("capabilities", {}).get("add")),
        "privileged": bool(context.get("privileged")),
        "procMount": "procMount" in context,
        "seLinuxOptions": "seLinuxOptions" in context,
        "seccompProfile": context.get("seccompProfile", {}).get("type") == "Unconfined",
        "windowsOptions": "windowsOptions" in context,
    }
    return [key for key, is_beyond in checks.items() if is_beyond]


def _hosts(container: Manifest, at: str) -> Iterator[tuple[str, Any]]:
    """Yield the hosts that a node would call instead of the Pod."""
    handlers = {key: container.get(key) for key in _HANDLERS}
    lifecycle = container.get("lifecycle")
    if isinstance(lifecycle, dict):
        handlers |= {f"lifecycle/{key}": each for key, each in lifecycle.items()}
    for key, handler in handlers.items():
        for action in handler.values() if isinstance(handler, dict) else ():
            if isinstance(action, dict) and "host" in action:
                yield f"{at}/{key}/host", action["host"]
