"""JSON patches of children: applied last, and never to what the system itself depends on."""

from hooks.patches.apply import Source, apply
from hooks.patches.checks import Shared
from hooks.patches.shape import CHILD_LIMIT

__all__ = ["CHILD_LIMIT", "Shared", "Source", "apply"]
