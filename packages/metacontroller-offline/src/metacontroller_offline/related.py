"""Related rules: what a customize hook selects, and who is to be woken by a change."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from metacontroller_offline.checks import Checks
from metacontroller_offline.errors import (
    EmptyNames,
    HookError,
    NamesWithSelector,
    NullListElement,
    Where,
)
from metacontroller_offline.kinds import Kind, Kinds
from metacontroller_offline.objects import Manifest, Ref, labels, ref
from metacontroller_offline.reading import Reader
from metacontroller_offline.selectors import EVERYTHING, Selector, parse_selector

_Bucket = tuple[str, ...]


@dataclass(frozen=True, eq=False)
class RelatedRule:
    """One rule: what is empty or None does not restrict."""

    kind: Kind
    namespace: str
    names: tuple[str, ...]
    selector: Selector
    namespaces: Selector | None

    def matches(self, cache: Reader, manifest: Manifest) -> bool:
        """Say whether the rule selects an object of its kind."""
        key = ref(manifest)
        if self.kind.namespaced and self.namespace and key.namespace != self.namespace:
            return False
        if self.names and key.name not in self.names:
            return False
        if not self.selector.matches(labels(manifest)):
            return False
        if self.namespaces is None:
            return True
        namespace = cache.read(Ref("v1", "Namespace", "", key.namespace))
        return namespace is not None and self.namespaces.matches(labels(namespace))

    def select(self, cache: Reader) -> list[Manifest]:
        """Return the objects that the rule selects."""
        api_version, kind = self.kind.api_version, self.kind.kind
        namespace = self.namespace if self.namespace and self.kind.namespaced else None
        if self.names and (namespace is not None or not self.kind.namespaced):
            keys = [Ref(api_version, kind, namespace or "", name) for name in self.names]
            return [found for key in keys if (found := cache.read(key)) is not None]
        listed = cache.list(api_version, kind, namespace, self.selector)
        return [each for each in listed if self.matches(cache, each)]


def parse_rules(
    rules: list[Manifest | None], kinds: Kinds, where: Where, checks: Checks, within: str = ""
) -> list[RelatedRule]:
    """Read the rules that a customize hook answered.

    Args:
        rules: as decoded, strictly.
        kinds: what the API server knows.
        where: the controller and the parent, for errors.
        checks: what becomes of rules that a real Metacontroller takes badly.
        within: the namespace outside of which nothing is related: the parent's, in v1.

    Raises:
        NullListElement, EmptyNames, NamesWithSelector: a real Metacontroller takes these badly.
        NotFoundError, HookError, SelectorError: the resource is unknown, a selector cannot be read.
    """
    found = [_parse_rule(rule, kinds, where, checks) for rule in rules]
    return [_confined(rule, within) for rule in found] if within else found


def _confined(rule: RelatedRule, namespace: str) -> RelatedRule:
    if rule.namespaces is not None:
        raise HookError(
            "namespaceSelector is not supported for namespaced parent in v1 hook version"
        )
    if rule.namespace and rule.namespace != namespace:
        raise HookError(
            f"requested related object namespace {rule.namespace} differs from parent object "
            f"namespace {namespace}"
        )
    return replace(rule, namespace=namespace)


def _expect_one_filter(rule: Manifest, where: Where, checks: Checks) -> None:
    names, selectors = rule.get("names"), {"labelSelector", "namespaceSelector"} & set(rule)
    if names == []:
        found = f"The related rule for {rule.get('resource')} has names: []."
        checks.found(EmptyNames(where, found))
    both = "names" if names and selectors else "namespace"
    if (names and selectors) or (rule.get("namespace") and "namespaceSelector" in rule):
        found = f"A related rule has {both} and {min(selectors)}."
        checks.found(NamesWithSelector(where, found))
        raise HookError(f"{both} and {min(selectors)} are mutually exclusive")


def _parse_rule(rule: Manifest | None, kinds: Kinds, where: Where, checks: Checks) -> RelatedRule:
    if rule is None:
        raise NullListElement(where, "relatedResources holds null.")
    _expect_one_filter(rule, where, checks)
    kind = kinds.of_resource(rule.get("apiVersion", ""), rule.get("resource", ""))
    if "namespaceSelector" in rule and not kind.namespaced:
        raise HookError("namespaceSelector is only supported for namespaced related resources")
    return RelatedRule(
        kind,
        rule.get("namespace") or "",
        tuple(rule.get("names") or ()),
        parse_selector(rule["labelSelector"]) if "labelSelector" in rule else EVERYTHING,
        parse_selector(rule["namespaceSelector"]) if "namespaceSelector" in rule else None,
    )


class RuleIndex:
    """Which parents' rules may select an object, without looking at every parent."""

    def __init__(self, cache: Reader) -> None:
        self._cache = cache
        self._buckets: defaultdict[_Bucket, dict[Ref, list[RelatedRule]]] = defaultdict(dict)
        self._registered: dict[Ref, list[_Bucket]] = {}

    def register(self, parent: Ref, rules: Iterable[RelatedRule]) -> None:
        """Remember a parent's rules instead of those it had."""
        self.forget(parent)
        used = self._registered[parent] = []
        for rule in rules:
            for bucket in _rule_buckets(rule):
                self._buckets[bucket].setdefault(parent, []).append(rule)
                used.append(bucket)

    def forget(self, parent: Ref) -> None:
        """Forget a parent."""
        for bucket in self._registered.pop(parent, []):
            self._buckets[bucket].pop(parent, None)

    def interested(self, *manifests: Manifest | None) -> list[Ref]:
        """Return the parents whose rules select one of the objects, sorted."""
        found: set[Ref] = set()
        for manifest in manifests:
            if manifest is not None:
                found.update(self._matching(manifest))
        return sorted(found)

    def _matching(self, manifest: Manifest) -> Iterator[Ref]:
        for bucket in _object_buckets(manifest):
            for parent, rules in self._buckets.get(bucket, {}).items():
                if any(rule.matches(self._cache, manifest) for rule in rules):
                    yield parent


def _rule_buckets(rule: RelatedRule) -> list[_Bucket]:
    kind = (rule.kind.api_version, rule.kind.kind)
    namespace = (rule.namespace if rule.kind.namespaced else "") or "*"
    if rule.names:
        return [("name", *kind, namespace, name) for name in rule.names]
    if rule.selector.labels:
        return [("label", *kind, namespace, *min(rule.selector.labels.items()))]
    if rule.namespace and rule.kind.namespaced:
        return [("namespace", *kind, rule.namespace)]
    return [("kind", *kind)]


def _object_buckets(manifest: Manifest) -> list[_Bucket]:
    key = ref(manifest)
    kind = (key.api_version, key.kind)
    return [
        ("kind", *kind),
        ("namespace", *kind, key.namespace),
        ("name", *kind, key.namespace, key.name),
        ("name", *kind, "*", key.name),
        *(
            ("label", *kind, namespace, *item)
            for namespace in (key.namespace, "*")
            for item in labels(manifest).items()
        ),
    ]
