"""Builders: what turns a directory with a Dockerfile into an image in the registry.

To add one: a module beside this with a function of the type `MakeBuilder`, and a line in
`BUILDERS`.
"""

from collections.abc import Mapping
from typing import Protocol

from hooks.platform.builders import buildkit
from hooks.platform.builders.types import FILES, Build, Builder, Registry


class MakeBuilder(Protocol):
    """A function that says how a builder of one type runs a build."""

    def __call__(self, build: Build, *, image: str, registry: Registry) -> Builder:
        """Return the Pod's parts that run `build` with the builder image `image`."""


BUILDERS: Mapping[str, MakeBuilder] = {
    "buildkit": buildkit.make_builder,
}
"""Every builder that the settings may name."""


class Choice(Protocol):
    """What the settings say of the builder."""

    @property
    def type(self) -> str:
        """A key of `BUILDERS`."""

    @property
    def image(self) -> str:
        """The builder's image."""


def make_builder(build: Build, choice: Choice, registry: Registry) -> Builder:
    """Return the parts of a Pod with which the chosen builder runs `build`."""
    return BUILDERS[choice.type](build, image=choice.image, registry=registry)


__all__ = ["BUILDERS", "FILES", "Build", "Builder", "make_builder"]
