"""kaniko, the maintained fork: root without privileges, in no user namespace.

It unpacks the base image over its own root file system, so it needs root and the capabilities to
own, change and enter what it unpacks, and no more: RuntimeDefault and
`allowPrivilegeEscalation: false` hold. Pod Security *baseline* admits it, and so do clusters that
refuse user namespaces. See https://github.com/osscontainertools/kaniko.
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

IMAGE = "ghcr.io/osscontainertools/kaniko:v1.28.3"

_CAPABILITIES = ["CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "SETFCAP", "SETGID", "SETUID"]


def make_builder(build: Build, *, choice: Choice, registry: Registry) -> Builder:
    """Return the Pod's parts that run `build`."""
    cache = build_cache(build.image).rpartition(":")[0] + "/cache"
    password, mounts, volumes = docker_config(registry)
    env = [*build.environment(), *password]
    return Builder(
        container={
            "image": choice.image or IMAGE,
            "command": ["/kaniko/executor"],
            "args": [
                f"--context=dir://{build.context}",
                f"--dockerfile={build.dockerfile}/Dockerfile",
                f"--destination={build.image}",
                "--digest-file=/dev/termination-log",
                *(f"--build-arg={each}" for each in build.all_args()),
                *(["--cache=true", f"--cache-repo={cache}"] if choice.cache else []),
                *(
                    f"--registry-map={other}={mirror}"
                    for other, mirror in sorted(_mirrors(registry).items())
                ),
                # With a password of its own it asks no cloud for one.
                *(["--credential-helpers="] if registry.push_secret else []),
                *_trust(registry),
            ],
            **({"env": env} if env else {}),
            "securityContext": {
                "runAsUser": 0,
                "runAsGroup": 0,
                "allowPrivilegeEscalation": False,
                "capabilities": {"drop": ["ALL"], "add": list(_CAPABILITIES)},
                "seccompProfile": {"type": "RuntimeDefault"},
                **profiles(choice),
            },
            "volumeMounts": mounts,
        },
        volumes=volumes,
        pod_security_context={},
        files={**build.files, **ca_file(registry)},
    )


def _mirrors(registry: Registry) -> dict[str, str]:
    """Return the mirrors by the names that images have: Docker's is index.docker.io to kaniko."""
    return {
        ("index.docker.io" if other == "docker.io" else other): mirror
        for other, mirror in registry.mirrors.items()
    }


def _trust(registry: Registry) -> list[str]:
    """Return the options that say which registries are believed without a known certificate."""
    if registry.insecure:
        host = registry.host
        return [f"--insecure-registry={host}", f"--skip-tls-verify-registry={host}"]
    return [f"--registry-certificate={registry.host}={FILES}/{CA_FILE}"] if registry.ca else []
