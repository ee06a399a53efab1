"""BuildKit, rootless, in one Pod: the daemon lives as long as the build.

It starts its steps in a user namespace of its own, so it needs `newuidmap` (SETUID, SETGID) and
neither `allowPrivilegeEscalation: false` nor the RuntimeDefault seccomp profile. Pod Security
*baseline* admits it; no builder fits *restricted*.
"""

from hooks.names import build_cache
from hooks.platform.builders.types import (
    CA_FILE,
    FILES,
    Build,
    Builder,
    Choice,
    ca_file,
    docker_config,
    profiles,
)
from hooks.platform.registry import Registry

IMAGE = (
    "docker.io/moby/buildkit:v0.32.2-rootless"
    "@sha256:504731e577c20559c00f968f33219f30115e70be29ab96728d1d06e963fc494b"
)
"""BuildKit's own image; the digest is that of the index, so every architecture has its own."""

_USER = 1000
_STATE = "/home/user/.local/share/buildkit"
_BUILD = f"""\
buildctl-daemonless.sh "$@" --metadata-file={_STATE}/metadata.json
sed -n 's/.*"containerimage.digest": *"\\(sha256:[0-9a-f]*\\)".*/\\1/p' \\
  {_STATE}/metadata.json > /dev/termination-log
"""
"""What a user writes is an argument: it is never part of this text."""


def make_builder(build: Build, *, choice: Choice, registry: Registry) -> Builder:
    """Return the Pod's parts that run `build`."""
    insecure = ",registry.insecure=true" if registry.insecure else ""
    cache = f"type=registry,ref={build_cache(build.image)}{insecure}"
    flags = "--oci-worker-no-process-sandbox"
    daemon = _daemon(registry)
    env, mounts, volumes = docker_config(registry)
    return Builder(
        container={
            "image": choice.image or IMAGE,
            "command": ["/bin/sh", "-ec", _BUILD, "build"],
            "args": [
                "build",
                "--progress=plain",
                "--frontend=dockerfile.v0",
                f"--local=context={build.context}",
                f"--local=dockerfile={build.dockerfile}",
                *(f"--opt=build-arg:{each}" for each in build.all_args()),
                *build.secret_options(),
                f"--output=type=image,name={build.image},push=true{insecure}",
                *([f"--export-cache={cache},mode=max,ignore-error=true"] if choice.cache else []),
                *([f"--import-cache={cache}"] if choice.cache else []),
            ],
            "env": [
                {
                    "name": "BUILDKITD_FLAGS",
                    "value": f"{flags} --config={FILES}/buildkitd.toml" if daemon else flags,
                },
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
                {"name": "builder-state", "mountPath": _STATE},
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
        files={**build.files, **daemon, **ca_file(registry)},
    )


def _daemon(registry: Registry) -> dict[str, str]:
    """Return the daemon's configuration, where the registry or its mirrors need one."""
    trust = ["  http = true", "  insecure = true"] if registry.insecure else []
    trust += [f'  ca = ["{FILES}/{CA_FILE}"]'] if registry.ca else []
    lines = [
        *(
            f'[registry."{other}"]\n  mirrors = ["{mirror}"]'
            for other, mirror in sorted(registry.mirrors.items())
        ),
        *([f'[registry."{registry.host}"]', *trust] if trust else []),
    ]
    return {"buildkitd.toml": "\n".join(lines) + "\n"} if lines else {}
