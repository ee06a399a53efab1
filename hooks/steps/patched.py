"""A child as it is asked for: with the patches of the settings, then with the object's own."""

from collections.abc import Iterator

import orjson

from hooks.api import DatasetSpec, GitSource, ModelServerSpec, ModelSpec, NotebookSpec
from hooks.conditions import Violation
from hooks.manifest import Manifest
from hooks.patches import CHILD_LIMIT, Shared, Source, apply
from hooks.reasons import Reason
from hooks.settings import Settings

Spec = DatasetSpec | ModelServerSpec | ModelSpec | NotebookSpec


def patched(child: Manifest, spec: Spec, settings: Settings) -> Manifest | Violation:
    """Return a child with its patches, or the operation that may not be."""
    shared = _shared(settings)
    taken = _secret_taken(spec, shared)
    if taken:
        return taken
    sources = (
        Source("patches of the settings", settings.patches, trusted=True),
        Source("spec.patches", spec.patches or (), trusted=False, shared=shared),
    )
    found = apply(child, [source for source in sources if source.patches])
    return found if isinstance(found, Violation) else _too_large(found) or found


def _too_large(child: Manifest) -> Violation | None:
    """Return that a child is too large for the API server to keep its record beside it."""
    size = len(orjson.dumps(child))
    if size <= CHILD_LIMIT:
        return None
    return Violation(
        Reason.INVALID_CONFIGURATION,
        f"{child['kind']} {child['metadata']['name']} would have {size} bytes, of at most "
        f"{CHILD_LIMIT}: shorten variables, parameters, commands or arguments.",
    )


def _shared(settings: Settings) -> Shared:
    """Return what the settings name in every namespace: it is the administrator's."""
    registry, azure = settings.registry, settings.storage.azure
    secrets = (
        *registry.pull_secrets,
        registry.push_secret,
        settings.git.secret_name,
        azure.secret_name if azure else None,
    )
    return Shared(
        secrets=frozenset(filter(None, secrets)),
        claims=frozenset(settings.storage.given_claims()),
        restricted=settings.pods.security == "restricted",
        priority_classes=settings.patchable.priority_class_names,
        runtime_classes=settings.patchable.runtime_class_names,
    )


def _secret_taken(spec: Spec, shared: Shared) -> Violation | None:
    """Return that something takes its value from a Secret that the settings name."""
    for path, secret in _secrets(spec):
        if secret in shared.secrets:
            return Violation(
                Reason.INVALID_CONFIGURATION,
                f"{path}.name: the settings name Secret {secret}, which is the administrator's. "
                "Put the value into a Secret of its own.",
            )
    return None


def _secrets(spec: Spec) -> Iterator[tuple[str, str]]:
    """Yield the Secrets that an object names, each with the path of what names it."""
    for index, variable in enumerate(spec.env or ()):
        if variable.value_from:
            path = f"spec.env.{index}.valueFrom.secretKeyRef"
            yield path, variable.value_from.secret_key_ref.name
    for path, git in _git_sources(spec):
        for index, given in enumerate(git.build_secrets or ()):
            yield f"{path}.buildSecrets.{index}.secretKeyRef", given.secret_key_ref.name


def _git_sources(spec: Spec) -> Iterator[tuple[str, GitSource]]:
    """Yield the git sources of an object, each with its path."""
    source = spec.source if isinstance(spec, DatasetSpec | ModelSpec) else None
    if source and source.git:
        yield "spec.source.git", source.git
    training = spec.training if isinstance(spec, ModelSpec) else None
    if training and training.source and training.source.git:
        yield "spec.training.source.git", training.source.git
