"""Every child's name, every label and annotation key, and the ids of runs.

A parent's name may have 253 characters and dots; most children may not.
A name that fits is used as it is, so that a person recognises it;
any other is cut and carries a hash of the whole, so that no two parents share a child.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from hooks.manifest import Manifest
from hooks.step import Step

DOMAIN = "substratus.ai"

STEP = f"{DOMAIN}/step"
"""Label: which step of its parent a child belongs to."""
RUN = f"{DOMAIN}/run"
"""Label of the Job that computes a run, and of its Pods: the run's id."""
ATTEMPT = f"{DOMAIN}/attempt"
"""Label: the hash of the retry annotation's value that a Job was started for."""
INPUTS = f"{DOMAIN}/inputs"
"""Annotation on a StatefulSet: the hash of what its Pod template is made of."""
RESULT = f"{DOMAIN}/result"
"""Annotation on a Job: the image or address where its result will be."""
PACKAGING = f"{DOMAIN}/packaging"
"""Annotation on a training's Job: where its result goes, if not into an image."""
SEEN = f"{DOMAIN}/seen"
"""Annotation on a Job: the versions of the objects that decided its run."""
PARAMS = f"{DOMAIN}/params"
"""Annotation on a Pod: the training's parameters as JSON, which it reads as a file."""
RETRY = f"{DOMAIN}/retry"
"""Annotation on a parent: a new value tries a failed step again."""
REBUILD = f"{DOMAIN}/rebuild"
"""Annotation on a parent: a new value computes again what is complete."""
ENABLED = f"{DOMAIN}/enabled"
"""Label on a Namespace that asks for the service accounts."""
QUEUE = "kueue.x-k8s.io/queue-name"
"""Label on a Job, of Kueue's: the queue that it waits in."""

LOADER = "substratus-loader"
"""The program that loads from an address, in an image of ours."""

LABEL_VALUE_LIMIT = 63
JOB_LIMIT = 63
"""A Job's name becomes a label of its Pods."""
SERVICE_LIMIT = 63
STATEFULSET_LIMIT = 52
"""A StatefulSet's name with a hyphen and a revision hash of 10 becomes a label of its Pods."""
REPOSITORY_LIMIT = 128
"""Registries allow 255 characters for host and repository together."""

_ID_LENGTH = 32
"""Hexadecimal digits of an id: 128 bits, so that nobody finds two inputs with one id."""
_SHORT_LENGTH = 10
"""Hexadecimal digits of an id or hash that a name has room for."""
_RUN = re.compile(f"[0-9a-f]{{{_ID_LENGTH}}}")
_DNS_LABEL = re.compile(r"[a-z]([-a-z0-9]*[a-z0-9])?")
_HASHED = re.compile(r".*-[0-9a-f]{10}")
_CLAIM = re.compile(r".*-(dataset|notebook|model-[0-9a-f]{10})")


def digest(value: object) -> str:
    """Return 32 hexadecimal digits for a JSON value; the order of its maps does not matter."""
    text = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(text).hexdigest()[:_ID_LENGTH]


def short(value: str) -> str:
    """Return as much of an id or hash as a name has room for. What is compared is the whole."""
    return value[:_SHORT_LENGTH]


def _fit(name: str, limit: int) -> str:
    """Return `name` as a DNS label of at most `limit` characters, distinct for distinct names.

    A name that could be mistaken for a shortened one is shortened too:
    otherwise a parent could be named so that it takes another's children.
    """
    if misfit(name, limit) is None:
        return name
    prefix = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    prefix = prefix if prefix[:1].isalpha() else f"x-{prefix}"
    return f"{prefix[: limit - _SHORT_LENGTH - 1].rstrip('-')}-{short(digest(name))}"


def misfit(name: str, limit: int) -> str | None:
    """Return why a name is not used as it is in a child's of which it may be `limit` characters."""
    if len(name) > limit:
        return f"it has {len(name)} characters, and {limit} are left for it"
    if not _DNS_LABEL.fullmatch(name):
        return "it is not a DNS label that begins with a letter"
    if _HASHED.fullmatch(name):
        return "it ends like a name that was cut"
    return None


def child(parent: str, suffix: str, *, limit: int) -> str:
    """Return the name of a child: the parent's name, a hyphen and `suffix`, within `limit`."""
    return f"{_fit(parent, limit - len(suffix) - 1)}-{suffix}"


def label_value(name: str) -> str:
    """Return an object's name as a label's value: as it is where it fits, so that it is found.

    `kubectl get pods --selector=substratus.ai/model=llama-2.7b` finds the Pods of that Model.
    """
    fits = len(name) <= LABEL_VALUE_LIMIT and not _HASHED.fullmatch(name)
    return name if fits else _fit(name, LABEL_VALUE_LIMIT)


def served_label(model: str) -> str:
    """Return the key of the label by which a Model finds the StatefulSets that serve it."""
    return f"served.{DOMAIN}/{label_value(model)}"


def uses_label(model: str) -> str:
    """Return the key of the label on what mounts a result of a Model; its value is the run's id."""
    return f"uses.{DOMAIN}/{label_value(model)}"


def owner_label(kind: str) -> str:
    """Return the key of the label that names the parent of a child: `substratus.ai/<kind>`."""
    return f"{DOMAIN}/{kind.lower()}"


def owner_labels(kind: str, parent: str) -> dict[str, str]:
    """Return the label that every child of this parent and every Pod of these carries."""
    return {owner_label(kind): label_value(parent)}


@dataclass(frozen=True)
class Owner:
    """The object that children belong to; it names and labels them."""

    kind: str
    namespace: str
    name: str

    @classmethod
    def of(cls, manifest: Manifest) -> "Owner":
        """Return the owner that an object is."""
        metadata = manifest["metadata"]
        return cls(manifest["kind"], metadata["namespace"], metadata["name"])

    @property
    def labels(self) -> dict[str, str]:
        """The label that every child of this object and every Pod of these carries."""
        return owner_labels(self.kind, self.name)

    def metadata(self, name: str, step: Step) -> Manifest:
        """Return the metadata of a child of this name, beside its owner and with its labels."""
        labels = {**self.labels, STEP: step}
        return {"name": name, "namespace": self.namespace, "labels": labels}


def attempt(retry: str | None) -> str:
    """Return the mark of a retry annotation's value; empty where there is none."""
    return short(digest(retry)) if retry else ""


def job(owner: Owner, step: Step, *, run: str, attempt: str = "") -> str:
    """Return the name of the Job that computes `run`.

    The name holds the attempt, so that a retry is a new Job; the run, which is what the Job
    computes, does not.
    """
    suffix = f"{owner.kind.lower()}-{step}-{short(run)}" + (f"-{attempt}" if attempt else "")
    return child(owner.name, suffix, limit=JOB_LIMIT)


def dataset_claim(dataset: str) -> str:
    """Return the name of the claim that holds a Dataset's data."""
    return child(dataset, "dataset", limit=LABEL_VALUE_LIMIT)


def training_claim(model: str, run: str) -> str:
    """Return the name of the claim that holds what one training run wrote."""
    return child(model, f"model-{short(run)}", limit=LABEL_VALUE_LIMIT)


def is_claim(name: str) -> bool:
    """Return whether a claim of this name may be a Dataset's, a training run's or a Notebook's."""
    return _CLAIM.fullmatch(name) is not None


def builder_files(owner: Owner) -> str:
    """Return the name of the ConfigMap with the files that a builder needs beside the source."""
    return child(owner.name, f"{owner.kind.lower()}-builder", limit=LABEL_VALUE_LIMIT)


def server(modelserver: str) -> str:
    """Return the name of a ModelServer's StatefulSet and Service."""
    return child(modelserver, "modelserver", limit=STATEFULSET_LIMIT)


def notebook(notebook: str) -> str:
    """Return the name of a Notebook's StatefulSet, Service and claim."""
    return child(notebook, "notebook", limit=STATEFULSET_LIMIT)


def only_pod(stateful_set: str) -> str:
    """Return the name of the one Pod of a StatefulSet, as its controller makes it."""
    return f"{stateful_set}-0"


def pods(stateful_set: str, count: int) -> list[str]:
    """Return the names of so many Pods of a StatefulSet, in the order in which they are made."""
    return [f"{stateful_set}-{ordinal}" for ordinal in range(count)]


def run_id(owner: Owner, inputs: Mapping[str, Any]) -> str:
    """Return the id of a run: the hash of what decides its result, whose it is and its inputs.

    Namespace and name are part of it, so that two objects that load one source at different
    times never write to one place. Absent inputs (None) do not count: a field that the API
    gains later changes no id of an object that does not use it.
    """
    given = {key: value for key, value in inputs.items() if value is not None}
    return digest(
        {"kind": owner.kind, "namespace": owner.namespace, "name": owner.name, "inputs": given}
    )


def image(registry: str, owner: Owner, run: str) -> str:
    """Return the image that a run pushes: `<registry>/<kind>-<namespace>.<name>:<run>`.

    A namespace has no dot, so no two objects share a repository.
    """
    repository = f"{owner.kind.lower()}-{owner.namespace}.{owner.name}"
    if len(repository) > REPOSITORY_LIMIT:
        start = repository[: REPOSITORY_LIMIT - _ID_LENGTH - 1].rstrip("-.")
        repository = f"{start}-{digest(repository)}"
    return f"{registry}/{repository}:{run}"


def build_cache(image: str) -> str:
    """Return the reference under which the builds of an image keep their layers."""
    return f"{image.rpartition(':')[0]}:buildcache"


def image_run(image: str | None) -> str | None:
    """Return the id of the run whose image this is: its tag, whether or not a digest follows."""
    return image.partition("@")[0].rpartition(":")[2] if image else None


def is_run(tag: str | None) -> bool:
    """Return whether an image's tag has the form of a run's id."""
    return tag is not None and _RUN.fullmatch(tag) is not None


def own_run(reference: str, owner: Owner) -> str | None:
    """Return the id of the owner's run that pushed an image; None for an image of others."""
    run = image_run(reference)
    ours = run and reference.partition("@")[0].endswith(image("", owner, run))
    return run if ours else None


def data_path(owner: Owner, run: str) -> str:
    """Return a run's directory in any storage: namespace, name and run."""
    return f"{owner.namespace}/{owner.name}/{run}"
