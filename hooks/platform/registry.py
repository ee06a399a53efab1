"""Where images are pushed to and pulled from, and what that needs."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from hooks.platform.section import Section

Host = Annotated[str, Field(pattern=r"^[a-z0-9]([-a-z0-9.]*[a-z0-9])?(:[0-9]{1,5})?$")]
"""A registry's host, with a port where it has another than its scheme's."""


class Registry(Section):
    """Where images are pushed to and pulled from."""

    url: str = Field(
        default="registry.example.com/substratus",
        pattern=r"^[a-z0-9]([-a-z0-9.]*[a-z0-9])?(:[0-9]{1,5})?(/[a-z0-9]([-a-z0-9._]*[a-z0-9])?)*$",
        max_length=100,
        description="Host, port and path before every image's name, without a scheme.",
    )
    insecure: bool = Field(
        default=False, description="Whether the registry speaks plain HTTP or has no valid TLS."
    )
    mirrors: dict[Host, Host] = Field(
        default={},
        description="Registries that are used in place of others while an image is built, by the "
        "host of the other: `docker.io: mirror.example.com:5000`. The nodes' container runtimes "
        "have mirrors of their own. That of the same host as `url` is reached as `insecure` says.",
    )
    ca: str | None = Field(
        default=None,
        pattern=r"^\s*-----BEGIN CERTIFICATE-----",
        description="The certificate of the registry's own authority, as PEM, for builders. "
        "The nodes' container runtimes must trust it themselves.",
    )
    push_secret: str | None = Field(
        default=None,
        min_length=1,
        description="A Secret of type `kubernetes.io/dockerconfigjson` in each namespace, with "
        "which builders push, and pull base images.",
    )
    pull_secrets: tuple[str, ...] = Field(
        default=(), description="Secrets of that type, with which nodes pull the images."
    )

    @model_validator(mode="after")
    def _certificate_is_of_use(self) -> Self:
        if self.insecure and self.ca:
            raise ValueError("has insecure and ca: an authority counts only where TLS is checked")
        return self

    @property
    def host(self) -> str:
        """Host and port."""
        return self.url.partition("/")[0]
