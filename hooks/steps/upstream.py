"""What a kind waits for: checks of another object, each named for the problem.

Each returns the problem, or None where there is none. An object that is absent is a problem of
`missing` alone, so that they can be chained.
"""

import re

from pydantic import ValidationError

from hooks.api import Model, explain
from hooks.conditions import Violation
from hooks.manifest import Manifest
from hooks.observe.request import is_ready
from hooks.platform.storage import StorageSettings
from hooks.reasons import Reason

_IMAGE = re.compile(r"[a-z0-9][-a-zA-Z0-9._:/@]{0,1023}")


def missing(found: Manifest | None, kind: str, name: str, reason: Reason) -> Violation | None:
    """Return that no object of the name is there."""
    if found is not None:
        return None
    word = kind.partition(".")[0]
    return Violation(
        reason, f"{word} {name} is not in this namespace. Create it, or correct its name here."
    )


def not_ready(found: Manifest | None, reason: Reason) -> Violation | None:
    """Return that the object is not ready, and what its own condition says."""
    if found is None or is_ready(found):
        return None
    kind, name = found["kind"], found["metadata"]["name"]
    return Violation(
        reason,
        f"{kind} {name} is not ready; 'kubectl describe {kind.lower()} {name}' says why.",
    )


def without_image(model: Manifest | None, reason: Reason) -> Violation | None:
    """Return that a Model's status holds no image that a container could run."""
    if model is None or _IMAGE.fullmatch(image(model)):
        return None
    name = model["metadata"]["name"]
    return Violation(
        reason, f"Model {name} is ready, but its status.containerImage is {image(model)!r}."
    )


def without_weights(
    model: Manifest | None, storage: StorageSettings, reason: Reason
) -> Violation | None:
    """Return that a Model is not valid, or that no Pod here could mount its weights."""
    if model is None:
        return None
    name = model["metadata"]["name"]
    try:
        url = Model.model_validate(model).status.url
    except ValidationError as error:
        return Violation(reason, f"Model {name} is not valid: {explain(error)}")
    problem = storage.problem(url) if url else None
    if not problem:
        return None
    return Violation(reason, f"Model {name} is ready, but its weights cannot be mounted. {problem}")


def without_code(model: Manifest | None, trainer: str | None, reason: Reason) -> Violation | None:
    """Return that a base Model is loaded from an address, and nothing says what trains it."""
    if model is None or trainer is not None or not is_loaded(model):
        return None
    name = model["metadata"]["name"]
    return Violation(
        reason,
        f"Model {name} is loaded from an address, and no image of it has train.sh: set "
        "spec.training.source.",
    )


def is_loaded(model: Manifest | None) -> bool:
    """Return whether a Model comes from a URL: then its weights are on storage, and in no image."""
    return bool(((model or {}).get("spec") or {}).get("source", {}).get("url"))


def without_data(
    dataset: Manifest | None, storage: StorageSettings, reason: Reason
) -> Violation | None:
    """Return that a Dataset's status holds no address that a Pod could mount."""
    problem = storage.problem(url(dataset)) if dataset else None
    if dataset is None or problem is None:
        return None
    name = dataset["metadata"]["name"]
    return Violation(reason, f"Dataset {name} is ready, but cannot be mounted. {problem}")


def image(model: Manifest | None) -> str:
    """Return a Model's image; empty where it has none."""
    return str(((model or {}).get("status") or {}).get("containerImage") or "")


def url(found: Manifest | None) -> str:
    """Return the address of a Dataset's data or a Model's weights; empty where it has none."""
    return str(((found or {}).get("status") or {}).get("url") or "")
