"""Settings: what differs between clusters, in one YAML file, checked when the server starts."""

from collections.abc import Collection
from datetime import timedelta
from typing import Annotated, Any, Literal

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from hooks.platform.builders import BUILDERS
from hooks.platform.storage import STORAGES

Quantity = Annotated[str, Field(pattern=r"^[1-9][0-9]*(Ki|Mi|Gi|Ti|Pi)?$")]
"""A canonical amount of storage: what the API server would not write differently."""


def _one_of(legal: Collection[str]) -> AfterValidator:
    def check(value: str) -> str:
        if value not in legal:
            raise ValueError(f"must be one of {', '.join(sorted(legal))}")
        return value

    return AfterValidator(check)


class InvalidSettingsError(ValueError):
    """The settings break a rule; the message names each key, its value and what is legal."""


class _Section(BaseModel):
    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, extra="forbid", frozen=True
    )


class Registry(_Section):
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


class Claims(_Section):
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


class StorageSettings(_Section):
    """Where Datasets and training runs keep what they write."""

    type: Annotated[str, _one_of(STORAGES)] = Field(
        default="pvc", description="The kind of storage."
    )


class BuilderSettings(_Section):
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


class Toleration(_Section):
    """A toleration of the Pods that use an accelerator, as in a Pod's spec."""

    key: str
    operator: Literal["Exists", "Equal"] = "Exists"
    value: str | None = None
    effect: Literal["NoSchedule", "PreferNoSchedule", "NoExecute"] | None = None


class Accelerator(_Section):
    """One kind of GPU that nodes of the cluster have."""

    name: str = Field(min_length=1, description="What messages call it.")
    memory_gib: int = Field(
        gt=0, alias="memoryGiB", description="Memory of one GPU that is really usable, in GiB."
    )
    resource_name: str = Field(
        default="nvidia.com/gpu", min_length=1, description="What its device plugin calls it."
    )
    max_per_node: int = Field(gt=0, description="The most of it that one node has.")
    node_selector: dict[str, str] = Field(
        default={}, description="Labels of the nodes that have it."
    )
    tolerations: tuple[Toleration, ...] = Field(
        default=(), description="Taints of these nodes that Pods may ignore."
    )


DEFAULT_ACCELERATOR = Accelerator(
    name="nvidia-24gb",
    memory_gib=24,
    resource_name="nvidia.com/gpu",
    max_per_node=8,
    tolerations=(Toleration(key="nvidia.com/gpu"),),
)


class Compute(_Section):
    """What hardware the cluster offers."""

    cpu: bool = Field(default=True, description="Whether Models may run without a GPU.")
    accelerators: tuple[Accelerator, ...] = Field(
        default=(DEFAULT_ACCELERATOR,),
        description="The kinds of GPU, the preferred first; empty where there are none.",
    )


class Jobs(_Section):
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


class Settings(_Section):
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
