"""Lists of a desired child in which two items have one key: a merge makes them one value."""

from collections.abc import Iterator

from metacontroller_offline.apply import merge_key
from metacontroller_offline.objects import Json


def duplicate_keys(value: Json, path: str = "") -> Iterator[tuple[str, str, str]]:
    """Yield path, key and value of each key that a list holds twice, wherever the list is."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield from duplicate_keys(each, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        key = merge_key(value)
        values = [str(each[key]) for each in value] if key else []
        for each in sorted({each for each in values if values.count(each) > 1}):
            yield path, str(key), each
        for index, each in enumerate(value):
            yield from duplicate_keys(each, f"{path}[{index}]")
