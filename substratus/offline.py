"""The objects of a person in the offline Metacontroller, with the hooks in process or served."""

import copy
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from metacontroller_offline import Caller, HookCall, Response, Scenario, Simulation

from hooks.names import SEEN, STEP
from hooks.server import dispatch
from hooks.server.envelope import MalformedRequestError
from hooks.settings import Settings
from hooks.step import Step
from substratus.manifests import controllers, crds
from substratus.queue import RoomyQueue
from substratus.terminal import progress

Manifest = dict[str, Any]
START = datetime(2026, 1, 1, tzinfo=UTC)
"""When virtual time begins, unless a real server reads the real clock."""
_TRUE = re.compile(r"\w+ (\w+ → )?True\b")
"""What a timeline says of a condition that becomes True."""
_STAGES = 3
"""No object has more conditions."""


class DispatchCaller:
    """Calls the hooks in this process, with the bytes that a server would get."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.now: Callable[[], datetime] | None = None

    def post(
        self,
        url: str,
        body: bytes,
        timeout: float,  # noqa: ARG002 - no waiting
        headers: Mapping[str, str] | None = None,  # noqa: ARG002 - no credentials
    ) -> Response:
        """Answer a request as the server would."""
        assert self.now is not None  # noqa: S101 - `simulation` sets it
        path = "/" + url.split("/", 3)[3]
        try:
            answer = dispatch.call(path, body, settings=self.settings, now=self.now())
        except MalformedRequestError as error:
            return Response(400, str(error).encode())
        return Response(200, answer)


@dataclass
class Rendered:
    """The children that the hooks ever asked for, the last version of each, by parent.

    Attributes:
        children: the children, by the parent's kind, namespace and name, and their own.
        requests: the last call of each parent's sync hook.
    """

    children: dict[tuple[str, ...], Manifest] = field(default_factory=dict)
    requests: dict[tuple[str, str, str], Manifest] = field(default_factory=dict)

    def observe(self, call: HookCall) -> None:
        """Take the children of a sync hook's answer."""
        if call.status != 200 or not call.body or not call.url.endswith("/sync"):  # noqa: PLR2004 - OK
            return
        parent: Manifest | None = call.request.get("parent")
        if parent is None:
            return
        metadata = parent["metadata"]
        place = (parent["kind"], metadata["namespace"], metadata["name"])
        self.requests[place] = call.request
        for child in json.loads(call.body).get("children", []):
            metadata = child["metadata"]
            labels = {
                key: value
                for key, value in metadata.get("labels", {}).items()
                if key != "controller-uid"
            }
            annotations = {
                key: value for key, value in metadata.get("annotations", {}).items() if key != SEEN
            }
            key = (*place, child["kind"], metadata["name"])
            own = {**metadata, "labels": labels, "annotations": annotations}
            if not annotations:
                del own["annotations"]
            self.children[key] = {**child, "metadata": own}


def simulation(
    objects: Iterable[Manifest],
    *,
    caller: Caller,
    settings: Settings | None = None,
    scenario: Scenario | None = None,
    rendered: Rendered | None = None,
    start: datetime | None = None,
) -> Simulation:
    """Return an offline cluster in which the objects have just been applied.

    Args:
        objects: objects of the four kinds, with namespaces.
        caller: how the hooks are reached.
        settings: say which claims an administrator has made in each namespace.
        scenario: what fails.
        rendered: takes every child.
        start: the virtual time at which it begins.
    """
    sim = Simulation(
        [*crds(), *controllers()],
        caller,
        scenario=scenario,
        observer=rendered.observe if rendered else None,
        start=start or START,
        cel=False,  # The hooks and `substratus check` have the same rules in Python.
    )
    RoomyQueue(sim)
    if isinstance(caller, DispatchCaller):
        caller.now = sim.clock.now
    given = list(objects)
    prepare(sim, given, settings or Settings())
    for each in given:
        # What a cluster wrote into an object is not the person's to apply.
        applied = copy.deepcopy({key: each[key] for key in each if key != "status"})
        sim.cluster.apply(applied)
    return sim


def prepare(sim: Simulation, objects: Iterable[Manifest], settings: Settings) -> None:
    """Make the namespaces of objects, with the claims that an administrator makes there."""
    for each in surroundings(objects, settings):
        sim.cluster.apply(each)


def surroundings(objects: Iterable[Manifest], settings: Settings) -> Iterator[Manifest]:
    """Yield the namespaces of objects, with the claims that an administrator makes there."""
    for namespace in sorted({each["metadata"]["namespace"] for each in objects}):
        yield {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}}
        for claim in settings.storage.given_claims():
            yield _given_claim(namespace, claim)


def settled(sim: Simulation, objects: Sequence[Manifest]) -> None:
    """Run until nothing moves, and show how far it is where that takes long.

    Each object counts for `_STAGES`: one for each condition that becomes True, the rest at its
    `Ready`. Objects become ready at much the same virtual time, so those alone would show nothing
    for long.
    """
    left = {
        (each["kind"], each["metadata"]["namespace"], each["metadata"]["name"]): _STAGES
        for each in objects
    }
    with progress("Running the objects offline", _STAGES * len(left)) as bar:
        for event in sim.run():
            place = (event.kind, event.namespace, event.name)
            if _TRUE.match(event.what) and left.get(place):
                is_ready = event.what.startswith("Ready")
                done = left[place] if is_ready else min(1, left[place] - 1)
                left[place] -= done
                bar.update(done)


def _given_claim(namespace: str, name: str) -> Manifest:
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"accessModes": ["ReadWriteMany"], "resources": {"requests": {"storage": "1Gi"}}},
    }


def step_of(child: Manifest) -> Step | None:
    """Return the step that a child belongs to, by its label; None for one of another version."""
    return Step.named(child["metadata"].get("labels", {}).get(STEP))


def ready(sim: Simulation, objects: Iterable[Manifest]) -> list[tuple[Manifest, Manifest]]:
    """Return each object as it is now, with its `Ready` condition or an empty map."""
    found = []
    for each in objects:
        metadata = each["metadata"]
        now = sim.cluster.get(
            each["apiVersion"], each["kind"], metadata["namespace"], metadata["name"]
        )
        conditions = ((now or {}).get("status") or {}).get("conditions") or []
        condition: Manifest = next((item for item in conditions if item["type"] == "Ready"), {})
        found.append((now or each, condition))
    return found
