"""What must be there before objects are applied: Secrets, claims, classes, labels of namespaces.

No hook makes these. They are read from the children that the objects will have.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import click

from hooks.names import ENABLED, QUEUE
from substratus.cluster import items_of, names_of
from substratus.commands.check.podsecurity import Level, admitted_by
from substratus.objects import Key, Manifest, short_names
from substratus.rendering import Child
from substratus.wording.values import listed

_FEW = 4
_ENFORCE = "pod-security.kubernetes.io/enforce"
_DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class"
_RESOURCES = {
    "Secret": "secrets",
    "PersistentVolumeClaim": "persistentvolumeclaims",
    "LocalQueue": "localqueues.kueue.x-k8s.io",
    "PriorityClass": "priorityclasses.scheduling.k8s.io",
    "RuntimeClass": "runtimeclasses.node.k8s.io",
}


_CLASSES = {"PriorityClass": "priorityClassName", "RuntimeClass": "runtimeClassName"}


@dataclass(frozen=True)
class Need:
    """Something that must be there.

    Attributes:
        kind: its kind; for a Namespace it is a label of it.
        namespace: where; empty for what belongs to no namespace.
        name: its name; empty for a default StorageClass.
        level: for a Namespace: the Pod Security Standard that it may enforce at most; where it is
            None, the label that gives it the service accounts is meant.
    """

    kind: str
    namespace: str
    name: str
    level: Level | None = None

    @property
    def rank(self) -> int:
        """Where it comes among the needs of the same name."""
        return 0 if self.level is None else self.level + 1

    def __str__(self) -> str:
        if self.kind == "Namespace":
            return f"Namespace {self.name} {self._label}"
        if self.kind == "StorageClass" and not self.name:
            return "a default StorageClass"
        return f"{self.kind} {self.namespace}/{self.name}" if self.namespace else self._plain

    @property
    def _label(self) -> str:
        if self.level is None:
            return f'with the label {ENABLED}: "true"'
        return f"with no stricter {_ENFORCE} than {self.level.name.lower()}"

    @property
    def _plain(self) -> str:
        return f"{self.kind} {self.name}"


@dataclass(frozen=True)
class Prerequisite:
    """A need, and the objects that have it."""

    need: Need
    users: tuple[Key, ...]

    def sentence(self) -> str:
        """Return what is needed, and by which objects."""
        called = short_names(self.users)
        users = [called(each) for each in self.users]
        whose = listed(users) if len(users) <= _FEW else f"{len(users)} objects"
        return f"{self.need}, for {whose}"


def prerequisites(children: Sequence[Child]) -> list[Prerequisite]:
    """Return what the children need and none of them is, each once, by kind and name."""
    made = {
        (each.manifest["kind"], each.parent[1], each.manifest["metadata"]["name"])
        for each in children
    }
    users: dict[Need, dict[Key, None]] = {}
    for child in children:
        for need in _needs(child):
            if (need.kind, need.namespace, need.name) not in made:
                users.setdefault(need, {})[child.parent] = None
    found = sorted(users, key=lambda each: (each.kind, each.namespace, each.name, each.rank))
    return [Prerequisite(need, tuple(users[need])) for need in found]


def _needs(child: Child) -> Iterator[Need]:
    namespace, manifest, pod = child.parent[1], child.manifest, child.pod
    if manifest["kind"] == "PersistentVolumeClaim":
        yield Need("StorageClass", "", manifest["spec"].get("storageClassName") or "")
    if queue := (manifest["metadata"].get("labels") or {}).get(QUEUE):
        yield Need("LocalQueue", namespace, queue)
    if not pod:
        return
    if pod.get("serviceAccountName"):
        yield Need("Namespace", "", namespace)
    level = admitted_by(pod)
    if level is not Level.RESTRICTED:
        yield Need("Namespace", "", namespace, level)
    for kind, field in _CLASSES.items():
        if name := pod.get(field):
            yield Need(kind, "", name)
    for each in pod.get("imagePullSecrets") or []:
        yield Need("Secret", namespace, each["name"])
    yield from _of_volumes(pod, namespace)
    yield from _of_variables(child.containers, namespace)


def _of_volumes(pod: Manifest, namespace: str) -> Iterator[Need]:
    for volume in pod.get("volumes") or []:
        sources = [volume, *(volume.get("projected") or {}).get("sources", [])]
        for secret in (each.get("secret") for each in sources):
            if secret and not secret.get("optional"):
                yield Need("Secret", namespace, secret.get("secretName") or secret.get("name"))
        if claim := volume.get("persistentVolumeClaim"):
            yield Need("PersistentVolumeClaim", namespace, claim["claimName"])


def _of_variables(containers: Iterable[Manifest], namespace: str) -> Iterator[Need]:
    for container in containers:
        for variable in container.get("env") or []:
            reference = (variable.get("valueFrom") or {}).get("secretKeyRef")
            if reference and not reference.get("optional"):
                yield Need("Secret", namespace, reference["name"])


def missing(wanted: Sequence[Prerequisite]) -> tuple[list[Prerequisite], list[str]]:
    """Return those that the cluster does not have, and a sentence for each that cannot be seen."""
    absent, unseen = [], []
    for each in wanted:
        try:
            if not _is_there(each.need):
                absent.append(each)
        except click.ClickException as error:
            unseen.append(f"{each.need} cannot be looked for: {error.message}")
    return absent, unseen


def _is_there(need: Need) -> bool:
    if need.kind == "StorageClass":
        return _has_class(need.name)
    if need.kind == "Namespace":
        return _has_label(need)
    return need.name in names_of(_RESOURCES[need.kind], need.namespace)


def _has_class(name: str) -> bool:
    classes = [each["metadata"] for each in items_of(["storageclasses.storage.k8s.io"])]
    if name:
        return any(each["name"] == name for each in classes)
    return any((each.get("annotations") or {}).get(_DEFAULT_CLASS) == "true" for each in classes)


def _has_label(need: Need) -> bool:
    labels = next((each["metadata"].get("labels") or {} for each in _namespace(need.name)), {})
    if need.level is None:
        return bool(labels.get(ENABLED) == "true")
    enforced = str(labels.get(_ENFORCE, Level.PRIVILEGED.name)).upper()
    return enforced in Level.__members__ and Level[enforced] <= need.level


def _namespace(name: str) -> list[Manifest]:
    return items_of(["namespaces", name])
