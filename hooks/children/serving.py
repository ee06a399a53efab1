"""What serves a Model: `serve.sh` in the Model's image, or a runtime in a stock one."""

from collections.abc import Sequence
from dataclasses import dataclass

from hooks.api import ModelServerSpec
from hooks.children import saved_weights, user_image
from hooks.children.environment import variables
from hooks.children.saved_weights import Weights
from hooks.manifest import Manifest
from hooks.platform.runtimes import Runtime
from hooks.platform.sizing import Fit

_PORT, _DOCS = 8080, "/docs"
_PERIOD = 10


@dataclass(frozen=True)
class Serving:
    """What serves, and of what.

    Attributes:
        image: the Model's image, as its status has it.
        weights: what is mounted beside the image; nothing where the image holds the Model.
        runtime: what serves the weights; None where the image's own `serve.sh` does.
        file: the one file of the weights below their directory; None where it is not one.
    """

    image: str
    weights: Sequence[Weights]
    runtime: Runtime | None = None
    file: str | None = None


def runs(serving: Serving, server: ModelServerSpec) -> Manifest:
    """Return the container's image, and what is run in it."""
    own = list(server.args or ())
    runtime = serving.runtime
    if runtime is None:
        return {
            **user_image.of(serving.image),
            "command": ["serve.sh"],
            **({"args": own} if own else {}),
        }
    args = [*runtime.args, *own]
    return {
        "image": runtime.image,
        **({"command": list(runtime.command)} if runtime.command else {}),
        **({"args": args} if args else {}),
    }


def environment(serving: Serving, server: ModelServerSpec, fit: Fit) -> list[Manifest]:
    """Return the container's variables; those that a runtime's arguments name come first."""
    beside = [
        *saved_weights.environment(serving.weights),
        *(_of_runtime(serving, server, fit) if serving.runtime else []),
    ]
    return variables(server.env, beside=beside)


def answers(serving: Serving) -> Manifest:
    """Return the container's port and probes.

    A runtime may read large weights before it answers, and is started again where it takes longer
    than the settings say.
    """
    runtime = serving.runtime
    port = runtime.port if runtime else _PORT
    asked = {"httpGet": {"path": runtime.probe_path if runtime else _DOCS, "port": "http"}}
    return {
        "ports": [{"name": "http", "containerPort": port}],
        "readinessProbe": {**asked, "periodSeconds": 5, "timeoutSeconds": 5},
        **({"startupProbe": {**asked, **_starting(runtime)}} if runtime else {}),
    }


def _starting(runtime: Runtime) -> Manifest:
    return {
        "periodSeconds": _PERIOD,
        "timeoutSeconds": 5,
        "failureThreshold": -(-runtime.startup_seconds // _PERIOD),
    }


def _of_runtime(serving: Serving, server: ModelServerSpec, fit: Fit) -> list[Manifest]:
    # The kubelet reads "$$" as "$", and "$(NAME)" as another variable.
    file = serving.file.replace("$", "$$") if serving.file else None
    return [
        *([{"name": "MODEL_FILE", "value": f"{saved_weights.SAVED}/{file}"}] if file else []),
        {"name": "MODEL_NAME", "value": server.model_name},
        {"name": "GPUS_PER_NODE", "value": str(fit.gpus)},
        {"name": "NNODES", "value": "1"},
        {"name": "HOME", "value": "/tmp"},  # noqa: S108 - the image may have no home for the user
    ]
