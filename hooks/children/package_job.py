"""The Job that packages a trained Model: the base Model's image with what training wrote."""

from typing import Any

from hooks.children import account
from hooks.children.builder_pod import builder_pod
from hooks.children.job import make_job
from hooks.platform.builders import FILES, Build, Builder, make_builder
from hooks.platform.sizing import builder_resources
from hooks.platform.storage import annotations, volumes
from hooks.settings import Settings

Manifest = dict[str, Any]

_CONTEXT = "/context"
_DOCKERFILE = """\
ARG BASE_IMAGE
FROM ${BASE_IMAGE}
COPY trained/ /model/saved/
COPY logs/ /model/logs/
"""


def package_builder(base_image: str, *, image: str, settings: Settings) -> Builder:
    """Return the builder that adds `trained/` and `logs/` to the base image."""
    build = Build(
        image,
        context=_CONTEXT,
        dockerfile=FILES,
        args={"BASE_IMAGE": base_image},
        files={"Dockerfile": _DOCKERFILE},
    )
    return make_builder(build, settings.builder, settings.registry)


def make_package_job(
    metadata: Manifest,
    builder: Builder,
    *,
    files: str,
    trained_url: str,
    weights: int,
    settings: Settings,
) -> Manifest:
    """Return the Job that pushes the trained Model's image.

    Args:
        metadata: name, namespace and labels.
        builder: from `package_builder`.
        files: the name of the ConfigMap with the Dockerfile.
        trained_url: the directory that training wrote to; its sibling `logs` has the logs.
        weights: bytes of the Model's weights, for the builder's disk.
        settings: how Jobs are tried.
    """
    run = trained_url.rpartition("/")[0]
    # Each directory for itself: a bucket has no empty ones, and there may be no logs.
    mounts = [
        settings.storage.mount(f"{run}/{each}", name="run", at=f"{_CONTEXT}/{each}", read_only=True)
        for each in ("trained", "logs")
    ]
    pod = builder_pod(
        builder,
        resources=builder_resources(weights),
        mounts=[each.volume_mount for each in mounts],
        volumes=volumes(mounts),
        files=files,
    )
    return make_job(
        metadata,
        {**account.for_pod("model-builder", settings), **pod},
        settings.jobs,
        pod_annotations=annotations(mounts),
        pod_labels=settings.identity.pod_labels("model-builder"),
    )
