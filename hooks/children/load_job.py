"""The Job that loads a Dataset: `load.sh` in the Dataset's image."""

from collections.abc import Sequence
from typing import Any

from hooks.api import EnvVar
from hooks.children import account, security
from hooks.children.environment import variables
from hooks.children.job import make_job
from hooks.platform.storage import annotations, volumes
from hooks.settings import Settings

Manifest = dict[str, Any]


def make_load_job(
    metadata: Manifest, *, image: str, url: str, env: Sequence[EnvVar] | None, settings: Settings
) -> Manifest:
    """Return the Job that writes the file at `url`.

    Args:
        metadata: name, namespace and labels.
        image: the Dataset's image.
        url: the file's address; the directory above its own holds the loader's logs too.
        env: the Dataset's own variables.
        settings: what Pods may do, and how Jobs are tried.
    """
    directory, _, filename = url.rpartition("/")
    run = directory.rpartition("/")[0]
    mounts = [
        settings.storage.mount(each, name="data", at=at, read_only=False)
        for each, at in ((directory, "/data"), (f"{run}/logs", "/dataset/logs"))
    ]
    return make_job(
        metadata,
        {
            **account.for_pod("data-loader", settings),
            **security.for_user_pod(settings.pods),
            "containers": [
                {
                    "name": "loader",
                    "image": image,
                    "command": ["load.sh"],
                    "env": [
                        {"name": "LOAD_DATA_PATH", "value": f"/data/{filename}"},
                        *variables(env),
                    ],
                    "securityContext": security.for_user_image(settings.pods),
                    "terminationMessagePolicy": "FallbackToLogsOnError",
                    "volumeMounts": [each.volume_mount for each in mounts],
                }
            ],
            "volumes": volumes(mounts),
        },
        settings.jobs,
        pod_annotations=annotations(mounts),
        pod_labels=settings.identity.pod_labels("data-loader"),
    )
