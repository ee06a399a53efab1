"""What a container may not do.

A user's image is an ordinary one and may run as root, so under Pod Security *baseline* neither a
user nor the loss of all capabilities can be asked of it; all else that *restricted* asks for is.
Where the settings ask for *restricted*, those two are asked as well.
"""

from hooks.manifest import Manifest
from hooks.settings import Pods


def for_user_image(pods: Pods) -> Manifest:
    """Return the security context of a container that runs a user's script."""
    if pods.security == "restricted":
        return _restricted(pods.user, pods.group)
    return {
        "allowPrivilegeEscalation": False,
        "seccompProfile": {"type": "RuntimeDefault"},
    }


def for_own_tool(user: int) -> Manifest:
    """Return the security context of a container that runs a tool of our choice as `user`."""
    return _restricted(user, user)


def for_loader(pods: Pods) -> Manifest:
    """Return the security context of our loader, which writes to its volumes alone."""
    return {**_restricted(pods.user, pods.group), "readOnlyRootFilesystem": True}


def for_loader_pod(pods: Pods) -> Manifest:
    """Return what the spec of its Pod says: its volumes are writable for it."""
    return _with_group(pods.group)


def for_user_pod(pods: Pods) -> Manifest:
    """Return what the spec of a Pod with users' images says of security; empty where nothing.

    Under *restricted* the group of the volumes is the containers' own, so that a claim that root
    made is writable.
    """
    group = pods.group if pods.security == "restricted" else pods.fs_group
    return {} if group is None else _with_group(group)


def _with_group(group: int) -> Manifest:
    return {"securityContext": {"fsGroup": group, "fsGroupChangePolicy": "OnRootMismatch"}}


def _restricted(user: int, group: int) -> Manifest:
    return {
        "runAsUser": user,
        "runAsGroup": group,
        "runAsNonRoot": True,
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "seccompProfile": {"type": "RuntimeDefault"},
    }
