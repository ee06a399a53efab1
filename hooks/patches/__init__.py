"""JSON patches of children: applied last, never to what the system itself stands on."""

from hooks.patches.apply import Source, apply, apply_all

__all__ = ["Source", "apply", "apply_all"]
