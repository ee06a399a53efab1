"""The Pod that builds an image, whichever builder does it."""

from typing import Any

from hooks.platform.builders import FILES, Builder

Manifest = dict[str, Any]


def builder_pod(
    builder: Builder,
    *,
    resources: Manifest,
    mounts: list[Manifest],
    volumes: list[Manifest],
    files: str,
) -> Manifest:
    """Return the spec of a Pod with the container `builder`.

    Args:
        builder: the parts that the builder decides.
        resources: the container's resources.
        mounts: where the build's context is.
        volumes: the volumes of these mounts.
        files: the name of the ConfigMap with the builder's files, if it has any.
    """
    if builder.files:
        mounts = [*mounts, {"name": "files", "mountPath": FILES, "readOnly": True}]
        volumes = [*volumes, {"name": "files", "configMap": {"name": files}}]
    context = builder.pod_security_context
    return {
        **({"securityContext": context} if context else {}),
        "containers": [
            {
                "name": "builder",
                **builder.container,
                "resources": resources,
                "terminationMessagePolicy": "FallbackToLogsOnError",
                "volumeMounts": [*builder.container["volumeMounts"], *mounts],
            }
        ],
        "volumes": [*builder.volumes, *volumes],
    }
