"""What a builder is asked for, and the parts of a Pod with which it answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from hooks.manifest import Manifest
from hooks.platform.registry import Registry

FILES = "/etc/builder"
"""Where a build's own files are mounted."""

CA_FILE = "registry-ca.crt"
"""The file among them with the certificate of the registry's authority."""

_DOCKER_CONFIG = "/etc/docker-config"
_SECRETS = "/etc/build-secrets"


@dataclass(frozen=True)
class Build:
    """One image to build and push.

    Attributes:
        image: the reference to push.
        context: the directory in the Pod that the Dockerfile copies from.
        dockerfile: the directory in the Pod that holds the `Dockerfile`.
        args: build arguments, by name.
        files: texts for the build, by name, which are mounted at `FILES`.
        proxy: the variables of a proxy, by name, for the builder and for each `RUN`.
        secrets: what `RUN --mount=type=secret` can have: the id, a Secret's name, and a key of it.
    """

    image: str
    context: str
    dockerfile: str
    args: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    proxy: Mapping[str, str] = field(default_factory=dict)
    secrets: Sequence[tuple[str, str, str]] = ()

    def secret_options(self) -> list[str]:
        """Return where the builder finds each secret, as BuildKit and buildah read it."""
        return [f"--secret=id={name},src={_SECRETS}/{name}" for name, _, _ in self.secrets]

    def secret_mounts(self) -> list[Manifest]:
        """Return the builder's mount of the secrets, if there are any."""
        mount = {"name": "build-secrets", "mountPath": _SECRETS, "readOnly": True}
        return [mount] if self.secrets else []

    def secret_volumes(self) -> list[Manifest]:
        """Return the volume of the secrets: each is a file named by its id."""
        sources = [
            {"secret": {"name": secret, "items": [{"key": key, "path": name}]}}
            for name, secret, key in self.secrets
        ]
        return [{"name": "build-secrets", "projected": {"sources": sources}}] if sources else []

    def all_args(self) -> list[str]:
        """Return the build arguments as `name=value`: the build's own, and the proxy's.

        Those of a proxy are known to every Dockerfile, and are part of no layer.
        """
        return [f"{name}={value}" for name, value in sorted({**self.proxy, **self.args}.items())]

    def environment(self) -> list[Manifest]:
        """Return the builder's own `env`: it pulls and pushes through the proxy."""
        return [{"name": name, "value": value} for name, value in self.proxy.items()]


@dataclass(frozen=True)
class Builder:
    """The parts of a Pod that a builder decides.

    Attributes:
        container: image, command, args, env, security context and mounts of the container.
        volumes: the volumes that these mounts need.
        pod_security_context: the Pod's; empty where it needs none.
        files: texts to be mounted at `FILES`, by name: the build's and the builder's own.
    """

    container: Manifest
    volumes: list[Manifest]
    pod_security_context: Manifest
    files: Mapping[str, str] = field(default_factory=dict)

    def pod(self) -> Manifest:
        """Return what the Pod's spec says beside containers and volumes."""
        context = self.pod_security_context
        return {"securityContext": context} if context else {}

    def files_mounts(self) -> list[Manifest]:
        """Return the container's mount of the files, if there are any."""
        return [{"name": "files", "mountPath": FILES, "readOnly": True}] if self.files else []

    def files_volumes(self, config_map: str) -> list[Manifest]:
        """Return the Pod's volume of the files, which the ConfigMap of this name holds."""
        return [{"name": "files", "configMap": {"name": config_map}}] if self.files else []


class Choice(Protocol):
    """What the settings say of the builder."""

    @property
    def type(self) -> str:
        """A key of `BUILDERS`."""

    @property
    def image(self) -> str | None:
        """The builder's image; the type's own where None."""

    @property
    def cache(self) -> bool:
        """Whether layers are kept in the registry."""

    @property
    def seccomp_profile(self) -> str | None:
        """A seccomp profile on the nodes that allows what the builder needs."""

    @property
    def app_armor_profile(self) -> str | None:
        """An AppArmor profile on the nodes that allows it, or `Unconfined`."""


class MakeBuilder(Protocol):
    """A function that says how a builder of one type runs a build."""

    def __call__(self, build: Build, *, choice: Choice, registry: Registry) -> Builder:
        """Return the Pod's parts that run `build`."""


def profiles(choice: Choice) -> Manifest:
    """Return the profiles of the settings as part of a security context; empty without any."""
    return {
        **_profile("seccompProfile", choice.seccomp_profile),
        **_profile("appArmorProfile", choice.app_armor_profile),
    }


def _profile(field: str, name: str | None) -> Manifest:
    if name is None:
        return {}
    if name == "Unconfined":
        return {field: {"type": name}}
    return {field: {"type": "Localhost", "localhostProfile": name}}


def docker_config(registry: Registry) -> tuple[list[Manifest], list[Manifest], list[Manifest]]:
    """Return env, mounts and volumes with which a builder knows the registry's password."""
    if not registry.push_secret:
        return [], [], []
    items = [{"key": ".dockerconfigjson", "path": "config.json"}]
    return (
        [
            {"name": "DOCKER_CONFIG", "value": _DOCKER_CONFIG},
            {"name": "REGISTRY_AUTH_FILE", "value": f"{_DOCKER_CONFIG}/config.json"},
        ],
        [{"name": "docker-config", "mountPath": _DOCKER_CONFIG, "readOnly": True}],
        [
            {
                "name": "docker-config",
                "secret": {"secretName": registry.push_secret, "items": items},
            }
        ],
    )


def ca_file(registry: Registry) -> dict[str, str]:
    """Return the file with the registry's authority, if it has one of its own."""
    return {CA_FILE: registry.ca} if registry.ca else {}
