"""Every order of events: a search through the states that hooks can meet.

`Explorer` starts from manifests and a list of what may happen, and goes through the states that
these can lead to, each once. In each it asks whether what the hooks promise still holds; if not, it
shows the shortest story that leads there.
"""

from metacontroller_offline.explorer.choices import Budget, Choice, Edit
from metacontroller_offline.explorer.invariants import Invariant, not_made_again
from metacontroller_offline.explorer.report import Counterexample, Report
from metacontroller_offline.explorer.search import Explorer
from metacontroller_offline.explorer.steps import Step

__all__ = [
    "Budget",
    "Choice",
    "Counterexample",
    "Edit",
    "Explorer",
    "Invariant",
    "Report",
    "Step",
    "not_made_again",
]
