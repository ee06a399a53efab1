"""A Model whose weights are loaded from an address, and which a runtime of the settings serves."""

from dataclasses import dataclass
from typing import Any

from hooks import names
from hooks.address import Address
from hooks.api import Model, ProvenanceUrl
from hooks.conditions import Condition, Violation
from hooks.manifest import Manifest
from hooks.names import Owner
from hooks.observe import claims
from hooks.observe.jobs import still_running
from hooks.observe.request import Observed
from hooks.observe.users import mounted_by
from hooks.observe.versions import versions
from hooks.platform.runtimes import Runtime
from hooks.reasons import Reason
from hooks.settings import Settings
from hooks.step import Step
from hooks.steps import runtime
from hooks.steps.load_weights import inputs, load_weights
from hooks.steps.outcome import Outcome, pending
from hooks.steps.url_provenance import url_provenance
from hooks.sync.answer import Desired, answer
from hooks.sync.trained_model import previous_fields


def sync(model: Model, observed: Observed, *, servers: list[str], settings: Settings) -> Desired:
    """Return the status and children of a Model from an address.

    Args:
        model: the Model, with `spec.source.url`.
        observed: the call.
        servers: the ModelServers that run it.
        settings: what differs between clusters.
    """
    owner = Owner.of(observed.parent)
    run = names.run_id(owner, inputs(model))
    loaded = load_weights(model, run, observed, settings)
    ready = _Loaded.of(model, run, loaded.result, observed, settings) if loaded.result else None
    fields = ready.fields() if ready else previous_fields(model)
    return answer(
        observed,
        steps=[loaded, ready.built() if ready else pending(Step.BUILD, "the weights")],
        fields={
            **fields,
            "mountedBy": mounted_by(observed, owner, fields.get("url")),
            "servers": servers,
        },
        remaining=[
            *still_running(observed, {run}, versions(observed)),
            *_results(model, owner, run, loaded.result, observed),
        ],
        settings=settings,
    )


def _results(
    model: Model, owner: Owner, run: str, result: str | None, observed: Observed
) -> list[Manifest]:
    """Return the claims that stay: of what is loaded, and of older runs until that is complete."""
    before = [url for url in (model.status.url, model.status.trained_url) if url]
    named = {run, *(Address(url).run for url in before)}
    return claims.of_results(observed, owner, named=named, complete=run if result else None)


@dataclass(frozen=True)
class _Loaded:
    """Weights that are there, what they were made of, and what serves them or why nothing does."""

    url: str
    provenance: dict[str, Any]
    serves: Runtime | Violation

    @classmethod
    def of(
        cls, model: Model, run: str, url: str, observed: Observed, settings: Settings
    ) -> "_Loaded":
        known = model.status.provenance
        previous = known.model_dump(by_alias=True, exclude_none=True) if known else None
        made_of = url_provenance(model.spec.source, run, previous, observed)
        found = runtime.weights(model, ProvenanceUrl.model_validate(made_of))
        rebuild = model.metadata.annotations.get(names.REBUILD)
        provenance = {
            "url": made_of,
            **({"rebuild": rebuild} if rebuild is not None else {}),
            "hash": run,
        }
        return cls(url, provenance, runtime.choose(model, found, settings))

    def fields(self) -> dict[str, Any]:
        """Return the status's fields."""
        served = (
            {}
            if isinstance(self.serves, Violation)
            else {"containerImage": self.serves.image, "runtime": self.serves.name}
        )
        return {"url": self.url, "provenance": self.provenance, **served}

    def built(self) -> Outcome:
        """Return the outcome with the condition `Built`: nothing is, where a runtime serves it."""
        if isinstance(self.serves, Violation):
            return Outcome(self.serves.of(Step.BUILD.condition))
        message = (
            f"Nothing is built: runtime {self.serves.name} serves the weights, with image "
            f"{self.serves.image}."
        )
        condition = Condition(Step.BUILD.condition, "True", Reason.NOTHING_TO_BUILD, message)
        return Outcome(condition, self.serves.image)
