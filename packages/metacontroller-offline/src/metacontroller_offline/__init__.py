"""Metacontroller without a cluster: unit tests of hooks, in virtual time.

See docs/offline.md. `Simulation` is where to begin.
"""

from metacontroller_offline.agenda import Agenda
from metacontroller_offline.callers import Caller, HttpCaller, InProcessCaller, Response
from metacontroller_offline.clock import Clock
from metacontroller_offline.hookclient import HookCall
from metacontroller_offline.kubelet import Kubelet
from metacontroller_offline.manifests import load_manifests
from metacontroller_offline.metacontroller import Metacontroller
from metacontroller_offline.objects import Ref
from metacontroller_offline.scenario import Rule, Scenario, Timings, Workload
from metacontroller_offline.simulation import Simulation
from metacontroller_offline.store import Cluster
from metacontroller_offline.timeline import TimelineEvent

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
