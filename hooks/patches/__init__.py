"""JSON patches of children: applied last, and never to what the system itself depends on."""

from hooks.patches.apply import Source, apply, apply_all

__all__ = ["Source", "apply", "apply_all"]
