"""Parameters of a training run beyond those that have fields of their own."""

import re
from typing import Annotated, Any

from pydantic import AfterValidator, Field

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
