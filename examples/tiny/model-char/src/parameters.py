"""What `train.sh` reads from its environment."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


class WrongParameterError(Exception):
    """A variable of the environment is missing or wrong; the message says which."""


@dataclass(frozen=True)
class Parameters:
    """The variables `TRAIN_*` of the container contract."""

    data: Path
    epochs: int
    batch_size: int
    limit: int

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> "Parameters":
        """Return the parameters of an environment.

        Raises:
            WrongParameterError: `TRAIN_DATA_PATH` is not set, or a number is not one above 0.
        """
        if not environment.get("TRAIN_DATA_PATH"):
            raise WrongParameterError("TRAIN_DATA_PATH is not set. It names the file to train on.")
        return cls(
            data=Path(environment["TRAIN_DATA_PATH"]),
            epochs=_number(environment, "TRAIN_EPOCHS", 3),
            batch_size=_number(environment, "TRAIN_BATCH_SIZE", 1),
            limit=_number(environment, "TRAIN_DATA_LIMIT", 1_000_000_000_000),
        )


def _number(environment: Mapping[str, str], name: str, default: int) -> int:
    text = environment.get(name, str(default))
    if not text.isdecimal() or int(text) == 0:
        raise WrongParameterError(f"{name} is {text!r}. It must be a whole number above 0.")
    return int(text)
