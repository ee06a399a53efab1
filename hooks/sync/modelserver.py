"""A ModelServer: a StatefulSet that serves a Model, and a Service."""

from datetime import datetime

from pydantic import ValidationError

from hooks import names
from hooks.api import REPLICAS_LIMIT, ModelServer, explain
from hooks.manifest import STATEFUL_SET, Manifest, Objects
from hooks.names import Owner
from hooks.observe.related import Rule, named
from hooks.observe.request import Observed
from hooks.settings import Settings
from hooks.step import Step
from hooks.steps import served_model
from hooks.steps.serve import serve
from hooks.sync.answer import Desired, answer, everything, invalid


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
        types = (served_model.TYPE, Step.SERVE.condition)
        return invalid(observed, explain(error), types=types)
    model = server.spec.model_name
    served = served_model.find(model, observed)
    serving = serve(server, served, observed, settings)
    return answer(
        observed,
        steps=[served_model.outcome(served, model, serving.children), serving],
        fields=_scale(observed),
        remaining=everything(observed),
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
    """Return the rule for the Pods that the spec can have, by name; for the first where none is."""
    replicas = (parent.get("spec") or {}).get("replicas")
    count = replicas if isinstance(replicas, int) and 0 < replicas <= REPLICAS_LIMIT else 1
    return named(parent, "v1", "pods", *names.pods(stateful_set, count))


def _scale(observed: Observed) -> Manifest:
    """Return what the scale subresource shows: how many Pods there are, and how to find them."""
    owner = Owner.of(observed.parent)
    stateful_set = observed.child(STATEFUL_SET, names.server(owner.name)) or {}
    selector = (stateful_set.get("spec") or {}).get("selector") or {}
    labels = selector.get("matchLabels") or owner.labels
    return {
        "replicas": (stateful_set.get("status") or {}).get("replicas") or 0,
        "selector": ",".join(f"{key}={value}" for key, value in sorted(labels.items())),
    }
