"""The templates that StatefulSets with Pods do not take before an input of theirs changes."""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime

from hooks.manifest import STATEFUL_SET, Manifest
from hooks.server import dispatch
from hooks.settings import Settings
from substratus.commands.diff.changes import Children, Place

_KINDS = {kind.format.parent[0]: kind for kind in dispatch.KINDS.values()}


def as_made_now(
    children: Children, requests: Iterable[Manifest], settings: Settings, now: datetime
) -> Children:
    """Return children in which each StatefulSet has the template that it would be made with now.

    One with Pods keeps the template that it was given until its annotation of inputs changes. The
    hooks are asked again without its Pods, since one without Pods takes the new template at once.

    Args:
        children: the children, as they were asked for last.
        requests: the last call of each parent's sync hook.
        settings: those of the hooks.
        now: the time of these calls.
    """
    fresh = dict(pair for each in requests for pair in _stateful_sets(each, settings, now))
    return {
        place: _with_template(child, fresh[place]) if place in fresh else child
        for place, child in children.items()
    }


def _stateful_sets(
    request: Manifest, settings: Settings, now: datetime
) -> Iterator[tuple[Place, Manifest]]:
    parent, children = request["parent"], request["children"]
    running = children.get(STATEFUL_SET) or {}
    if not any((each.get("status") or {}).get("replicas") for each in running.values()):
        return
    stopped = {key: {**each, "status": {"observedGeneration": 1}} for key, each in running.items()}
    answer = _KINDS[parent["kind"]].sync(
        parent, {**children, STATEFUL_SET: stopped}, request["related"], settings=settings, now=now
    )
    owner = (parent["kind"], parent["metadata"]["namespace"], parent["metadata"]["name"])
    for child in answer.children:
        if child["kind"] == "StatefulSet":
            yield (*owner, child["kind"], child["metadata"]["name"]), child


def _with_template(child: Manifest, fresh: Manifest) -> Manifest:
    template = fresh["spec"]["template"]
    if template == child["spec"]["template"]:
        return child
    # One that is kept is read back from the cluster, which sorts its keys.
    in_order = json.loads(json.dumps(template, sort_keys=True))
    return {**child, "spec": {**child["spec"], "template": in_order}}
