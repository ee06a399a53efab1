"""The StatefulSet of a ModelServer: `serve.sh` in the Model's image."""

from collections.abc import Sequence
from typing import Any

from hooks.api import EnvVar
from hooks.children import account, security, shared_memory
from hooks.children.environment import variables
from hooks.platform.sizing import Fit
from hooks.settings import Settings

Manifest = dict[str, Any]

PORT = 8080


def make_server_statefulset(
    metadata: Manifest,
    fit: Fit,
    *,
    image: str,
    replicas: int,
    env: Sequence[EnvVar] | None,
    pod_labels: dict[str, str],
    settings: Settings,
) -> Manifest:
    """Return a StatefulSet whose Pods are replaced without ever needing a spare GPU.

    A StatefulSet takes the old Pod away before it makes the new one. With `Parallel` it does so
    even if the old one never became ready; else a broken image could not be mended by an edit.

    Args:
        metadata: name, namespace and labels.
        fit: what the Pod gets.
        image: the Model's image; it holds the Model at `/model/saved`.
        replicas: how many Pods there are.
        env: the ModelServer's own variables.
        pod_labels: the Pod's labels, by which the StatefulSet and the Service know it.
        settings: what Pods may do.
    """
    mounts = shared_memory.mounts(fit)
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
                    "labels": {**pod_labels, **settings.identity.pod_labels("model-server")}
                },
                "spec": {
                    "automountServiceAccountToken": False,
                    "enableServiceLinks": False,
                    **account.for_pod("model-server", settings),
                    **security.for_user_pod(settings.pods),
                    **fit.placement(),
                    "containers": [
                        {
                            "name": "server",
                            "image": image,
                            "command": ["serve.sh"],
                            **({"env": variables(env)} if env else {}),
                            "ports": [{"name": "http", "containerPort": PORT}],
                            "readinessProbe": {
                                "httpGet": {"path": "/docs", "port": "http"},
                                "periodSeconds": 5,
                                "timeoutSeconds": 5,
                            },
                            "resources": fit.resources(),
                            "securityContext": security.for_user_image(settings.pods),
                            "terminationMessagePolicy": "FallbackToLogsOnError",
                            **({"volumeMounts": mounts} if mounts else {}),
                        }
                    ],
                    **({"volumes": shared_memory.volumes(fit)} if mounts else {}),
                },
            },
        },
    }
