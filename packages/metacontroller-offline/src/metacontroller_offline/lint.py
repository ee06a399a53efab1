"""What is wrong with the children that a hook returned, before any of them is applied."""

from collections.abc import Iterable

from metacontroller_offline.checks import Checks
from metacontroller_offline.duplicates import duplicate_keys
from metacontroller_offline.errors import (
    ApiError,
    ChildOutOfScope,
    DuplicateChild,
    DuplicateListKey,
    GenerateNameOnly,
    HookDefect,
    NeverConverges,
    NullListElement,
    Where,
    WrongApiVersion,
)
from metacontroller_offline.kinds import Kinds
from metacontroller_offline.manifests import ChildRule
from metacontroller_offline.objects import Manifest, Ref, group_of, ref, same, without

_OWNED_BY_SERVER = ("uid", "resourceVersion", "generation", "managedFields")


class ChildLint:
    """Finds what a real Metacontroller takes badly.

    Args:
        kinds: what the API server knows.
        rules: the controller's `childResources` or `attachments`.
        controller: the controller, for the errors.
        checks: what becomes of what is found.
    """

    def __init__(
        self, kinds: Kinds, rules: Iterable[ChildRule], controller: str, checks: Checks
    ) -> None:
        self._kinds = kinds
        self._rules = {(group_of(each.kind.api_version), each.kind.kind): each for each in rules}
        self._controller = controller
        self._checks = checks
        self._passed: dict[tuple[str, Ref], Manifest] = {}

    def check(self, parent: Manifest, children: list[Manifest | None]) -> list[Manifest]:
        """Return the children, none of which is None, with the parent's namespace by default.

        Of two of one kind and name the last is returned.

        Raises:
            HookDefect: one that names the child and the field.
        """
        found: dict[Ref, Manifest] = {}
        for each in children:
            child = self._named(parent, each)
            key = ref(child)
            if key in found:
                where = self._where(parent, child)
                self._found(DuplicateChild(where, "Two children have this kind and name."))
            found[key] = child
            passed = (parent["metadata"]["uid"], key)
            if not same(self._passed.get(passed), child):
                self._scope(parent, child)
                self._content(parent, child)
                self._passed[passed] = child
        return list(found.values())

    def _found(self, defect: HookDefect) -> None:
        self._checks.found(defect)

    def _named(self, parent: Manifest, child: Manifest | None) -> Manifest:
        if child is None:
            raise NullListElement(self._where(parent), "A child is null.")
        metadata = child.get("metadata") or {}
        if metadata.get("generateName") and not metadata.get("name"):
            raise GenerateNameOnly(
                self._where(parent, child), "The child has generateName and no name."
            )
        namespace = parent["metadata"].get("namespace", "")
        if namespace and not metadata.get("namespace"):
            return {**child, "metadata": {**metadata, "namespace": namespace}}
        return child

    def _where(self, parent: Manifest, child: Manifest | None = None, field: str = "") -> Where:
        return Where(self._controller, ref(parent), str(ref(child)) if child else "", field)

    def _scope(self, parent: Manifest, child: Manifest) -> None:
        key, namespace = ref(child), parent["metadata"].get("namespace", "")
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
        fault = ""
        if namespace and (not kind.namespaced or key.namespace != namespace):
            fault = f"The parent's namespace is {namespace}."
        elif not kind.namespaced and key.namespace:
            fault = f"{key.kind} is cluster-scoped."
        if fault:
            self._found(ChildOutOfScope(self._where(parent, child, "metadata.namespace"), fault))

    def _content(self, parent: Manifest, child: Manifest) -> None:
        key = ref(child)
        rule = self._rules.get((group_of(key.api_version), key.kind))
        # A child that is never updated cannot be updated at every sync.
        if rule is None or rule.method == "OnDelete":
            return
        metadata = child.get("metadata") or {}
        for field in _OWNED_BY_SERVER:
            if metadata.get(field) is not None:
                defect = NeverConverges(
                    self._where(parent, child, f"metadata.{field}"),
                    "Only the API server sets it: an observed object was returned.",
                )
                self._found(defect)
        for path, name, value in duplicate_keys(without(child, "metadata", "status")):
            where = self._where(parent, child, path)
            self._found(DuplicateListKey(where, f"Two items have `{name}: {value}`."))
