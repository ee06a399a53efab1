"""The ModelServer."""

from pydantic import Field

from hooks.api.rules import Type
from hooks.api.shared import Conditions, Name, ObjectMeta, ObservedGeneration


class ModelServerSpec(Type):
    """ModelServerSpec defines the desired state of ModelServer."""

    model_name: Name = Field(
        description="ModelName is the .metadata.name of the Model to be served."
    )


class ModelServerStatus(Type):
    """ModelServerStatus defines the observed state of ModelServer."""

    observed_generation: ObservedGeneration = None
    conditions: Conditions = Field(
        default=None,
        description=(
            "Conditions is the list of conditions that describe the current state of the "
            "ModelServer: ModelReady, Serving and Ready."
        ),
    )


class ModelServer(Type):
    """The ModelServer API is used to deploy a server that exposes a Model over HTTP."""

    metadata: ObjectMeta
    spec: ModelServerSpec = Field(description="Spec is the desired state of the ModelServer.")
    status: ModelServerStatus = Field(
        default=ModelServerStatus(), description="Status is the observed state of the ModelServer."
    )
