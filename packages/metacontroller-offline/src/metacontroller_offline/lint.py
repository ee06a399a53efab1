"""What is wrong with the children that a hook returned, before any of them is applied."""

from collections.abc import Iterable

from metacontroller_offline.convergence import unstable_fields
from metacontroller_offline.errors import (
    ApiError,
    ChildOutOfScope,
    DuplicateChild,
    GenerateNameOnly,
    NeverConverges,
    NullListElement,
    Where,
    WrongApiVersion,
)
from metacontroller_offline.kinds import Kinds
from metacontroller_offline.manifests import ChildRule
from metacontroller_offline.objects import Manifest, Ref, group_of, ref, same


class ChildLint:
    """Raises a defect for what a real Metacontroller takes badly.

    Args:
        kinds: what the API server knows.
        rules: the controller's `childResources` or `attachments`.
        controller: the controller, for the errors.
    """

    def __init__(self, kinds: Kinds, rules: Iterable[ChildRule], controller: str) -> None:
        self._kinds = kinds
        self._rules = {(group_of(each.kind.api_version), each.kind.kind): each for each in rules}
        self._controller = controller
        self._passed: dict[tuple[str, Ref], Manifest] = {}

    def check(self, parent: Manifest, children: list[Manifest | None]) -> list[Manifest]:
        """Return the children, none of which is None, with the parent's namespace by default.

        Raises:
            HookDefect: one that names the child and the field.
        """
        seen: set[Ref] = set()
        return [self._child(parent, child, seen) for child in children]

    def _child(self, parent: Manifest, child: Manifest | None, seen: set[Ref]) -> Manifest:
        namespace = parent["metadata"].get("namespace", "")
        if child is None:
            raise NullListElement(self._where(parent), "A child is null.")
        metadata = child.get("metadata") or {}
        if metadata.get("generateName") and not metadata.get("name"):
            raise GenerateNameOnly(
                self._where(parent, child), "The child has generateName and no name."
            )
        if namespace and not metadata.get("namespace"):
            child = {**child, "metadata": {**metadata, "namespace": namespace}}
        key = ref(child)
        if key in seen:
            raise DuplicateChild(
                self._where(parent, child), "Two children have this kind and name."
            )
        seen.add(key)
        self._scope(parent, child, namespace)
        self._stability(parent, child)
        return child

    def _where(self, parent: Manifest, child: Manifest | None = None, field: str = "") -> Where:
        return Where(self._controller, str(ref(parent)), str(ref(child)) if child else "", field)

    def _scope(self, parent: Manifest, child: Manifest, namespace: str) -> None:
        key = ref(child)
        rule = self._rules.get((group_of(key.api_version), key.kind))
        if rule is not None and rule.kind.api_version != key.api_version:
            raise WrongApiVersion(
                self._where(parent, child, "apiVersion"),
                f"It is {key.api_version}; the rule says {rule.kind.api_version}.",
            )
        try:
            kind = self._kinds.of(key.api_version, key.kind)
        except ApiError:
            return
        if namespace and (not kind.namespaced or key.namespace != namespace):
            raise ChildOutOfScope(
                self._where(parent, child, "metadata.namespace"),
                f"The parent's namespace is {namespace}.",
            )

    def _stability(self, parent: Manifest, child: Manifest) -> None:
        key = ref(child)
        rule = self._rules.get((group_of(key.api_version), key.kind))
        passed = (parent["metadata"]["uid"], key)
        # A child that is never updated cannot be updated at every sync.
        if rule is None or rule.method == "OnDelete" or same(self._passed.get(passed), child):
            return
        for field, becomes in unstable_fields(child):
            raise NeverConverges(
                self._where(parent, child, field), f"The value does not stay: {becomes}."
            )
        self._passed[passed] = child
