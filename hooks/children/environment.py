"""The variables that a person gives a script, as a container has them."""

from collections.abc import Sequence
from typing import Any

from hooks.api import EnvVar


def variables(env: Sequence[EnvVar] | None) -> list[dict[str, Any]]:
    """Return a container's `env`; a value that is empty is left out, which means the same."""
    given = (each.model_dump(by_alias=True, exclude_none=True) for each in env or ())
    return [{key: value for key, value in each.items() if value != ""} for each in given]
