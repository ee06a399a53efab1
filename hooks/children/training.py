"""What a training run and a notebook of a trained Model are told of the training."""

import json
from typing import Any

from hooks import names
from hooks.api import ModelTrainingParams
from hooks.platform.storage import Mount
from hooks.settings import Settings

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


def environment(dataset_url: str, params: ModelTrainingParams) -> list[dict[str, Any]]:
    """Return the `TRAIN_*` and `PARAM_*` variables of the container contract."""
    filename = dataset_url.rpartition("/")[2]
    return [
        {"name": "TRAIN_DATA_PATH", "value": f"/data/{filename}"},
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

    They stand in an annotation of the Pod, so the file needs no object of its own.
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


def dataset_mount(dataset_url: str, settings: Settings) -> Mount:
    """Return how the Dataset's directory is had at `/data`, which nobody may change."""
    directory = dataset_url.rpartition("/")[0]
    return settings.storage.mount(directory, name="data", at="/data", read_only=True)
