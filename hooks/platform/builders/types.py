"""What a builder is asked for, and the parts of a Pod with which it answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

Manifest = dict[str, Any]

FILES = "/etc/builder"
"""Where a build's own files are mounted."""


class Registry(Protocol):
    """What a builder must know of the registry."""

    @property
    def url(self) -> str:
        """Host, port and path before every image's name."""

    @property
    def insecure(self) -> bool:
        """Whether it speaks plain HTTP."""

    @property
    def mirrors(self) -> Mapping[str, str]:
        """Which host stands in for which."""


@dataclass(frozen=True)
class Build:
    """One image to build and push.

    Attributes:
        image: the reference to push.
        context: the directory in the Pod that the Dockerfile copies from.
        dockerfile: the directory in the Pod that holds the `Dockerfile`.
        args: build arguments, by name.
        files: texts for the build, by name, which are mounted at `FILES`.
    """

    image: str
    context: str
    dockerfile: str
    args: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Builder:
    """The parts of a Pod that a builder decides.

    Attributes:
        container: image, command, args, env, security context and mounts of the container.
        volumes: the volumes that these mounts need.
        pod_security_context: the Pod's.
        files: texts to be mounted at `FILES`, by name: the build's and the builder's own.
    """

    container: Manifest
    volumes: list[Manifest]
    pod_security_context: Manifest
    files: Mapping[str, str] = field(default_factory=dict)
