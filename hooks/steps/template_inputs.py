"""What the Pod template of a server or a notebook is made of, as one hash.

A StatefulSet with Pods keeps the template that it was given until this hash changes, so that no
upgrade of the hooks and no other setting restarts it. The hash is an annotation that outlives
upgrades: an input that is added later must leave it as it is where the input is absent.
"""

from typing import Any

from hooks import names
from hooks.api import ModelServerSpec, NotebookSpec
from hooks.children.saved_weights import BASE
from hooks.children.training import TrainingData
from hooks.settings import Settings
from hooks.step import AccountRole, PatchKind
from hooks.steps.served_model import Served


def server_inputs(server: ModelServerSpec, served: Served, settings: Settings) -> str:
    """Return the hash for a ModelServer."""
    return _hash(server, served, settings, AccountRole.MODEL_SERVER, data=None)


def notebook_inputs(
    notebook: NotebookSpec, served: Served, data: TrainingData | None, settings: Settings
) -> str:
    """Return the hash for a Notebook; `data` is what a trained Model was made of."""
    return _hash(notebook, served, settings, AccountRole.NOTEBOOK, data=data)


def _hash(
    spec: ModelServerSpec | NotebookSpec,
    served: Served,
    settings: Settings,
    role: AccountRole,
    *,
    data: TrainingData | None,
) -> str:
    model = served.model.spec
    inputs: dict[str, Any] = {
        # Not the runtime's own image: an edit of the runtimes' table restarts nothing.
        "image": None if served.model.status.runtime else served.image.partition("@")[0],
        "runtime": model.runtime,
        "args": spec.args if isinstance(spec, ModelServerSpec) else None,
        "weights": served.model.status.url,
        "baseWeights": next((each.address.url for each in served.weights if each.at == BASE), None),
        "size": _dumped(model.size),
        "compute": _dumped(model.compute),
        "env": [_dumped(variable) for variable in spec.env or ()],
        "patches": [
            _dumped(patch)
            for patch in spec.patches or ()
            if patch.target.kind == PatchKind.STATEFUL_SET
        ],
        "dataset": data.dataset.url if data else None,
        "params": _dumped(data.params) if data else None,
        "account": settings.identity.account(role),
        "identity": settings.identity.pod_labels(role),
        "pullSecrets": list(settings.registry.pull_secrets),
        "security": _dumped(settings.pods),
    }
    return names.digest({key: value for key, value in inputs.items() if value})


def _dumped(part: Any) -> Any:  # noqa: ANN401 - a type of the API or the settings, as JSON
    return part and part.model_dump(
        mode="json", by_alias=True, exclude_none=True, exclude_defaults=True
    )
