"""The four kinds as the command line knows them, and what their objects are called."""

from collections.abc import Callable, Iterable
from typing import Any

from hooks.api import API_VERSION, Dataset, Model, ModelServer, Notebook
from hooks.api.rules import Type

Manifest = dict[str, Any]
Key = tuple[str, str, str]
"""Kind, namespace and name."""

KINDS: dict[str, type[Type]] = {
    each.__name__: each for each in (Dataset, Model, ModelServer, Notebook)
}


def is_ours(manifest: Manifest) -> bool:
    """Return whether an object is of one of the four kinds."""
    return manifest.get("apiVersion") == API_VERSION and manifest.get("kind") in KINDS


def key(manifest: Manifest) -> Key:
    """Return kind, namespace and name of an object."""
    metadata = manifest["metadata"]
    return manifest["kind"], metadata["namespace"], metadata["name"]


def named(manifest: Manifest) -> str:
    """Return what to call an object: its kind, namespace and name."""
    kind, namespace, name = key(manifest)
    return f"{kind} {namespace}/{name}"


def placed(manifest: Manifest, namespace: str) -> Manifest:
    """Return an object in a namespace, if it names none and has metadata at all."""
    metadata = manifest.get("metadata")
    if not isinstance(metadata, dict) or metadata.get("namespace"):
        return manifest
    return {**manifest, "metadata": {**metadata, "namespace": namespace}}


def short_names(keys: Iterable[Key]) -> Callable[[Key], str]:
    """Return what to call each of some objects: Kind/name, and Kind/namespace/name where needed.

    It is needed where a kind and a name occur in two namespaces.
    """
    seen: dict[tuple[str, str], set[str]] = {}
    for kind, namespace, name in keys:
        seen.setdefault((kind, name), set()).add(namespace)

    def called(place: Key) -> str:
        kind, namespace, name = place
        ambiguous = len(seen.get((kind, name), ())) > 1
        return f"{kind}/{namespace}/{name}" if ambiguous else f"{kind}/{name}"

    return called
