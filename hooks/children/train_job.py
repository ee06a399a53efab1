"""The Job that trains: `train.sh` in the base Model's image."""

from collections.abc import Sequence
from typing import Any

from hooks.api import EnvVar, ModelTrainingParams
from hooks.children import account, security, shared_memory, training
from hooks.children.environment import variables
from hooks.children.job import make_job
from hooks.children.training_output import containers, training_output
from hooks.platform.sizing import Fit
from hooks.platform.storage import annotations, volumes
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
    data = training.dataset_mount(dataset_url, settings)
    output = training_output(trained_url, settings)
    told = training.params_mount(params)
    inputs = [data, *([told] if told else [])]
    trainer = {
        "name": "trainer",
        "image": base_image,
        "command": ["train.sh"],
        "env": [*training.environment(dataset_url, params), *variables(env)],
        "resources": fit.resources(),
        "securityContext": security.for_user_image(settings.pods),
        "terminationMessagePolicy": "FallbackToLogsOnError",
        "volumeMounts": [
            *(each.volume_mount for each in inputs),
            *output.mounts,
            *shared_memory.mounts(fit),
        ],
    }
    return make_job(
        metadata,
        {
            **account.for_pod("model-trainer", settings),
            **security.for_user_pod(settings.pods),
            **fit.placement(),
            **containers(trainer, output),
            "volumes": [*volumes(inputs), *output.volumes, *shared_memory.volumes(fit)],
        },
        settings.jobs,
        pod_annotations={**annotations(inputs), **output.annotations},
        pod_labels=settings.identity.pod_labels("model-trainer"),
    )
