"""The StatefulSet of a ModelServer: `serve.sh` in the Model's image, or a runtime."""

from hooks import names
from hooks.api import ModelServerSpec
from hooks.children import account, nodes, saved_weights, security, serving, shared_memory
from hooks.children.serving import Serving
from hooks.manifest import Manifest
from hooks.names import Owner
from hooks.platform.sizing import Fit
from hooks.platform.storage import annotations, volumes
from hooks.settings import Settings
from hooks.step import AccountRole, Step


def make_server_statefulset(
    owner: Owner,
    server: ModelServerSpec,
    serves: Serving,
    fit: Fit,
    settings: Settings,
) -> Manifest:
    """Return a StatefulSet whose Pods are replaced without ever needing a spare GPU.

    A StatefulSet takes the old Pod away before it makes the new one. With `Parallel` it does so
    even if the old one never became ready; else a broken image could not be fixed by an edit.

    Args:
        owner: the ModelServer.
        server: which Model it serves, with how many Pods and what variables.
        serves: what serves the Model: its image, or a runtime.
        fit: what the Pod gets.
        settings: what Pods may do.
    """
    metadata = owner.metadata(names.server(owner.name), Step.SERVE)
    served = {names.served_label(server.model_name): "true"}
    uses = saved_weights.labels(serves.weights)
    role = AccountRole.MODEL_SERVER
    saved = saved_weights.mounts(serves.weights, settings)
    mounts = [*(each.volume_mount for each in saved), *shared_memory.mounts(fit)]
    pod_volumes = [*volumes(saved), *shared_memory.volumes(fit)]
    env = serving.environment(serves, server, fit)
    pod_annotations = annotations(saved)
    return {
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "metadata": {**metadata, "labels": {**metadata["labels"], **served, **uses}},
        "spec": {
            "replicas": server.wanted_replicas,
            "serviceName": metadata["name"],
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
                    "containers": [
                        {
                            "name": "server",
                            **serving.runs(serves, server),
                            **({"env": env} if env else {}),
                            **serving.answers(serves),
                            "resources": fit.resources(settings.resources),
                            "securityContext": security.for_user_image(settings.pods),
                            "terminationMessagePolicy": "FallbackToLogsOnError",
                            **({"volumeMounts": mounts} if mounts else {}),
                        }
                    ],
                    **({"volumes": pod_volumes} if pod_volumes else {}),
                },
            },
        },
    }
