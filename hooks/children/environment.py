"""The variables that a person gives a script, as a container has them."""

from collections.abc import Sequence

from hooks.api import EnvVar
from hooks.manifest import Manifest


def variables(env: Sequence[EnvVar] | None, beside: Sequence[Manifest] = ()) -> list[Manifest]:
    """Return a container's `env`; a value that is empty is left out, which means the same.

    Args:
        env: the person's own.
        beside: what the settings give; a person's variable of the same name takes its place.
    """
    given = [each.model_dump(by_alias=True, exclude_none=True) for each in env or ()]
    named = {each["name"] for each in given}
    return [
        *(each for each in beside if each["name"] not in named),
        *({key: value for key, value in each.items() if value != ""} for each in given),
    ]
