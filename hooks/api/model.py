"""The Model."""

from enum import StrEnum
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, Field

from hooks.api.env import Env, env_of_url
from hooks.api.jobs import DeadlineSeconds, Queue, Retries
from hooks.api.model_source import ModelSource
from hooks.api.packaging import Packaging
from hooks.api.patches import Patches, targets
from hooks.api.provenance import Provenance
from hooks.api.rules import ObjectRule, RuledType, TextRule, Type, following, text
from hooks.api.shared import (
    Conditions,
    Count,
    ObjectMeta,
    ObservedGeneration,
)
from hooks.api.training import ModelTraining


class ComputeType(StrEnum):
    """A kind of hardware."""

    CPU = "CPU"
    GPU = "GPU"


class ModelSize(RuledType):
    """ModelSize describes different size dimensions of the underlying model."""

    rules: ClassVar = (
        ObjectRule(
            "has(self.parameterCount) == has(self.parameterBits)",
            "needs parameterCount and parameterBits: the weights' bytes are their product",
            lambda size: (size.parameter_count is None) == (size.parameter_bits is None),
        ),
    )

    parameter_count: Count | None = Field(
        default=None,
        description="ParameterCount is the number of parameters in the underlying model.",
    )
    parameter_bits: Annotated[int, Field(strict=True, ge=1, le=128)] | None = Field(
        default=None,
        description=(
            "ParameterBits is the number of bits per parameter in the underlying model. "
            "Common values would be 8, 16, 32."
        ),
    )


def _distinct(types: list[ComputeType]) -> list[ComputeType]:
    if len(set(types)) != len(types):
        raise ValueError("must not name a type twice")
    return types


_SET: Any = {"x-kubernetes-list-type": "set"}


_ACCELERATOR = TextRule(
    "[A-Za-z0-9][A-Za-z0-9_.-]*",
    "must be an accelerator's name in the settings: letters, digits and _ . -, "
    "beginning with a letter or digit",
)


_RUNTIME = TextRule(
    "[A-Za-z0-9][A-Za-z0-9_.-]*",
    "must be a runtime's name in the settings: letters, digits and _ . -, "
    "beginning with a letter or digit",
)


class ModelCompute(RuledType):
    """ModelCompute says on what hardware a Model runs."""

    rules: ClassVar = (
        ObjectRule(
            "!has(self.accelerator) || !has(self.types) || 'GPU' in self.types",
            "accelerator names a kind of GPU: types must hold GPU, or be left out",
            lambda compute: (
                compute.accelerator is None
                or compute.types is None
                or ComputeType.GPU in compute.types
            ),
        ),
    )

    types: (
        Annotated[
            list[ComputeType],
            Field(min_length=1, max_length=2, json_schema_extra=_SET),
            AfterValidator(_distinct),
        ]
        | None
    ) = Field(
        default=None,
        description=(
            "Types is a list of supported compute types for this Model. This list should be "
            "ordered by preference, with the most preferred type first. CPU where absent."
        ),
    )
    accelerator: Annotated[str, text(63, _ACCELERATOR), following(_ACCELERATOR)] | None = Field(
        default=None,
        description=(
            "Accelerator pins the kind of GPU, by its name in the settings "
            "(compute.accelerators); where types is absent, it asks for GPU."
        ),
    )


class ModelSpec(RuledType):
    """ModelSpec defines the desired state of Model."""

    rules: ClassVar = (
        ObjectRule(
            "!has(self.training) || has(self.source.modelName)",
            "training needs a base Model: set source.modelName, and nothing beside it in source",
            lambda spec: spec.training is None or spec.source.model_name is not None,
        ),
        ObjectRule(
            "!has(self.source.modelName) || has(self.training)",
            "a Model that is based on another one is trained: "
            "set training.datasetName, or build it with source.git",
            lambda spec: spec.source.model_name is None or spec.training is not None,
        ),
        ObjectRule(
            "!has(self.env) || has(self.training) || has(self.source.url)",
            "env is for train.sh, or for loading: set training or source.url too, or give a server "
            "its env in its ModelServer",
            lambda spec: (
                spec.env is None or spec.training is not None or spec.source.url is not None
            ),
        ),
        env_of_url(lambda spec: spec.source.url),
        ObjectRule(
            "!has(self.runtime) || has(self.source.url)",
            "runtime serves weights that are loaded: set source.url, or leave it out",
            lambda spec: spec.runtime is None or spec.source.url is not None,
        ),
        ObjectRule(
            "!has(self.packaging) || has(self.training)",
            "packaging says where the result of a training goes: set training too",
            lambda spec: spec.packaging is None or spec.training is not None,
        ),
        targets("Model"),
    )

    source: ModelSource = Field(description="Source is a reference to the source of the model.")
    training: ModelTraining | None = Field(
        default=None, description="Training should be set to run a training job."
    )
    size: ModelSize | None = Field(
        default=None,
        description="Size describes different size dimensions of the underlying model.",
    )
    compute: ModelCompute | None = Field(
        default=None,
        description="Compute describes the compute requirements and preferences of the model.",
    )
    runtime: Annotated[str, text(63, _RUNTIME), following(_RUNTIME)] | None = Field(
        default=None,
        description=(
            "Runtime is what serves weights from source.url, by its name in the settings "
            "(runtimes); the first that fits where absent."
        ),
    )
    env: Env | None = Field(
        default=None,
        description=(
            "Env is what train.sh finds in its environment beside TRAIN_* and PARAM_*. Names and "
            "plain values decide the result: another one trains again. Which Secret a value comes "
            "from does not."
        ),
    )
    packaging: Packaging | None = Field(
        default=None,
        description=(
            "Packaging is where the result of the training goes: Image adds it to the base Model's "
            "image, Storage mounts it beside that. As the settings say where absent "
            "(storage.packaging); Storage where the base Model is from a url. It is read when a "
            "run begins, and decides no result."
        ),
    )
    deadline_seconds: DeadlineSeconds = None
    retries: Retries = None
    queue: Queue = None
    patches: Patches | None = Field(
        default=None, description="Patches change the Jobs and the claims that are made next."
    )


class TrainerStatus(Type):
    """TrainerStatus is an image that was built to train in."""

    image: str = Field(description="The image.")
    commit: str | None = Field(
        default=None, description="Its commit; absent where its build did not say it."
    )


class ModelStatus(Type):
    """ModelStatus defines the observed state of Model."""

    observed_generation: ObservedGeneration = None
    container_image: str | None = Field(
        default=None,
        description=(
            "ContainerImage is reference to the container image that was built for this Model."
        ),
    )
    url: str | None = Field(
        default=None,
        description="Url is where the Model's weights are, if they are apart from containerImage.",
    )
    trainer: TrainerStatus | None = Field(
        default=None, description="Trainer is what was built of training.source.git."
    )
    runtime: str | None = Field(
        default=None, description="Runtime is what serves the weights at url."
    )
    trained_url: str | None = Field(
        default=None, description="TrainedUrl is where the training run's output is."
    )
    provenance: Provenance | None = Field(
        default=None, description="Provenance is what containerImage was made of."
    )
    mounted_by: Annotated[list[str], Field(max_length=4096)] | None = Field(
        default=None,
        description="MountedBy is what mounts the weights at url, as Kind/name, or is about to.",
    )
    servers: Annotated[list[str], Field(max_length=4096)] | None = Field(
        default=None,
        description=(
            "Servers is the list of servers that are currently running this Model. "
            "Soon to be deprecated."
        ),
    )
    conditions: Conditions = Field(
        default=None,
        description=(
            "Conditions is the list of conditions that describe the current state of the Model: "
            "Built, Trained if it trains, TrainerBuilt if it trains from git, and Ready."
        ),
    )


class Model(RuledType):
    """The Model API is used to build and train machine learning models.

    - Base models can be built from a Git repository.
    - Models can be trained by combining a base Model with a Dataset.
    """

    rules: ClassVar = (
        ObjectRule(
            "!has(self.spec.source.modelName) || self.spec.source.modelName != self.metadata.name",
            "spec.source.modelName must name another Model, not this one",
            lambda model: model.spec.source.model_name != model.metadata.name,
        ),
    )

    metadata: ObjectMeta
    spec: ModelSpec = Field(description="Spec is the desired state of the Model.")
    status: ModelStatus = Field(
        default=ModelStatus(), description="Status is the observed state of the Model."
    )
