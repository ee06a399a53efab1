"""Managing children: what is not desired is deleted, what is desired is created or updated."""

import json
from collections.abc import Iterator

from metacontroller_offline import apply
from metacontroller_offline.checks import Checks
from metacontroller_offline.errors import (
    AlreadyExistsError,
    ApiError,
    ConflictError,
    HookError,
    NameHeldByForeignObject,
    NeverConverges,
    NotFoundError,
    Where,
)
from metacontroller_offline.manifests import ControllerSpec
from metacontroller_offline.objects import (
    Manifest,
    controller_of,
    controller_reference,
    differences,
    group_of,
    is_deleting,
    owner_references,
    ref,
    same,
    value_at,
)
from metacontroller_offline.store import Cluster
from metacontroller_offline.watchdog import Watchdog

WRITER = "metacontroller"


class ChildManager:
    """Reconciles the children of one controller's parents.

    Args:
        cluster: where the children are.
        spec: the controller.
        watchdog: sees each write.
        checks: what becomes of a name that is taken, and of a child that never rests.
    """

    def __init__(
        self, cluster: Cluster, spec: ControllerSpec, watchdog: Watchdog, checks: Checks
    ) -> None:
        self._cluster = cluster
        self._controller = str(spec)
        self._methods = {
            (group_of(each.kind.api_version), each.kind.kind): each.method for each in spec.children
        }
        self._watchdog = watchdog
        self._checks = checks
        # What was compared once is not compared again: the store replaces objects, never changes
        # them, so that an object that is the same is equal.
        self._at_rest: dict[str, tuple[Manifest, Manifest]] = {}

    def manage(
        self,
        request: Manifest,
        parent: Manifest,
        observed: list[Manifest],
        desired: list[Manifest],
    ) -> None:
        """Make the children what the hook wants.

        Args:
            request: what the hook was asked.
            parent: their owner.
            observed: the children that were there.
            desired: the children, checked, with all labels and annotations that they shall have.

        Raises:
            HookError: some child was refused; the others are applied nevertheless.
            HookDefect: a child's name is held by a foreign object, or it never converges.
        """
        there = {ref(each): each for each in observed}
        errors = list(self._delete(observed, {ref(each) for each in desired}))
        for child in sorted(desired, key=_apply_order):
            try:
                self._apply(request, parent, there.get(ref(child)), child)
            except (ApiError, HookError) as error:
                errors.append(str(error))
        if errors:
            raise HookError(f"can't reconcile children for {ref(parent)}: {'; '.join(errors)}")

    def _delete(self, observed: list[Manifest], desired: set[tuple[str, ...]]) -> Iterator[str]:
        for child in sorted(observed, key=_apply_order):
            if ref(child) in desired or is_deleting(child):
                continue
            try:
                self._cluster.delete(ref(child), uid=child["metadata"]["uid"], by=WRITER)
            except NotFoundError:
                continue
            except ApiError as error:
                yield str(error)

    def _method(self, child: Manifest) -> str | None:
        return self._methods.get((group_of(child["apiVersion"]), child["kind"]))

    def _apply(
        self, request: Manifest, parent: Manifest, observed: Manifest | None, desired: Manifest
    ) -> None:
        if observed is None:
            self._create(request, parent, desired)
            return
        uid = observed["metadata"]["uid"]
        seen, rested = self._at_rest.get(uid, (None, None))
        if seen is observed and same(rested, desired):
            return
        wanted = apply.updated(observed, desired)
        method = self._method(desired)
        if same(wanted, observed):
            self._at_rest[uid] = (observed, desired)
            return
        if is_deleting(observed) or method in {None, "OnDelete"}:
            return
        self._watchdog.child_written(request, parent, desired)
        try:
            if method in {"Recreate", "RollingRecreate"}:
                self._cluster.delete(ref(observed), uid=observed["metadata"]["uid"], by=WRITER)
                return
            stored = self._cluster.update(wanted, by=WRITER)
        except (NotFoundError, ConflictError):
            return
        self._expect_stable(parent, stored, desired)

    def _create(self, request: Manifest, parent: Manifest, desired: Manifest) -> None:
        child = apply.with_last_applied(desired, desired)
        owners = owner_references(child)
        if not any(each.get("uid") == parent["metadata"]["uid"] for each in owners):
            owners = [*owners, controller_reference(parent)]
        child["metadata"]["ownerReferences"] = owners
        try:
            stored = self._cluster.create(child, by=WRITER)
        except AlreadyExistsError:
            self._name_is_taken(parent, desired)
            return
        self._watchdog.child_written(request, parent, desired)
        if self._method(desired) not in {None, "OnDelete"}:
            self._expect_stable(parent, stored, desired)

    def _name_is_taken(self, parent: Manifest, desired: Manifest) -> None:
        holder = self._cluster.read(ref(desired))
        if holder is None:
            return
        owner = controller_of(holder)
        if owner is not None and owner["uid"] == parent["metadata"]["uid"]:
            return
        whose = f"controlled by {owner['kind']} {owner['name']}" if owner else "of no controller"
        defect = NameHeldByForeignObject(
            Where(self._controller, ref(parent), str(ref(desired)), "metadata.name"),
            f"An object {whose} has this name.",
        )
        self._checks.found(defect)

    def _expect_stable(self, parent: Manifest, stored: Manifest, desired: Manifest) -> None:
        """Compare what was stored with what is wanted: a difference is written at every sync."""
        again = apply.updated(stored, desired)
        if same(again, stored):
            return
        field = next(differences(stored, again), "")
        given, kept = value_at(desired, field), value_at(stored, field)
        if given is not None and same(given, kept):
            # The hook's own value is stored; what two items of one key do is the lint's to find.
            return
        becomes = "drops it" if kept is None else f"stores {json.dumps(kept)[:200]}"
        defect = NeverConverges(
            Where(self._controller, ref(parent), str(ref(desired)), field),
            f"The value is {json.dumps(given)[:200]}; the API server {becomes}.",
        )
        self._checks.found(defect)


def _apply_order(child: Manifest) -> tuple[str, str, str, str, str]:
    key = ref(child)
    group, _, version = key.api_version.rpartition("/")
    return group, version, key.kind, key.namespace, key.name
