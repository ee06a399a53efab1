"""A child as it is asked for: with the patches of the settings, then with the object's own."""

from hooks.api import DatasetSpec, ModelServerSpec, ModelSpec, NotebookSpec
from hooks.conditions import Violation
from hooks.manifest import Manifest
from hooks.patches import Source, apply
from hooks.settings import Settings

Spec = DatasetSpec | ModelSpec | ModelServerSpec | NotebookSpec


def patched(child: Manifest, spec: Spec, settings: Settings) -> Manifest | Violation:
    """Return a child with its patches, or the operation that may not be."""
    sources = (
        Source("patches of the settings", settings.patches, trusted=True),
        Source("spec.patches", spec.patches or (), trusted=False),
    )
    return apply(child, [source for source in sources if source.patches])
