"""What the API server stores otherwise than it is sent: it would be written again at every sync."""

import re
from collections.abc import Iterator
from typing import Any

from hooks.manifest import Manifest
from hooks.patches.problem import Problem

_BINARY = ("Ki", "Mi", "Gi", "Ti", "Pi", "Ei")
_QUANTITY = re.compile(r"(0|[1-9][0-9]*)(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?")
_QUANTITIES = re.compile(r".*/(requests|limits)/[^/]+|.*/sizeLimit")
_MAY_BE_EMPTY = re.compile(
    r".*/(emptyDir|resources|securityContext|labelSelector|namespaceSelector|storageClassName)"
)


def unstorable(before: Manifest, after: Manifest) -> Problem | None:
    """Return the first value that is new and does not stay as it is sent."""
    known = {problem.place for problem in _all(before, "")}
    return next((problem for problem in _all(after, "") if problem.place not in known), None)


def _all(value: Any, at: str) -> Iterator[Problem]:  # noqa: ANN401 - any JSON value
    problem = _problem(value, at)
    if problem:
        yield Problem(at, f"it makes an illegal child: {at} {problem}")
    elif isinstance(value, dict):
        for key, each in value.items():
            name = str(key).replace("~", "~0").replace("/", "~1")
            yield from _all(each, f"{at}/{name}")
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _all(each, f"{at}/{index}")


def _problem(value: object, at: str) -> str | None:
    if value is None:
        return "is null: remove it instead."
    if value in ("", [], {}) and not _MAY_BE_EMPTY.fullmatch(at):
        return "is empty: remove it instead."
    if not isinstance(value, dict | list | str | int):
        return (
            f"is a {type(value).__name__}; no field of a child takes that. Quote it, or round it."
        )
    if _QUANTITIES.fullmatch(at) and not _is_canonical(value):
        return "is not written as the API server writes it: '500m', '1', '16Gi'."
    return None


def _is_canonical(value: object) -> bool:
    """Return whether a quantity is as the API server writes it: in the largest whole unit."""
    found = _QUANTITY.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return False
    number, unit = int(found[1]), found[2] or ""
    larger = 1024 if unit in _BINARY else 1000
    return number == 0 or number % larger != 0
