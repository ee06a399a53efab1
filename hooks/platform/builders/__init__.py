"""Builders: what turns a directory with a Dockerfile into an image in the registry.

To add one: a module beside this with a function of the type `MakeBuilder`, and a line in
`BUILDERS`.
"""

from collections.abc import Mapping

from hooks.platform.builders import buildah, buildkit, kaniko
from hooks.platform.builders.types import FILES, Build, Builder, Choice, MakeBuilder
from hooks.platform.registry import Registry

BUILDERS: Mapping[str, MakeBuilder] = {
    "buildah": buildah.make_builder,
    "buildkit": buildkit.make_builder,
    "kaniko": kaniko.make_builder,
}
"""Every builder that the settings may name."""

WITH_SECRETS = frozenset({"buildah", "buildkit"})
"""Those that give a secret to the `RUN` that asks for it, and to no other."""


def make_builder(build: Build, choice: Choice, registry: Registry) -> Builder:
    """Return the parts of a Pod with which the chosen builder runs `build`."""
    return BUILDERS[choice.type](build, choice=choice, registry=registry)


__all__ = ["BUILDERS", "FILES", "WITH_SECRETS", "Build", "Builder", "make_builder"]
