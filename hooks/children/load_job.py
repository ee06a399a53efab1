"""The Job that loads a Dataset: `load.sh` in the Dataset's image."""

from hooks.address import Address
from hooks.api import DatasetSpec
from hooks.children import account, job, nodes, security, user_image
from hooks.children.environment import variables
from hooks.manifest import Manifest
from hooks.platform.storage import annotations, volumes
from hooks.run import Run
from hooks.settings import Settings
from hooks.step import AccountRole


def make_load_job(run: Run, dataset: DatasetSpec, image: str, settings: Settings) -> Manifest:
    """Return the Job that writes the file at `run.result`.

    Args:
        run: the load; the directory above that of its result holds the loader's logs too.
        dataset: the Dataset's own variables.
        image: the Dataset's image.
        settings: what Pods may do, and how Jobs are tried.
    """
    data = Address(run.result)
    mounts = [
        settings.storage.mount(address.url, name="data", at=at, read_only=False)
        for address, at in (
            (data.directory, "/data"),
            (data.directory.sibling("logs"), "/dataset/logs"),
        )
    ]
    role = AccountRole.DATA_LOADER
    pod_annotations = annotations(mounts)
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": run.metadata(),
        "spec": {
            **job.limits(run, settings.jobs),
            "template": {
                "metadata": {
                    "labels": {**run.labels, **settings.identity.pod_labels(role)},
                    **({"annotations": pod_annotations} if pod_annotations else {}),
                },
                "spec": {
                    "restartPolicy": "Never",
                    "automountServiceAccountToken": False,
                    "enableServiceLinks": False,
                    **account.for_pod(role, settings),
                    **security.for_user_pod(settings.pods),
                    **nodes.for_user_pod(settings),
                    "containers": [
                        {
                            "name": "loader",
                            **user_image.of(image),
                            **user_image.command("load.sh", dataset.command, dataset.args),
                            "env": [
                                {"name": "LOAD_DATA_PATH", "value": f"/data/{data.filename}"},
                                *variables(dataset.env, beside=settings.proxy.environment()),
                            ],
                            "resources": settings.resources.of_loader(),
                            "securityContext": security.for_user_image(settings.pods),
                            "terminationMessagePolicy": "FallbackToLogsOnError",
                            "volumeMounts": [mount.volume_mount for mount in mounts],
                        }
                    ],
                    "volumes": volumes(mounts),
                },
            },
        },
    }
