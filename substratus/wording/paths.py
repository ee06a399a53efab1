"""What is at a path such as `spec.env[0].name`, in an object and in its schema."""

import re
from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]


def value_at(value: Any, path: str) -> Any:  # noqa: ANN401 - any JSON
    """Return the value at a path; None where there is none."""
    for part in _parts(path):
        if isinstance(value, dict):
            value = value.get(part)
        elif isinstance(value, list) and part.isdigit() and int(part) < len(value):
            value = value[int(part)]
        else:
            return None
    return value


def schema_at(schema: Schema, path: str) -> Schema:
    """Return the schema of what is at a path; an empty one where no schema knows it."""
    at: Any = schema
    for part in _parts(path):
        below = at.get("items") if part.isdigit() and "items" in at else None
        at = below or (at.get("properties") or {}).get(part) or at.get("additionalProperties")
        if not isinstance(at, dict):
            return {}
    return dict(at)


def _parts(path: str) -> list[str]:
    return [each for each in re.split(r"[.\[\]]+", path) if each]
