"""How a Model is trained."""

from typing import ClassVar

from pydantic import Field

from hooks.api.command import Args, Command
from hooks.api.git import GitSource
from hooks.api.params import ModelTrainingParams
from hooks.api.rules import ObjectRule, RuledType, Type
from hooks.api.shared import Image, Name


class TrainingSource(RuledType):
    """TrainingSource is where the code that trains comes from."""

    rules: ClassVar = (
        ObjectRule(
            "has(self.git) != has(self.image)",
            "must have exactly one of git (to build an image that trains) and image (to take one)",
            lambda source: (source.git is None) != (source.image is None),
        ),
    )

    git: GitSource | None = Field(
        default=None,
        description="Git is built into the image that trains, in place of the base Model's.",
    )
    image: Image | None = Field(
        default=None,
        description="Image trains, in place of the base Model's. It is taken as it is written.",
    )


class ModelTraining(Type):
    """ModelTraining says what to train a base Model on."""

    dataset_name: Name = Field(
        description="DatasetName is the .metadata.name of the Dataset to use for training."
    )
    params: ModelTrainingParams | None = Field(
        default=None, description="Params is a list of hyperparameters to use for training."
    )
    source: TrainingSource | None = Field(
        default=None,
        description="Source is where the code that trains comes from; the base Model's image where "
        "absent. It decides the result.",
    )
    command: Command = None
    args: Args = None
