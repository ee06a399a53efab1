"""Metacontroller without a cluster: unit tests of hooks, in virtual time.

`Simulation` is where to begin.
"""

from typing import TYPE_CHECKING

from metacontroller_offline.agenda import Agenda
from metacontroller_offline.callers import (
    Caller,
    FunctionCaller,
    Hooks,
    InProcessCaller,
    Response,
)
from metacontroller_offline.clock import Clock
from metacontroller_offline.history import SyncFailedError
from metacontroller_offline.hookclient import HookCall
from metacontroller_offline.kubelet import Kubelet
from metacontroller_offline.manifests import load_manifests
from metacontroller_offline.metacontroller import Metacontroller
from metacontroller_offline.objects import Ref
from metacontroller_offline.scenario import Rule, Scenario, Timings, Workload
from metacontroller_offline.simulation import Simulation
from metacontroller_offline.store import Cluster
from metacontroller_offline.timeline import TimelineEvent
from metacontroller_offline.versions import KUBERNETES_VERSION, METACONTROLLER_VERSION

if TYPE_CHECKING:
    from metacontroller_offline.httpcaller import HttpCaller, WsgiCaller

__all__ = [
    "KUBERNETES_VERSION",
    "METACONTROLLER_VERSION",
    "Agenda",
    "Caller",
    "Clock",
    "Cluster",
    "FunctionCaller",
    "HookCall",
    "Hooks",
    "HttpCaller",
    "InProcessCaller",
    "Kubelet",
    "Metacontroller",
    "Ref",
    "Response",
    "Rule",
    "Scenario",
    "Simulation",
    "SyncFailedError",
    "TimelineEvent",
    "Timings",
    "Workload",
    "WsgiCaller",
    "load_manifests",
]


def __getattr__(name: str) -> object:
    if name not in {"HttpCaller", "WsgiCaller"}:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    # Loaded when it is asked for: most tests call functions, and httpx takes longest to import.
    from metacontroller_offline import httpcaller  # noqa: PLC0415

    return getattr(httpcaller, name)
