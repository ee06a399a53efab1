"""The Job that trains: `train.sh` in the base Model's image."""

from hooks import names
from hooks.address import Address
from hooks.api import Packaging
from hooks.children import (
    account,
    job,
    nodes,
    saved_weights,
    security,
    shared_memory,
    training,
    user_image,
)
from hooks.children.environment import variables
from hooks.children.training import Training
from hooks.children.training_output import containers, training_output
from hooks.manifest import Manifest
from hooks.platform.sizing import Fit
from hooks.platform.storage import annotations, volumes
from hooks.run import Run
from hooks.settings import Settings
from hooks.step import AccountRole


def make_train_job(run: Run, wanted: Training, fit: Fit, settings: Settings) -> Manifest:
    """Return the Job that writes the directory at `run.result`, and its logs beside it.

    Args:
        run: the training run; `/model/trained` is kept at its result, `/model/logs` beside it.
        wanted: what is trained, on what, and how.
        fit: what the Pod gets.
        settings: what Pods may do, and how Jobs are tried.
    """
    output = training_output(Address(run.result), settings)
    params_file = training.params_mount(wanted.params)
    inputs = [
        training.dataset_mount(wanted.dataset, settings),
        *([params_file] if params_file else []),
        *saved_weights.mounts(wanted.weights, settings),
    ]
    trainer = {
        "name": "trainer",
        **user_image.of(wanted.image),
        **user_image.command("train.sh", wanted.command, wanted.args),
        "env": [
            *saved_weights.environment(wanted.weights),
            *training.environment(wanted.dataset, wanted.params),
            *variables(wanted.env),
        ],
        "resources": fit.resources(settings.resources),
        "securityContext": security.for_user_image(settings.pods),
        "terminationMessagePolicy": "FallbackToLogsOnError",
        "volumeMounts": [
            *(mount.volume_mount for mount in inputs),
            *output.mounts,
            *shared_memory.mounts(fit),
        ],
    }
    role = AccountRole.MODEL_TRAINER
    pod_annotations = {**annotations(inputs), **output.annotations}
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": _metadata(run, wanted),
        "spec": {
            **job.limits(run, settings.jobs),
            "template": {
                "metadata": {
                    "labels": {
                        **run.labels,
                        **saved_weights.labels(wanted.weights),
                        **settings.identity.pod_labels(role),
                    },
                    **({"annotations": pod_annotations} if pod_annotations else {}),
                },
                "spec": {
                    "restartPolicy": "Never",
                    "automountServiceAccountToken": False,
                    "enableServiceLinks": False,
                    **account.for_pod(role, settings),
                    **security.for_user_pod(settings.pods),
                    **nodes.for_user_pod(settings, fit),
                    **containers(trainer, output),
                    "volumes": [
                        *volumes(inputs),
                        *output.volumes,
                        *shared_memory.volumes(fit),
                    ],
                },
            },
        },
    }


def _metadata(run: Run, wanted: Training) -> Manifest:
    """Return the Job's metadata; where the result goes was decided when it was made."""
    metadata = run.metadata()
    stored = {names.PACKAGING: wanted.packaging} if wanted.packaging is Packaging.STORAGE else {}
    return {
        **metadata,
        "labels": {**metadata["labels"], **saved_weights.labels(wanted.weights)},
        "annotations": {**metadata["annotations"], **stored},
    }
