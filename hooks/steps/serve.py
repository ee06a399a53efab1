"""Serve: a StatefulSet runs the Model's `serve.sh` behind a Service."""

from hooks import names
from hooks.api import ModelServer
from hooks.children.server_service import make_server_service
from hooks.children.server_statefulset import make_server_statefulset
from hooks.children.serving import Serving
from hooks.conditions import Violation
from hooks.manifest import Manifest
from hooks.names import Owner
from hooks.observe.request import Observed
from hooks.platform.sizing import Fit
from hooks.reasons import Reason
from hooks.settings import Settings
from hooks.step import Step
from hooks.steps import runtime, served_model, workloads
from hooks.steps.outcome import Outcome
from hooks.steps.patched import patched
from hooks.steps.served_model import Served
from hooks.steps.template_inputs import server_inputs
from hooks.steps.workloads import Workload

_SCALED_TO_ZERO = Violation(
    Reason.SCALED_TO_ZERO, "spec.replicas is 0: no Pod serves. Scale the ModelServer up."
)


def serve(
    server: ModelServer, served: Served | Violation, observed: Observed, settings: Settings
) -> Outcome:
    """Return what has become of the server.

    Args:
        server: the ModelServer.
        served: its Model, or why that cannot be run.
        observed: the call.
        settings: hardware, and what Pods may do.
    """
    owner = Owner.of(observed.parent)
    workload = Workload(
        Step.SERVE,
        names.server(owner.name),
        server.spec.wanted_replicas,
        none=_SCALED_TO_ZERO,
        inputs=(
            None if isinstance(served, Violation) else server_inputs(server.spec, served, settings)
        ),
    )
    return workloads.advance(
        workload,
        observed,
        _stateful_set(owner, server, served, observed, settings),
        [patched(make_server_service(owner), server.spec, settings)],
    )


def _stateful_set(
    owner: Owner,
    server: ModelServer,
    served: Served | Violation,
    observed: Observed,
    settings: Settings,
) -> Manifest | Violation | None:
    if isinstance(served, Violation):
        return None
    fit = served_model.fit(served, Step.SERVE, settings)
    refused = served_model.not_shared(
        served, observed, names.server(owner.name), server.spec.wanted_replicas, settings
    )
    if refused:
        return refused
    if not isinstance(fit, Fit):
        return fit
    serving = _serving(served, settings)
    if isinstance(serving, Violation):
        return serving
    stateful_set = make_server_statefulset(owner, server.spec, serving, fit, settings)
    return patched(stateful_set, server.spec, settings)


def _serving(served: Served, settings: Settings) -> Serving | Violation:
    """Return what serves the Model, or that the settings no longer have it."""
    name, made_of = served.model.status.runtime, served.model.status.provenance
    if name is None:
        return Serving(served.image, served.weights)
    found = next((each for each in settings.runtimes if each.name == name), None)
    if found is None:
        return Violation(
            Reason.NO_RUNTIME, f"The settings have no runtime {name}, which serves the Model."
        )
    file = runtime.weights(served.model, made_of.url if made_of else None).file
    return Serving(served.image, served.weights, found, file)
