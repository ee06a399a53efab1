"""What a Model was made of, as its status says."""

from typing import Annotated

from pydantic import Field

from hooks.api.packaging import Packaging
from hooks.api.params import ModelTrainingParams
from hooks.api.rules import Type


class ProvenanceEnv(Type):
    """A variable of a training run."""

    name: str = Field(description="The variable's name.")
    value: str | None = Field(
        default=None, description="The value; absent where it came from a Secret."
    )


class ProvenanceModel(Type):
    """The base Model of a training run."""

    name: str = Field(description="The base Model's name.")
    image: str = Field(description="The base Model's image.")
    url: str | None = Field(
        default=None, description="Where its weights were, if they are apart from its image."
    )


class ProvenanceDataset(Type):
    """The Dataset of a training run."""

    name: str = Field(description="The Dataset's name.")
    url: str = Field(description="Where the data was.")


class ProvenanceGit(Type):
    """The source of a build."""

    url: str = Field(description="The repository.")
    path: str | None = Field(default=None, description="The path in it.")
    branch: str | None = Field(default=None, description="The branch or tag.")
    commit: str | None = Field(
        default=None, description="The commit; absent where its build did not say it."
    )
    build_secrets: Annotated[list[str], Field(max_length=16)] | None = Field(
        default=None, description="The ids of the secrets that its build had."
    )


class ProvenanceUrl(Type):
    """What was loaded from an address, as far as the loader's Pod said it."""

    url: str = Field(description="The address.")
    files: Annotated[list[str], Field(max_length=32)] | None = Field(
        default=None, description="The patterns of its files."
    )
    revision: str | None = Field(
        default=None, max_length=255, description="The commit or version that was there."
    )
    sha256: str | None = Field(
        default=None, max_length=64, description="The checksum, where it is one file."
    )
    bytes: int | None = Field(
        default=None, description="How much it is.", json_schema_extra={"format": "int64"}
    )
    format: str | None = Field(
        default=None, max_length=32, description="The weights' format: safetensors or gguf."
    )
    file: str | None = Field(
        default=None, max_length=1024, description="The one file of weights, where it is one."
    )


class DatasetProvenance(Type):
    """What the data at the Dataset's url was made of."""

    url: ProvenanceUrl | None = Field(default=None, description="What was loaded.")
    hash: str = Field(description="The hash of all that decides it: the run's id.")


class Provenance(Type):
    """What the image in containerImage was made of."""

    git: ProvenanceGit | None = Field(default=None, description="What was built.")
    image: str | None = Field(default=None, description="The image that was given.")
    url: ProvenanceUrl | None = Field(default=None, description="What was loaded.")
    base_model: ProvenanceModel | None = Field(default=None, description="What was trained.")
    dataset: ProvenanceDataset | None = Field(default=None, description="What on.")
    params: ModelTrainingParams | None = Field(default=None, description="With what parameters.")
    trainer: str | None = Field(
        default=None, description="The image that trained, if not the base Model's."
    )
    trainer_git: ProvenanceGit | None = Field(default=None, description="What that was built of.")
    command: Annotated[list[str], Field(max_length=32)] | None = Field(
        default=None, description="What ran in it, if not train.sh."
    )
    args: Annotated[list[str], Field(max_length=32)] | None = Field(
        default=None, description="With what arguments."
    )
    env: Annotated[list[ProvenanceEnv], Field(max_length=32)] | None = Field(
        default=None, description="With what variables, sorted by name."
    )
    packaging: Packaging | None = Field(
        default=None, description="Where the result went, if not into an image."
    )
    rebuild: str | None = Field(
        default=None, description="The value of the annotation substratus.ai/rebuild."
    )
    hash: str = Field(description="The hash of all that: the tag of an image that was built.")
