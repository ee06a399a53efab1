"""What a training run and a notebook of a trained Model are told of the training."""

from typing import Any

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
    )


def environment(dataset_url: str, params: ModelTrainingParams) -> list[dict[str, Any]]:
    """Return the `TRAIN_*` variables of the container contract."""
    filename = dataset_url.rpartition("/")[2]
    return [
        {"name": "TRAIN_DATA_PATH", "value": f"/data/{filename}"},
        {"name": "TRAIN_DATA_LIMIT", "value": str(params.data_limit)},
        {"name": "TRAIN_BATCH_SIZE", "value": str(params.batch_size)},
        {"name": "TRAIN_EPOCHS", "value": str(params.epochs)},
    ]


def dataset_mount(dataset_url: str, settings: Settings) -> Mount:
    """Return how the Dataset's directory is had at `/data`, which nobody may change."""
    directory = dataset_url.rpartition("/")[0]
    return settings.storage.mount(directory, name="data", at="/data", read_only=True)
