"""A ModelServer: a StatefulSet that serves a Model, and a Service."""

from datetime import datetime

from pydantic import ValidationError

from hooks import names, patches
from hooks.api import ModelServer, explain
from hooks.children.server_statefulset import PORT, make_server_statefulset
from hooks.children.service import make_service
from hooks.conditions import Violation
from hooks.platform.sizing import Fit, Role
from hooks.reasons import Reason
from hooks.settings import Settings
from hooks.sync import asked, served_model, workload
from hooks.sync.answer import answer, everything, invalid, named, own_pods
from hooks.sync.desired import Desired, Rule
from hooks.sync.observed import STATEFUL_SET, Manifest, Objects, Observed

KIND = "ModelServer"
SERVING = workload.Words(
    "Serving",
    Reason.SERVER_NOT_READY,
    Reason.SERVING,
    "The server",
    Violation(
        Reason.SCALED_TO_ZERO, "spec.replicas is 0: no Pod serves. Scale the ModelServer up."
    ),
)


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
    wanted = _wanted(server, served, observed, settings)
    return answer(
        observed,
        steps=[
            served_model.condition(served, server.spec.model_name, runs=bool(wanted.children)),
            workload.running(wanted, observed, SERVING),
        ],
        fields=_scale(server, observed),
        children=[*wanted.children, *everything(observed)],
        settings=settings,
    )


def customize(parent: Manifest) -> list[Rule]:
    """Return what a ModelServer must see: its Model, its Pods, and who holds its names."""
    name = names.server(parent["metadata"]["name"])
    return [
        _pods(parent, name),
        *served_model.rules(parent),
        named(parent, "apps/v1", "statefulsets", name),
        named(parent, "v1", "services", name),
    ]


def _pods(parent: Manifest, stateful_set: str) -> Rule:
    """Return the rule for the Pods: by name while there is one, as most ModelServers have."""
    replicas = (parent.get("spec") or {}).get("replicas")
    if replicas is None or replicas == 1:
        return named(parent, "v1", "pods", names.only_pod(stateful_set))
    return own_pods(parent)


def _wanted(
    server: ModelServer,
    served: served_model.Served | Violation,
    observed: Observed,
    settings: Settings,
) -> workload.Wanted:
    fit = served_model.fit(served, Role.SERVER, settings)
    sources = asked.sources(server.spec, settings)
    fresh: Manifest | Violation | None = fit if isinstance(fit, Violation) else None
    if isinstance(served, served_model.Served) and isinstance(fit, Fit):
        fresh = patches.apply(_stateful_set(server, served, fit, settings), sources)
    return workload.desired(
        fresh,
        [patches.apply(_service(server), sources)],
        observed,
        name=names.server(server.metadata.name),
        replicas=_replicas(server),
    )


def _stateful_set(
    server: ModelServer, served: served_model.Served, fit: Fit, settings: Settings
) -> Manifest:
    labels = {names.SERVED_MODEL: names.label_value(server.spec.model_name)}
    return make_server_statefulset(
        _metadata(server, labels),
        fit,
        image=served.image,
        replicas=_replicas(server),
        env=server.spec.env,
        pod_labels=_owner_labels(server),
        settings=settings,
    )


def _replicas(server: ModelServer) -> int:
    return 1 if server.spec.replicas is None else server.spec.replicas


def _scale(server: ModelServer, observed: Observed) -> Manifest:
    """Return what the scale subresource tells: how many Pods there are, and how to find them."""
    found = observed.child(STATEFUL_SET, names.server(server.metadata.name)) or {}
    selector = (found.get("spec") or {}).get("selector") or {}
    labels = selector.get("matchLabels") or _owner_labels(server)
    return {
        "replicas": (found.get("status") or {}).get("replicas") or 0,
        "selector": ",".join(f"{key}={value}" for key, value in sorted(labels.items())),
    }


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
