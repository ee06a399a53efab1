"""The Job that loads from an address: our own loader, which runs no code of the user's."""

from collections.abc import Sequence
from dataclasses import dataclass

from hooks import names
from hooks.api import EnvVar
from hooks.children import account, job, nodes, security
from hooks.children.environment import variables
from hooks.manifest import Manifest
from hooks.platform.storage import Mount, annotations, volumes
from hooks.run import Run
from hooks.settings import Settings
from hooks.step import AccountRole

FINAL = (64, 65, 66, 73, 77, 78)
"""The exit codes of what another attempt cannot change; docs/sources.md has them all."""
_SOURCE = "/source"
_CLAIM = "pvc://"


@dataclass(frozen=True)
class Loading:
    """What is loaded, and where to.

    Attributes:
        url: the address.
        files: patterns of its files.
        filename: the name of the one file that is written; None for a directory.
        env: the object's own variables, with its credentials.
        destination: the directory that is written to, in the object's storage.
    """

    url: str
    files: Sequence[str] | None
    filename: str | None
    env: Sequence[EnvVar] | None
    destination: Mount

    @property
    def at(self) -> str:
        """Where the container has the destination."""
        return str(self.destination.volume_mount["mountPath"])


def make_url_load_job(run: Run, loading: Loading, settings: Settings) -> Manifest:
    """Return the Job that writes what is at an address into the object's storage.

    Its Pods keep the Pod Security Standard *restricted*, whatever the settings say of others.

    Args:
        run: the load.
        loading: what is loaded. Its values reach the loader after `--` or behind `=`.
        settings: what may be loaded, by which image; storage and Jobs.
    """
    source = _source(loading.url)
    mounts = [loading.destination, *source]
    role = AccountRole.DATA_LOADER
    pod_annotations = annotations(mounts)
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": run.metadata(),
        "spec": {
            **job.limits(run, settings.jobs, final=FINAL),
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
                    **security.for_loader_pod(settings.pods),
                    **nodes.for_user_pod(settings),
                    "containers": [
                        {
                            "name": "loader",
                            "image": settings.sources.image(loading.url),
                            "command": [names.LOADER],
                            "args": _arguments(loading, settings),
                            "env": [
                                {"name": "HOME", "value": "/tmp"},  # noqa: S108 - a volume
                                *variables(loading.env, beside=settings.proxy.environment()),
                            ],
                            "resources": settings.resources.of_loader(),
                            "securityContext": security.for_loader(settings.pods),
                            "terminationMessagePolicy": "FallbackToLogsOnError",
                            "volumeMounts": [
                                *(mount.volume_mount for mount in mounts),
                                {"name": "tmp", "mountPath": "/tmp"},  # noqa: S108 - a volume
                            ],
                        }
                    ],
                    "volumes": [*volumes(mounts), {"name": "tmp", "emptyDir": {}}],
                },
            },
        },
    }


def _arguments(loading: Loading, settings: Settings) -> list[str]:
    kind = "dataset" if loading.filename else "model"
    return [
        f"--kind={kind}",
        *([f"--filename={loading.filename}"] if loading.filename else []),
        *(f"--files={each}" for each in loading.files or ()),
        *(f"--allow={each}" for each in settings.sources.allowed),
        *(["--no-rename"] if settings.storage.chosen.writes_once else []),
        "--",
        loading.url,
        loading.at,
    ]


def _source(url: str) -> list[Mount]:
    """Return the mount of the claim that an address names, if it names one."""
    if not url.startswith(_CLAIM):
        return []
    claim = url.removeprefix(_CLAIM).partition("/")[0]
    volume = {"claimName": claim, "readOnly": True}
    return [
        Mount(
            volume={"name": "source", "persistentVolumeClaim": volume},
            volume_mount={"name": "source", "mountPath": _SOURCE, "readOnly": True},
        )
    ]
