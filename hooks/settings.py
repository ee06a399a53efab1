"""Settings: what differs between clusters, in one YAML file, checked when the server starts."""

from collections.abc import Collection
from datetime import timedelta
from typing import Annotated, Any, Literal

import yaml
from pydantic import AfterValidator, Field, ValidationError

from hooks.platform.accelerators import Compute
from hooks.platform.builders import BUILDERS
from hooks.platform.section import Section
from hooks.platform.storage import STORAGES

Quantity = Annotated[str, Field(pattern=r"^[1-9][0-9]*(Ki|Mi|Gi|Ti|Pi)?$")]
"""A canonical amount of storage: what the API server would not write differently."""
Host = Annotated[str, Field(pattern=r"^[a-z0-9]([-a-z0-9.]*[a-z0-9])?(:[0-9]{1,5})?$")]
"""A registry's host, and its port where it is not HTTPS'."""


def _one_of(legal: Collection[str]) -> AfterValidator:
    def check(value: str) -> str:
        if value not in legal:
            raise ValueError(f"must be one of {', '.join(sorted(legal))}")
        return value

    return AfterValidator(check)


class InvalidSettingsError(ValueError):
    """The settings break a rule; the message names each key, its value and what is legal."""


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
        description="Registries that stand in for others while an image is built, by the host of "
        "the other: `docker.io: mirror.example.com:5000`. The nodes' container runtimes have "
        "mirrors of their own. That of the same host as `url` is reached as `insecure` says.",
    )


class Claims(Section):
    """How PersistentVolumeClaims are asked for.

    Sizes count when a claim is made: an existing one keeps its own, and stays as large as it
    was grown by hand.
    """

    storage_class_name: str | None = Field(
        default=None, description="The StorageClass; the cluster's default where absent."
    )
    access_mode: Literal["ReadWriteOnce", "ReadWriteMany"] = Field(
        default="ReadWriteOnce",
        description="`ReadWriteMany` where several nodes use a Dataset at a time.",
    )
    dataset_size: Quantity = Field(default="100Gi", description="A Dataset's claim.")
    training_size: Quantity = Field(default="100Gi", description="A training run's claim.")
    notebook_size: Quantity = Field(default="20Gi", description="A Notebook's claim.")


class StorageSettings(Section):
    """Where Datasets and training runs keep what they write."""

    type: Annotated[str, _one_of(STORAGES)] = Field(
        default="pvc", description="The kind of storage."
    )


class BuilderSettings(Section):
    """What builds images inside the cluster."""

    type: Annotated[str, _one_of(BUILDERS)] = Field(
        default="buildkit", description="The program that builds."
    )
    image: str = Field(
        default="docker.io/moby/buildkit:v0.32.2-rootless",
        min_length=1,
        description="The builder's image; rootless, with `buildctl-daemonless.sh`.",
    )
    git_image: str = Field(
        default="docker.io/alpine/git:2.49.1",
        min_length=1,
        description="An image with `git`, which fetches the source before the build.",
    )


class Jobs(Section):
    """How Jobs are kept and repeated."""

    keep_finished: timedelta = Field(
        default=timedelta(days=1),
        gt=timedelta(0),
        description=(
            "How long a complete Job, or a failed one that no longer counts, stays for its logs "
            "to be read; seconds, or an ISO 8601 duration such as `P1D`."
        ),
    )
    kill_limit: int = Field(
        default=3,
        ge=0,
        description=(
            "How often a Job starts again after its Pod was killed from outside (exit code 137 "
            "or 143, eviction). A script that fails by itself is not tried again."
        ),
    )


class Settings(Section):
    """All that differs between clusters. Every key has a default."""

    registry: Registry = Field(default=Registry(), description="Where images go.")
    storage: StorageSettings = Field(default=StorageSettings(), description="Where data goes.")
    claims: Claims = Field(default=Claims(), description="How claims are asked for.")
    builder: BuilderSettings = Field(default=BuilderSettings(), description="What builds images.")
    compute: Compute = Field(default=Compute(), description="What hardware there is.")
    jobs: Jobs = Field(default=Jobs(), description="How long and how often Jobs run.")


def load(text: str, *, source: str) -> Settings:
    """Return the settings that a YAML document holds; what it leaves out has its default.

    Args:
        text: the YAML document; an empty one gives the defaults.
        source: what to call the document in an error: a file's name.

    Raises:
        InvalidSettingsError: names every key that is wrong, its value and what is legal.
    """
    try:
        document: Any = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise InvalidSettingsError(f"{source} is not YAML: {error}") from error
    if document is None:
        return Settings()
    if not isinstance(document, dict):
        raise InvalidSettingsError(
            f"{source} must hold a map of settings such as 'registry: {{url: …}}', "
            f"not a {type(document).__name__}."
        )
    try:
        return Settings.model_validate(document)
    except ValidationError as error:
        problems = (
            f"{'.'.join(map(str, each['loc']))}: {each['msg']} (got {each['input']!r})"
            for each in error.errors()
        )
        raise InvalidSettingsError(f"{source}: " + "; ".join(problems)) from error
