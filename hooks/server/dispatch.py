"""From a hook's path and body to its answer, without any server.

The server and the offline run both call this, so they cannot differ.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import orjson

from hooks.api import API_VERSION
from hooks.manifest import (
    CLAIM,
    CONFIG_MAP,
    JOB,
    POD,
    SERVICE,
    SERVICE_ACCOUNT,
    STATEFUL_SET,
    Manifest,
    Objects,
)
from hooks.observe.related import Rule
from hooks.server import wire
from hooks.settings import Settings
from hooks.sync import dataset, model, modelserver, namespace, notebook
from hooks.sync.answer import Desired


class Sync(Protocol):
    """What becomes of one kind."""

    def __call__(
        self,
        parent: Manifest,
        children: Objects,
        related: Objects,
        *,
        settings: Settings,
        now: datetime,
    ) -> Desired:
        """Return the status and the children of `parent`."""


@dataclass(frozen=True)
class Kind:
    """The hooks of one kind of parent."""

    sync: Sync
    customize: Callable[[Manifest], list[Rule]]
    format: wire.Format


def _format(kind: str, *, children: set[str], related: set[str]) -> wire.Format:
    return wire.Format((kind, API_VERSION), frozenset(children), frozenset(related))


KINDS: Mapping[str, Kind] = {
    "datasets": Kind(
        dataset.sync,
        dataset.customize,
        _format(
            "Dataset", children={JOB, CLAIM, CONFIG_MAP}, related={POD, JOB, CLAIM, CONFIG_MAP}
        ),
    ),
    "models": Kind(
        model.sync,
        model.customize,
        _format(
            "Model",
            children={JOB, CLAIM, CONFIG_MAP},
            related={POD, JOB, CLAIM, CONFIG_MAP, STATEFUL_SET},
        ),
    ),
    "modelservers": Kind(
        modelserver.sync,
        modelserver.customize,
        _format(
            "ModelServer",
            children={STATEFUL_SET, SERVICE},
            related={POD, STATEFUL_SET, SERVICE},
        ),
    ),
    "notebooks": Kind(
        notebook.sync,
        notebook.customize,
        _format(
            "Notebook",
            children={STATEFUL_SET, SERVICE, CLAIM},
            related={POD, STATEFUL_SET, SERVICE, CLAIM},
        ),
    ),
}
"""The parents of the CompositeControllers, by the first part of their hooks' paths."""

NAMESPACES = wire.Format(("Namespace", "v1"), frozenset({SERVICE_ACCOUNT}))

Hook = Callable[[bytes, Settings, datetime], dict[str, Any]]


def _sync_hook(kind: Kind) -> Hook:
    def hook(body: bytes, settings: Settings, now: datetime) -> dict[str, Any]:
        request = wire.decode_sync(body, kind.format)
        desired = kind.sync(
            request.parent, request.children, request.related, settings=settings, now=now
        )
        return wire.encode_sync(desired.status, desired.children, resync_after=desired.resync_after)

    return hook


def _customize_hook(kind: Kind) -> Hook:
    def hook(body: bytes, _settings: Settings, _now: datetime) -> dict[str, Any]:
        parent = wire.decode_customize(body, kind.format)
        return wire.encode_customize(rule.to_json() for rule in kind.customize(parent))

    return hook


def _namespaces_hook(body: bytes, settings: Settings, _now: datetime) -> dict[str, Any]:
    found = wire.decode_decorate(body, NAMESPACES)
    return wire.encode_decorate(namespace.sync(found, settings=settings))


HOOKS: Mapping[str, Hook] = {
    **{f"/{path}/sync": _sync_hook(kind) for path, kind in KINDS.items()},
    **{f"/{path}/customize": _customize_hook(kind) for path, kind in KINDS.items()},
    "/namespaces/sync": _namespaces_hook,
}
"""Every hook, by its path."""


def call(path: str, body: bytes, *, settings: Settings, now: datetime) -> bytes:
    """Return a hook's answer as JSON: the same bytes for the same request.

    Args:
        path: a key of `HOOKS`.
        body: the request, as Metacontroller sends it.
        settings: what differs between clusters.
        now: the time.

    Raises:
        hooks.server.envelope.MalformedRequestError: the body is not such a request.
    """
    answer = HOOKS[path](body, settings, now)
    return orjson.dumps(answer, option=orjson.OPT_SORT_KEYS)
