"""The StatefulSet of a Notebook: `notebook.sh` in the Model's image, with the work on a claim."""

from collections.abc import Sequence

from hooks import names
from hooks.api import NotebookSpec
from hooks.children import (
    account,
    nodes,
    saved_weights,
    security,
    shared_memory,
    training,
    user_image,
)
from hooks.children.environment import variables
from hooks.children.saved_weights import Weights
from hooks.children.training import TrainingData
from hooks.manifest import Manifest
from hooks.names import Owner
from hooks.platform.sizing import Fit
from hooks.platform.storage import Mount, annotations, volumes
from hooks.settings import Settings
from hooks.step import AccountRole, Step

TOKEN_FILE = "/run/notebook/token"  # noqa: S105 - the place of a token, not a token

_SEED = """\
umask 077
head -c 24 /dev/urandom | od -An -tx1 | tr -d ' \\n' > /run/notebook/token
umask 022
mkdir -p /work/src /work/trained /work/logs
if [ ! -e /work/.seeded ]; then
  if [ -d /model/src ]; then cp -R /model/src/. /work/src/; fi
  touch /work/.seeded
fi
"""
"""Makes the token, and fills the claim with the image's sources the first time."""

_START = 'JUPYTER_TOKEN="$(cat /run/notebook/token)" exec notebook.sh'
"""No object of the cluster holds the token, so it can only be read inside the Pod."""


def make_notebook_statefulset(
    owner: Owner,
    notebook: NotebookSpec,
    image: str,
    fit: Fit,
    settings: Settings,
    *,
    data: TrainingData | None,
    weights: Sequence[Weights],
) -> Manifest:
    """Return a StatefulSet of one Pod, or of none where the Notebook is suspended.

    Args:
        owner: the Notebook.
        notebook: whether it is suspended, and its own variables.
        image: the Model's image.
        fit: what the Pod gets.
        settings: what Pods may do.
        data: the Dataset and parameters of a trained Model; None for one built from git.
        weights: what is mounted beside the image; nothing where the image holds the Model.
    """
    name = names.notebook(owner.name)
    mounts = [
        *(_training_mounts(data, settings) if data else []),
        *saved_weights.mounts(weights, settings),
    ]
    env = [
        *saved_weights.environment(weights),
        *(training.environment(data.dataset, data.params) if data else []),
        *variables(notebook.env),
    ]
    uses = saved_weights.labels(weights)
    metadata = owner.metadata(name, Step.NOTEBOOK)
    role = AccountRole.NOTEBOOK
    pod_annotations = annotations(mounts)
    return {
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "metadata": {**metadata, "labels": {**metadata["labels"], **uses}},
        "spec": {
            "replicas": notebook.wanted_replicas,
            "serviceName": name,
            "podManagementPolicy": "Parallel",
            "selector": {"matchLabels": owner.labels},
            "template": {
                "metadata": {
                    "labels": {**owner.labels, **uses, **settings.identity.pod_labels(role)},
                    **({"annotations": pod_annotations} if pod_annotations else {}),
                },
                "spec": {
                    "automountServiceAccountToken": False,
                    "enableServiceLinks": False,
                    **account.for_pod(role, settings),
                    **security.for_user_pod(settings.pods),
                    **nodes.for_user_pod(settings, fit),
                    "initContainers": [
                        {
                            "name": "seed",
                            **user_image.of(image),
                            "command": ["/bin/sh", "-ec", _SEED],
                            "resources": settings.resources.of_tool(),
                            "securityContext": security.for_user_image(settings.pods),
                            "terminationMessagePolicy": "FallbackToLogsOnError",
                            "volumeMounts": [
                                {"name": "work", "mountPath": "/work"},
                                {"name": "token", "mountPath": "/run/notebook"},
                            ],
                        }
                    ],
                    "containers": [
                        {
                            "name": "notebook",
                            **user_image.of(image),
                            "command": ["/bin/sh", "-c", _START],
                            **({"env": env} if env else {}),
                            "ports": [{"name": "http", "containerPort": 8888}],
                            "readinessProbe": {
                                "httpGet": {"path": "/api", "port": "http"},
                                "periodSeconds": 5,
                                "timeoutSeconds": 5,
                            },
                            "resources": fit.resources(settings.resources),
                            "securityContext": security.for_user_image(settings.pods),
                            "terminationMessagePolicy": "FallbackToLogsOnError",
                            "volumeMounts": [
                                *(
                                    {"name": "work", "mountPath": f"/model/{each}", "subPath": each}
                                    for each in ("src", "trained", "logs")
                                ),
                                {"name": "token", "mountPath": "/run/notebook", "readOnly": True},
                                *(mount.volume_mount for mount in mounts),
                                *shared_memory.mounts(fit),
                            ],
                        }
                    ],
                    "volumes": [
                        {"name": "work", "persistentVolumeClaim": {"claimName": name}},
                        {"name": "token", "emptyDir": {"medium": "Memory"}},
                        *volumes(mounts),
                        *shared_memory.volumes(fit),
                    ],
                },
            },
        },
    }


def _training_mounts(data: TrainingData, settings: Settings) -> list[Mount]:
    """Return the mounts of the Dataset and, where there are extra parameters, of their file."""
    params_file = training.params_mount(data.params)
    return [
        training.dataset_mount(data.dataset, settings),
        *([params_file] if params_file else []),
    ]
