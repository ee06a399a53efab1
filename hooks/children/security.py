"""What a container may not do.

A user's image is an ordinary one and may run as root, so neither a user nor the loss of all
capabilities can be asked of it; all else that Pod Security *restricted* asks for is.
"""

from typing import Any


def for_user_image() -> dict[str, Any]:
    """Return the security context of a container that runs a user's script."""
    return {
        "allowPrivilegeEscalation": False,
        "seccompProfile": {"type": "RuntimeDefault"},
    }


def for_own_tool(user: int) -> dict[str, Any]:
    """Return the security context of a container that runs a tool of our choice as `user`."""
    return {
        "runAsUser": user,
        "runAsGroup": user,
        "runAsNonRoot": True,
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "seccompProfile": {"type": "RuntimeDefault"},
    }
