"""Parameters of a training run: three fields, and a map of all others."""

import re
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from hooks.api.rules import Type
from hooks.api.shared import Count

_NAME = "^[a-z][a-z0-9_]{0,62}$"
_NAMES = (
    "names must be lower case letters, digits and '_', beginning with a letter and of at most "
    "63 characters: each is a variable's name in upper case"
)
_OWN = "epochs is a field of its own: set params.epochs"
_RULES: Any = {
    "x-kubernetes-validations": [
        {"rule": f"self.all(name, name.matches('{_NAME}'))", "message": _NAMES},
        {"rule": "!('epochs' in self)", "message": _OWN},
    ]
}


def _named(params: dict[str, str]) -> dict[str, str]:
    if not all(re.fullmatch(_NAME.strip("^$"), name) for name in params):
        raise ValueError(_NAMES)
    if "epochs" in params:
        raise ValueError(_OWN)
    return params


ExtraParams = Annotated[
    dict[str, Annotated[str, Field(max_length=512)]],
    Field(max_length=32, json_schema_extra=_RULES),
    AfterValidator(_named),
]


class ModelTrainingParams(Type):
    """Hyperparameters of a training run."""

    epochs: Count | None = Field(
        default=None,
        description=(
            "Epochs is the total number of iterations that should be run through the training "
            "data; 3 where absent. Increasing this number will increase training time."
        ),
    )
    data_limit: Count | None = Field(
        default=None,
        description=(
            "DataLimit is the maximum number of training records to use; 1000000000000 where "
            "absent. In the case of JSONL, this would be the total number of lines to train with. "
            "Increasing this number will increase training time."
        ),
    )
    batch_size: Count | None = Field(
        default=None,
        description=(
            "BatchSize is the number of training records to use per (forward and backward) pass "
            "through the model; 1 where absent. Increasing this number will increase the memory "
            "requirements of the training process."
        ),
    )
    extra: ExtraParams | None = Field(
        default=None,
        description=(
            "Extra is any other parameter, by name in lower case with underscores. train.sh finds "
            "learning_rate as PARAM_LEARNING_RATE in its environment, and all parameters in "
            "/model/params.json."
        ),
    )
