"""The Job that trains: `train.sh` in the base Model's image."""

from collections.abc import Sequence
from typing import Any

from hooks.api import EnvVar, ModelTrainingParams
from hooks.children import security, shared_memory, training
from hooks.children.environment import variables
from hooks.children.job import make_job
from hooks.platform import storage
from hooks.platform.sizing import Fit
from hooks.settings import Settings

Manifest = dict[str, Any]


def make_train_job(
    metadata: Manifest,
    fit: Fit,
    *,
    base_image: str,
    dataset_url: str,
    trained_url: str,
    params: ModelTrainingParams,
    env: Sequence[EnvVar] | None,
    settings: Settings,
) -> Manifest:
    """Return the Job that writes the directory at `trained_url`, and its logs beside it.

    Args:
        metadata: name, namespace and labels.
        fit: what the Pod gets.
        base_image: the image to train in; it holds the base Model at `/model/saved`.
        dataset_url: the file to train on.
        trained_url: where `/model/trained` is kept; `/model/logs` is kept in its sibling `logs`.
        params: the parameters, complete.
        env: the Model's own variables.
        settings: what Pods may do, and how Jobs are tried.
    """
    data = training.dataset_mount(dataset_url)
    trained = storage.mount(trained_url, name="run", at="/model/trained", read_only=False)
    logs = storage.mount(
        f"{trained_url.rpartition('/')[0]}/logs", name="run", at="/model/logs", read_only=False
    )
    told = training.params_mount(params)
    return make_job(
        metadata,
        {
            **security.for_user_pod(settings.pods),
            **fit.placement(),
            "containers": [
                {
                    "name": "trainer",
                    "image": base_image,
                    "command": ["train.sh"],
                    "env": [*training.environment(dataset_url, params), *variables(env)],
                    "resources": fit.resources(),
                    "securityContext": security.for_user_image(settings.pods),
                    "terminationMessagePolicy": "FallbackToLogsOnError",
                    "volumeMounts": [
                        data.volume_mount,
                        trained.volume_mount,
                        logs.volume_mount,
                        *([told.volume_mount] if told else []),
                        *shared_memory.mounts(fit),
                    ],
                }
            ],
            "volumes": [
                data.volume,
                trained.volume,
                *([told.volume] if told else []),
                *shared_memory.volumes(fit),
            ],
        },
        settings.jobs,
        pod_annotations={
            **data.pod_annotations,
            **trained.pod_annotations,
            **(told.pod_annotations if told else {}),
        },
    )
