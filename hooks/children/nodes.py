"""Onto which nodes a Pod may go, and with which container runtime."""

from hooks.manifest import Manifest
from hooks.platform.sizing import Fit
from hooks.settings import Settings

_ARCHITECTURE = "kubernetes.io/arch"


def for_user_pod(settings: Settings, fit: Fit | None = None) -> Manifest:
    """Return what the spec of a Pod with a user's image says of its node; empty for any node.

    Args:
        settings: the architecture, and the runtime class of Pods without one of their accelerator.
        fit: the accelerator that it has, if any.
    """
    placed = fit.placement() if fit else {}
    accelerator = fit.accelerator if fit else None
    own = accelerator.runtime_class_name if accelerator else None
    runtime = own or settings.pods.runtime_class_name
    selector = {**_selector(settings), **placed.get("nodeSelector", {})}
    return {
        **placed,
        **({"nodeSelector": selector} if selector else {}),
        **({"runtimeClassName": runtime} if runtime else {}),
    }


def for_builder_pod(settings: Settings) -> Manifest:
    """Return the same for a builder: an image is of the architecture that it was built on."""
    selector = _selector(settings)
    return {"nodeSelector": selector} if selector else {}


def _selector(settings: Settings) -> dict[str, str]:
    architecture = settings.compute.architecture
    return {_ARCHITECTURE: architecture} if architecture else {}
