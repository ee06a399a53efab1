"""How `git` reaches servers: tokens and an SSH key from a Secret, certificates from the settings.

The Secret is the namespace's own and may be absent, so that a namespace without private
repositories needs none. Tokens are in git's own format, which names the host of each: none is
sent to another host, whatever URL an object has.
"""

from hooks.manifest import Manifest
from hooks.platform.builders import FILES
from hooks.settings import Git

_SECRET = "/etc/git-secret"  # noqa: S105 - where it is mounted
_TOKENS = (
    f'!f() {{ test "$1" != get || git credential-store --file={_SECRET}/.git-credentials get; }}; f'
)
"""Only asks the store: a Secret cannot be written."""
_LFS = (
    "command -v git-lfs > /dev/null || { "
    "echo 'This repository has files in LFS, and the image in builder.gitImage has no git-lfs.' "
    ">&2; exit 1; }; exec git-lfs filter-process"
)
"""Only a repository with files of LFS starts it."""
_SSH = (
    f"ssh -i {_SECRET}/ssh-privatekey -o IdentitiesOnly=yes"
    f" -o UserKnownHostsFile={_SECRET}/known_hosts -o StrictHostKeyChecking=yes"
)


def files(git: Git, user: int) -> dict[str, str]:
    """Return the builder's files for it: ssh refuses to run as a user that has no name."""
    named = {"passwd": f"git:x:{user}:{user}::/workspace:/bin/sh\n"} if git.secret_name else {}
    return {**named, **{_file(host): pem for host, pem in sorted(git.certificates.items())}}


def environment(git: Git) -> list[Manifest]:
    """Return the variables by which `git` and `ssh` find what the Secret and the files hold.

    The home directory is empty, so how files of LFS are fetched is said here too.
    """
    config = [
        ("filter.lfs.process", _LFS),
        ("filter.lfs.required", "true"),
        *([("credential.helper", _TOKENS)] if git.secret_name else []),
        *(
            (f"http.https://{host}/.sslCAInfo", f"{FILES}/{_file(host)}")
            for host in sorted(git.certificates)
        ),
    ]
    return [
        {"name": "GIT_CONFIG_COUNT", "value": str(len(config))},
        *(
            {"name": f"GIT_CONFIG_{part}_{index}", "value": text}
            for index, entry in enumerate(config)
            for part, text in zip(("KEY", "VALUE"), entry, strict=True)
        ),
        *([{"name": "GIT_SSH_COMMAND", "value": _SSH}] if git.secret_name else []),
    ]


def mounts(git: Git) -> list[Manifest]:
    """Return the mounts of the container that runs `git`."""
    secret = [
        {"name": "git-secret", "mountPath": _SECRET, "readOnly": True},
        {"name": "files", "mountPath": "/etc/passwd", "subPath": "passwd", "readOnly": True},
    ]
    certificates = [{"name": "files", "mountPath": FILES, "readOnly": True}]
    return [
        *(secret if git.secret_name else []),
        *(certificates if git.certificates else []),
    ]


def volumes(git: Git) -> list[Manifest]:
    """Return the volume of the Secret; the files are the builder's."""
    if not git.secret_name:
        return []
    return [{"name": "git-secret", "secret": {"secretName": git.secret_name, "optional": True}}]


def _file(host: str) -> str:
    """Return the name of the file with the certificate of a host's authority."""
    return f"git-{host.replace(':', '_')}.crt"
