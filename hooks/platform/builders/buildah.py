"""buildah, as a user other than root, with the isolation that needs no more than a chroot.

It maps users as BuildKit does, so it needs the same: `newuidmap` (SETUID, SETGID) and neither
`allowPrivilegeEscalation: false` nor the RuntimeDefault seccomp profile. Its layers lie on an
emptyDir, because an overlay cannot lie on the container's own.
"""

from hooks.names import build_cache
from hooks.platform.builders.types import (
    FILES,
    Build,
    Builder,
    Choice,
    ca_file,
    docker_config,
    profiles,
)
from hooks.platform.registry import Registry

IMAGE = "quay.io/buildah/stable:v1.41.4"

_USER = 1000
_HOME = "/home/build"
_STORAGE = f"""\
[storage]
driver = "overlay"
graphroot = "{_HOME}/storage"
runroot = "{_HOME}/run"
"""
_BUILD_AND_PUSH = """\
image="$1" tls="$2"
shift 2
buildah build "$tls" "$@"
exec buildah push "$tls" --digestfile=/dev/termination-log "$image"
"""
"""What a user writes is an argument: it is never part of this text."""


def make_builder(build: Build, *, choice: Choice, registry: Registry) -> Builder:
    """Return the Pod's parts that run `build`."""
    cache = build_cache(build.image).rpartition(":")[0] + "/cache"
    env, mounts, volumes = docker_config(registry)
    return Builder(
        container={
            "image": choice.image or IMAGE,
            "command": ["/bin/sh", "-ec", _BUILD_AND_PUSH, "build"],
            "args": [
                build.image,
                _trust(registry),
                "--isolation=chroot",
                "--layers",
                *([f"--cache-from={cache}", f"--cache-to={cache}"] if choice.cache else []),
                *(f"--build-arg={each}" for each in build.all_args()),
                *build.secret_options(),
                f"--file={build.dockerfile}/Dockerfile",
                f"--tag={build.image}",
                "--",
                build.context,
            ],
            "env": [
                {"name": "HOME", "value": _HOME},
                {"name": "CONTAINERS_STORAGE_CONF", "value": f"{FILES}/storage.conf"},
                {"name": "CONTAINERS_REGISTRIES_CONF", "value": f"{FILES}/registries.conf"},
                *build.environment(),
                *env,
            ],
            "securityContext": {
                "runAsUser": _USER,
                "runAsGroup": _USER,
                "runAsNonRoot": True,
                "capabilities": {"drop": ["ALL"], "add": ["SETUID", "SETGID"]},
                **profiles(choice),
            },
            "volumeMounts": [
                {"name": "builder-state", "mountPath": _HOME},
                *mounts,
                *build.secret_mounts(),
            ],
        },
        volumes=[
            {"name": "builder-state", "emptyDir": {}},
            *volumes,
            *build.secret_volumes(),
        ],
        pod_security_context={"fsGroup": _USER},
        files={
            **build.files,
            "storage.conf": _STORAGE,
            "registries.conf": _registries(registry),
            **ca_file(registry),
        },
    )


def _registries(registry: Registry) -> str:
    """Return which registries there are: a short name is one of Docker's, as for Docker."""
    lines = ['unqualified-search-registries = ["docker.io"]']
    for other, mirror in sorted(registry.mirrors.items()):
        lines += ["[[registry]]", f'location = "{other}"']
        lines += ["[[registry.mirror]]", f'location = "{mirror}"']
        lines += ["insecure = true"] if registry.insecure and mirror == registry.host else []
    return "\n".join(lines) + "\n"


def _trust(registry: Registry) -> str:
    """Return the option that says which certificates of registries are believed."""
    if registry.insecure:
        return "--tls-verify=false"
    return f"--cert-dir={FILES}" if registry.ca else "--tls-verify=true"
