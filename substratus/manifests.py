"""The project's own manifests, as shipped with the package: CRDs, controllers, settings."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

Manifest = dict[str, Any]

_PACKAGED = Path(__file__).parent / "_manifests"
_ROOT = _PACKAGED if _PACKAGED.is_dir() else Path(__file__).parents[1]
_HOOKS = "http://hooks.substratus:8080"
# libyaml's parser, where PyYAML has it, is ten times as fast as Python's own.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def crds() -> list[Manifest]:
    """Return the CustomResourceDefinitions of the four kinds, which nobody may change."""
    return [*_crds()]


@cache
def _crds() -> tuple[Manifest, ...]:
    paths = sorted((_ROOT / "crds").glob("*.yaml"))
    return tuple(manifest for path in paths for manifest in _read(path.read_text()))


def _read(text: str) -> list[Manifest]:
    documents = yaml.load_all(text, Loader=_LOADER)
    return [each for each in documents if each]


def controllers(hooks: str | None = None) -> list[Manifest]:
    """Return the CompositeControllers and the DecoratorController.

    Args:
        hooks: the address of the hook server, without a path; the Service's in the cluster
            where it is None.
    """
    return _read(controllers_text(hooks))


def platforms() -> dict[str, Path]:
    """Return the settings of the platforms that the project knows, by the platform's name."""
    found = {path.stem: path for path in (_ROOT / "config" / "examples").glob("*.yaml")}
    return dict(sorted(found.items()))


def crds_text() -> str:
    """Return the CRDs as they are written."""
    paths = sorted((_ROOT / "crds").glob("*.yaml"))
    return "---\n".join(path.read_text(encoding="utf-8") for path in paths)


def deployment_texts() -> list[str]:
    """Return the manifests of the hook server as they are written, the namespace first."""
    directory = _ROOT / "metacontroller"
    (kustomization,) = _read((directory / "kustomization.yaml").read_text(encoding="utf-8"))
    names = [each for each in kustomization["resources"] if each != "controllers.yaml"]
    return [(directory / each).read_text(encoding="utf-8") for each in names]


def settings_text() -> str:
    """Return the settings that are installed where nobody names others."""
    return (_ROOT / "metacontroller" / "settings.yaml").read_text(encoding="utf-8")


def controllers_text(hooks: str | None = None) -> str:
    """Return the controllers as they are written, comments included."""
    text = (_ROOT / "metacontroller" / "controllers.yaml").read_text()
    return text.replace(_HOOKS, hooks.rstrip("/")) if hooks else text
