"""The ConfigMap with the files that a builder reads beside the source."""

from collections.abc import Mapping

from hooks import names
from hooks.manifest import Manifest
from hooks.names import Owner
from hooks.step import Step


def make_builder_configmap(owner: Owner, step: Step, files: Mapping[str, str]) -> Manifest:
    """Return the ConfigMap for the builder of a step; `files` are texts by name."""
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": owner.metadata(names.builder_files(owner), step),
        "data": dict(files),
    }
