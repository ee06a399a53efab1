"""The Job that packages a trained Model: the base Model's image with what training wrote."""

from hooks import names
from hooks.address import Address
from hooks.children import account, job, nodes
from hooks.manifest import Manifest
from hooks.platform.builders import FILES, Build, Builder, make_builder
from hooks.platform.sizing import builder_resources
from hooks.platform.storage import annotations, volumes
from hooks.run import Run
from hooks.settings import Settings
from hooks.step import AccountRole

_CONTEXT = "/context"
_DOCKERFILE = """\
ARG BASE_IMAGE
FROM ${BASE_IMAGE}
COPY trained/ /model/saved/
COPY logs/ /model/logs/
"""


def package_builder(base_image: str, image: str, settings: Settings) -> Builder:
    """Return the builder that makes `image` of the base image, `trained/` and `logs/`."""
    build = Build(
        image,
        context=_CONTEXT,
        dockerfile=FILES,
        args={"BASE_IMAGE": base_image},
        files={"Dockerfile": _DOCKERFILE},
        proxy=settings.proxy.values(),
    )
    return make_builder(build, settings.builder, settings.registry)


def make_package_job(
    run: Run, base_image: str, trained: Address, weights: int, settings: Settings
) -> Manifest:
    """Return the Job that pushes the trained Model's image `run.result`.

    Args:
        run: the build.
        base_image: the image to add to.
        trained: the directory that training wrote to; its sibling `logs` has the logs.
        weights: bytes of the Model's weights, for the builder's disk.
        settings: registry, builder, storage and Jobs.
    """
    builder = package_builder(base_image, run.result, settings)
    role = AccountRole.MODEL_BUILDER
    # Each directory for itself: a bucket has no empty ones, and there may be no logs.
    mounts = [
        settings.storage.mount(
            trained.sibling(name).url, name="run", at=f"{_CONTEXT}/{name}", read_only=True
        )
        for name in ("trained", "logs")
    ]
    pod_annotations = annotations(mounts)
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": run.metadata(),
        "spec": {
            **job.limits(run, settings.jobs),
            "template": {
                "metadata": {
                    "labels": {
                        **run.labels,
                        names.uses_label(run.owner.name): run.id,
                        **settings.identity.pod_labels(role),
                    },
                    **({"annotations": pod_annotations} if pod_annotations else {}),
                },
                "spec": {
                    "restartPolicy": "Never",
                    "automountServiceAccountToken": False,
                    "enableServiceLinks": False,
                    **account.for_pod(role, settings),
                    **nodes.for_builder_pod(settings),
                    **builder.pod(),
                    "containers": [
                        {
                            **builder.container,
                            "name": "builder",
                            "resources": builder_resources(weights, settings.resources),
                            "terminationMessagePolicy": "FallbackToLogsOnError",
                            "volumeMounts": [
                                *builder.container["volumeMounts"],
                                *(mount.volume_mount for mount in mounts),
                                *builder.files_mounts(),
                            ],
                        }
                    ],
                    "volumes": [
                        *builder.volumes,
                        *volumes(mounts),
                        *builder.files_volumes(names.builder_files(run.owner)),
                    ],
                },
            },
        },
    }
