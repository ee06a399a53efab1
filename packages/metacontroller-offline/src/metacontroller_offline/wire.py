"""The wire format of hooks, version v2: requests out, answers in, strictly."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NoReturn

from metacontroller_offline.errors import HookError
from metacontroller_offline.kinds import Kind
from metacontroller_offline.objects import Json, Manifest, dumps, ref

ObjectMap = dict[str, dict[str, Manifest]]
"""Objects by `Kind.apiVersion`, then by `namespace/name`, or the name if cluster-scoped."""


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


def object_map(kinds: Iterable[Kind], manifests: Iterable[Manifest]) -> ObjectMap:
    """Return objects as requests hold them; each of `kinds` is there even if it has none."""
    objects: ObjectMap = {kind.outer_key: {} for kind in kinds}
    for manifest in manifests:
        key = ref(manifest)
        group = objects.setdefault(f"{key.kind}.{key.api_version}", {})
        group[key.inner_key] = manifest
    return objects


def encode(request: Manifest) -> bytes:
    """Return a request as bytes; the same request always gives the same bytes."""
    return dumps(request).encode()


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


def decode_sync(body: bytes, *, decorator: bool) -> SyncAnswer:
    """Read what a sync or finalize hook answered.

    Raises:
        HookError: it is not JSON, a field is unknown, double or of the wrong type, or a child has
            no kind.
    """
    answer = _typed(_parse(body), _DECORATOR if decorator else _SYNC, "the answer")
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


def decode_customize(body: bytes) -> list[Manifest | None]:
    """Read a customize hook's related rules; elements may still be None.

    Raises:
        HookError: as for `decode_sync`, inside the rules too.
    """
    rules = _typed(_parse(body), _CUSTOMIZE, "the answer").get("relatedResources") or []
    return [None if rule is None else _typed(rule, _RULE, "a related rule") for rule in rules]


class _Duplicated(dict[str, Json]):
    """An object in whose text a key stood twice."""

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


def _typed(value: Json, fields: _Fields, what: str) -> Manifest:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise HookError(f"can't unmarshal {what}: it is not an object: {value!r}")
    if isinstance(value, _Duplicated):
        raise HookError(f'strict validation failed for {what}: duplicate field "{value.key}"')
    for key, each in value.items():
        if key not in fields:
            raise HookError(f'strict validation failed for {what}: unknown field "{key}"')
        if each is not None and not fields[key](each):
            raise HookError(f"can't unmarshal {what}: {key} is of the wrong type: {each!r}")
    return {key: each for key, each in value.items() if each is not None}
