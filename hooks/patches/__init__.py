"""JSON patches of children: applied last, and never to what the system itself depends on."""

from hooks.patches.apply import Source, apply, apply_all
from hooks.patches.checks import Shared

__all__ = ["Shared", "Source", "apply", "apply_all"]
