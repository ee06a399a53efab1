"""Metacontroller without a cluster: unit tests of hooks, in virtual time.

See docs/offline.md. `Simulation` is where to begin.
"""

from hooks.offline.agenda import Agenda
from hooks.offline.callers import Caller, HttpCaller, InProcessCaller, Response
from hooks.offline.clock import Clock
from hooks.offline.hookclient import HookCall
from hooks.offline.kubelet import Kubelet
from hooks.offline.manifests import load_manifests
from hooks.offline.metacontroller import Metacontroller
from hooks.offline.objects import Ref
from hooks.offline.scenario import Rule, Scenario, Timings, Workload
from hooks.offline.simulation import Simulation
from hooks.offline.store import Cluster
from hooks.offline.timeline import TimelineEvent

__all__ = [
    "Agenda",
    "Caller",
    "Clock",
    "Cluster",
    "HookCall",
    "HttpCaller",
    "InProcessCaller",
    "Kubelet",
    "Metacontroller",
    "Ref",
    "Response",
    "Rule",
    "Scenario",
    "Simulation",
    "TimelineEvent",
    "Timings",
    "Workload",
    "load_manifests",
]
