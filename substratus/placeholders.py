"""Values of the examples' settings that nobody has put their own into."""

import re
from collections.abc import Iterator
from typing import Any

from hooks.settings import Settings

_EXAMPLES = re.compile(
    r"example\.(com|org)|my-?(project|company|registry)|123456789012|00000000-0000-0000-0000-0000"
)
"""What the files of config/examples/ and the defaults have in the place of a person's own names."""


def placeholders(settings: Settings) -> list[tuple[str, str]]:
    """Return each setting that still has an example's value, with that value."""
    return [*_placeholders("", settings.model_dump(mode="json", by_alias=True, exclude_none=True))]


def _placeholders(path: str, value: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - any JSON
    if isinstance(value, dict):
        for name, each in value.items():
            yield from _placeholders(f"{path}.{name}" if path else name, each)
    elif isinstance(value, str) and _EXAMPLES.search(value):
        yield path, value
