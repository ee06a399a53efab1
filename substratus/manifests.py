"""The project's own manifests, as shipped with the package: CRDs, controllers, settings."""

from pathlib import Path
from typing import Any

import yaml

Manifest = dict[str, Any]

_PACKAGED = Path(__file__).parent / "_manifests"
_ROOT = _PACKAGED if _PACKAGED.is_dir() else Path(__file__).parents[1]
_HOOKS = "http://hooks.substratus:8080"


def crds() -> list[Manifest]:
    """Return the CustomResourceDefinitions of the four kinds."""
    return [yaml.safe_load(path.read_text()) for path in sorted((_ROOT / "crds").glob("*.yaml"))]


def controllers(hooks: str | None = None) -> list[Manifest]:
    """Return the CompositeControllers and the DecoratorController.

    Args:
        hooks: the address of the hook server, without a path; the Service's in the cluster
            where it is None.
    """
    return [each for each in yaml.safe_load_all(controllers_text(hooks)) if each]


def platforms() -> dict[str, Path]:
    """Return the settings of the platforms that the project knows, by the platform's name."""
    found = {path.stem: path for path in (_ROOT / "config" / "examples").glob("*.yaml")}
    return dict(sorted(found.items()))


def controllers_text(hooks: str | None = None) -> str:
    """Return the controllers as they are written, comments included."""
    text = (_ROOT / "metacontroller" / "controllers.yaml").read_text()
    return text.replace(_HOOKS, hooks.rstrip("/")) if hooks else text
