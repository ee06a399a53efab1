"""What objects name: read from what their hooks ask Metacontroller for."""

from collections.abc import Iterable, Iterator

from hooks.api import API_VERSION
from hooks.server import dispatch
from substratus.objects import Key, Manifest, key

_KINDS = {plural: kind.format.parent[0] for plural, kind in dispatch.KINDS.items()}
_PLURALS = {kind: plural for plural, kind in _KINDS.items()}


def references(manifest: Manifest) -> list[Key]:
    """Return the objects of the four kinds that an object names, in its namespace.

    It is what its customize hook asks for, so nothing is missing and nothing is guessed.
    """
    namespace = manifest["metadata"]["namespace"]
    rules = dispatch.KINDS[_PLURALS[manifest["kind"]]].customize(manifest)
    found = [
        (_KINDS[rule.resource], namespace, name)
        for rule in rules
        if rule.api_version == API_VERSION
        for name in rule.names
    ]
    return [*dict.fromkeys(found)]


def undefined(objects: Iterable[Manifest]) -> list[tuple[Manifest, Key]]:
    """Return each name that none of the objects has, with the object that names it."""
    given = [*objects]
    known = {key(each) for each in given}
    return [(each, to) for each in given for to in references(each) if to not in known]


def circles(objects: Iterable[Manifest]) -> Iterator[list[Key]]:
    """Yield each circle of objects that wait for one another, once."""
    after = {key(each): references(each) for each in objects}
    done: set[Key] = set()
    for start in sorted(after):
        path: list[Key] = []
        at: Key | None = start
        # Only the base of a Model can lead back, so one way on is all there is.
        while at is not None and at not in done and at not in path:
            path.append(at)
            at = next((each for each in after.get(at, []) if each[0] == "Model"), None)
        if at is not None and at in path:
            yield path[path.index(at) :]
        done.update(path)
