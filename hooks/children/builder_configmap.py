"""The ConfigMap with the files that a builder reads beside the source."""

from collections.abc import Mapping
from typing import Any

Manifest = dict[str, Any]


def make_builder_configmap(metadata: Manifest, files: Mapping[str, str]) -> Manifest:
    """Return the ConfigMap; the metadata has name, namespace and labels."""
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": metadata,
        "data": dict(files),
    }
