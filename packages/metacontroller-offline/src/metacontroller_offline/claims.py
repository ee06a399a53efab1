"""The volume controller: claims are bound, and grow."""

from datetime import timedelta
from functools import partial

from metacontroller_offline.agenda import Agenda
from metacontroller_offline.objects import Manifest, Ref, ref
from metacontroller_offline.reading import WatchEvent
from metacontroller_offline.scenario import ClaimPending, Fates
from metacontroller_offline.store import Cluster

WRITER = "volume-controller"


class Claims:
    """Binds every PersistentVolumeClaim of the cluster.

    Args:
        cluster: where the claims are.
        agenda: where the next steps are entered.
        fates: decides which claims are never bound.
    """

    def __init__(self, cluster: Cluster, agenda: Agenda, fates: Fates) -> None:
        self._cluster = cluster
        self._agenda = agenda
        self._fates = fates

    def on_claim(self, event: WatchEvent) -> None:
        """Bind a new claim, grow one that asks for more."""
        if event.new is None or event.by == WRITER:
            return
        seconds = 0.0
        if event.old is None:
            fate = self._fates.decide(event.new, event.new)
            if isinstance(fate.outcome, ClaimPending):
                return
            seconds = fate.timings.bind
        elif (event.new.get("status") or {}).get("phase") != "Bound":
            return
        due = self._cluster.clock.now() + timedelta(seconds=seconds)
        self._agenda.at(due, partial(self._bind, event.ref, event.new["metadata"]["uid"]))

    def _bind(self, key: Ref, uid: str) -> None:
        claim = self._cluster.read(key)
        if claim is None or claim["metadata"]["uid"] != uid:
            return
        if not claim["spec"].get("volumeName"):
            spec = {**claim["spec"], "volumeName": f"pvc-{uid}"}
            claim = self._cluster.update({**claim, "spec": spec}, by=WRITER)
        self._set_bound(claim)

    def _set_bound(self, claim: Manifest) -> None:
        spec = claim["spec"]
        status = {
            "phase": "Bound",
            "accessModes": spec.get("accessModes") or [],
            "capacity": {"storage": spec["resources"]["requests"]["storage"]},
        }
        current = self._cluster.read(ref(claim)) or claim
        self._cluster.update_status({**current, "status": status}, by=WRITER)
