"""The StatefulSet of a Notebook: `notebook.sh` in the Model's image, with the work on a claim."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hooks.api import EnvVar, ModelTrainingParams
from hooks.children import account, security, shared_memory, training
from hooks.children.environment import variables
from hooks.platform.sizing import Fit
from hooks.platform.storage import Mount, annotations, volumes
from hooks.settings import Settings

Manifest = dict[str, Any]

PORT = 8888
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
"""The token stands in no object of the cluster, so it can only be read inside the Pod."""


@dataclass(frozen=True)
class TrainingData:
    """What a Notebook of a trained Model has beside the Model: its Dataset and parameters."""

    dataset_url: str
    params: ModelTrainingParams


def make_notebook_statefulset(
    metadata: Manifest,
    fit: Fit,
    *,
    image: str,
    claim: str,
    replicas: int,
    env: Sequence[EnvVar] | None,
    pod_labels: dict[str, str],
    data: TrainingData | None,
    settings: Settings,
) -> Manifest:
    """Return a StatefulSet of one Pod, or of none where the Notebook is suspended.

    Args:
        metadata: name, namespace and labels.
        fit: what the Pod gets.
        image: the Model's image.
        claim: the claim that holds `/model/src`, `/model/trained` and `/model/logs`.
        replicas: 0 or 1.
        env: the Notebook's own variables.
        pod_labels: the Pod's labels, by which the StatefulSet and the Service know it.
        data: the Dataset and parameters of a trained Model; None for one built from git.
        settings: what Pods may do.
    """
    mounts = _training_mounts(data, settings) if data else []
    told = training.environment(data.dataset_url, data.params) if data else []
    own = [*told, *variables(env)]
    return {
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "metadata": metadata,
        "spec": {
            "replicas": replicas,
            "serviceName": metadata["name"],
            "podManagementPolicy": "Parallel",
            "selector": {"matchLabels": dict(pod_labels)},
            "template": {
                "metadata": {
                    "labels": {**pod_labels, **settings.identity.pod_labels("notebook")},
                    **({"annotations": annotations(mounts)} if annotations(mounts) else {}),
                },
                "spec": {
                    "automountServiceAccountToken": False,
                    "enableServiceLinks": False,
                    **account.for_pod("notebook", settings),
                    **security.for_user_pod(settings.pods),
                    **fit.placement(),
                    "initContainers": [_seed(image, settings)],
                    "containers": [
                        {
                            **_notebook(image, fit, settings),
                            **({"env": own} if own else {}),
                            "volumeMounts": [
                                *_work_mounts(),
                                {"name": "token", "mountPath": "/run/notebook", "readOnly": True},
                                *(each.volume_mount for each in mounts),
                                *shared_memory.mounts(fit),
                            ],
                        }
                    ],
                    "volumes": [
                        {"name": "work", "persistentVolumeClaim": {"claimName": claim}},
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
    told = training.params_mount(data.params)
    return [training.dataset_mount(data.dataset_url, settings), *([told] if told else [])]


def _seed(image: str, settings: Settings) -> Manifest:
    return {
        "name": "seed",
        "image": image,
        "command": ["/bin/sh", "-ec", _SEED],
        "securityContext": security.for_user_image(settings.pods),
        "terminationMessagePolicy": "FallbackToLogsOnError",
        "volumeMounts": [
            {"name": "work", "mountPath": "/work"},
            {"name": "token", "mountPath": "/run/notebook"},
        ],
    }


def _notebook(image: str, fit: Fit, settings: Settings) -> Manifest:
    return {
        "name": "notebook",
        "image": image,
        "command": ["/bin/sh", "-c", _START],
        "ports": [{"name": "http", "containerPort": PORT}],
        "readinessProbe": {
            "httpGet": {"path": "/api", "port": "http"},
            "periodSeconds": 5,
            "timeoutSeconds": 5,
        },
        "resources": fit.resources(),
        "securityContext": security.for_user_image(settings.pods),
        "terminationMessagePolicy": "FallbackToLogsOnError",
    }


def _work_mounts() -> list[Manifest]:
    return [
        {"name": "work", "mountPath": f"/model/{each}", "subPath": each}
        for each in ("src", "trained", "logs")
    ]
