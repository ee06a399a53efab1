"""What a training run and a notebook of a trained Model know of the training."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from hooks import names
from hooks.address import Address
from hooks.api import EnvVar, ModelTrainingParams, Packaging
from hooks.children.saved_weights import Weights
from hooks.manifest import Manifest
from hooks.platform.storage import Mount
from hooks.settings import Settings


@dataclass(frozen=True)
class TrainingData:
    """What a training run or a notebook of a trained Model has beside the Model.

    Attributes:
        dataset: the file to train on.
        params: the parameters, complete.
    """

    dataset: Address
    params: ModelTrainingParams


@dataclass(frozen=True)
class Training(TrainingData):
    """A training run.

    Attributes:
        image: the image to train in; the base Model's holds it at `/model/saved`.
        env: the Model's own variables.
        command: what runs in place of `train.sh`.
        args: its arguments.
        weights: what of the base Model is on storage.
        packaging: where the result goes.
    """

    image: str
    env: Sequence[EnvVar] | None
    command: Sequence[str] | None
    args: Sequence[str] | None
    weights: Sequence[Weights] = ()
    packaging: Packaging = Packaging.IMAGE


DEFAULT_EPOCHS = 3
DEFAULT_BATCH_SIZE = 1
DEFAULT_DATA_LIMIT = 1_000_000_000_000


def with_defaults(params: ModelTrainingParams | None) -> ModelTrainingParams:
    """Return the parameters with the contract's defaults where none is given."""
    given = params or ModelTrainingParams()
    return ModelTrainingParams(
        epochs=given.epochs or DEFAULT_EPOCHS,
        batch_size=given.batch_size or DEFAULT_BATCH_SIZE,
        data_limit=given.data_limit or DEFAULT_DATA_LIMIT,
        extra=given.extra or None,
    )


def environment(dataset: Address, params: ModelTrainingParams) -> list[Manifest]:
    """Return the `TRAIN_*` and `PARAM_*` variables of the container contract."""
    return [
        {"name": "TRAIN_DATA_PATH", "value": f"/data/{dataset.filename}"},
        {"name": "TRAIN_DATA_LIMIT", "value": str(params.data_limit)},
        {"name": "TRAIN_BATCH_SIZE", "value": str(params.batch_size)},
        {"name": "TRAIN_EPOCHS", "value": str(params.epochs)},
        *(_parameter(name, value) for name, value in sorted((params.extra or {}).items())),
    ]


def _parameter(name: str, value: str) -> dict[str, str]:
    # The kubelet reads "$$" as "$", and "$(NAME)" as another variable.
    given = {"value": value.replace("$", "$$")} if value else {}
    return {"name": f"PARAM_{name.upper()}", **given}


def params_mount(params: ModelTrainingParams) -> Mount | None:
    """Return how all parameters are had at `/model/params.json`, where any are extra.

    They are in an annotation of the Pod, so the file needs no object of its own.
    """
    if not params.extra:
        return None
    own = params.model_dump(by_alias=True, exclude={"extra"})
    return Mount(
        volume={
            "name": "params",
            "downwardAPI": {
                "items": [
                    {
                        "path": "params.json",
                        "fieldRef": {"fieldPath": f"metadata.annotations['{names.PARAMS}']"},
                    }
                ]
            },
        },
        volume_mount={
            "name": "params",
            "mountPath": "/model/params.json",
            "subPath": "params.json",
            "readOnly": True,
        },
        pod_annotations={names.PARAMS: json.dumps({**own, **params.extra}, sort_keys=True)},
    )


def dataset_mount(dataset: Address, settings: Settings) -> Mount:
    """Return how the Dataset's directory is mounted at `/data`, which nobody may change."""
    return settings.storage.mount(dataset.directory.url, name="data", at="/data", read_only=True)
