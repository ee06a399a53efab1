"""Rolling updates of children: which revision of a parent each child belongs to, and what is next.

As in Metacontroller 4.17.2, with its faults: below a namespaced parent a child is looked for by its
name alone among children that are known by namespace and name, so that a rollout of more than one
child waits forever for a `missing child`.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from metacontroller_offline import apply
from metacontroller_offline.errors import HookError, UnsupportedError
from metacontroller_offline.manifests import ChildRule
from metacontroller_offline.objects import Json, Manifest, group_of, ref, same
from metacontroller_offline.wire import SyncAnswer

UPDATED = "Updated"
_Key = tuple[str, str, str]
"""API group, kind and name of a child, relative to its parent."""


@dataclass
class Revision:
    """One state of a parent that some of its children still have.

    Args:
        parent: the parent in this state.
        manifest: the ControllerRevision.
        answer: what the sync hook answers for this parent.
        desired: the children that it wants, by their relative names.
    """

    parent: Manifest
    manifest: Manifest
    answer: SyncAnswer = field(default_factory=SyncAnswer)
    desired: dict[_Key, Manifest] = field(default_factory=dict)

    def names(self) -> Iterator[_Key]:
        """Yield the children that the revision claims."""
        for each in self.manifest.get("children") or []:
            for name in each["names"]:
                yield each["apiGroup"], each["kind"], name

    def add(self, key: _Key) -> None:
        """Claim a child."""
        if key in list(self.names()):
            return
        group, kind, name = key
        claims = [dict(each) for each in self.manifest.get("children") or []]
        for each in claims:
            if (each["apiGroup"], each["kind"]) == (group, kind):
                each["names"] = [*each["names"], name]
                break
        else:
            claims.append({"apiGroup": group, "kind": kind, "names": [name]})
        self.manifest = {**self.manifest, "children": claims}

    def remove(self, key: _Key) -> None:
        """Give up a child."""
        kept = []
        for each in self.manifest.get("children") or []:
            names = [
                name for name in each["names"] if (each["apiGroup"], each["kind"], name) != key
            ]
            kept += [{**each, "names": names}] if names else []
        self.manifest = {**self.manifest, "children": kept}


def relative_key(parent: Manifest, child: Manifest) -> _Key:
    """Return by what a revision knows a child."""
    key = ref(child)
    outside = not parent["metadata"].get("namespace") and key.namespace
    name = f"{key.namespace}/{key.name}" if outside else key.name
    return group_of(key.api_version), key.kind, name


class Rollout:
    """Moves children from older revisions to the latest, one at a sync.

    Args:
        rules: the controller's rules for children.
        observed: the children that are there.
    """

    def __init__(self, rules: Iterable[ChildRule], observed: Iterable[Manifest]) -> None:
        self._rules: Mapping[tuple[str, str], ChildRule] = {
            (group_of(each.kind.api_version), each.kind.kind): each
            for each in rules
            if each.is_rolling
        }
        # By namespace and name, where there is a namespace.
        self._observed = {
            (group_of(each["apiVersion"]), each["kind"], ref(each).inner_key): each
            for each in observed
        }

    def _is_rolling(self, key: _Key) -> bool:
        return key[:2] in self._rules

    def advance(self, revisions: list[Revision]) -> Manifest:
        """Move what may move now; return the status of the parent, with the condition Updated.

        Args:
            revisions: all of a parent, of which the first is the latest.
        """
        latest = revisions[0]
        claimed = self._claimed(revisions)
        for key, wanted in latest.desired.items():
            if self._is_rolling(key):
                self._take_what_fits(key, wanted, latest, claimed)
        for child in filter(None, latest.answer.children):
            key = (group_of(child["apiVersion"]), child["kind"], ref(child).name)
            if self._is_rolling(key) and claimed.get(key) is not latest:
                return self._move(key, revisions)
        name = latest.manifest["metadata"]["name"]
        return self._status(
            latest, "True", "OnLatestRevision", f"latest ControllerRevision: {name}"
        )

    def _claimed(self, revisions: list[Revision]) -> dict[_Key, Revision]:
        """Drop the claims of children that are no longer wanted; return who claims the others."""
        latest, claimed = revisions[0], dict[_Key, Revision]()
        for revision in revisions:
            kept = []
            for each in revision.manifest.get("children") or []:
                keys = [(each["apiGroup"], each["kind"], name) for name in each["names"]]
                mine = [
                    key
                    for key in keys
                    if self._is_rolling(key) and key in latest.desired and key not in claimed
                ]
                claimed.update(dict.fromkeys(mine, revision))
                # A kind of which one child remains keeps the names of all.
                kept += [each] if mine else []
            revision.manifest = {**revision.manifest, "children": kept}
        return claimed

    def _take_what_fits(
        self, key: _Key, desired: Manifest, latest: Revision, claimed: dict[_Key, Revision]
    ) -> None:
        """Give the latest revision a child that nobody has, or that is already as it wants."""
        owner = claimed.get(key)
        if owner is latest:
            return
        if owner is not None:
            child = self._observed.get(key)
            if child is None or not same(apply.updated(child, desired), child):
                return
            owner.remove(key)
        latest.add(key)
        claimed[key] = latest

    def _move(self, key: _Key, revisions: list[Revision]) -> Manifest:
        latest = revisions[0]
        try:
            for each in latest.names():
                self._expect_happy(latest, each)
        except HookError as error:
            return self._status(latest, "False", "RolloutWaiting", str(error))
        latest.add(key)
        for older in revisions[1:]:
            older.remove(key)
        message = f"updating {key[1]} {key[2]}"
        return self._status(latest, "False", "RolloutProgressing", message)

    def _expect_happy(self, latest: Revision, key: _Key) -> None:
        rule, what = self._rules.get(key[:2]), f"{key[1]} {key[2]}"
        if rule is None:
            return
        child = self._observed.get(key)
        if child is None:
            raise HookError(f"missing child {what}")
        if not same(apply.updated(child, latest.desired.get(key, {})), child):
            raise HookError(f"child {what} is not updated yet")
        seen = (child.get("status") or {}).get("observedGeneration") or 0
        if rule.method == "RollingInPlace" and 0 < seen < child["metadata"].get("generation", 0):
            raise HookError(
                f"child {what} with RollingInPlace update strategy hasn't observed latest spec"
            )
        for check in rule.status_checks:
            if fault := _status_fault(check, child):
                raise HookError(f"child {what} failed status check: {fault}")

    def _status(self, latest: Revision, status: str, reason: str, message: str) -> Manifest:
        answered = latest.answer.status
        if answered is None:
            raise UnsupportedError(
                f"{ref(latest.parent)}: a sync hook that answers no status ends a real "
                "Metacontroller if children are updated with a Rolling method: answer one."
            )
        conditions: list[Json] = list(answered.get("conditions") or [])
        condition = {"type": UPDATED, "status": status, "reason": reason, "message": message}
        places = [index for index, each in enumerate(conditions) if each.get("type") == UPDATED]
        if places:
            conditions[places[0]] = condition
        else:
            conditions.append(condition)
        return {**answered, "conditions": conditions}


def _status_fault(check: Manifest, child: Manifest) -> str:
    kind = check.get("type")
    conditions = (child.get("status") or {}).get("conditions") or []
    found = next((each for each in conditions if each.get("type") == kind), None)
    if found is None:
        return f'required condition type missing: "{kind}"'
    for name in ("status", "reason"):
        if name in check and found.get(name) != check[name]:
            return f'"{kind}" condition {name} is "{found.get(name)}" (want "{check[name]}")'
    return ""
