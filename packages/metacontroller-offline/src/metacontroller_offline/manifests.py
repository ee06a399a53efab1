"""Reading manifests: files of YAML, and what a controller's manifest asks for.

What is not simulated is refused here, with a sentence, before anything runs.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from metacontroller_offline.credentials import Credentials, read_credentials
from metacontroller_offline.durations import parse_duration
from metacontroller_offline.errors import UnsupportedError
from metacontroller_offline.kinds import Kind, Kinds
from metacontroller_offline.objects import Json, Manifest, as_stored
from metacontroller_offline.selectors import EVERYTHING, Selector, parse_selector

METHODS = ("OnDelete", "InPlace", "Recreate")
_DEFAULT_TIMEOUT = 10.0
_CONTROLLER_KINDS = ("CompositeController", "DecoratorController")
_SPEC_FIELDS = {
    "CompositeController": {
        "parentResource",
        "childResources",
        "hooks",
        "resyncPeriodSeconds",
        "generateSelector",
        "endpointConfigs",
    },
    "DecoratorController": {
        "resources",
        "attachments",
        "hooks",
        "resyncPeriodSeconds",
        "endpointConfigs",
    },
}
_PARENT_FIELDS = {"apiVersion", "resource", "labelSelector", "ignoreStatusChanges"}
# How a connection is secured is up to the caller that replaces it.
_WEBHOOK_FIELDS = {
    "url",
    "service",
    "path",
    "timeout",
    "responseUnMarshallMode",
    "caBundle",
    "clientTLS",
    "authorization",
    "basicAuth",
    "etag",
}
_ROLLING = ("RollingInPlace", "RollingRecreate")


@dataclass(frozen=True, eq=False)
class Hook:
    """One webhook.

    Args:
        kind: sync, finalize or customize.
        url: its address.
        timeout: in seconds.
        version: of the format, v1 or v2.
        strict: whether an unknown or double field in an answer is an error.
        credentials: what is sent with a request.
        uses_etags: whether answers are cached by their ETag.
        etag_lifetime: seconds for which they are; None: forever.
    """

    kind: str
    url: str
    timeout: float
    version: str = "v2"
    strict: bool = True
    credentials: Credentials = field(default_factory=Credentials)
    uses_etags: bool = False
    etag_lifetime: float | None = None


@dataclass(frozen=True)
class ParentRule:
    """Which objects a controller looks after."""

    kind: Kind
    labels: Selector = EVERYTHING
    annotations: Selector = EVERYTHING
    ignore_status_changes: bool = False


@dataclass(frozen=True)
class ChildRule:
    """Which children a controller manages, and how it updates them."""

    kind: Kind
    method: str
    status_checks: tuple[Manifest, ...] = ()

    @property
    def is_rolling(self) -> bool:
        """Whether children are updated one by one."""
        return self.method in _ROLLING


@dataclass(frozen=True)
class ControllerSpec:
    """A CompositeController or a DecoratorController, read and found to be supported.

    `resync_period` is in seconds; None without one. `revision_paths` are the fields of a parent
    of which revisions are kept while children are updated one by one.
    """

    manifest: Manifest
    parents: tuple[ParentRule, ...]
    children: tuple[ChildRule, ...]
    hooks: Mapping[str, Hook]
    generate_selector: bool = False
    resync_period: float | None = None
    revision_paths: tuple[str, ...] = ("spec",)

    @property
    def name(self) -> str:
        """The controller's name."""
        return str(self.manifest["metadata"]["name"])

    @property
    def is_rolling(self) -> bool:
        """Whether any children are updated one by one."""
        return any(each.is_rolling for each in self.children)

    @property
    def is_composite(self) -> bool:
        """Whether it is a CompositeController."""
        return bool(self.manifest["kind"] == "CompositeController")

    @property
    def finalizer(self) -> str:
        """The finalizer that the controller puts on its parents if it has a finalize hook."""
        what = "composite" if self.is_composite else "decorator"
        return f"metacontroller.io/{what}controller-{self.name}"

    def __str__(self) -> str:
        return f"{self.manifest['kind']} {self.name}"


def load_manifests(*paths: str | Path) -> list[Manifest]:
    """Read all objects of YAML files; a directory stands for its *.yaml and *.yml, sorted.

    Raises:
        UnsupportedError: a file is not YAML, or holds something other than objects.
    """
    files: list[Path] = []
    for path in map(Path, paths):
        inside = sorted([*path.glob("*.yaml"), *path.glob("*.yml")]) if path.is_dir() else [path]
        files += [each for each in inside if each.name != "kustomization.yaml"]
    return [manifest for file in files for manifest in _read(file)]


def _read(file: Path) -> list[Manifest]:
    try:
        documents = list(yaml.safe_load_all(file.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError) as error:
        raise UnsupportedError(f"{file}: cannot be read as YAML: {error}") from error
    manifests: list[Manifest] = []
    for document in documents:
        if document is None:
            continue
        items = document.get("items") if isinstance(document, dict) else None
        manifests += items if isinstance(items, list) else [document]
    for each in manifests:
        if not isinstance(each, dict) or "kind" not in each or "apiVersion" not in each:
            raise UnsupportedError(f"{file}: holds a document without apiVersion and kind")
    return manifests


def is_controller(manifest: Manifest) -> bool:
    """Say whether a manifest is a CompositeController or a DecoratorController."""
    group = str(manifest.get("apiVersion", "")).partition("/")[0]
    return group == "metacontroller.k8s.io" and manifest.get("kind") in _CONTROLLER_KINDS


def parse_controller(manifest: Manifest, kinds: Kinds) -> ControllerSpec:
    """Read a controller's manifest.

    Raises:
        UnsupportedError: it asks for something that is not simulated, or is not valid.
        NotFoundError: a resource that it names is unknown.
    """
    return _ControllerReader(as_stored(manifest), kinds).read()


class _ControllerReader:
    def __init__(self, manifest: Manifest, kinds: Kinds) -> None:
        self._manifest = manifest
        self._kinds = kinds
        self._what = f"{manifest['kind']} {manifest['metadata']['name']}"
        self._is_composite = manifest["kind"] == "CompositeController"

    def read(self) -> ControllerSpec:
        spec = self._manifest.get("spec") or {}
        composite = self._manifest["kind"] == "CompositeController"
        self._known("spec", spec, _SPEC_FIELDS[self._manifest["kind"]])
        parents = [spec.get("parentResource") or {}] if composite else spec.get("resources") or []
        children = spec.get("childResources" if composite else "attachments") or []
        period = spec.get("resyncPeriodSeconds")
        history = (parents[0].get("revisionHistory") or {}) if composite else {}
        return ControllerSpec(
            manifest=self._manifest,
            parents=tuple(self._parent(each, composite=composite) for each in parents),
            children=tuple(self._child(each) for each in children),
            hooks=self._hooks(spec.get("hooks") or {}),
            generate_selector=bool(spec.get("generateSelector")),
            resync_period=None if period is None else max(1.0, float(period)),
            revision_paths=tuple(history.get("fieldPaths") or ("spec",)),
        )

    def _refuse(self, sentence: str) -> UnsupportedError:
        return UnsupportedError(f"{self._what}: {sentence}")

    def _known(self, path: str, value: Json, fields: set[str]) -> None:
        if unknown := sorted(set(value) - fields):
            raise self._refuse(f"{path}.{unknown[0]} is unknown, or not simulated.")

    def _parent(self, rule: Manifest, *, composite: bool) -> ParentRule:
        extra = {"revisionHistory"} if composite else {"annotationSelector"}
        self._known("parentResource" if composite else "resources", rule, _PARENT_FIELDS | extra)
        kind = self._kinds.of_resource(rule.get("apiVersion", ""), rule.get("resource", ""))
        if composite and kind.schema is None:
            raise self._refuse(f"its parent, {kind.kind}, must be the kind of a CRD.")
        if composite and not kind.has_status:
            raise self._refuse(f"the CRD of {kind.kind} must have subresources.status.")
        return ParentRule(
            kind,
            parse_selector(rule.get("labelSelector")),
            parse_selector(rule.get("annotationSelector"), match_key="matchAnnotations"),
            bool(rule.get("ignoreStatusChanges")),
        )

    def _child(self, rule: Manifest) -> ChildRule:
        self._known("childResources", rule, {"apiVersion", "resource", "updateStrategy"})
        strategy = rule.get("updateStrategy") or {}
        method = strategy.get("method") or "OnDelete"
        known = (*METHODS, *_ROLLING) if self._is_composite else METHODS
        if method not in known:
            raise self._refuse(f"updateStrategy {method} is unknown: use one of {known}.")
        self._known("childResources.updateStrategy", strategy, {"method", "statusChecks"})
        checks = (strategy.get("statusChecks") or {}).get("conditions") or []
        kind = self._kinds.of_resource(rule["apiVersion"], rule["resource"])
        return ChildRule(kind, method, tuple(checks))

    def _hooks(self, hooks: Manifest) -> dict[str, Hook]:
        self._known("hooks", hooks, {"sync", "finalize", "customize"})
        if not hooks.get("sync") and not hooks.get("finalize"):
            raise self._refuse("it needs a sync hook.")
        return {kind: self._hook(kind, hook) for kind, hook in hooks.items() if hook}

    def _hook(self, kind: str, hook: Manifest) -> Hook:
        self._known(f"hooks.{kind}", hook, {"version", "webhook"})
        version = hook.get("version") or "v1"
        if version not in {"v1", "v2"}:
            raise self._refuse(f"hooks.{kind}: version is v1 or v2, not {version}.")
        webhook = hook.get("webhook") or {}
        self._known(f"hooks.{kind}.webhook", webhook, _WEBHOOK_FIELDS)
        mode = webhook.get("responseUnMarshallMode") or ("strict" if version == "v2" else "loose")
        if mode not in {"strict", "loose"}:
            raise self._refuse(f"hooks.{kind}: responseUnMarshallMode is strict or loose.")
        timeout, etag = webhook.get("timeout"), webhook.get("etag") or {}
        if "cacheTimeoutSeconds" in etag and "cacheCleanupSeconds" not in etag:
            raise self._refuse(
                f"hooks.{kind}.webhook.etag: cacheTimeoutSeconds without cacheCleanupSeconds ends "
                "a real Metacontroller: give both, or neither."
            )
        url = self._url(kind, webhook)
        endpoints = (self._manifest.get("spec") or {}).get("endpointConfigs") or []
        return Hook(
            kind,
            url,
            parse_duration(timeout) if timeout else _DEFAULT_TIMEOUT,
            version,
            mode == "strict",
            read_credentials(webhook, url, endpoints),
            bool(etag.get("enabled")),
            etag.get("cacheTimeoutSeconds"),
        )

    def _url(self, kind: str, webhook: Manifest) -> str:
        if webhook.get("url"):
            return str(webhook["url"])
        service, path = webhook.get("service") or {}, webhook.get("path")
        if not (path and service.get("name") and service.get("namespace")):
            raise self._refuse(
                f"hooks.{kind}: give a url, or a service with name, namespace, path."
            )
        protocol, port = service.get("protocol", "http"), service.get("port", 80)
        return f"{protocol}://{service['name']}.{service['namespace']}:{port}{path}"
