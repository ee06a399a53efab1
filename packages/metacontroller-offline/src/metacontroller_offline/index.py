"""Where objects are found without looking at all of them: by kind, namespace, owner and label."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from metacontroller_offline.objects import Manifest, Ref, labels, owner_references, ref
from metacontroller_offline.selectors import EVERYTHING, Selector

_KindName = tuple[str, str]


class Index:
    """All objects of a cluster, and the ways to them."""

    def __init__(self) -> None:
        self._by_ref: dict[Ref, Manifest] = {}
        self._by_place: defaultdict[tuple[str, str, str], dict[Ref, Manifest]] = defaultdict(dict)
        self._by_kind: defaultdict[_KindName, dict[Ref, Manifest]] = defaultdict(dict)
        self._by_label: defaultdict[tuple[str, str, str, str], dict[Ref, Manifest]]
        self._by_label = defaultdict(dict)
        self._by_owner: defaultdict[str, dict[Ref, Manifest]] = defaultdict(dict)
        self._by_uid: dict[str, Ref] = {}

    def get(self, key: Ref) -> Manifest | None:
        """Return an object, or None."""
        return self._by_ref.get(key)

    def get_uid(self, uid: str) -> Manifest | None:
        """Return the object of a uid, or None."""
        key = self._by_uid.get(uid)
        return self._by_ref[key] if key else None

    def has_uid(self, uid: str) -> bool:
        """Say whether an object of this uid exists."""
        return uid in self._by_uid

    def objects(self) -> dict[Ref, Manifest]:
        """Return all objects."""
        return dict(self._by_ref)

    def replace(self, objects: Mapping[Ref, Manifest]) -> None:
        """Hold these objects and no others."""
        for key in self._by_ref.keys() - objects.keys():
            self.remove(key)
        for key, each in objects.items():
            if self._by_ref.get(key) is not each:
                self.put(each)

    def put(self, manifest: Manifest) -> None:
        """Add an object, or replace the one of its name."""
        key = ref(manifest)
        old = self._by_ref.get(key)
        if old is not None:
            self._unlink(key, old)
        self._by_ref[key] = manifest
        self._by_uid[manifest["metadata"]["uid"]] = key
        for bucket in self._buckets(key, manifest):
            bucket[key] = manifest

    def remove(self, key: Ref) -> None:
        """Forget an object."""
        manifest = self._by_ref.pop(key)
        self._by_uid.pop(manifest["metadata"]["uid"])
        self._unlink(key, manifest)

    def _unlink(self, key: Ref, manifest: Manifest) -> None:
        for bucket in self._buckets(key, manifest):
            bucket.pop(key, None)

    def _buckets(self, key: Ref, manifest: Manifest) -> list[dict[Ref, Manifest]]:
        kind = (key.api_version, key.kind)
        return [
            self._by_kind[kind],
            self._by_place[*kind, key.namespace],
            *(self._by_label[*kind, name, value] for name, value in labels(manifest).items()),
            *(self._by_owner[each["uid"]] for each in owner_references(manifest)),
        ]

    def dependents(self, uid: str) -> list[Manifest]:
        """Return the objects that name this uid as an owner, sorted."""
        return _sorted(self._by_owner.get(uid, {}).items())

    def in_namespace(self, namespace: str) -> list[Manifest]:
        """Return every object of a namespace, sorted."""
        found: dict[Ref, Manifest] = {}
        for (_, _, place), bucket in self._by_place.items():
            if place == namespace:
                found.update(bucket)
        return _sorted(found.items())

    def select(
        self, kind: _KindName, namespace: str | None = None, selector: Selector = EVERYTHING
    ) -> list[Manifest]:
        """Return the objects of a kind, of one namespace or of all (None), that match; sorted."""
        buckets = [self._by_label.get((*kind, *each), {}) for each in selector.labels.items()]
        if namespace is not None:
            buckets.append(self._by_place.get((*kind, namespace), {}))
        smallest = min(buckets, key=len, default=self._by_kind.get(kind, {}))
        return _sorted(
            (key, each)
            for key, each in smallest.items()
            if namespace in {None, key.namespace} and selector.matches(labels(each))
        )


def _sorted(items: Iterable[tuple[Ref, Manifest]]) -> list[Manifest]:
    return [each for _, each in sorted(items, key=lambda item: item[0])]
