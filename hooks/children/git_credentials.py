"""What `git` knows of private repositories: tokens and an SSH key, from a Secret.

The Secret is the namespace's own and may be absent, so that a namespace without private
repositories needs none. Tokens are in git's own format, which names the host of each: none is
sent to another host, whatever URL an object has.
"""

from hooks.manifest import Manifest
from hooks.settings import Git

_SECRET = "/etc/git-secret"  # noqa: S105 - where it is mounted
_TOKENS = (
    f'!f() {{ test "$1" != get || git credential-store --file={_SECRET}/.git-credentials get; }}; f'
)
"""Only asks the store: a Secret cannot be written."""
_SSH = (
    f"ssh -i {_SECRET}/ssh-privatekey -o IdentitiesOnly=yes"
    f" -o UserKnownHostsFile={_SECRET}/known_hosts -o StrictHostKeyChecking=yes"
)


def files(git: Git, user: int) -> dict[str, str]:
    """Return the builder's files for it: ssh refuses to run as a user that has no name."""
    return {"passwd": f"git:x:{user}:{user}::/workspace:/bin/sh\n"} if git.secret_name else {}


def environment(git: Git) -> list[Manifest]:
    """Return the variables by which `git` and `ssh` find what the Secret holds."""
    if not git.secret_name:
        return []
    return [
        {"name": "GIT_CONFIG_COUNT", "value": "1"},
        {"name": "GIT_CONFIG_KEY_0", "value": "credential.helper"},
        {"name": "GIT_CONFIG_VALUE_0", "value": _TOKENS},
        {"name": "GIT_SSH_COMMAND", "value": _SSH},
    ]


def mounts(git: Git) -> list[Manifest]:
    """Return the mounts of the container that runs `git`."""
    if not git.secret_name:
        return []
    return [
        {"name": "git-secret", "mountPath": _SECRET, "readOnly": True},
        {"name": "files", "mountPath": "/etc/passwd", "subPath": "passwd", "readOnly": True},
    ]


def volumes(git: Git) -> list[Manifest]:
    """Return the volume of the Secret; the files are the builder's."""
    if not git.secret_name:
        return []
    return [{"name": "git-secret", "secret": {"secretName": git.secret_name, "optional": True}}]
