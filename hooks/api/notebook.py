"""The Notebook."""

from typing import ClassVar

from pydantic import Field

from hooks.api.env import Env
from hooks.api.patches import Patches, targets
from hooks.api.rules import RuledType, Type
from hooks.api.shared import Conditions, Name, ObjectMeta, ObservedGeneration


class NotebookSpec(RuledType):
    """NotebookSpec defines the desired state of Notebook."""

    rules: ClassVar = (targets("Notebook"),)

    model_name: Name = Field(
        description=(
            "ModelName is the .metadata.name of the Model that this Notebook should be sourced "
            "from."
        )
    )
    suspend: bool | None = Field(
        default=None,
        strict=True,
        description="Suspend should be set to true to stop the notebook (Pod) from running.",
    )
    env: Env | None = Field(
        default=None,
        description=(
            "Env is what notebook.sh finds in its environment; the Model's own env is not there."
        ),
    )
    patches: Patches | None = Field(
        default=None, description="Patches change the StatefulSet, the Service and the new claim."
    )

    @property
    def wanted_replicas(self) -> int:
        """How many Pods are to run: 0 or 1."""
        return 0 if self.suspend else 1


class NotebookStatus(Type):
    """NotebookStatus defines the observed state of Notebook."""

    observed_generation: ObservedGeneration = None
    conditions: Conditions = Field(
        default=None,
        description=(
            "Conditions is the list of conditions that describe the current state of the Notebook: "
            "ModelReady, Running and Ready."
        ),
    )


class Notebook(Type):
    """The Notebook API can be used to quickly spin up a development environment.

    - Notebooks are backed by the same high performance compute as their Model.
    - Notebooks integrate with the Model and Dataset APIs allow for quick iteration.
    - Notebooks can be synced to local directories to streamline developer experiences using
      Substratus kubectl plugins.
    """

    metadata: ObjectMeta
    spec: NotebookSpec = Field(description="Spec is the desired state of the Notebook.")
    status: NotebookStatus = Field(
        default=NotebookStatus(), description="Status is the observed state of the Notebook."
    )
