"""A ModelServer: a StatefulSet that serves a Model, and a Service."""

from datetime import datetime

from pydantic import ValidationError

from hooks import names
from hooks.api import ModelServer, explain
from hooks.children.server_statefulset import PORT, make_server_statefulset
from hooks.children.service import make_service
from hooks.platform.sizing import Fit, Role
from hooks.reasons import Reason
from hooks.settings import Settings
from hooks.sync import served_model, workload
from hooks.sync.answer import answer, everything, invalid, named, own_pods
from hooks.sync.desired import Desired, Rule
from hooks.sync.observed import Manifest, Objects, Observed

KIND = "ModelServer"
SERVING = workload.Words("Serving", Reason.SERVER_NOT_READY, Reason.SERVING, "The server")


def sync(
    parent: Manifest, children: Objects, related: Objects, *, settings: Settings, now: datetime
) -> Desired:
    """Return a ModelServer's status and children.

    Args:
        parent: the ModelServer.
        children: its StatefulSet and Service, as they are.
        related: what `customize` asks for.
        settings: what differs between clusters.
        now: the time, for the conditions.
    """
    observed = Observed(parent, children, related, now)
    try:
        server = ModelServer.model_validate(parent)
    except ValidationError as error:
        types = (served_model.TYPE, SERVING.type)
        return invalid(observed, explain(error), types=types)
    served = served_model.find(server.spec.model_name, observed)
    fit = served_model.fit(served, Role.SERVER, settings)
    if isinstance(served, served_model.Served) and isinstance(fit, Fit):
        fresh = _stateful_set(server, served, fit, settings)
        stateful_set = [workload.frozen(fresh, observed)]
    else:
        stateful_set = workload.as_it_runs(names.server(server.metadata.name), observed)
    desired = [*stateful_set, _service(server)] if stateful_set else []
    return answer(
        observed,
        steps=[
            served_model.condition(served, server.spec.model_name, runs=bool(desired)),
            workload.running(desired, observed, SERVING, fit=fit),
        ],
        fields={},
        children=[*desired, *everything(observed)],
        settings=settings,
    )


def customize(parent: Manifest) -> list[Rule]:
    """Return what a ModelServer must see: its Model, its Pods, and who holds its names."""
    name = names.server(parent["metadata"]["name"])
    return [
        own_pods(parent),
        *served_model.rules(parent),
        named(parent, "apps/v1", "statefulsets", name),
        named(parent, "v1", "services", name),
    ]


def _stateful_set(
    server: ModelServer, served: served_model.Served, fit: Fit, settings: Settings
) -> Manifest:
    labels = {names.SERVED_MODEL: names.label_value(server.spec.model_name)}
    return make_server_statefulset(
        _metadata(server, labels),
        fit,
        image=served.image,
        pod_labels=_owner_labels(server),
        settings=settings,
    )


def _service(server: ModelServer) -> Manifest:
    return make_service(_metadata(server, {}), port=PORT, selector=_owner_labels(server))


def _metadata(server: ModelServer, labels: dict[str, str]) -> Manifest:
    return {
        "name": names.server(server.metadata.name),
        "namespace": server.metadata.namespace,
        "labels": {**names.labels(KIND, server.metadata.name, "serve"), **labels},
    }


def _owner_labels(server: ModelServer) -> dict[str, str]:
    return names.owner_labels(KIND, server.metadata.name)
