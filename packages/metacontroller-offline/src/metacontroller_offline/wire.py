"""The wire format of hooks: requests out, answers in, strictly or loosely."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NoReturn

from metacontroller_offline.errors import HookError
from metacontroller_offline.kinds import Kind
from metacontroller_offline.objects import Json, Manifest, dumps, ref

ObjectMap = dict[str, dict[str, Manifest]]
"""Objects by `Kind.apiVersion`, then by `namespace/name`, or the name alone."""


@dataclass(frozen=True)
class SyncAnswer:
    """What a sync or finalize hook answered.

    `children` are a decorator's attachments too; elements may still be None.
    `labels` and `annotations` are a decorator's alone; a None among them removes the key.
    """

    status: Manifest | None = None
    children: list[Manifest | None] = field(default_factory=list)
    resync_after: float = 0.0
    finalized: bool = False
    labels: Mapping[str, str | None] = field(default_factory=dict)
    annotations: Mapping[str, str | None] = field(default_factory=dict)


def object_map(
    kinds: Iterable[Kind], manifests: Iterable[Manifest], *, relative: bool = False
) -> ObjectMap:
    """Return objects as requests hold them; each of `kinds` is there even if it has none.

    Args:
        kinds: what is declared.
        manifests: the objects.
        relative: whether they are known by their name alone, as in v1 below a namespaced parent.
    """
    objects: ObjectMap = {kind.outer_key: {} for kind in kinds}
    for manifest in manifests:
        key = ref(manifest)
        group = objects.setdefault(f"{key.kind}.{key.api_version}", {})
        group[key.name if relative else key.inner_key] = manifest
    return objects


_GROUPS = ("attachments", "children", "related")
_MOST_TEXTS = 20_000


class Encoder:
    """Writes requests; a stored object, which never changes, is written once."""

    def __init__(self) -> None:
        self._texts: dict[tuple[str, str, str], str] = {}

    def encode(self, request: Manifest) -> bytes:
        """Return a request as bytes; the same request always gives the same bytes."""
        if len(self._texts) > _MOST_TEXTS:
            self._texts.clear()
        fields = (
            f"{dumps(key)}:{self._groups(value) if key in _GROUPS else dumps(value)}"
            for key, value in sorted(request.items())
        )
        return f"{{{','.join(fields)}}}".encode()

    def _groups(self, groups: ObjectMap) -> str:
        return _joined((key, self._objects(group)) for key, group in sorted(groups.items()))

    def _objects(self, group: Mapping[str, Manifest]) -> str:
        return _joined((key, self._text(each)) for key, each in sorted(group.items()))

    def _text(self, manifest: Manifest) -> str:
        metadata = manifest["metadata"]
        key = (metadata["uid"], metadata["resourceVersion"], manifest["apiVersion"])
        text = self._texts.get(key)
        if text is None:
            text = self._texts[key] = dumps(manifest)
        return text


def _joined(items: Iterable[tuple[str, str]]) -> str:
    return f"{{{','.join(f'{dumps(key)}:{text}' for key, text in items)}}}"


def _string(value: Json) -> bool:
    return isinstance(value, str)


def _nullable_strings(value: Json) -> bool:
    return isinstance(value, dict) and all(each is None or _string(each) for each in value.values())


def _number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _strings(value: Json) -> bool:
    return isinstance(value, list) and all(map(_string, value))


def _object(value: Json) -> bool:
    return isinstance(value, dict)


def _list(value: Json) -> bool:
    return isinstance(value, list)


def _boolean(value: Json) -> bool:
    return isinstance(value, bool)


_Fields = Mapping[str, Callable[[Json], bool]]

_SYNC: _Fields = {
    "status": _object,
    "children": _list,
    "resyncAfterSeconds": _number,
    "finalized": _boolean,
}
_DECORATOR: _Fields = {
    "labels": _nullable_strings,
    "annotations": _nullable_strings,
    "status": _object,
    "attachments": _list,
    "resyncAfterSeconds": _number,
    "finalized": _boolean,
}
_CUSTOMIZE: _Fields = {"relatedResources": _list}
_RULE: _Fields = {
    "apiVersion": _string,
    "resource": _string,
    "labelSelector": _object,
    "namespaceSelector": _object,
    "namespace": _string,
    "names": _strings,
}


def decode_sync(body: bytes, *, decorator: bool, strict: bool = True) -> SyncAnswer:
    """Read what a sync or finalize hook answered.

    Args:
        body: the answer.
        decorator: whether it is a decorator's.
        strict: whether a field that is unknown or double is an error, or has no effect.

    Raises:
        HookError: it is not JSON, a field is unknown, double or of the wrong type, or a child has
            no kind.
    """
    fields = _DECORATOR if decorator else _SYNC
    answer = _typed(_parse(body), fields, "the answer", strict=strict)
    children = answer.get("attachments" if decorator else "children") or []
    for child in children:
        if child is not None and not (isinstance(child, dict) and _string(child.get("kind"))):
            raise HookError("can't unmarshal the answer: Object 'Kind' is missing in a child")
    return SyncAnswer(
        status=answer.get("status"),
        children=children,
        resync_after=float(answer.get("resyncAfterSeconds") or 0),
        finalized=bool(answer.get("finalized")),
        labels=answer.get("labels") or {},
        annotations=answer.get("annotations") or {},
    )


def decode_customize(body: bytes, *, strict: bool = True) -> list[Manifest | None]:
    """Read a customize hook's related rules; elements may still be None.

    Args:
        body: the answer.
        strict: as for `decode_sync`.

    Raises:
        HookError: as for `decode_sync`, inside the rules too.
    """
    answer = _typed(_parse(body), _CUSTOMIZE, "the answer", strict=strict)
    return [
        None if rule is None else _typed(rule, _RULE, "a related rule", strict=strict)
        for rule in answer.get("relatedResources") or []
    ]


class _Duplicated(dict[str, Json]):
    """An object in whose text a key is there twice."""

    key = ""


def _object_pairs(pairs: list[tuple[str, Json]]) -> Manifest:
    value = dict(pairs)
    if len(value) == len(pairs):
        return value
    seen: set[str] = set()
    marked = _Duplicated(value)
    marked.key = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
    return marked


def _not_json(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


def _parse(body: bytes) -> Json:
    try:
        return json.loads(body, object_pairs_hook=_object_pairs, parse_constant=_not_json)
    except ValueError as error:
        raise HookError(f"can't unmarshal the answer: {error}: {body[:200]!r}") from error


def _typed(value: Json, fields: _Fields, what: str, *, strict: bool) -> Manifest:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise HookError(f"can't unmarshal {what}: it is not an object: {value!r}")
    if strict and isinstance(value, _Duplicated):
        raise HookError(f'strict validation failed for {what}: duplicate field "{value.key}"')
    for key, each in value.items():
        if key not in fields:
            if strict:
                raise HookError(f'strict validation failed for {what}: unknown field "{key}"')
            continue
        if each is not None and not fields[key](each):
            raise HookError(f"can't unmarshal {what}: {key} is of the wrong type: {each!r}")
    return {key: each for key, each in value.items() if each is not None and key in fields}
