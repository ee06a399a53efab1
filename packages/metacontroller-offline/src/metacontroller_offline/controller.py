"""What composite and decorator controllers share: events, the queue, hook calls, errors."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from metacontroller_offline.checks import Checks
from metacontroller_offline.children import WRITER, ChildManager
from metacontroller_offline.customize import Customize
from metacontroller_offline.errors import ApiError, HookError, TooManyRequestsError, Where
from metacontroller_offline.garbage import FOREGROUND, ORPHAN
from metacontroller_offline.hookclient import HookClient
from metacontroller_offline.kinds import Kind
from metacontroller_offline.lint import ChildLint
from metacontroller_offline.manifests import ControllerSpec, ParentRule
from metacontroller_offline.objects import (
    Manifest,
    Ref,
    annotations,
    controller_of,
    finalizers,
    group_of,
    is_deleting,
    labels,
    ref,
)
from metacontroller_offline.reading import Reader, WatchEvent, as_version
from metacontroller_offline.related import RelatedRule, parse_rules
from metacontroller_offline.saving import Saved, Saving
from metacontroller_offline.selectors import SelectorError
from metacontroller_offline.store import Cluster
from metacontroller_offline.timeline import Timeline
from metacontroller_offline.watchdog import Watchdog
from metacontroller_offline.wire import (
    ObjectMap,
    SyncAnswer,
    decode_customize,
    decode_sync,
    object_map,
)
from metacontroller_offline.workqueue import WorkQueue

QueueKey = tuple[str, Ref]
"""A controller, as its manifest's kind and name, and one of its parents."""


@dataclass(frozen=True)
class Context:
    """What all controllers of one Metacontroller share.

    Attributes:
        cluster: the API server, which they write to.
        cache: what they read: the same, or what a cache that lags has of it.
    """

    cluster: Cluster
    cache: Reader
    hooks: HookClient
    queue: WorkQueue[QueueKey]
    timeline: Timeline
    checks: Checks


class Controller(Saving, ABC):
    """One controller: syncs its parents when something that concerns them changes."""

    def __init__(self, spec: ControllerSpec, context: Context) -> None:
        self.spec = spec
        self.name = str(spec)
        self._context = context
        self._cluster = context.cluster
        self._cache = context.cache
        self._parents = {
            (version, each.kind.kind): each
            for each in spec.parents
            for version in (each.kind.storage, each.kind.api_version)
        }
        self._child_versions = {
            (each.kind.storage, each.kind.kind): each.kind.api_version for each in spec.children
        }
        self._watchdog = Watchdog(self.name, context.cluster.clock, context.checks)
        self._lint = ChildLint(context.cluster.kinds, spec.children, self.name, context.checks)
        self._customize = Customize(context.cache, context.cluster.clock, self._ask_customize)
        self._children = ChildManager(context.cluster, spec, self._watchdog, context.checks)
        self._manifest_ref = ref(spec.manifest)
        self.failures: dict[Ref, str] = {}

    def save(self) -> Saved:
        """Return what is remembered of the parents."""
        return (dict(self.failures), self._customize.save())

    def load(self, saved: Saved) -> None:
        """Remember what was saved; loops are counted from here."""
        failures, customize = saved
        self.failures = dict(failures)
        self._customize.load(customize)
        self._watchdog.reset()

    # What wakes a parent.

    def enqueue(self, parent: Manifest) -> None:
        """Sync a parent now, if the controller cares for it."""
        if self._cares_for(parent):
            self._context.queue.add((self.name, self._key(ref(parent))))

    def enqueue_all(self) -> None:
        """Sync every parent now: after a start, or when the resync period has passed."""
        for rule in self.spec.parents:
            for parent in self._cache.list(rule.kind.api_version, rule.kind.kind):
                self.enqueue(parent)

    def parents(self) -> list[Ref]:
        """Return the parents that it cares for."""
        return [
            self._key(ref(parent))
            for rule in self.spec.parents
            for parent in self._cache.list(rule.kind.api_version, rule.kind.kind)
            if self._cares_for(parent)
        ]

    def forget(self) -> None:
        """Remember nothing of the parents."""
        self.load(({}, ({},)))

    def _key(self, key: Ref) -> Ref:
        """Return a parent's identity in the version that the controller asks for."""
        return key._replace(api_version=self._parents[key.api_version, key.kind].kind.api_version)

    def on_parent(self, event: WatchEvent) -> None:
        """Handle a change of an object that may be a parent."""
        if event.new is None:
            self._context.queue.add((self.name, self._key(event.ref)))
            return
        rule = self._parents[event.ref.api_version, event.ref.kind]
        if rule.ignore_status_changes and event.old and _is_status_only(event.old, event.new):
            return
        self.enqueue(event.new)

    def on_child(self, event: WatchEvent) -> None:
        """Handle a change of an object that may be a child."""
        child = event.new or event.old or {}
        owner = controller_of(child)
        if owner is None:
            if event.new is not None and not is_deleting(event.new):
                self._on_orphan(event.new)
            return
        parent = self._resolve(child, owner)
        if parent is not None:
            self.enqueue(parent)

    def on_related(self, event: WatchEvent) -> None:
        """Handle a change of an object that may be related to parents."""
        for key in self._customize.woken_by(event):
            parent = self._cache.read(key)
            if parent is not None:
                self.enqueue(parent)

    def _on_orphan(self, child: Manifest) -> None:
        """Handle an object of a child's kind that nobody controls: by default, leave it."""

    def _resolve(self, child: Manifest, owner: Manifest) -> Manifest | None:
        for rule in self.spec.parents:
            api_version, kind = rule.kind.api_version, rule.kind.kind
            if kind == owner["kind"] and group_of(api_version) == group_of(owner["apiVersion"]):
                namespace = child["metadata"].get("namespace", "") if rule.kind.namespaced else ""
                parent = self._cache.read(Ref(api_version, kind, namespace, owner["name"]))
                return parent if parent and parent["metadata"]["uid"] == owner["uid"] else None
        return None

    def _rule(self, parent: Manifest) -> ParentRule:
        return self._parents[parent["apiVersion"], parent["kind"]]

    def _matches(self, parent: Manifest) -> bool:
        rule = self._rule(parent)
        return rule.labels.matches(labels(parent)) and rule.annotations.matches(annotations(parent))

    def _cares_for(self, parent: Manifest) -> bool:
        return self._matches(parent) or self.spec.finalizer in finalizers(parent)

    # Syncing.

    def sync(self, key: Ref) -> None:
        """Sync one parent; what a hook does wrong is an event and a backoff.

        Raises:
            HookDefect: the hook does what a real Metacontroller takes badly.
        """
        queue, item = self._context.queue, (self.name, key)
        parent = self._cache.read(key)
        self.failures.pop(key, None)
        if parent is None:
            self._customize.forget(key)
            self._watchdog.forget(key)
            queue.forget(item)
            return
        self._watchdog.synced(key)
        try:
            self._sync_if_concerned(parent)
        except TooManyRequestsError as error:
            queue.add_after(item, timedelta(seconds=error.seconds))
        except (HookError, ApiError, SelectorError) as error:
            self._context.timeline.note(key, WRITER, f"SyncError: Sync error: {error}")
            self.failures[key] = str(error)
            queue.add_rate_limited(item)
        else:
            queue.forget(item)

    def _sync_if_concerned(self, parent: Manifest) -> None:
        if not self._cares_for(parent):
            return
        parent = self._with_finalizer(parent)
        if self._cares_for(parent):
            self._sync_parent(parent)

    @abstractmethod
    def _sync_parent(self, parent: Manifest) -> None:
        """Ask the hook and do what it answers."""

    def _object_map(
        self, parent: Manifest, kinds: Iterable[Kind], objects: Iterable[Manifest]
    ) -> ObjectMap:
        """Return objects in the format of the sync hook's version."""
        hook = self.spec.hooks.get("sync") or self.spec.hooks["finalize"]
        relative = hook.version == "v1" and bool(parent["metadata"].get("namespace"))
        return object_map(kinds, objects, relative=relative)

    def _owned(self, parent: Manifest) -> Iterator[Manifest]:
        """Yield what a parent owns of the kinds of its children, in the versions of the rules."""
        for each in self._cache.dependents(parent["metadata"]["uid"]):
            version = self._child_versions.get((each["apiVersion"], each["kind"]))
            if version is not None:
                yield as_version(each, version)

    def _where(self, parent: Manifest) -> Where:
        return Where(self.name, ref(parent))

    def _controller_object(self) -> Manifest:
        """Return the controller as its hooks see it: as Go writes its type."""
        found = self._cache.read(self._manifest_ref) or self.spec.manifest
        spec = {**found["spec"]}
        for field in ("childResources", "attachments"):
            if field in spec:
                spec[field] = [self._rule_as_sent(each) for each in spec[field]]
        return {**found, "spec": spec, "status": found.get("status") or {}}

    def _rule_as_sent(self, rule: Manifest) -> Manifest:
        if not self.spec.is_composite or "updateStrategy" not in rule:
            return rule
        return {**rule, "updateStrategy": {"statusChecks": {}, **rule["updateStrategy"]}}

    def _ask_customize(self, parent: Manifest) -> list[RelatedRule]:
        hook = self.spec.hooks.get("customize")
        if hook is None:
            return []
        request = {"controller": self._controller_object(), "parent": parent}
        where = self._where(parent)
        body = self._context.hooks.call(hook, request, where)
        rules = decode_customize(body, strict=hook.strict)
        within = parent["metadata"].get("namespace", "") if hook.version == "v1" else ""
        return parse_rules(rules, self._cache.kinds, where, self._context.checks, within)

    def _ask(self, parent: Manifest, request: Manifest) -> SyncAnswer:
        """Call finalize for a parent that goes or that is no longer selected, else sync."""
        going = is_deleting(parent) or not self._matches(parent)
        finalize = self.spec.hooks.get("finalize") if going else None
        hook = finalize or self.spec.hooks.get("sync")
        if hook is None:
            raise HookError("sync hook not defined")
        request["controller"] = self._controller_object()
        request["finalizing"] = finalize is not None
        body = self._context.hooks.call(hook, request, self._where(parent))
        answer = decode_sync(body, decorator=not self.spec.is_composite, strict=hook.strict)
        if answer.resync_after > 0:
            delay = timedelta(seconds=answer.resync_after)
            self._context.queue.add_after((self.name, ref(parent)), delay)
        return answer

    def _may_manage(self, parent: Manifest) -> bool:
        """Say whether children are managed: not while the garbage collector removes them."""
        if not is_deleting(parent):
            return True
        held = finalizers(parent)
        return self.spec.finalizer in held and not {FOREGROUND, ORPHAN} & set(held)

    # Finalizers.

    def _with_finalizer(self, parent: Manifest) -> Manifest:
        wanted = "finalize" in self.spec.hooks
        has = self.spec.finalizer in finalizers(parent)
        if has == wanted or (wanted and is_deleting(parent)):
            return parent
        others = [each for each in finalizers(parent) if each != self.spec.finalizer]
        return self._set_finalizers(parent, [*others, self.spec.finalizer] if wanted else others)

    def _without_finalizer(self, parent: Manifest) -> Manifest:
        held = finalizers(parent)
        if self.spec.finalizer not in held:
            return parent
        return self._set_finalizers(parent, [each for each in held if each != self.spec.finalizer])

    def _set_finalizers(self, parent: Manifest, held: list[str]) -> Manifest:
        metadata = {**parent["metadata"], "finalizers": held}
        return self._cluster.update({**parent, "metadata": metadata}, by=WRITER)


def _is_status_only(old: Manifest, new: Manifest) -> bool:
    return not is_deleting(new) and all(
        old["metadata"].get(field) == new["metadata"].get(field)
        for field in ("generation", "labels", "annotations")
    )
