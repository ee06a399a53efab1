"""The ModelServer."""

from typing import Annotated, ClassVar

from pydantic import Field

from hooks.api.env import Env
from hooks.api.patches import Patches, targets
from hooks.api.rules import RuledType, Type
from hooks.api.shared import Conditions, Name, ObjectMeta, ObservedGeneration, Replicas

REPLICAS_LIMIT = 64
"""How many Pods a ModelServer may have: its hook is asked with all of them."""


class ModelServerSpec(RuledType):
    """ModelServerSpec defines the desired state of ModelServer."""

    rules: ClassVar = (targets("ModelServer"),)

    model_name: Name = Field(
        description="ModelName is the .metadata.name of the Model to be served."
    )
    replicas: Annotated[int, Field(strict=True, ge=0, le=REPLICAS_LIMIT)] | None = Field(
        default=None,
        description=(
            "Replicas is how many Pods serve; 1 where absent. `kubectl scale`, an HPA and KEDA set "
            "it through the scale subresource."
        ),
        json_schema_extra={"format": "int32"},
    )
    env: Env | None = Field(
        default=None, description="Env is what serve.sh finds in its environment."
    )
    args: (
        Annotated[list[Annotated[str, Field(max_length=2048)]], Field(min_length=1, max_length=32)]
        | None
    ) = Field(
        default=None,
        description="Args are given to serve.sh, or to the runtime after its own.",
    )
    patches: Patches | None = Field(
        default=None, description="Patches change the StatefulSet and the Service."
    )

    @property
    def wanted_replicas(self) -> int:
        """How many Pods are to serve."""
        return 1 if self.replicas is None else self.replicas


class ModelServerStatus(Type):
    """ModelServerStatus defines the observed state of ModelServer."""

    observed_generation: ObservedGeneration = None
    replicas: Replicas = None
    selector: str | None = Field(default=None, description="Selector is how an HPA finds the Pods.")
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
